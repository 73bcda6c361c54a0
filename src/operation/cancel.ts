import { required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'

const CancelRequest = struct({ correlation: required(Tag.AsynchronousCorrelationValue) })

const CancelResponse = struct({
  correlation: required(Tag.AsynchronousCorrelationValue),
  cancellationResult: required(Tag.CancellationResult),
})

/** KMIP 1.4 section 4.27, KMIP 2.1 section 6.1.5. What is canceled stores nothing. */
export const cancel = defineOperation('Cancel', {
  request: CancelRequest,
  response: CancelResponse,
  pace: 'immediate',
  async handle({ correlation }, { requests }) {
    return Promise.resolve({ correlation, cancellationResult: requests.cancel(correlation) })
  },
})
