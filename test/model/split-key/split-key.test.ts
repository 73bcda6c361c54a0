import { describe, expect, test } from 'vitest'
import { joinParts } from '../../../src/model/split-key/join.ts'
import type { SplitKeyPlan } from '../../../src/model/split-key/plan.ts'
import { splitSecret, type KeyPart } from '../../../src/model/split-key/split.ts'
import { Secret } from '../../../src/secret/secret.ts'
import { SplitKeyMethod } from '../../../src/spec/enum/split-key-method.ts'
import { drawFrom, hexOf, secretOf } from './draw.ts'

const INVALID = { name: 'KmipFault', code: 'INVALID_FIELD' }
const FAILED = { name: 'KmipFault', code: 'CRYPTO_FAILED' }
const KEY = '0102030405060708090a0b0c0d0e0f10'

const plan = (
  splitKeyMethod: SplitKeyMethod,
  splitKeyParts: number,
  splitKeyThreshold: number,
): SplitKeyPlan => ({ splitKeyMethod, splitKeyParts, splitKeyThreshold })

const partsOf = (materials: readonly string[]): KeyPart[] =>
  materials.map((hex, index) => ({ keyPartIdentifier: index + 1, material: secretOf(hex) }))

const pick = (parts: readonly KeyPart[], ...identifiers: number[]): KeyPart[] =>
  parts.filter(({ keyPartIdentifier }) => identifiers.includes(keyPartIdentifier))

const prime = (value: bigint): Uint8Array => {
  const digits = value.toString(16)
  return Uint8Array.from(
    Buffer.from(digits.padStart(Math.ceil(digits.length / 16 + 1) * 16, '0'), 'hex'),
  )
}

describe('the shares of the official cases', () => {
  // Parts and key of TC-SJ-2-14 and TC-SJ-3-14.
  const polynomial = partsOf([
    '66c46a7754f94de420c7b1a7fff5ec56',
    'cf93d1e2a7e593cd5b8d6247f4e5d49c',
    'a855b891f61ad9217240d8ec061e37da',
    '803dbad55cdd329fad19d99ae2c5a415',
  ])
  const gf256 = plan(SplitKeyMethod.PolynomialSharingGF2_8, 4, 2)

  test.each([
    [1, 2],
    [1, 3],
    [1, 4],
    [2, 3],
    [2, 4],
    [3, 4],
  ])('parts %i and %i of TC-SJ-2 join to the key', (...identifiers) => {
    expect(hexOf(joinParts(pick(polynomial, ...identifiers), gf256))).toBe(KEY)
  })

  test('all parts of TC-SJ-2 join to the key', () => {
    expect(hexOf(joinParts(polynomial, gf256))).toBe(KEY)
  })

  test('one part of TC-SJ-2 is a cryptographic failure', () => {
    expect(() => joinParts(pick(polynomial, 2), gf256)).toThrow(expect.objectContaining(FAILED))
  })

  test('splitting with the slope of TC-SJ-2 gives its parts', () => {
    // The slope is the first part less the key.
    const slope = Buffer.from(KEY, 'hex').map((byte, index) => {
      return byte ^ (Buffer.from('66c46a7754f94de420c7b1a7fff5ec56', 'hex')[index] ?? 0)
    })
    const parts = splitSecret(secretOf(KEY), gf256, () => Secret.copyOf(slope))
    expect(parts.map(({ keyPartIdentifier }) => keyPartIdentifier)).toEqual([1, 2, 3, 4])
    expect(parts.map(({ material }) => hexOf(material))).toEqual(
      polynomial.map(({ material }) => hexOf(material)),
    )
  })

  test('the parts of TC-SJ-4 join by XOR', () => {
    const parts = partsOf([
      'd4b92c299199298e30dee13b967e6dda',
      '35ea4f615686230c7b11538693674e89',
      '3478ddd2e1f89f2005011d26d9fff37c',
      'd429bd9e23e192aa47c4a497d1e8df3f',
    ])
    const xor = plan(SplitKeyMethod.XOR, 4, 4)
    expect(hexOf(joinParts(parts, xor))).toBe(KEY)
    expect(() => joinParts(pick(parts, 1, 2, 3), xor)).toThrow(expect.objectContaining(FAILED))
  })
})

