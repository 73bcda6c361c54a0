import { required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'

const LogRequest = struct({ logMessage: required(Tag.LogMessage) })

/** KMIP 2.1 section 6.1.29. Throws `SERVER_LIMIT` where a client logs too much. */
export const log = defineOperation('Log', {
  request: LogRequest,
  response: struct({}),
  async handle({ logMessage }, { identity, now, clientLog }) {
    clientLog.write(identity, logMessage, now)
    return Promise.resolve({})
  },
})
