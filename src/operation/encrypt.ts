import { encryptAnswer } from '../message/encrypted.ts'
import { requestedIdentifier } from '../message/identified.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import type { Infer } from '../schema/codec.ts'
import { optional } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Secret } from '../secret/secret.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { CryptographicUsageMask } from '../spec/mask/cryptographic-usage-mask.ts'
import { CryptographicParametersStruct } from '../spec/structure/cryptographic-parameters.ts'
import { Tag } from '../spec/tag.ts'
import type { OperationContext } from './context.ts'
import { defineOperation } from './definition.ts'
import { cipherRequest, madeIv } from './shared/cipher.ts'
import { parametersFor, publicKeyOf, withKeyBytes } from './shared/key-material.ts'
import { useKey } from './shared/keyed-operation.ts'
import { checkFirstOnly, partFields } from './shared/parts.ts'
import { cipherWork, wholeWork } from './shared/work.ts'
import type { Work } from './streams.ts'

const EncryptRequest = struct({
  uniqueIdentifier: requestedIdentifier,
  cryptographicParameters: optional(Tag.CryptographicParameters, CryptographicParametersStruct),
  data: optional(Tag.Data),
  ivCounterNonce: optional(Tag.IVCounterNonce),
  ...partFields,
  authenticatedEncryptionAdditionalData: optional(Tag.AuthenticatedEncryptionAdditionalData),
})
type EncryptRequest = Infer<typeof EncryptRequest>

const USAGE = { mask: CryptographicUsageMask.Encrypt, purpose: 'protect' } as const

/** KMIP 1.4 section 4.29, KMIP 2.1 section 6.1.17. */
export const encrypt = defineOperation('Encrypt', {
  request: EncryptRequest,
  response: encryptAnswer,
  async handle(request, context) {
    const { ivCounterNonce, authenticatedEncryptionAdditionalData, data } = request
    checkFirstOnly(request, ivCounterNonce, authenticatedEncryptionAdditionalData)
    const { uniqueIdentifier, outcome, correlation } = await useKey(
      request,
      {
        operation: 'Encrypt',
        usage: USAGE,
        pad: 'encrypt',
        part: data === undefined ? {} : { data },
        inToken: () => ({
          use: 'encrypt',
          parameters: request.cryptographicParameters,
          iv: ivCounterNonce,
          associated: authenticatedEncryptionAdditionalData,
        }),
        begin: (key) => encryption(key, request, context),
      },
      context,
    )
    return {
      uniqueIdentifier,
      ...(outcome.data === undefined ? {} : { data: outcome.data }),
      ...(outcome.iv === undefined ? {} : { ivCounterNonce: outcome.iv }),
      ...correlation,
      ...(outcome.tag === undefined ? {} : { authenticatedEncryptionTag: outcome.tag }),
    }
  },
})

function encryption(key: ManagedObject, request: EncryptRequest, context: OperationContext): Work {
  const isSymmetric = key.objectType === ObjectType.SymmetricKey
  return isSymmetric ? byCipher(key, request, context) : byPublicKey(key, request, context)
}

function byCipher(object: ManagedObject, request: EncryptRequest, context: OperationContext): Work {
  const parameters = parametersFor(request.cryptographicParameters, object, 'cipher')
  const associated = request.authenticatedEncryptionAdditionalData
  const wishes = { parameters, iv: request.ivCounterNonce, associated }
  const made = madeIv(object, wishes, context)
  const cipher = cipherRequest(object, { ...wishes, iv: wishes.iv ?? made }, context)
  return withKeyBytes(object, context, (key) =>
    cipherWork(context.crypto.ciphers.beginEncrypt({ ...cipher, key }), made),
  )
}

function byPublicKey(
  object: ManagedObject,
  request: EncryptRequest,
  context: OperationContext,
): Work {
  const parameters = parametersFor(request.cryptographicParameters, object, 'keyEncryption')
  const key = publicKeyOf(object, context)
  return wholeWork(
    (all) => ({
      data: Secret.take(context.crypto.keyEncryption.encrypt(key, parameters, all)),
    }),
    () => {
      key.destroy()
    },
  )
}
