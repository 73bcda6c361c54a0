import { ParameterWriter } from '../../../message/pkcs11/parameter-writer.ts'
import { PKCS_11Function as C } from '../../../spec/enum/pkcs-11-function.ts'
import { PKCS_11ReturnCode as RC } from '../../../spec/enum/pkcs-11-return-code.ts'
import { OK, ofSession, type CryptokiFunction } from '../call.ts'
import { getInfo, getSlotInfo, getSlotList, getTokenInfo } from '../general.ts'
import { findObjects, findObjectsFinal } from '../search.ts'
import {
  closeAllSessions,
  closeSession,
  getSessionInfo,
  login,
  logout,
  notParallel,
  openSession,
} from '../sessions.ts'
import { sessionCancel } from '../work.ts'
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
export const TOKEN_FUNCTIONS: ReadonlyMap<C, CryptokiFunction> = new Map<C, CryptokiFunction>([
  [C.C_GetInfo, getInfo],
  [C.C_GetSlotList, getSlotList],
  [C.C_GetSlotInfo, getSlotInfo],
  [C.C_GetTokenInfo, getTokenInfo],
  [C.C_GetMechanismList, getMechanismList],
  [C.C_GetMechanismInfo, getMechanismInfo],
  [C.C_OpenSession, openSession],
  [C.C_CloseSession, closeSession],
  [C.C_CloseAllSessions, closeAllSessions],
  [C.C_GetSessionInfo, getSessionInfo],
  [C.C_Login, login],
  [C.C_Logout, logout],
  [C.C_CreateObject, createObject],
  [C.C_DestroyObject, destroyObject],
  [C.C_GetAttributeValue, getAttributeValue],
  [C.C_FindObjectsInit, findObjectsInit],
  [C.C_FindObjects, findObjects],
  [C.C_FindObjectsFinal, findObjectsFinal],
  [C.C_EncryptInit, beginWithKey('encrypt')],
  [C.C_Encrypt, wholeInto('encrypt')],
  [C.C_EncryptUpdate, partInto('encrypt')],
  [C.C_EncryptFinal, restInto('encrypt')],
  [C.C_DecryptInit, beginWithKey('decrypt')],
  [C.C_Decrypt, wholeInto('decrypt')],
  [C.C_DecryptUpdate, partInto('decrypt')],
  [C.C_DecryptFinal, restInto('decrypt')],
  [C.C_DigestInit, digestInit],
  [C.C_Digest, wholeInto('digest')],
  [C.C_DigestUpdate, partIn('digest')],
  [C.C_DigestFinal, restInto('digest')],
  [C.C_SignInit, beginWithKey('sign')],
  [C.C_Sign, wholeInto('sign')],
  [C.C_SignUpdate, partIn('sign')],
  [C.C_SignFinal, restInto('sign')],
  [C.C_VerifyInit, beginWithKey('verify')],
  [C.C_Verify, verify],
  [C.C_VerifyUpdate, partIn('verify')],
  [C.C_VerifyFinal, verifyFinal],
  [C.C_GenerateKey, generateKey],
  [C.C_GenerateKeyPair, generateKeyPair],
  [C.C_SeedRandom, seedRandom],
  [C.C_GenerateRandom, generateRandom],
  [C.C_GetFunctionStatus, notParallel],
  [C.C_CancelFunction, notParallel],
  [C.C_SessionCancel, sessionCancel],
])
