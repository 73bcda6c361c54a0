import { PKCS_11Function as C } from '../../spec/enum/pkcs-11-function.ts'
import type { CryptokiFunction } from './call.ts'
import { getInfo, getSlotInfo, getSlotList, getTokenInfo } from './general.ts'
import { findObjects, findObjectsFinal } from './search.ts'
import {
  closeAllSessions,
  closeSession,
  getSessionInfo,
  login,
  logout,
  notParallel,
  openSession,
} from './sessions.ts'
import type { Use } from './application.ts'
import { sessionCancel } from './work.ts'

/** What the functions do that depends on where the keys are. */
export interface KeyFunctions {
  readonly getMechanismList: CryptokiFunction
  readonly getMechanismInfo: CryptokiFunction
  readonly createObject: CryptokiFunction
  readonly destroyObject: CryptokiFunction
  readonly getAttributeValue: CryptokiFunction
  readonly findObjectsInit: CryptokiFunction
  readonly digestInit: CryptokiFunction
  readonly verify: CryptokiFunction
  readonly verifyFinal: CryptokiFunction
  readonly generateKey: CryptokiFunction
  readonly generateKeyPair: CryptokiFunction
  readonly seedRandom: CryptokiFunction
  readonly generateRandom: CryptokiFunction
  beginWithKey(use: Use): CryptokiFunction
  partIn(use: Use): CryptokiFunction
  partInto(use: Use): CryptokiFunction
  restInto(use: Use): CryptokiFunction
  wholeInto(use: Use): CryptokiFunction
}

/**
 * The functions that there are, but for those that begin and end an application. Sessions, logins, searches and handles
 * are the server's own wherever the keys are.
 */
export function functionTable(keys: KeyFunctions): ReadonlyMap<C, CryptokiFunction> {
  return new Map<C, CryptokiFunction>([
    [C.C_GetInfo, getInfo],
    [C.C_GetSlotList, getSlotList],
    [C.C_GetSlotInfo, getSlotInfo],
    [C.C_GetTokenInfo, getTokenInfo],
    [C.C_GetMechanismList, keys.getMechanismList],
    [C.C_GetMechanismInfo, keys.getMechanismInfo],
    [C.C_OpenSession, openSession],
    [C.C_CloseSession, closeSession],
    [C.C_CloseAllSessions, closeAllSessions],
    [C.C_GetSessionInfo, getSessionInfo],
    [C.C_Login, login],
    [C.C_Logout, logout],
    [C.C_CreateObject, keys.createObject],
    [C.C_DestroyObject, keys.destroyObject],
    [C.C_GetAttributeValue, keys.getAttributeValue],
    [C.C_FindObjectsInit, keys.findObjectsInit],
    [C.C_FindObjects, findObjects],
    [C.C_FindObjectsFinal, findObjectsFinal],
    [C.C_EncryptInit, keys.beginWithKey('encrypt')],
    [C.C_Encrypt, keys.wholeInto('encrypt')],
    [C.C_EncryptUpdate, keys.partInto('encrypt')],
    [C.C_EncryptFinal, keys.restInto('encrypt')],
    [C.C_DecryptInit, keys.beginWithKey('decrypt')],
    [C.C_Decrypt, keys.wholeInto('decrypt')],
    [C.C_DecryptUpdate, keys.partInto('decrypt')],
    [C.C_DecryptFinal, keys.restInto('decrypt')],
    [C.C_DigestInit, keys.digestInit],
    [C.C_Digest, keys.wholeInto('digest')],
    [C.C_DigestUpdate, keys.partIn('digest')],
    [C.C_DigestFinal, keys.restInto('digest')],
    [C.C_SignInit, keys.beginWithKey('sign')],
    [C.C_Sign, keys.wholeInto('sign')],
    [C.C_SignUpdate, keys.partIn('sign')],
    [C.C_SignFinal, keys.restInto('sign')],
    [C.C_VerifyInit, keys.beginWithKey('verify')],
    [C.C_Verify, keys.verify],
    [C.C_VerifyUpdate, keys.partIn('verify')],
    [C.C_VerifyFinal, keys.verifyFinal],
    [C.C_GenerateKey, keys.generateKey],
    [C.C_GenerateKeyPair, keys.generateKeyPair],
    [C.C_SeedRandom, keys.seedRandom],
    [C.C_GenerateRandom, keys.generateRandom],
    [C.C_GetFunctionStatus, notParallel],
    [C.C_CancelFunction, notParallel],
    [C.C_SessionCancel, sessionCancel],
  ])
}
