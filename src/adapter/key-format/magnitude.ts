import { Secret } from '../../secret/secret.ts'
import { malformed } from './malformed.ts'

/*
 * Numbers are held as magnitudes: big-endian, unsigned, without zeros in front; zero has no bytes. Both a Big Integer
 * of TTLV and an INTEGER of DER are two's complement, padded to eight bytes the one and to one bit the other.
 */

/** The magnitude of a two's complement number, copied. Throws `INVALID_FIELD` for a negative one. */
export function magnitudeOf(number: Uint8Array): Uint8Array<ArrayBuffer> {
  if ((number[0] ?? 0) >= 0x80) throw malformed()
  return unsigned(number)
}

/** Copies bytes without the zeros in front. */
export function unsigned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const first = bytes.findIndex((byte) => byte !== 0)
  return Uint8Array.from(first < 0 ? [] : bytes.subarray(first))
}

export function secretMagnitude(number: Uint8Array): Secret {
  return Secret.take(magnitudeOf(number))
}

/** A magnitude as two's complement of whole units of `unit` bytes. */
export function signed(magnitude: Uint8Array, unit: 1 | 8): Uint8Array<ArrayBuffer> {
  const isNegative = (magnitude[0] ?? 0x80) >= 0x80
  const length = Math.ceil((magnitude.length + (isNegative ? 1 : 0)) / unit) * unit
  return padded(magnitude, length)
}

/** With zeros in front, up to a length. */
export function padded(magnitude: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  if (magnitude.length > length) throw malformed()
  const bytes = new Uint8Array(length)
  bytes.set(magnitude, length - magnitude.length)
  return bytes
}

/** In bits. */
export function lengthOf(magnitude: Uint8Array): number {
  return magnitude.length * 8 - (magnitude.length === 0 ? 0 : Math.clz32(magnitude[0] ?? 0) - 24)
}

/** For arithmetic, of any unsigned bytes. The engine gives no way to wipe what it makes of it. */
export function integerOf(bytes: Uint8Array): bigint {
  const whole = padded(bytes, Math.ceil(bytes.length / 8) * 8)
  const view = new DataView(whole.buffer)
  let value = 0n
  for (let offset = 0; offset < whole.length; offset += 8) {
    value = (value << 64n) | view.getBigUint64(offset)
  }
  whole.fill(0)
  return value
}

export function magnitudeOfInteger(value: bigint): Uint8Array<ArrayBuffer> {
  const words: bigint[] = []
  for (let rest = value; rest > 0n; rest >>= 64n) words.unshift(BigInt.asUintN(64, rest))
  const whole = new Uint8Array(words.length * 8)
  const view = new DataView(whole.buffer)
  words.forEach((word, index) => {
    view.setBigUint64(index * 8, word)
  })
  const magnitude = unsigned(whole)
  whole.fill(0)
  return magnitude
}
