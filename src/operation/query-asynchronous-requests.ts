import { optional, repeated } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import {
  AsynchronousCorrelationValuesStruct,
  AsynchronousRequestStruct,
} from '../spec/structure/asynchronous-request.ts'
import { OperationsStruct } from '../spec/structure/right.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'

const Request = struct({
  correlationValues: optional(
    Tag.AsynchronousCorrelationValues,
    AsynchronousCorrelationValuesStruct,
  ),
  operations: optional(Tag.Operations, OperationsStruct),
})

const Response = struct({
  requests: repeated(Tag.AsynchronousRequest, AsynchronousRequestStruct),
})

/**
 * KMIP 2.1 section 6.1.41: what was asked for and whose end the client has not learnt. Given both, a request has to be
 * among the Correlation Values and of one of the Operations; an empty list passes nothing, and asks for all.
 */
export const queryAsynchronousRequests = defineOperation('QueryAsynchronousRequests', {
  request: Request,
  response: Response,
  pace: 'immediate',
  async handle({ correlationValues, operations }, { requests }) {
    const values = correlationValues?.asynchronousCorrelationValue ?? []
    const kinds = operations?.operation ?? []
    const found = requests
      .outstanding()
      .filter(
        ({ asynchronousCorrelationValue, operation }) =>
          (values.length === 0 ||
            values.some((value) => isSame(value, asynchronousCorrelationValue))) &&
          (kinds.length === 0 || kinds.includes(operation)),
      )
    return Promise.resolve({ requests: found })
  },
})

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index])
}
