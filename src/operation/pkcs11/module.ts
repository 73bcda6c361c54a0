import { beginWithKey, digestInit } from './begin.ts'
import { functionTable } from './function-table.ts'
import { getMechanismInfo, getMechanismList } from './general.ts'
import { createObject, generateKey, generateKeyPair } from './keys.ts'
import { destroyObject, getAttributeValue } from './objects.ts'
import { generateRandom, seedRandom } from './random.ts'
import { findObjectsInit } from './search.ts'
import { partIn, partInto, restInto, verify, verifyFinal, wholeInto } from './work.ts'

/** The functions of the server's own module, but for those that begin and end an application. */
export const FUNCTIONS = functionTable({
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
