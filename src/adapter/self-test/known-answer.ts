import type { scryptSync } from 'node:crypto'
import { KmipFault } from '../../fault/fault.ts'
import type { joinParts } from '../../model/split-key/join.ts'
import type { Bytes, Crypto } from '../../port/crypto.ts'
import type { Random } from '../../port/random.ts'
import { Secret } from '../../secret/secret.ts'
import type { decryptGcm, encryptGcm } from '../aes-gcm.ts'
import type { deriveKey } from '../pkcs12/password.ts'
import type { decryptRc2Cbc } from '../pkcs12/rc2.ts'
import type { generateX931 } from '../random-x931.ts'

/** What is tested before it is used: all that computes with keys. */
export interface Tested {
  readonly crypto: Crypto
  /** The generator of keys, nonces and seeds. */
  readonly random: Random
  readonly x931: typeof generateX931
  readonly joinParts: typeof joinParts
  /** What passphrases become keys by. */
  readonly scrypt: typeof scryptSync
  /** What records and keys are sealed with. */
  readonly sealing: { readonly encrypt: typeof encryptGcm; readonly decrypt: typeof decryptGcm }
  /** What containers of PKCS#12 are opened with. */
  readonly container: {
    readonly deriveKey: typeof deriveKey
    readonly decryptRc2Cbc: typeof decryptRc2Cbc
  }
}

/** A computation whose answer is known. */
export interface KnownAnswer {
  /** What is tested, for people. */
  readonly name: string
  /** Who published the answer, or how it was computed without the library that is tested. */
  readonly source: string
  readonly expected: string
  readonly answer: (tested: Tested) => string | Promise<string>
}

/**
 * Computes everything whose answer is known. Throws `UNAVAILABLE`, naming the first that is another, so that nothing is
 * served with what computes wrongly.
 */
export async function computeKnownAnswers(
  tested: Tested,
  answers: readonly KnownAnswer[],
): Promise<void> {
  for (const known of answers) {
    if (!(await isRight(tested, known))) {
      const text = `The self-test of ${known.name} failed, so nothing is served`
      throw new KmipFault('UNAVAILABLE', text)
    }
  }
}

/** What throws has not given the answer; why is nobody's business who cannot mend it. */
async function isRight(tested: Tested, { expected, answer }: KnownAnswer): Promise<boolean> {
  try {
    return (await answer(tested)) === expected
  } catch {
    return false
  }
}

/** Bytes of hexadecimal digits. */
export function bytesOf(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, 'hex'))
}

/** These are in every copy of this program: there is nothing to hide. */
export function publicSecret(digits: string): Secret {
  return Secret.take(bytesOf(digits))
}

export function utf8Of(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** Bytes in hexadecimal digits. */
export function hexOf(bytes: Bytes): string {
  return bytes instanceof Secret ? bytes.expose(hexOf) : Buffer.from(bytes).toString('hex')
}
