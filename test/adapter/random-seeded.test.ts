import { expect, test } from 'vitest'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { seedable } from '../../src/adapter/random-seeded.ts'
import type { Random } from '../../src/port/random.ts'
import { Secret } from '../../src/secret/secret.ts'

/** A generator without any randomness, so that all there is comes from seeds. */
const still: Random = {
  bytes: (length) => Secret.take(new Uint8Array(length).fill(7)),
  identifier: () => 'one',
  parameters: nodeRandom.parameters,
}

const hex = (secret: Secret): string => secret.expose((bytes) => Buffer.from(bytes).toString('hex'))

function drawn(...seeds: readonly string[]): string {
  const random = seedable(still)
  for (const seed of seeds) random.seed(Buffer.from(seed))
  return hex(random.bytes(24))
}

test('before the first seed the bytes are those of the generator itself', () => {
  expect(drawn()).toBe('07'.repeat(24))
})

test('every seed changes what comes, and its bytes and order count', () => {
  const all = [drawn('a'), drawn('b'), drawn('a', 'b'), drawn('b', 'a'), drawn('a', 'a'), drawn()]
  expect(new Set(all).size).toBe(all.length)
  expect(drawn('a', 'b')).toBe(drawn('a', 'b'))
})

test('a seed that is known leaves what is random random', () => {
  const random = seedable(nodeRandom)
  random.seed(new Uint8Array(32))
  const draws = Array.from({ length: 50 }, () => hex(random.bytes(16)))
  expect(new Set(draws).size).toBe(50)
  expect(random.bytes(0).length).toBe(0)
  expect(random.parameters).toBe(nodeRandom.parameters)
})
