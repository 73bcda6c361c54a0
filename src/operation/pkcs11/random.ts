import { ParameterWriter } from '../../message/pkcs11/parameter-writer.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import { rngRetrieve } from '../rng-retrieve.ts'
import { rngSeed } from '../rng-seed.ts'
import { OK, ofSession } from './call.ts'

/** Clients are known that send the bytes of their buffer behind its length: they say nothing. */
export const generateRandom = ofSession(
  (reader) => {
    const length = reader.length()
    if (reader.remaining === length) reader.fixed(length)
    return length
  },
  async (dataLength, { context }) => {
    if (dataLength === 0) return OK
    const { data } = await context.perform(rngRetrieve, { dataLength })
    return {
      code: RC.OK,
      output: data.expose((bytes) => new ParameterWriter().raw(bytes).take()),
    }
  },
)

export const seedRandom = ofSession(
  (reader) => reader.secret(),
  async (data, { context }) => {
    if (context.policy.rngSeed === 'refuse') return { code: RC.RANDOM_SEED_NOT_SUPPORTED }
    await context.perform(rngSeed, { data })
    return OK
  },
)
