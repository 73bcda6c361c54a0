import { timingSafeEqual } from 'node:crypto'
import type { Bytes } from '../../port/crypto.ts'
import { Secret } from '../../secret/secret.ts'
import { unmovedBytes, unmovedCopy } from '../../secret/memory.ts'

export const EMPTY = new Uint8Array(0)

/** Lets `use` see the bytes, secret or not. It must neither keep nor change them. */
export function reveal<R>(data: Bytes, use: (bytes: Uint8Array) => R): R {
  return data instanceof Secret ? data.expose(use) : use(data)
}

/** The parts one after another, in memory of their own. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = unmovedBytes(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** Like {@link joined}, and zeroes the parts. */
export function takeJoined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = joined(...parts)
  for (const part of parts) part.fill(0)
  return whole
}

/** A plain copy of bytes in Node's own form, which lie in a shared pool. */
export function plain(bytes: Uint8Array): Uint8Array {
  return unmovedCopy(bytes)
}

/** The bytes as a secret of its own; they are zeroed where they were. */
export function secretOf(bytes: Uint8Array): Secret {
  const secret = Secret.copyOf(bytes)
  bytes.fill(0)
  return secret
}

/** Bitwise exclusive or of two arrays of one length. */
export function xored(left: Uint8Array, right: Uint8Array): Uint8Array {
  return left.map((byte, index) => byte ^ (right[index] ?? 0))
}

/** Compares in time that depends on the lengths alone. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right)
}

/** A number as `length` bytes, most significant first. */
export function bigEndian(value: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let rest = value
  for (let index = length - 1; index >= 0; index -= 1) {
    bytes[index] = rest % 256
    rest = Math.floor(rest / 256)
  }
  return bytes
}

/** All ones when both are equal, else zero, without a branch; for numbers from 0 below 2^31. */
export function maskEqual(left: number, right: number): number {
  const difference = left ^ right
  return ((difference | -difference) >> 31) ^ -1
}

/** All ones when `left` is below `right`, else zero, without a branch; for numbers from 0 below 2^31. */
export function maskBelow(left: number, right: number): number {
  return (left - right) >> 31
}
