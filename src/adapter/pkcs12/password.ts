import { transcode } from 'node:buffer'
import { createHash } from 'node:crypto'
import { takeJoined } from '../crypto/bytes.ts'
import { isWellFormed } from '../../ttlv/utf8.ts'

/** What a key is derived for (RFC 7292 appendix B.3). */
export const PURPOSE = { key: 1, iv: 2, mac: 3 } as const

/** What to derive, from a password that `bmpOf` has written. */
export interface DerivedKey {
  readonly hash: 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'
  readonly purpose: (typeof PURPOSE)[keyof typeof PURPOSE]
  readonly salt: Uint8Array
  readonly iterations: number
  /** In bytes. */
  readonly length: number
}

/** A password as RFC 7292 appendix B.1 wants it: UTF-16, the high byte first, with a zero at its end. */
export function bmpOf(password: Uint8Array): Uint8Array {
  const units = utf16Of(password)
  const bytes = new Uint8Array(units.length + 2)
  // swap16 changes the order of bytes where they are.
  bytes.set(units.swap16())
  units.fill(0)
  return bytes
}

/** UTF-16, the low byte first, in memory of its own: a password that is text never becomes a string on the way. */
function utf16Of(password: Uint8Array): Buffer {
  // Bytes that are no text are no password that anyone could type.
  if (!isWellFormed(password)) return Buffer.from(new TextDecoder().decode(password), 'utf16le')
  const units = transcode(password, 'utf8', 'utf16le')
  const hasMark = units[0] === 0xff && units[1] === 0xfe
  return hasMark ? units.subarray(2) : units
}

/** RFC 7292 appendix B.2. */
export function deriveKey(password: Uint8Array, wanted: DerivedKey): Uint8Array {
  const { hash, purpose, salt, iterations, length } = wanted
  const block = hash === 'sha384' || hash === 'sha512' ? 128 : 64
  const diversifier = new Uint8Array(block).fill(purpose)
  const input = takeJoined(repeated(salt, block), repeated(password, block))
  const derived = new Uint8Array(length)
  for (let at = 0; at < length;) {
    let digest = createHash(hash).update(diversifier).update(input).digest()
    for (let round = 1; round < iterations; round += 1) {
      const next = createHash(hash).update(digest).digest()
      digest.fill(0)
      digest = next
    }
    derived.set(digest.subarray(0, length - at), at)
    at += digest.length
    const number = repeated(digest, block)
    addTo(input, number.subarray(0, block), block)
    number.fill(0)
    digest.fill(0)
  }
  input.fill(0)
  return derived
}

/** Repeated up to a whole number of blocks; nothing of nothing. */
function repeated(bytes: Uint8Array, block: number): Uint8Array {
  const length = Math.ceil(bytes.length / block) * block
  return Uint8Array.from({ length }, (_, index) => bytes[index % bytes.length] ?? 0)
}

/** Adds a number and one to each block, without what is carried out of it. */
function addTo(input: Uint8Array, number: Uint8Array, block: number): void {
  for (let start = 0; start < input.length; start += block) {
    let carry = 1
    for (let index = block - 1; index >= 0; index -= 1) {
      carry += (input[start + index] ?? 0) + (number[index] ?? 0)
      input[start + index] = carry & 255
      carry >>= 8
    }
  }
}
