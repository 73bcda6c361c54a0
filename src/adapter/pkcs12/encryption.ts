import { createCipheriv, createDecipheriv, pbkdf2, randomBytes, type Decipher } from 'node:crypto'
import { promisify } from 'node:util'
import { KmipFault } from '../../fault/fault.ts'
import {
  expected,
  identifierIn,
  malformed,
  sequenceIn,
  smallIn,
  T,
  type Element,
} from '../der/read.ts'
import { identifier, nothing, octets, sequence, small } from '../der/write.ts'
import { takeJoined } from '../crypto/bytes.ts'
import { failed } from '../crypto/refusal.ts'
import { bmpOf, deriveKey, PURPOSE } from './password.ts'
import { decryptRc2Cbc } from './rc2.ts'

/** What opens a container: its password, and the work that may be done for it. */
export interface Opener {
  readonly password: Uint8Array
  readonly effort: Effort
}

/**
 * The iterations that one container may cost in all: it must not keep the server busy for longer than its password is
 * worth. Both throw `INVALID_FIELD` when there are not as many left.
 */
export class Effort {
  /** Of derivations on the event loop. */
  #own = 50_000
  /** Of derivations beside it. */
  #aside = 1_000_000

  spendOwn(iterations: number): number {
    if (iterations < 1 || iterations > this.#own) throw malformed()
    this.#own -= iterations
    return iterations
  }

  spendAside(iterations: number): number {
    if (iterations < 1 || iterations > this.#aside) throw malformed()
    this.#aside -= iterations
    return iterations
  }
}

/** Decrypts with a password. Throws `CRYPTO_FAILED`, `INVALID_FIELD`, `UNSUPPORTED_CRYPTOGRAPHY`. */
export async function decryptWith(
  opener: Opener,
  algorithm: Element | undefined,
  ciphertext: Uint8Array,
): Promise<Uint8Array> {
  const [type, parameters] = sequenceIn(algorithm)
  const oid = identifierIn(type)
  const legacy = LEGACY.get(oid)
  if (legacy !== undefined) return decryptLegacy(opener, legacy, { parameters, ciphertext })
  if (oid !== PBES2) throw unknown()
  const { name, iv, key } = await readPbes2(opener, parameters)
  try {
    return decrypted(createDecipheriv(name, key, iv), ciphertext)
  } catch (error) {
    throw failed(error)
  } finally {
    key.fill(0)
  }
}

/** What was encrypted, with how: an AlgorithmIdentifier in DER. */
export interface Encrypted {
  readonly algorithm: Uint8Array
  readonly ciphertext: Uint8Array
}

/** Encrypts with PBES2: AES-256-CBC under PBKDF2 with HMAC-SHA256 (RFC 8018). */
export async function encryptWith(password: Uint8Array, plaintext: Uint8Array): Promise<Encrypted> {
  const [salt, iv] = [randomBytes(16), randomBytes(16)]
  const key = await derive(password, salt, ITERATIONS, 32, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  key.fill(0)
  const prf = sequence(identifier('1.2.840.113549.2.9'), nothing())
  const derivation = sequence(identifier(PBKDF2), sequence(octets(salt), small(ITERATIONS), prf))
  const scheme = sequence(identifier('2.16.840.1.101.3.4.1.42'), octets(iv))
  return {
    algorithm: sequence(identifier(PBES2), sequence(derivation, scheme)),
    ciphertext: Buffer.concat([cipher.update(plaintext), cipher.final()]),
  }
}

interface LegacyScheme {
  readonly cipher: 'des-ede3-cbc' | 'des-ede-cbc' | 'rc2'
  /** Length of the key in bytes. */
  readonly length: number
}

/** RFC 7292 appendix C. */
const LEGACY = new Map<string, LegacyScheme>([
  ['1.2.840.113549.1.12.1.3', { cipher: 'des-ede3-cbc', length: 24 }],
  ['1.2.840.113549.1.12.1.4', { cipher: 'des-ede-cbc', length: 16 }],
  ['1.2.840.113549.1.12.1.5', { cipher: 'rc2', length: 16 }],
  ['1.2.840.113549.1.12.1.6', { cipher: 'rc2', length: 5 }],
])

function decryptLegacy(
  { password, effort }: Opener,
  { cipher, length }: LegacyScheme,
  { parameters, ciphertext }: { parameters: Element | undefined; ciphertext: Uint8Array },
): Uint8Array {
  const [saltField, count] = sequenceIn(parameters)
  const salt = expected(saltField, T.octets).content
  const iterations = effort.spendOwn(smallIn(count))
  if (ciphertext.length === 0 || ciphertext.length % 8 !== 0) throw failed()
  const text = bmpOf(password)
  const from = { hash: 'sha1', salt, iterations } as const
  const derived = deriveKey(text, { ...from, purpose: PURPOSE.key, length })
  // Two-key DES under the name that takes two keys only in ECB.
  const isTwoKeys = cipher === 'des-ede-cbc'
  const key = isTwoKeys ? takeJoined(derived, derived.subarray(0, 8)) : derived
  const iv = deriveKey(text, { ...from, purpose: PURPOSE.iv, length: 8 })
  text.fill(0)
  try {
    if (cipher === 'rc2') {
      return unpadded(decryptRc2Cbc(key, { iv, effectiveBits: length * 8 }, ciphertext))
    }
    return decrypted(createDecipheriv('des-ede3-cbc', key, iv), ciphertext)
  } catch (error) {
    throw failed(error)
  } finally {
    key.fill(0)
  }
}

/** All of a plaintext in memory of its own, and no copy of it anywhere else. */
function decrypted(decipher: Decipher, ciphertext: Uint8Array): Uint8Array {
  const first = decipher.update(ciphertext)
  try {
    return takeJoined(first, decipher.final())
  } finally {
    first.fill(0)
  }
}

function unpadded(bytes: Uint8Array): Uint8Array {
  const count = bytes.at(-1) ?? 0
  const padding = bytes.subarray(bytes.length - count)
  if (count < 1 || count > 8 || padding.some((byte) => byte !== count)) throw failed()
  return bytes.subarray(0, bytes.length - count)
}

/** PBES2-params (RFC 8018 appendix A.4), made ready. */
async function readPbes2(
  { password, effort }: Opener,
  parameters: Element | undefined,
): Promise<{ readonly name: string; readonly iv: Uint8Array; readonly key: Buffer }> {
  const [derivation, scheme] = sequenceIn(parameters)
  const [schemeType, ivField] = sequenceIn(scheme)
  const cipher = CIPHERS.get(identifierIn(schemeType))
  if (cipher === undefined) throw unknown()
  const [type, fields] = sequenceIn(derivation)
  if (identifierIn(type) !== PBKDF2) throw unknown()
  const [saltField, count, ...others] = sequenceIn(fields)
  const iterations = effort.spendAside(smallIn(count))
  const prf = others.find(({ tag }) => tag === T.sequence)
  const hash = prf === undefined ? 'sha1' : PRFS.get(identifierIn(sequenceIn(prf)[0]))
  if (hash === undefined) throw unknown()
  const iv = expected(ivField, T.octets).content
  const salt = expected(saltField, T.octets).content
  return { name: cipher[0], iv, key: await derive(password, salt, iterations, cipher[1], hash) }
}

const derive = promisify(pbkdf2)

function unknown(): KmipFault {
  return new KmipFault('UNSUPPORTED_CRYPTOGRAPHY', 'The encryption of the container is not known')
}

const PBES2 = '1.2.840.113549.1.5.13'
const PBKDF2 = '1.2.840.113549.1.5.12'
const CIPHERS = new Map<string, readonly [name: string, keyBytes: number]>([
  ['2.16.840.1.101.3.4.1.2', ['aes-128-cbc', 16]],
  ['2.16.840.1.101.3.4.1.22', ['aes-192-cbc', 24]],
  ['2.16.840.1.101.3.4.1.42', ['aes-256-cbc', 32]],
  ['1.2.840.113549.3.7', ['des-ede3-cbc', 24]],
])
const PRFS = new Map<string, string>([
  ['1.2.840.113549.2.7', 'sha1'],
  ['1.2.840.113549.2.8', 'sha224'],
  ['1.2.840.113549.2.9', 'sha256'],
  ['1.2.840.113549.2.10', 'sha384'],
  ['1.2.840.113549.2.11', 'sha512'],
])
const ITERATIONS = 50_000
