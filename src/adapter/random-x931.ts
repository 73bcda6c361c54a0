import { createCipheriv, randomFillSync, randomUUID } from 'node:crypto'
import type { Random } from '../port/random.ts'
import { Secret } from '../secret/secret.ts'
import { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import { RNGAlgorithm } from '../spec/enum/rng-algorithm.ts'
import { unmovedBytes } from '../secret/memory.ts'

const BLOCK = 16
const KEY = 32

/** What a run of the generator starts from. */
export interface X931Seed {
  /** Bytes of the AES-256 key. */
  readonly key: Uint8Array
  /** The value V, one block. */
  readonly value: Uint8Array
  /** The date/time vector DT, one block; it is counted up for each block of output. */
  readonly dateTime: Uint8Array
}

/**
 * Randomness as in ANSI X9.31 appendix A.2.4 with AES-256, which the official cases show. Each call has a key, a seed
 * and a date/time vector of its own from OpenSSL's generator, so nothing that one call gives tells of another; see
 * docs/adr for why it is there.
 */
export const x931Random: Random = {
  bytes: (length) => Secret.take(generateOnce(length)),
  identifier: () => randomUUID(),
  parameters: {
    rngAlgorithm: RNGAlgorithm.ANSIX9_31,
    cryptographicAlgorithm: CryptographicAlgorithm.AES,
    cryptographicLength: 256,
  },
}

function generateOnce(length: number): Uint8Array {
  const seed = randomFillSync(unmovedBytes(KEY + 2 * BLOCK))
  try {
    return generateX931(length, {
      key: seed.subarray(0, KEY),
      value: seed.subarray(KEY, KEY + BLOCK),
      dateTime: seed.subarray(KEY + BLOCK),
    })
  } finally {
    seed.fill(0)
  }
}

/** The output of the generator for a seed: I = E(DT), R = E(I xor V), V = E(R xor I) for each block R. */
export function generateX931(length: number, { key, value, dateTime }: X931Seed): Uint8Array {
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false)
  const output = unmovedBytes(length)
  const time = Uint8Array.from(dateTime)
  let state: Uint8Array = value
  for (let offset = 0; offset < length; offset += BLOCK) {
    const intermediate = cipher.update(time)
    const block = cipher.update(xor(intermediate, state))
    output.set(block.subarray(0, Math.min(BLOCK, length - offset)), offset)
    state = cipher.update(xor(block, intermediate))
    block.fill(0)
    countUp(time)
  }
  state.fill(0)
  return output
}

function xor(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.map((byte, index) => byte ^ (right[index] ?? 0))
}

function countUp(block: Uint8Array): void {
  for (let index = BLOCK - 1; index >= 0; index -= 1) {
    const next = ((block[index] ?? 0) + 1) & 0xff
    block[index] = next
    if (next !== 0) return
  }
}
