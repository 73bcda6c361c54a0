import { requestedIdentifier, uniqueIdentifier } from '../message/identified.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import type { Infer } from '../schema/codec.ts'
import { optional } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { CryptographicUsageMask } from '../spec/mask/cryptographic-usage-mask.ts'
import { CryptographicParametersStruct } from '../spec/structure/cryptographic-parameters.ts'
import { Tag } from '../spec/tag.ts'
import type { OperationContext } from './context.ts'
import { defineOperation } from './definition.ts'
import { parametersFor, publicKeyOf } from './shared/key-material.ts'
import { useKey } from './shared/keyed-operation.ts'
import { partFields } from './shared/parts.ts'
import { digestParameters, isOfAlgorithm, signedPart } from './shared/signing.ts'
import { validityOf } from './shared/validity.ts'
import { checkWork } from './shared/work.ts'
import type { Work } from './streams.ts'

const SignatureVerifyRequest = struct({
  uniqueIdentifier: requestedIdentifier,
  cryptographicParameters: optional(Tag.CryptographicParameters, CryptographicParametersStruct),
  data: optional(Tag.Data),
  digestedData: optional(Tag.DigestedData),
  signatureData: optional(Tag.SignatureData),
  ...partFields,
})
type SignatureVerifyRequest = Infer<typeof SignatureVerifyRequest>

const SignatureVerifyResponse = struct({
  uniqueIdentifier,
  validityIndicator: optional(Tag.ValidityIndicator),
  data: optional(Tag.Data),
  correlationValue: optional(Tag.CorrelationValue),
})

const USAGE = { mask: CryptographicUsageMask.Verify, purpose: 'process' } as const

/** KMIP 1.4 section 4.32, KMIP 2.1 section 6.1.56. No algorithm that is built recovers data from signatures. */
export const signatureVerify = defineOperation('SignatureVerify', {
  request: SignatureVerifyRequest,
  response: SignatureVerifyResponse,
  async handle(request, context) {
    const { signatureData: proof } = request
    const answer = await useKey(
      request,
      {
        operation: 'SignatureVerify',
        usage: USAGE,
        part: { ...signedPart(request), ...(proof === undefined ? {} : { proof }) },
        begin: (key) => verification(key, request, context),
      },
      context,
    )
    return {
      uniqueIdentifier: answer.uniqueIdentifier,
      ...validityOf(answer.outcome),
      ...answer.correlation,
    }
  },
})

function verification(
  object: ManagedObject,
  { cryptographicParameters, digestedData: data }: SignatureVerifyRequest,
  context: OperationContext,
): Work {
  const { signatures } = context.crypto
  const parameters = parametersFor(cryptographicParameters, object, 'signature')
  const key = publicKeyOf(object, context)
  const forget = () => {
    key.destroy()
  }
  try {
    const isOfKey = isOfAlgorithm(key, parameters)
    if (data !== undefined) {
      const digested = digestParameters(parameters, data.length, context.crypto)
      const verify = (signature: Uint8Array) =>
        isOfKey && signatures.verifyDigest(key, digested, { data, signature })
      return checkWork({ gathers: false, update: () => undefined, verify }, forget)
    }
    const stream = signatures.beginVerify(key, parameters)
    // No signature of another algorithm is one of this key (TC-ECDSA-SIGN-DIGESTEDDATA-1).
    const verify = (signature: Uint8Array) => isOfKey && stream.finish(signature)
    const update = (bytes: Parameters<typeof stream.update>[0]) => stream.update(bytes)
    return checkWork({ gathers: stream.gathers, update, verify }, forget)
  } catch (error) {
    forget()
    throw error
  }
}
