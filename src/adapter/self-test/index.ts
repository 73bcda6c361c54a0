import { scryptSync } from 'node:crypto'
import { joinParts } from '../../model/split-key/join.ts'
import { decryptGcm, encryptGcm } from '../aes-gcm.ts'
import { nodeCrypto } from '../crypto-node.ts'
import { deriveKey } from '../pkcs12/password.ts'
import { decryptRc2Cbc } from '../pkcs12/rc2.ts'
import { nodeRandom } from '../random-node.ts'
import { generateX931 } from '../random-x931.ts'
import { CIPHER_ANSWERS } from './cipher-answers.ts'
import { CURVE_ANSWERS } from './curve-answers.ts'
import { DERIVATION_ANSWERS } from './derivation-answers.ts'
import { DIGEST_ANSWERS } from './digest-answers.ts'
import { KEY_ANSWERS } from './key-answers.ts'
import { computeKnownAnswers, type KnownAnswer, type Tested } from './known-answer.ts'

/** At least one for every algorithm that is served. */
export const KNOWN_ANSWERS: readonly KnownAnswer[] = [
  ...DIGEST_ANSWERS,
  ...CIPHER_ANSWERS,
  ...DERIVATION_ANSWERS,
  ...KEY_ANSWERS,
  ...CURVE_ANSWERS,
]

/** What this program computes with. */
export const TESTED: Tested = {
  crypto: nodeCrypto,
  random: nodeRandom,
  x931: generateX931,
  joinParts,
  scrypt: scryptSync,
  sealing: { encrypt: encryptGcm, decrypt: decryptGcm },
  container: { deriveKey, decryptRc2Cbc },
}

/** Computes what is known of every algorithm; throws `UNAVAILABLE`, naming the first whose answer is another. */
export async function runSelfTest(tested: Tested = TESTED): Promise<void> {
  await computeKnownAnswers(tested, KNOWN_ANSWERS)
}
