import { KmipFault } from '../fault/fault.ts'
import { required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'
import type { Policy } from './policy.ts'

const RNGSeedRequest = struct({ data: required(Tag.Data) })
const RNGSeedResponse = struct({ dataLength: required(Tag.DataLength) })

/** Bytes of a seed that are used where a part of it is: as many as a block of the generator has. */
const PART = 16

/** KMIP 1.4 section 4.36, KMIP 2.1 section 6.1.50. How much of a seed is used is a matter of policy. */
export const rngSeed = defineOperation('RNGSeed', {
  request: RNGSeedRequest,
  response: RNGSeedResponse,
  async handle({ data }, { random, policy }) {
    try {
      const dataLength = Math.min(data.length, usable(policy))
      if (dataLength > 0) random.seed(data.expose((bytes) => bytes.subarray(0, dataLength)))
      return await Promise.resolve({ dataLength })
    } finally {
      data.destroy()
    }
  },
})

function usable({ rngSeed: choice }: Policy): number {
  switch (choice) {
    case 'use':
      return Infinity
    case 'use-part':
      return PART
    case 'ignore':
      return 0
    case 'refuse':
      throw new KmipFault('NOT_PERMITTED', 'The random number generator takes no seed')
  }
}
