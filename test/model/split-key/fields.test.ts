import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FIPS_197, invertByte, multiplyBytes } from '../../../src/model/split-key/gf256.ts'
import { invertPair, multiplyPairs } from '../../../src/model/split-key/gf65536.ts'
import { hasPrimeLook } from '../../../src/model/split-key/prime-look.ts'

const byte = fc.integer({ min: 0, max: 0xff })
const pair = fc.integer({ min: 0, max: 0xffff })

/** The product by long multiplication and division of polynomials over GF(2), as a check that shares no code. */
function longProduct(a: number, b: number, modulus: number): number {
  let product = 0
  for (let bit = 0; bit < 8; bit += 1) if ((b & (1 << bit)) !== 0) product ^= a << bit
  for (let bit = 14; bit >= 8; bit -= 1) {
    if ((product & (1 << bit)) !== 0) product ^= modulus << (bit - 8)
  }
  return product
}

describe('GF(2^8)', () => {
  test('multiplies as the examples of FIPS 197 section 4.2', () => {
    expect(multiplyBytes(0x57, 0x83, FIPS_197)).toBe(0xc1)
    expect(multiplyBytes(0x57, 0x13, FIPS_197)).toBe(0xfe)
  })

  test('multiplies as polynomials do, for every pair of bytes and both polynomials', () => {
    for (const polynomial of [0x11b, 0x11d]) {
      for (let a = 0; a < 256; a += 1) {
        for (let b = 0; b < 256; b += 1) {
          const product = multiplyBytes(a, b, polynomial & 0xff)
          if (product !== longProduct(a, b, polynomial)) {
            expect(product, `${a} by ${b}`).toBe(longProduct(a, b, polynomial))
          }
        }
      }
    }
  })

  test('has an inverse for every byte but zero', () => {
    for (const polynomial of [0x1b, 0x1d]) {
      for (let a = 1; a < 256; a += 1) {
        expect(multiplyBytes(a, invertByte(a, polynomial), polynomial)).toBe(1)
      }
    }
    expect(invertByte(0x53, FIPS_197)).toBe(0xca)
  })
})

describe('GF(2^16)', () => {
  test('multiplies by the rule y^2 = y + m (KMIP 1.4 section 2.2.5)', () => {
    const times = (a: number, b: number): number => longProduct(a, b, 0x11b)
    fc.assert(
      fc.property(byte, byte, byte, byte, (r, s, u, v) => {
        const square = times(r, u)
        const high = times(r, v) ^ times(s, u) ^ square
        const low = times(s, v) ^ times(square, 0x3a)
        expect(multiplyPairs((r << 8) | s, (u << 8) | v)).toBe((high << 8) | low)
      }),
    )
  })

  test('is a field: every element but zero has an inverse, and products associate', () => {
    for (let a = 1; a < 0x1_0000; a += 1) {
      if (multiplyPairs(a, invertPair(a)) !== 1) expect(a).toBe('without inverse')
    }
    fc.assert(
      fc.property(pair, pair, pair, (a, b, c) => {
        expect(multiplyPairs(multiplyPairs(a, b), c)).toBe(multiplyPairs(a, multiplyPairs(b, c)))
      }),
    )
  })
})

describe('the look of a prime', () => {
  test('is that of primes, small and large', () => {
    const known = [3n, 5n, 53n, 59n, 1613n, 65_537n, 2n ** 127n - 1n, 2n ** 521n - 1n]
    expect(known.filter((prime) => !hasPrimeLook(prime))).toEqual([])
  })

  test('is not that of other numbers', () => {
    // 561 is a Carmichael number, 341 = 11·31 a pseudoprime to the base 2, 2^67 - 1 the product that Cole found.
    const others = [0n, 1n, 2n, 4n, 9n, 341n, 561n, 3481n, 2n ** 67n - 1n, 2n ** 128n + 1n]
    expect(others.filter(hasPrimeLook)).toEqual([])
  })
})
