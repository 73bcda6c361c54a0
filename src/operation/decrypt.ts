import { requestedIdentifier, uniqueIdentifier } from '../message/identified.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import type { Infer } from '../schema/codec.ts'
import { optional } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { CryptographicUsageMask } from '../spec/mask/cryptographic-usage-mask.ts'
import { CryptographicParametersStruct } from '../spec/structure/cryptographic-parameters.ts'
import { Tag } from '../spec/tag.ts'
import type { OperationContext } from './context.ts'
import { defineOperation } from './definition.ts'
import { cipherRequest } from './shared/cipher.ts'
import { parametersFor, privateKeyOf, withKeyBytes } from './shared/key-material.ts'
import { useKey } from './shared/keyed-operation.ts'
import { checkFirstOnly, partFields } from './shared/parts.ts'
import { cipherWork, wholeWork } from './shared/work.ts'
import type { Work } from './streams.ts'

/** Up to 1.3, and where a client of a later version gives no tag, the data ends in it. */
const DecryptRequest = struct({
  uniqueIdentifier: requestedIdentifier,
  cryptographicParameters: optional(Tag.CryptographicParameters, CryptographicParametersStruct),
  data: optional(Tag.Data),
  ivCounterNonce: optional(Tag.IVCounterNonce),
  ...partFields,
  authenticatedEncryptionAdditionalData: optional(Tag.AuthenticatedEncryptionAdditionalData),
  authenticatedEncryptionTag: optional(Tag.AuthenticatedEncryptionTag),
})
type DecryptRequest = Infer<typeof DecryptRequest>

const DecryptResponse = struct({
  uniqueIdentifier,
  data: optional(Tag.Data),
  correlationValue: optional(Tag.CorrelationValue),
})

const USAGE = { mask: CryptographicUsageMask.Decrypt, purpose: 'process' } as const

/** KMIP 1.4 section 4.30, KMIP 2.1 section 6.1.11. */
export const decrypt = defineOperation('Decrypt', {
  request: DecryptRequest,
  response: DecryptResponse,
  async handle(request, context) {
    const { ivCounterNonce, authenticatedEncryptionAdditionalData, data } = request
    const { authenticatedEncryptionTag } = request
    checkFirstOnly(
      request,
      ivCounterNonce,
      authenticatedEncryptionAdditionalData,
      authenticatedEncryptionTag,
    )
    const answer = await useKey(
      request,
      {
        operation: 'Decrypt',
        usage: USAGE,
        pad: 'decrypt',
        part: data === undefined ? {} : { data },
        inToken: () => ({
          use: 'decrypt',
          parameters: request.cryptographicParameters,
          iv: ivCounterNonce,
          associated: authenticatedEncryptionAdditionalData,
          tag: authenticatedEncryptionTag,
        }),
        begin: (key) => decryption(key, request, context),
      },
      context,
    )
    const plaintext = answer.outcome.data
    return {
      uniqueIdentifier: answer.uniqueIdentifier,
      ...(plaintext === undefined ? {} : { data: plaintext }),
      ...answer.correlation,
    }
  },
})

function decryption(key: ManagedObject, request: DecryptRequest, context: OperationContext): Work {
  const isSymmetric = key.objectType === ObjectType.SymmetricKey
  return isSymmetric ? byCipher(key, request, context) : byPrivateKey(key, request, context)
}

function byCipher(object: ManagedObject, request: DecryptRequest, context: OperationContext): Work {
  const { authenticatedEncryptionTag: tag } = request
  const wishes = {
    parameters: parametersFor(request.cryptographicParameters, object, 'cipher'),
    iv: request.ivCounterNonce,
    associated: request.authenticatedEncryptionAdditionalData,
  }
  const cipher = cipherRequest(object, wishes, context)
  const tagged = tag === undefined ? cipher : { ...cipher, tag }
  return withKeyBytes(object, context, (key) =>
    cipherWork(context.crypto.ciphers.beginDecrypt({ ...tagged, key })),
  )
}

function byPrivateKey(
  object: ManagedObject,
  request: DecryptRequest,
  context: OperationContext,
): Work {
  const parameters = parametersFor(request.cryptographicParameters, object, 'keyEncryption')
  const key = privateKeyOf(object, context)
  return wholeWork(
    (all) => ({ data: context.crypto.keyEncryption.decrypt(key, parameters, all) }),
    () => {
      key.destroy()
    },
  )
}
