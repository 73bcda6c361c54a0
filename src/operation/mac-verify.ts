import { requestedIdentifier, uniqueIdentifier } from '../message/identified.ts'
import { optional } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { CryptographicUsageMask } from '../spec/mask/cryptographic-usage-mask.ts'
import { CryptographicParametersStruct } from '../spec/structure/cryptographic-parameters.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'
import { useKey } from './shared/keyed-operation.ts'
import { macStream } from './shared/mac-stream.ts'
import { partFields } from './shared/parts.ts'
import { validityOf } from './shared/validity.ts'
import { checkWork } from './shared/work.ts'

const MACVerifyRequest = struct({
  uniqueIdentifier: requestedIdentifier,
  cryptographicParameters: optional(Tag.CryptographicParameters, CryptographicParametersStruct),
  data: optional(Tag.Data),
  macData: optional(Tag.MACData),
  ...partFields,
})

const MACVerifyResponse = struct({
  uniqueIdentifier,
  validityIndicator: optional(Tag.ValidityIndicator),
  correlationValue: optional(Tag.CorrelationValue),
})

const USAGE = { mask: CryptographicUsageMask.MACVerify, purpose: 'process' } as const

/** KMIP 1.4 section 4.34, KMIP 2.1 section 6.1.33. */
export const macVerify = defineOperation('MACVerify', {
  request: MACVerifyRequest,
  response: MACVerifyResponse,
  async handle(request, context) {
    const { data, macData: proof, cryptographicParameters } = request
    const answer = await useKey(
      request,
      {
        operation: 'MACVerify',
        usage: USAGE,
        part: {
          ...(data === undefined ? {} : { data }),
          ...(proof === undefined ? {} : { proof }),
        },
        inToken: () => ({ use: 'verifyMac', parameters: cryptographicParameters }),
        begin: (key) => {
          const stream = macStream(key, cryptographicParameters, context)
          return checkWork(stream, () => {
            stream.destroy()
          })
        },
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
