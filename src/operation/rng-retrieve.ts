import { KmipFault } from '../fault/fault.ts'
import { required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'

const RNGRetrieveRequest = struct({ dataLength: required(Tag.DataLength) })
const RNGRetrieveResponse = struct({ data: required(Tag.Data) })

/** Bytes in one answer. */
const MOST = 65_536

/** KMIP 1.4 section 4.35, KMIP 2.1 section 6.1.49. */
export const rngRetrieve = defineOperation('RNGRetrieve', {
  request: RNGRetrieveRequest,
  response: RNGRetrieveResponse,
  async handle({ dataLength }, context) {
    if (dataLength < 1 || dataLength > MOST) {
      throw new KmipFault('INVALID_FIELD', `Data Length must be from 1 to ${MOST}`)
    }
    // Clients make keys of it.
    const data = context.random.bytes(dataLength)
    context.destroyAfterAnswer(data)
    return Promise.resolve({ data })
  },
})
