import { PKCS_11Function as C } from '../../spec/enum/pkcs-11-function.ts'
import { beginWithKey, digestInit } from './begin.ts'
import type { CryptokiFunction } from './call.ts'
import {
  getInfo,
  getMechanismInfo,
  getMechanismList,
  getSlotInfo,
  getSlotList,
  getTokenInfo,
} from './general.ts'
import { createObject, generateKey, generateKeyPair } from './keys.ts'
import { destroyObject, getAttributeValue } from './objects.ts'
import { generateRandom, seedRandom } from './random.ts'
import { findObjects, findObjectsFinal, findObjectsInit } from './search.ts'
import {
  closeAllSessions,
  closeSession,
  getSessionInfo,
  login,
  logout,
  notParallel,
  openSession,
} from './sessions.ts'
import {
  partIn,
  partInto,
  restInto,
  sessionCancel,
  verify,
  verifyFinal,
  wholeInto,
} from './work.ts'

/** The functions of the server's own module, but for those that begin and end an application. */
export const FUNCTIONS: ReadonlyMap<C, CryptokiFunction> = new Map<C, CryptokiFunction>([
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
