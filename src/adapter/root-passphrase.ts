import { scrypt } from 'node:crypto'
import { KmipFault } from '../fault/fault.ts'
import type { Random } from '../port/random.ts'
import type { RootOfTrust } from '../port/root-of-trust.ts'
import { Secret } from '../secret/secret.ts'
import { KEY_BYTES } from './aes-gcm.ts'
import { wrappingRoot } from './root-wrapping.ts'

/** How a passphrase becomes a key. Public: it lies beside the store as JSON. */
export interface PassphraseParameters {
  readonly kdf: 'scrypt'
  /** N: a power of two. */
  readonly cost: number
  /** r */
  readonly blockSize: number
  /** p */
  readonly parallelization: number
  /** Lower-case hex of at least 16 bytes, fresh for each store. */
  readonly salt: string
}

/** N of new stores and the least that is accepted: about half a second of one core. */
export const SCRYPT_COST = 131_072

/** Parameters for a new store. A lower cost is for tests, which pass it as floor, too. */
export function newPassphraseParameters(random: Random, cost = SCRYPT_COST): PassphraseParameters {
  const salt = random.bytes(SALT_BYTES).expose((bytes) => Buffer.from(bytes).toString('hex'))
  return { kdf: 'scrypt', cost, blockSize: 8, parallelization: 1, salt }
}

/**
 * Reads parameters from parsed JSON. Throws `UNAVAILABLE` when they are not there, so weak that somebody must have
 * weakened them, or so heavy that they would stop the server.
 *
 * @param floor - least N that is accepted
 */
export function readPassphraseParameters(
  value: unknown,
  floor = SCRYPT_COST,
): PassphraseParameters {
  if (typeof value !== 'object' || value === null) throw damaged()
  const { kdf, cost, blockSize, parallelization, salt } = { ...EMPTY, ...value }
  if (kdf !== 'scrypt') throw damaged()
  if (!within(cost, floor, MAX_COST) || !Number.isInteger(Math.log2(cost))) throw damaged()
  if (!within(blockSize, 8, 32) || !within(parallelization, 1, 16)) throw damaged()
  if (128 * cost * blockSize > MAX_MEMORY) throw damaged()
  if (typeof salt !== 'string' || !/^(?:[0-9a-f]{2}){16,64}$/.test(salt)) throw damaged()
  return { kdf, cost, blockSize, parallelization, salt }
}

/**
 * A root of trust that is a passphrase. The key is derived when it is needed first, off the main thread, and kept.
 * Throws `UNAVAILABLE` for an empty passphrase or parameters that {@link readPassphraseParameters} refuses.
 *
 * @param passphrase - copied: the caller destroys its own
 * @param floor - least N that is accepted
 */
export function rootFromPassphrase(
  passphrase: Secret,
  parameters: PassphraseParameters,
  floor = SCRYPT_COST,
): RootOfTrust {
  const checked = readPassphraseParameters(parameters, floor)
  if (passphrase.length === 0) throw new KmipFault('UNAVAILABLE', 'The passphrase is empty')
  const own = passphrase.clone()
  let derived: Promise<Secret> | undefined
  return wrappingRoot({
    kind: 'passphrase',
    isGuessable: true,
    refusal: 'The passphrase does not open this store',
    key: async () => (derived ??= derive(own, checked)),
    destroy() {
      own.destroy()
      derived ??= Promise.resolve(own)
      derived.then(
        (key) => {
          key.destroy()
        },
        // Whoever asked for the key was told, and there is none to destroy.
        () => undefined,
      )
    },
  })
}

async function derive(passphrase: Secret, parameters: PassphraseParameters): Promise<Secret> {
  const { cost, blockSize, parallelization, salt } = parameters
  const options = { N: cost, r: blockSize, p: parallelization, maxmem: 2 * MAX_MEMORY }
  const saltBytes = Buffer.from(salt, 'hex')
  try {
    return await new Promise<Secret>((resolve, reject) => {
      passphrase.expose((bytes) => {
        scrypt(bytes, saltBytes, KEY_BYTES, options, (error, key) => {
          if (error === null) resolve(Secret.take(key))
          else reject(error)
        })
      })
    })
  } finally {
    passphrase.destroy()
  }
}

function within(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most
}

function damaged(): KmipFault {
  return new KmipFault(
    'UNAVAILABLE',
    'The passphrase parameters of this store are damaged or unsafe',
  )
}

type Unchecked = Record<keyof PassphraseParameters, unknown>

const EMPTY: Unchecked = {
  kdf: undefined,
  cost: undefined,
  blockSize: undefined,
  parallelization: undefined,
  salt: undefined,
}
const SALT_BYTES = 32
const MAX_COST = 4_194_304
/** Bytes that scrypt may use: 1 GiB. */
const MAX_MEMORY = 1_073_741_824
