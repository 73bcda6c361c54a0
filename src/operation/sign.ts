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
import { parametersFor, privateKeyOf } from './shared/key-material.ts'
import { useKey } from './shared/keyed-operation.ts'
import { partFields } from './shared/parts.ts'
import { checkAlgorithm, digestParameters, signedPart } from './shared/signing.ts'
import { proofWork, wholeWork } from './shared/work.ts'
import type { Work } from './streams.ts'

const SignRequest = struct({
  uniqueIdentifier: requestedIdentifier,
  cryptographicParameters: optional(Tag.CryptographicParameters, CryptographicParametersStruct),
  data: optional(Tag.Data),
  digestedData: optional(Tag.DigestedData),
  ...partFields,
})
type SignRequest = Infer<typeof SignRequest>

const SignResponse = struct({
  uniqueIdentifier,
  signatureData: optional(Tag.SignatureData),
  correlationValue: optional(Tag.CorrelationValue),
})

const USAGE = { mask: CryptographicUsageMask.Sign, purpose: 'protect' } as const

/** KMIP 1.4 section 4.31, KMIP 2.1 section 6.1.55. */
export const sign = defineOperation('Sign', {
  request: SignRequest,
  response: SignResponse,
  async handle(request, context) {
    const answer = await useKey(
      request,
      {
        operation: 'Sign',
        usage: USAGE,
        part: signedPart(request),
        inToken: () => ({
          use: 'sign',
          parameters: request.cryptographicParameters,
          digestedData: request.digestedData,
        }),
        begin: (key) => signing(key, request, context),
      },
      context,
    )
    const { proof } = answer.outcome
    return {
      uniqueIdentifier: answer.uniqueIdentifier,
      ...(proof === undefined ? {} : { signatureData: proof }),
      ...answer.correlation,
    }
  },
})

function signing(
  object: ManagedObject,
  { cryptographicParameters, digestedData }: SignRequest,
  context: OperationContext,
): Work {
  const { signatures } = context.crypto
  const parameters = parametersFor(cryptographicParameters, object, 'signature')
  const key = privateKeyOf(object, context)
  const forget = () => {
    key.destroy()
  }
  try {
    checkAlgorithm(key, parameters)
    if (digestedData === undefined) return proofWork(signatures.begin(key, parameters), forget)
    const digested = digestParameters(parameters, digestedData.length, context.crypto)
    const signDigest = () => ({ proof: signatures.signDigest(key, digested, digestedData) })
    return wholeWork(signDigest, forget)
  } catch (error) {
    forget()
    throw error
  }
}
