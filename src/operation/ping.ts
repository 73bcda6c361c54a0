import { struct } from '../schema/struct.ts'
import { defineOperation } from './definition.ts'

const Nothing = struct({})

/** KMIP 2.1 section 6.1.36: that it is answered is the whole answer. */
export const ping = defineOperation('Ping', {
  request: Nothing,
  response: Nothing,
  async handle() {
    return Promise.resolve({})
  },
})
