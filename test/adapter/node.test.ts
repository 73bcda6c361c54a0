import { expect, test } from 'vitest'
import { systemClock } from '../../src/adapter/clock-system.ts'
import { nodeCrypto } from '../../src/adapter/crypto-node.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'

test('[FIPS 180-4] SHA-256 of the published example', () => {
  const digest = nodeCrypto.digest('SHA_256', new TextEncoder().encode('abc'))
  expect(digest.constructor).toBe(Uint8Array)
  expect(Buffer.from(digest).toString('hex')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
})

test('random bytes are as many as were asked for, fresh, and in memory of their own', () => {
  for (const length of [0, 1, 32, 100_000]) expect(nodeRandom.bytes(length).length).toBe(length)
  const values = Array.from({ length: 1000 }, () =>
    nodeRandom.bytes(16).expose((bytes) => {
      expect(bytes.buffer.byteLength).toBe(16)
      return Buffer.from(bytes).toString('hex')
    }),
  )
  expect(new Set(values).size).toBe(1000)
})

test('[RFC 9562 section 5.4] identifiers are UUIDs of version 4 in lower case, never the same', () => {
  const identifiers = Array.from({ length: 1000 }, () => nodeRandom.identifier())
  for (const identifier of identifiers) {
    expect(identifier).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  }
  expect(new Set(identifiers).size).toBe(1000)
})

test('the clock counts whole seconds and is that of the machine', () => {
  const before = Math.floor(Date.now() / 1000)
  const now = systemClock.now()
  expect(Number.isInteger(now)).toBe(true)
  expect(now).toBeGreaterThanOrEqual(before)
  expect(now).toBeLessThanOrEqual(Math.ceil(Date.now() / 1000))
})
