import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinParts } from '../../../src/model/split-key/join.ts'
import type { SplitKeyPlan } from '../../../src/model/split-key/plan.ts'
import { splitSecret } from '../../../src/model/split-key/split.ts'
import { Secret } from '../../../src/secret/secret.ts'
import { SplitKeyMethod } from '../../../src/spec/enum/split-key-method.ts'
import { drawFrom, hexOf } from './draw.ts'

/** 2^521 - 1, a prime above any secret of these tests. */
const PRIME = Uint8Array.from({ length: 72 }, (_, index) =>
  index < 6 ? 0 : index === 6 ? 1 : 0xff,
)

const method = fc.constantFrom(
  SplitKeyMethod.XOR,
  SplitKeyMethod.PolynomialSharingGF2_8,
  SplitKeyMethod.PolynomialSharingGF2_16,
  SplitKeyMethod.PolynomialSharingPrimeField,
)

const plans: fc.Arbitrary<SplitKeyPlan> = fc
  .record({
    method,
    threshold: fc.integer({ min: 2, max: 5 }),
    more: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ method: splitKeyMethod, threshold, more }) => ({
    splitKeyMethod,
    splitKeyParts: splitKeyMethod === SplitKeyMethod.XOR ? threshold : threshold + more,
    splitKeyThreshold: threshold,
    primeFieldSize: PRIME,
  }))

const secrets = fc.uint8Array({ minLength: 1, maxLength: 64 })

test('any parts as many as the threshold, in any order, join to the secret (KMIP 1.4 section 4.39)', () => {
  fc.assert(
    fc.property(
      plans,
      secrets,
      fc.nat(),
      fc.infiniteStream(fc.nat()),
      (plan, bytes, seed, order) => {
        const parts = splitSecret(Secret.copyOf(bytes), plan, drawFrom(seed))
        const ranks = new Map(parts.map((part) => [part, order.next().value]))
        const shuffled = [...parts].sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0))
        const chosen = shuffled.slice(0, plan.splitKeyThreshold)
        expect(hexOf(joinParts(chosen, plan, bytes.length))).toBe(
          Buffer.from(bytes).toString('hex'),
        )
      },
    ),
  )
})

test('no part is the secret, but for chance', () => {
  fc.assert(
    fc.property(
      plans,
      fc.uint8Array({ minLength: 16, maxLength: 64 }),
      fc.nat(),
      (plan, bytes, seed) => {
        const parts = splitSecret(Secret.copyOf(bytes), plan, drawFrom(seed))
        const hex = Buffer.from(bytes).toString('hex')
        expect(parts.filter(({ material }) => hexOf(material).endsWith(hex))).toEqual([])
      },
    ),
  )
})

test.each([
  ['XOR', SplitKeyMethod.XOR, 2],
  ['GF(2^8)', SplitKeyMethod.PolynomialSharingGF2_8, 3],
])(
  'fewer parts than the threshold say nothing: with %s a part has every value',
  (_, splitKeyMethod, threshold) => {
    const plan: SplitKeyPlan = {
      splitKeyMethod,
      splitKeyParts: threshold,
      splitKeyThreshold: threshold,
    }
    const draw = drawFrom(11)
    const secret = Secret.copyOf(Uint8Array.of(0x42))
    const seen = Array.from({ length: threshold }, () => new Set<string>())
    // A value is missed in 4,096 draws of 256 with a probability of 256·e^-16, a few in a hundred thousand.
    for (let count = 0; count < 4_096; count += 1) {
      const parts = splitSecret(secret, plan, draw)
      parts.forEach(({ material }, index) => seen[index]?.add(hexOf(material)))
    }
    expect(seen.map(({ size }) => size)).toEqual(Array.from({ length: threshold }, () => 256))
  },
)

test('fewer parts than the threshold say nothing: in a small prime field a part has every value', () => {
  const plan: SplitKeyPlan = {
    splitKeyMethod: SplitKeyMethod.PolynomialSharingPrimeField,
    splitKeyParts: 3,
    splitKeyThreshold: 2,
    primeFieldSize: Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 1),
  }
  const draw = drawFrom(13)
  const secret = Secret.copyOf(Uint8Array.of(0x42))
  const seen = new Set<string>()
  for (let count = 0; count < 4_096; count += 1) {
    for (const { material } of splitSecret(secret, plan, draw).slice(0, 1))
      seen.add(hexOf(material))
  }
  expect(seen.size).toBe(257)
})
