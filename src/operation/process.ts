import { required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'

const ProcessRequest = struct({ correlation: required(Tag.AsynchronousCorrelationValue) })

/**
 * KMIP 2.1 section 6.1.39: the answer comes when the request is done, so that the next Poll has it. Throws
 * `UNKNOWN_REQUEST`.
 */
export const processRequest = defineOperation('Process', {
  request: ProcessRequest,
  response: struct({}),
  pace: 'immediate',
  async handle({ correlation }, { requests }) {
    await requests.process(correlation)
    return {}
  },
})
