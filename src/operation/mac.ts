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
import { proofWork } from './shared/work.ts'

const MACRequest = struct({
  uniqueIdentifier: requestedIdentifier,
  cryptographicParameters: optional(Tag.CryptographicParameters, CryptographicParametersStruct),
  data: optional(Tag.Data),
  ...partFields,
})

const MACResponse = struct({
  uniqueIdentifier,
  macData: optional(Tag.MACData),
  correlationValue: optional(Tag.CorrelationValue),
})

const USAGE = { mask: CryptographicUsageMask.MACGenerate, purpose: 'protect' } as const

/** KMIP 1.4 section 4.33, KMIP 2.1 section 6.1.32. */
export const mac = defineOperation('MAC', {
  request: MACRequest,
  response: MACResponse,
  async handle(request, context) {
    const { data, cryptographicParameters } = request
    const answer = await useKey(
      request,
      {
        operation: 'MAC',
        usage: USAGE,
        part: data === undefined ? {} : { data },
        inToken: () => ({ use: 'mac', parameters: cryptographicParameters }),
        begin: (key) => {
          const stream = macStream(key, cryptographicParameters, context)
          return proofWork(stream, () => {
            stream.destroy()
          })
        },
      },
      context,
    )
    const { proof } = answer.outcome
    return {
      uniqueIdentifier: answer.uniqueIdentifier,
      ...(proof === undefined ? {} : { macData: proof }),
      ...answer.correlation,
    }
  },
})