describe('sharing in a prime field', () => {
  // The worked example that is printed most often: 1234 + 166x + 94x² modulo 1613.
  const printed = [1494, 329, 965, 176, 1188, 775].map((value, index): KeyPart => ({
    keyPartIdentifier: index + 1,
    material: Secret.copyOf(Uint8Array.of(value >> 8, value & 0xff)),
  }))
  const small: SplitKeyPlan = {
    ...plan(SplitKeyMethod.PolynomialSharingPrimeField, 6, 3),
    primeFieldSize: prime(1613n),
  }

  test('joins the printed example', () => {
    expect(hexOf(joinParts(pick(printed, 2, 4, 5), small))).toBe('04d2')
    expect(hexOf(joinParts(printed, small, 4))).toBe('000004d2')
  })

  test('refuses a part that is no element of the field', () => {
    const parts = [...pick(printed, 1, 2), { keyPartIdentifier: 3, material: secretOf('064d') }]
    expect(() => joinParts(parts, small)).toThrow(expect.objectContaining(FAILED))
  })

  test('refuses a secret that the prime is not above, and one that does not fit its length', () => {
    const draw = drawFrom(1)
    expect(() => splitSecret(secretOf('04d2'), small, draw)).toThrow(
      expect.objectContaining(INVALID),
    )
    expect(() => joinParts(printed, small, 1)).toThrow(expect.objectContaining(FAILED))
  })

  test.each([
    ['none', undefined],
    ['a composite', prime(2n ** 128n + 1n)],
    ['an even number', prime(2n ** 130n)],
    ['a negative number', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)],
    ['zero', new Uint8Array(8)],
    ['too large a number', new Uint8Array(2_000).fill(0x7f)],
  ])('refuses %s as its prime', (_, primeFieldSize) => {
    const one = plan(SplitKeyMethod.PolynomialSharingPrimeField, 3, 2)
    const wrong = primeFieldSize === undefined ? one : { ...one, primeFieldSize }
    expect(() => splitSecret(secretOf(KEY), wrong, drawFrom(1))).toThrow(
      expect.objectContaining(INVALID),
    )
  })

  test('keeps the zeros in front of a secret whose length is known', () => {
    const large: SplitKeyPlan = {
      ...plan(SplitKeyMethod.PolynomialSharingPrimeField, 3, 2),
      primeFieldSize: prime(2n ** 521n - 1n),
    }
    const parts = splitSecret(secretOf('00000102'), large, drawFrom(7))
    expect(parts[0]?.material.length).toBe(66)
    expect(hexOf(joinParts(pick(parts, 1, 3), large, 4))).toBe('00000102')
    expect(hexOf(joinParts(pick(parts, 1, 3), large))).toBe('0102')
  })
})

test('GF(2^16) pads a secret of an odd number of bytes, and takes the padding away again', () => {
  const odd = plan(SplitKeyMethod.PolynomialSharingGF2_16, 3, 2)
  const parts = splitSecret(secretOf('aabbcc'), odd, drawFrom(3))
  expect(parts.map(({ material }) => material.length)).toEqual([4, 4, 4])
  expect(hexOf(joinParts(pick(parts, 2, 3), odd, 3))).toBe('aabbcc')
  expect(hexOf(joinParts(pick(parts, 2, 3), odd))).toBe('00aabbcc')
})

describe('plans that cannot be carried out', () => {
  const { XOR, PolynomialSharingGF2_8: GF8, PolynomialSharingGF2_16: GF16 } = SplitKeyMethod

  test.each([
    ['a threshold of one', plan(GF8, 3, 1)],
    ['no threshold', plan(GF8, 3, 0)],
    ['a negative threshold', plan(GF8, 3, -2)],
    ['a threshold that is no whole number', plan(GF8, 3, 2.5)],
    ['a threshold above the parts', plan(GF8, 3, 4)],
    ['XOR with fewer than all parts', plan(XOR, 4, 3)],
    ['more parts than GF(2^8) has elements but zero', plan(GF8, 256, 2)],
    ['more parts than GF(2^16) has elements but zero', plan(GF16, 65_536, 2)],
  ])('%s is refused', (_, wrong) => {
    expect(() => splitSecret(secretOf(KEY), wrong, drawFrom(1))).toThrow(
      expect.objectContaining(INVALID),
    )
    expect(() => joinParts(partsOf([KEY, KEY]), wrong)).toThrow(expect.objectContaining(INVALID))
  })

  test('an empty secret is refused', () => {
    const nothing = Secret.take(new Uint8Array(0))
    expect(() => splitSecret(nothing, plan(GF8, 3, 2), drawFrom(1))).toThrow(
      expect.objectContaining(INVALID),
    )
  })
})

describe('parts that do not belong together', () => {
  const two = plan(SplitKeyMethod.PolynomialSharingGF2_8, 4, 2)
  const parts = splitSecret(secretOf(KEY), two, drawFrom(5))
  const part = (keyPartIdentifier: number, hex: string): KeyPart => ({
    keyPartIdentifier,
    material: secretOf(hex),
  })

  test.each([
    ['the same part twice', [...pick(parts, 1), ...pick(parts, 1)]],
    ['parts of different lengths', [...pick(parts, 1), part(2, 'aabb')]],
    ['parts without bytes', [part(1, ''), part(2, '')]],
    ['a part with the number zero', [...pick(parts, 1), part(0, KEY)]],
    ['a part with a number above the parts', [...pick(parts, 1), part(5, KEY)]],
    ['a wrong part beyond the threshold', [...pick(parts, 1, 2), part(3, KEY)]],
    ['no parts', []],
  ])('%s are refused', (_, wrong) => {
    expect(() => joinParts(wrong, two)).toThrow(expect.objectContaining(FAILED))
  })

  // In GF(2^8), 3 of 5, part 1 weighs the same among the first three parts as among all five.
  test.each([1, 2, 3, 4, 5])('part %i, exchanged for another, is found among all five', (wrong) => {
    const three = plan(SplitKeyMethod.PolynomialSharingGF2_8, 5, 3)
    const forged = splitSecret(secretOf(KEY), three, drawFrom(6)).map((each) =>
      each.keyPartIdentifier === wrong ? part(wrong, KEY) : each,
    )
    expect(() => joinParts(forged, three)).toThrow(expect.objectContaining(FAILED))
  })

  test('an odd number of bytes is no part in GF(2^16)', () => {
    const odd = plan(SplitKeyMethod.PolynomialSharingGF2_16, 4, 2)
    expect(() => joinParts([part(1, 'aabbcc'), part(2, 'aabbcc')], odd)).toThrow(
      expect.objectContaining(FAILED),
    )
  })
})
