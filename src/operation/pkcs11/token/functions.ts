import { ParameterWriter } from '../../../message/pkcs11/parameter-writer.ts'
import { PKCS_11ReturnCode as RC } from '../../../spec/enum/pkcs-11-return-code.ts'
import { OK, ofSession } from '../call.ts'
import { functionTable } from '../function-table.ts'
import { onToken } from './on-token.ts'
import { createObject, generateKey, generateKeyPair } from './keys.ts'
import { getMechanismInfo, getMechanismList } from './mechanism.ts'
import { destroyObject, findObjectsInit, getAttributeValue } from './objects.ts'
import {
  beginWithKey,
  digestInit,
  partIn,
  partInto,
  restInto,
  verify,
  verifyFinal,
  wholeInto,
} from './work.ts'

/** Bytes that are asked of the token at once. */
const MOST_RANDOM = 65_536

/** Clients are known that send the bytes of their buffer behind its length: they say nothing. */
const generateRandom = ofSession(
  (reader) => {
    const length = reader.length()
    if (reader.remaining === length) reader.fixed(length)
    return length
  },
  async (length, { context }) => {
    if (length === 0) return OK
    if (length > MOST_RANDOM) return { code: RC.ARGUMENTS_BAD }
    const random = await onToken(context, 'RNGRetrieve', async ({ token }) => token.random(length))
    const output = new ParameterWriter().raw(random).take()
    random.fill(0)
    return { code: RC.OK, output }
  },
)

/** The generator is the vendor's, and all clients share it. */
const seedRandom = ofSession(
  (reader) => {
    reader.secret().destroy()
  },
  () => ({ code: RC.RANDOM_SEED_NOT_SUPPORTED }),
)

/**
 * The functions where a token is configured. Sessions, logins and handles are the server's own as they are without one:
 * the server is logged in to the token once, for all clients. What sets a token up is not among them.
 */
export const TOKEN_FUNCTIONS = functionTable({
  getMechanismList,
  getMechanismInfo,
  createObject,
  destroyObject,
  getAttributeValue,
  findObjectsInit,
  digestInit,
  verify,
  verifyFinal,
  generateKey,
  generateKeyPair,
  seedRandom,
  generateRandom,
  beginWithKey,
  partIn,
  partInto,
  restInto,
  wholeInto,
})
