import { scrypt, timingSafeEqual } from 'node:crypto'
import { KmipFault } from '../fault/fault.ts'
import type { Passwords, PasswordVerifier } from '../port/passwords.ts'
import type { Random } from '../port/random.ts'
import type { Secret } from '../secret/secret.ts'

/** What a new password is compared with from now on. */
export async function createVerifier(
  password: Secret,
  random: Pick<Random, 'bytes'>,
): Promise<PasswordVerifier> {
  const salt = random.bytes(SALT_BYTES).expose((bytes) => Buffer.from(bytes).toString('base64'))
  const derived = await derive(password, { ...COST, salt })
  return { ...COST, salt, derived: derived.toString('base64') }
}

/** Compares one password after the other: several at once would take the threads that the store writes with. */
export function scryptPasswords(): Passwords {
  let waiting = 0
  let turn: Promise<unknown> = Promise.resolve()
  return {
    async isRight(password, verifier) {
      if (waiting >= MOST_WAITING) {
        throw new KmipFault('SERVER_LIMIT', 'Too many passwords are being compared')
      }
      waiting += 1
      const own = turn.then(async () => compare(password, verifier))
      turn = own.catch(() => undefined)
      try {
        return await own
      } finally {
        waiting -= 1
      }
    },
  }
}

/** Nobody has the password of an account that is not there: it is compared with one that nothing equals. */
async function compare(password: Secret, verifier: PasswordVerifier | undefined): Promise<boolean> {
  const derived = await derive(password, verifier ?? NOBODY)
  const expected = Buffer.from(verifier?.derived ?? '', 'base64')
  const isEqual = timingSafeEqual(
    derived,
    expected.length === DERIVED_BYTES ? expected : Buffer.alloc(DERIVED_BYTES),
  )
  return isEqual && expected.length === DERIVED_BYTES
}

async function derive(
  password: Secret,
  { cost, blockSize, parallelization, salt }: Omit<PasswordVerifier, 'derived'>,
): Promise<Buffer> {
  const own = password.expose((bytes) => Buffer.from(bytes))
  const options = { N: cost, r: blockSize, p: parallelization, maxmem: 256 * cost * blockSize }
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      scrypt(own, Buffer.from(salt, 'base64'), DERIVED_BYTES, options, (error, derived) => {
        if (error === null) resolve(derived)
        else reject(error)
      })
    })
  } finally {
    own.fill(0)
  }
}

const SALT_BYTES = 16
const DERIVED_BYTES = 32
/** Of those that wait for their turn. */
const MOST_WAITING = 64
/** 32 MiB, and about a tenth of a second of one core. */
const COST = { kdf: 'scrypt', cost: 32_768, blockSize: 8, parallelization: 1 } as const
const NOBODY = { ...COST, salt: 'AAAAAAAAAAAAAAAAAAAAAA==' }
