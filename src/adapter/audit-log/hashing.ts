import { hash } from 'node:crypto'
import { Frontier, type Peaks, type Sha256 } from './frontier.ts'

/** Bytes of a hash. */
export const HASH_BYTES = 32

/**
 * Makes a function that hashes. Its results are parts of larger pieces of memory: one of its own for each takes longer
 * than hashing. Like {@link Frontier} it names nothing outside of itself.
 *
 * @param oneShot - `hash` of node:crypto
 */
export function sha256By(oneShot: typeof hash): Sha256 {
  let piece = Buffer.alloc(0)
  let at = 0
  return (bytes) => {
    if (at === piece.length) {
      piece = Buffer.allocUnsafeSlow(8_192)
      at = 0
    }
    piece.write(oneShot('sha256', bytes, 'binary'), at, 'latin1')
    at += 32
    return piece.subarray(at - 32, at)
  }
}

export const sha256 = sha256By(hash)

export function frontierOf(peaks?: Peaks): Frontier {
  return new Frontier(sha256, peaks)
}

/** The hash of a leaf (RFC 6962 section 2.1). */
export function leafHash(leaf: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + leaf.length)
  bytes.set(leaf, 1)
  return sha256(bytes)
}

/**
 * The hash of a leaf that lies in a larger piece of memory. The byte before it is overwritten.
 *
 * @param start - first byte of the leaf, at least 1
 * @param end - first byte behind it
 */
export function leafHashAt(memory: Uint8Array, start: number, end: number): Uint8Array {
  memory[start - 1] = 0
  return sha256(memory.subarray(start - 1, end))
}

/** The hash of two subtrees. */
export function parentHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + 2 * HASH_BYTES)
  bytes[0] = 1
  bytes.set(left, 1)
  bytes.set(right, 1 + HASH_BYTES)
  return sha256(bytes)
}

export function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
