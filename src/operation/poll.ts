import { KmipFault } from '../fault/fault.ts'
import type { Codec } from '../schema/codec.ts'
import { mapped } from '../schema/combine.ts'
import { required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation, type RelayedAnswer } from './definition.ts'

const PollRequest = struct({ correlation: required(Tag.AsynchronousCorrelationValue) })

/** What is pending has no payload, and what has ended has that of its own operation. */
const NoPayload: Codec<RelayedAnswer> = mapped<RelayedAnswer, object>(struct({}), {
  decode() {
    throw new KmipFault('INTERNAL', 'Poll has no answer of its own')
  },
  encode: () => ({}),
})

/**
 * KMIP 1.4 section 4.28, KMIP 2.1 section 6.1.38: what comes back is the answer of the operation that was asked for, in
 * the place of this one's.
 */
export const poll = defineOperation('Poll', {
  request: PollRequest,
  response: NoPayload,
  pace: 'immediate',
  relays: (answer) => answer,
  async handle({ correlation }, { requests }): Promise<RelayedAnswer> {
    return Promise.resolve({ correlation, ...requests.poll(correlation) })
  },
})
