import { createCipheriv, createHash, createHmac } from 'node:crypto'
import type { Random, SeedableRandom } from '../port/random.ts'
import type { Secret } from '../secret/secret.ts'
import { secretOf } from './crypto/bytes.ts'

/**
 * A generator that takes seeds besides its own. Its bytes are those of `random`, encrypted under a key that all seeds
 * and fresh bytes of `random` went into. Who seeds it can so add to its randomness and never take from it: what is random
 * is no less so with any key stream added.
 */
export function seedable(random: Random): SeedableRandom {
  let pool: Uint8Array | undefined
  return {
    parameters: random.parameters,
    identifier: () => random.identifier(),
    bytes: (length) =>
      pool === undefined ? random.bytes(length) : stirred(random.bytes(length), pool, random),
    seed(bytes) {
      const hash = createHash('sha512')
      if (pool !== undefined) hash.update(pool)
      const next = Uint8Array.from(hash.update(bytes).digest())
      pool?.fill(0)
      pool = next
    },
  }
}

function stirred(drawn: Secret, pool: Uint8Array, random: Random): Secret {
  const fresh = random.bytes(32)
  const key = fresh.expose((bytes) => createHmac('sha512', pool).update(bytes).digest())
  try {
    const cipher = createCipheriv('aes-256-ctr', key.subarray(0, 32), key.subarray(32, 48))
    return drawn.expose((bytes) => secretOf(cipher.update(bytes)))
  } finally {
    key.fill(0)
    fresh.destroy()
    drawn.destroy()
  }
}
