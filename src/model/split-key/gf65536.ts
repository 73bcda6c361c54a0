import { FIPS_197, gf256, invertByte, multiplyBytes } from './gf256.ts'
import type { ShareField } from './share-field.ts'

/** The m of y^2 + y + m (KMIP 1.4 section 2.2.5). */
const M = 0x3a

const times = (a: number, b: number): number => multiplyBytes(a, b, FIPS_197)

/** The product of two elements u·y + v, each the pair (u, v) as one number. */
export function multiplyPairs(a: number, b: number): number {
  const [r, s] = [a >> 8, a & 0xff]
  const [u, v] = [b >> 8, b & 0xff]
  const low = times(s, v)
  return ((times(r ^ s, u ^ v) ^ low) << 8) | (times(times(r, u), M) ^ low)
}

/** The inverse of u·y + v; 0 for 0. */
export function invertPair(a: number): number {
  const [u, v] = [a >> 8, a & 0xff]
  const norm = times(u ^ v, v) ^ times(M, times(u, u))
  const inverse = invertByte(norm, FIPS_197)
  return (times(u, inverse) << 8) | times(u ^ v, inverse)
}

/**
 * Polynomial sharing over GF(2^16), each two bytes of the secret on their own, u before v (KMIP 1.4 section 2.2.5).
 * A secret of an odd number of bytes gets a zero byte in front.
 */
export const gf65536: ShareField = {
  order: 65_536n,
  widthOf: (secretBytes) => secretBytes + (secretBytes % 2),
  holds: (share) => share.length % 2 === 0,
  draw: (width, draw) => gf256.draw(width, draw),
  addScaled: (into, scalar, from) => {
    const factor = Number(scalar)
    for (let index = 0; index < from.length; index += 2) {
      const element = ((from[index] ?? 0) << 8) | (from[index + 1] ?? 0)
      const product = multiplyPairs(element, factor)
      into[index] = (into[index] ?? 0) ^ (product >> 8)
      into[index + 1] = (into[index + 1] ?? 0) ^ (product & 0xff)
    }
  },
  add: (a, b) => a ^ b,
  negate: (a) => a,
  multiply: (a, b) => BigInt(multiplyPairs(Number(a), Number(b))),
  invert: (a) => BigInt(invertPair(Number(a))),
}
