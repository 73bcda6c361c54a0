import { hash } from 'node:crypto'
import { Frontier, type Peaks } from './frontier.ts'

/** Bytes of a hash. */
export const HASH_BYTES = 32

export function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer')
}

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
