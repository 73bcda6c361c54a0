import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { agreeing, signing } from '../../../src/adapter/crypto/key-pair.ts'

const FAILED: unknown = expect.objectContaining({ code: 'CRYPTO_FAILED' })

test.each([
  ['ec', () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' })],
  ['ed25519', () => generateKeyPairSync('ed25519')],
  ['ed448', () => generateKeyPairSync('ed448')],
] as const)('[FIPS 140-3] a new pair of %s whose halves are of two pairs is none', (_, make) => {
  const [one, other] = [make(), make()]
  expect(signing(one).publicKey.half).toBe('public')
  const mixed = { privateKey: one.privateKey, publicKey: other.publicKey }
  expect(() => signing(mixed)).toThrow(FAILED)
})

test.each([
  ['x25519', () => generateKeyPairSync('x25519')],
  ['x448', () => generateKeyPairSync('x448')],
] as const)('[FIPS 140-3] nor is one of %s', (_, make) => {
  const [one, other, third] = [make(), make(), make()]
  expect(agreeing(one, third).publicKey.half).toBe('public')
  const mixed = { privateKey: one.privateKey, publicKey: other.publicKey }
  expect(() => agreeing(mixed, third)).toThrow(FAILED)
})
