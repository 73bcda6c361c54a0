import type { ShareField } from './share-field.ts'

/** The field of FIPS 197: x^8 + x^4 + x^3 + x + 1, below its highest term. */
export const FIPS_197 = 0x1b

/** x^8 + x^4 + x^3 + x^2 + 1, below its highest term: what the shares of the official test cases lie in. */
const SHARING = 0x1d

/**
 * The product of two bytes in GF(2^8), by shifts and masks alone: no table, no branch and no index depends on them.
 *
 * @param polynomial - the reduction polynomial without its highest term
 */
export function multiplyBytes(a: number, b: number, polynomial: number): number {
  let product = 0
  let shifted = a
  for (let bit = 0; bit < 8; bit += 1) {
    product ^= shifted & -((b >> bit) & 1)
    shifted = ((shifted << 1) & 0xff) ^ (polynomial & -(shifted >> 7))
  }
  return product
}

/** The inverse of a byte in GF(2^8), as its 254th power; 0 for 0. */
export function invertByte(a: number, polynomial: number): number {
  let power = a
  let result = 1
  for (let step = 0; step < 7; step += 1) {
    power = multiplyBytes(power, power, polynomial)
    result = multiplyBytes(result, power, polynomial)
  }
  return result
}

/** Polynomial sharing over GF(2^8), each byte of the secret on its own (KMIP 1.4 section 2.2.5). */
export const gf256: ShareField = {
  order: 256n,
  widthOf: (secretBytes) => secretBytes,
  holds: () => true,
  draw: (width, draw) => {
    const bytes = draw(width)
    const own = bytes.expose((drawn) => Uint8Array.from(drawn))
    bytes.destroy()
    return own
  },
  addScaled: (into, scalar, from) => {
    const factor = Number(scalar)
    from.forEach((byte, index) => {
      into[index] = (into[index] ?? 0) ^ multiplyBytes(byte, factor, SHARING)
    })
  },
  add: (a, b) => a ^ b,
  negate: (a) => a,
  multiply: (a, b) => BigInt(multiplyBytes(Number(a), Number(b), SHARING)),
  invert: (a) => BigInt(invertByte(Number(a), SHARING)),
}
