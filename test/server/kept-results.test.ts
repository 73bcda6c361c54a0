import { expect, test } from 'vitest'
import { nodeCrypto } from '../../src/adapter/crypto-node.ts'
import { KmipFault } from '../../src/fault/fault.ts'
import type { AsymmetricKeys } from '../../src/port/crypto.ts'
import { Secret } from '../../src/secret/secret.ts'
import { KeptResults } from '../../src/server/kept-results.ts'

/** Keys that count how many are made. */
function counted(refusal?: KmipFault) {
  let made = 0
  const keys: AsymmetricKeys = {
    ...nodeCrypto.keys,
    generate: async (request) => {
      made += 1
      if (refusal !== undefined) throw refusal
      return nodeCrypto.keys.generate(request)
    },
  }
  return { keys, count: () => made }
}

const atOnce = async <T>(work: () => Promise<T>): Promise<T> => work()

test('a batch item that is tried again gets the pair it had', async () => {
  const { keys, count } = counted()
  const kept = new KeptResults(keys, atOnce)
  const first = await kept.keyPair({ kind: 'Ed25519' })
  expect(await kept.keyPair({ kind: 'Ed25519' })).toBe(first)
  expect(count()).toBe(1)
})

test('what asks for something else gets another pair, and so does another batch item', async () => {
  const { keys, count } = counted()
  const kept = new KeptResults(keys, atOnce)
  const first = await kept.keyPair({ kind: 'Ed25519' })
  expect((await kept.keyPair({ kind: 'X25519' })).privateKey.kind).toBe('X25519')
  expect(await new KeptResults(keys, atOnce).keyPair({ kind: 'Ed25519' })).not.toBe(first)
  expect(count()).toBe(3)
})

test('a pair that could not be made is not kept', async () => {
  const { keys, count } = counted(
    new KmipFault('SERVER_LIMIT', 'Too many keys are being generated'),
  )
  const kept = new KeptResults(keys, atOnce)
  await expect(kept.keyPair({ kind: 'Ed448' })).rejects.toMatchObject({ code: 'SERVER_LIMIT' })
  await expect(kept.keyPair({ kind: 'Ed448' })).rejects.toMatchObject({ code: 'SERVER_LIMIT' })
  expect(count()).toBe(2)
})

test('the keys are forgotten once the item is done', async () => {
  const kept = new KeptResults(nodeCrypto.keys, atOnce)
  const { privateKey } = await kept.keyPair({ kind: 'Ed25519' })
  kept.destroy()
  expect(() => nodeCrypto.keys.publicOf(privateKey)).toThrow(
    expect.objectContaining({ code: 'CRYPTO_FAILED' }),
  )
})

test('a secret is made anew when what it is made of has changed', async () => {
  const kept = new KeptResults(nodeCrypto.keys, atOnce)
  let made = 0
  const make = async () => {
    made += 1
    return Promise.resolve(Secret.take(Uint8Array.of(made)))
  }
  const derive = async (base: number, label = 'a') => {
    const source = Secret.take(Uint8Array.of(base))
    const secret = await kept.secret({ label, sources: [source] }, make)
    // What was read is gone once the item has been tried.
    source.destroy()
    return secret.expose(([byte]) => byte)
  }
  expect(await derive(7)).toBe(1)
  expect(await derive(7)).toBe(1)
  expect(await derive(8)).toBe(2)
  expect(await derive(8)).toBe(2)
  expect(await derive(8, 'b')).toBe(3)
})
