import { T } from './read.ts'

/** Writes an element around parts that are encoded already. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const size = parts.reduce((sum, { length }) => sum + length, 0)
  const head = [tag, ...lengthOctets(size)]
  const bytes = new Uint8Array(head.length + size)
  bytes.set(head)
  let at = head.length
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

export function sequence(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return element(T.sequence, ...parts)
}

/** A SET OF of one element; several would have to be sorted. */
export function setOfOne(part: Uint8Array): Uint8Array<ArrayBuffer> {
  return element(T.set, part)
}

/** @param magnitude - big-endian and unsigned, of at least one byte */
export function integer(magnitude: Uint8Array): Uint8Array<ArrayBuffer> {
  const first = magnitude.findIndex((byte) => byte !== 0)
  const digits = first < 0 ? Uint8Array.of(0) : magnitude.subarray(first)
  return element(T.integer, (digits[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : NOTHING, digits)
}

/** @param number - of 31 bits */
export function small(number: number): Uint8Array<ArrayBuffer> {
  return integer(
    Uint8Array.of(number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255),
  )
}

export function octets(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return element(T.octets, bytes)
}

/** A BIT STRING of whole bytes. */
export function bits(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return element(T.bits, Uint8Array.of(0), bytes)
}

export function nothing(): Uint8Array<ArrayBuffer> {
  return element(T.nothing)
}

export function yes(): Uint8Array<ArrayBuffer> {
  return element(T.boolean, Uint8Array.of(0xff))
}

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return element(T.utf8, new TextEncoder().encode(text))
}

/** @param dotted - an OBJECT IDENTIFIER whose numbers are below 2^31 */
export function identifier(dotted: string): Uint8Array<ArrayBuffer> {
  const [root = 0, second = 0, ...others] = dotted.split('.').map(Number)
  return element(T.identifier, Uint8Array.from([root * 40 + second, ...others].flatMap(base128)))
}

function base128(number: number): number[] {
  const digits = [number & 0x7f]
  for (let rest = number >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80)
  return digits
}

function lengthOctets(size: number): readonly number[] {
  if (size < 0x80) return [size]
  const digits: number[] = []
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest & 255)
  return [0x80 | digits.length, ...digits]
}

const NOTHING = new Uint8Array(0)
