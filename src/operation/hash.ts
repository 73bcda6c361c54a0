import { KmipFault } from '../fault/fault.ts'
import type { Infer } from '../schema/codec.ts'
import { optional } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Secret } from '../secret/secret.ts'
import { CryptographicParametersStruct } from '../spec/structure/cryptographic-parameters.ts'
import { Tag } from '../spec/tag.ts'
import type { OperationContext } from './context.ts'
import { defineOperation } from './definition.ts'
import { partFields, takePart } from './shared/parts.ts'
import type { Work } from './streams.ts'

/** The parameters are required, but of a part that goes on with others nobody needs them. */
const HashRequest = struct({
  cryptographicParameters: optional(Tag.CryptographicParameters, CryptographicParametersStruct),
  data: optional(Tag.Data),
  ...partFields,
})
type HashRequest = Infer<typeof HashRequest>

const HashResponse = struct({
  data: optional(Tag.Data),
  correlationValue: optional(Tag.CorrelationValue),
})

/** KMIP 1.4 section 4.37, KMIP 2.1 section 6.1.24. */
export const hash = defineOperation('Hash', {
  request: HashRequest,
  response: HashResponse,
  async handle(request, context) {
    const { data } = request
    const { outcome, correlationValue } = takePart(
      request,
      {
        binding: { operation: 'Hash', key: '' },
        part: data === undefined ? {} : { data },
        begin: () => hashing(request, context),
      },
      context,
    )
    if (outcome.data !== undefined) context.destroyAfterAnswer(outcome.data)
    return Promise.resolve({
      ...(outcome.data === undefined ? {} : { data: outcome.data }),
      ...(correlationValue === undefined ? {} : { correlationValue }),
    })
  },
})

function hashing({ cryptographicParameters }: HashRequest, { crypto }: OperationContext): Work {
  if (cryptographicParameters === undefined) {
    throw new KmipFault('MISSING_FIELD', 'CryptographicParameters is missing')
  }
  const { hashingAlgorithm } = cryptographicParameters
  if (hashingAlgorithm === undefined) {
    throw new KmipFault('INVALID_FIELD', 'A Hashing Algorithm is needed')
  }
  const stream = crypto.hashes.begin(hashingAlgorithm)
  return {
    gathers: false,
    take({ data }) {
      if (data !== undefined) stream.update(data)
      return {}
    },
    finish: () => ({ data: Secret.take(stream.finish()) }),
    destroy: () => undefined,
  }
}
