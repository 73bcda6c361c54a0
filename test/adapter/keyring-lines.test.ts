import { expect, test } from 'vitest'
import { KEYRING_KEY, readKeyring } from '../../src/adapter/keyring.ts'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import { KmipFault } from '../../src/fault/fault.ts'
import type { RecordLabel } from '../../src/port/sealer.ts'
import type { Store } from '../../src/port/store.ts'
import { makeKeyedStore, openKeyedStore } from '../fixtures/keyed-store.ts'

const label: RecordLabel = { keyspace: 'object', id: Uint8Array.of(1), version: 1, type: 0 }
const plaintext = new TextEncoder().encode('a key')
const RESERVE = 2 ** 20

test('a new epoch is in the store before anything is sealed under it, and both open', async () => {
  const { store, sealer, keys, root } = await makeKeyedStore()
  const before = sealer.seal(label, plaintext)
  expect(await keys.rotate('default')).toBe(2)
  const after = sealer.seal(label, plaintext)
  expect([sealer.isCurrent(before), sealer.isCurrent(after)]).toEqual([false, true])
  const again = await openKeyedStore(store, root)
  expect(again.keys.list()).toMatchObject([
    { number: 1, line: 'default', isSealing: false },
    { number: 2, line: 'default', isSealing: true },
  ])
  for (const sealed of [before, after]) {
    expect(again.sealer.open(label, sealed).expose(hex)).toBe(hex(plaintext))
  }
  expect(again.sealer.isCurrent(again.sealer.seal(label, plaintext))).toBe(true)
})

test('a record is moved without its payload, and then opens under the new key alone', async () => {
  const { store, sealer, keys, root } = await makeKeyedStore()
  const before = sealer.seal(label, plaintext)
  await keys.rotate('default')
  const moved = sealer.rewrap(label, before)
  expect(sealer.isCurrent(moved)).toBe(true)
  // Format, the epoch of the payload, that of the key; 60 bytes of the wrapped key; the rest.
  expect(hex(moved.subarray(0, 9))).toBe('010000000100000002')
  expect(hex(moved.subarray(9, 69))).not.toBe(hex(before.subarray(9, 69)))
  expect(hex(moved.subarray(69))).toBe(hex(before.subarray(69)))
  await keys.retire([1])
  const again = await openKeyedStore(store, root)
  for (const each of [sealer, again.sealer]) {
    expect(each.open(label, moved).expose(hex)).toBe(hex(plaintext))
    expect(() => each.open(label, before)).toThrow(
      expect.objectContaining({
        code: 'UNAVAILABLE',
        detail: expect.stringMatching(/^epoch/) as string,
      }),
    )
  }
})

test('what does not open is not moved', async () => {
  const { sealer, keys } = await makeKeyedStore()
  const sealed = sealer.seal(label, plaintext)
  await keys.rotate('default')
  const broken: unknown = expect.objectContaining({ code: 'UNAVAILABLE' })
  expect(() => sealer.rewrap({ ...label, version: 2 }, sealed)).toThrow(broken)
  expect(() => sealer.rewrap(label, sealed.with(30, (sealed[30] ?? 0) ^ 1))).toThrow(broken)
  expect(() => sealer.rewrap(label, sealed.subarray(0, 20))).toThrow(broken)
})

test('an epoch that seals stays, whatever is asked for', async () => {
  const { store, keys } = await makeKeyedStore()
  await keys.retire([1])
  await keys.rotate('default')
  await keys.rotate('default')
  await keys.retire([2, 3])
  expect(keys.list().map(({ number }) => number)).toEqual([1, 3])
  const record = (await store.get(KEYRING_KEY))?.value
  expect(readKeyring(record).epochs.map(({ number }) => number)).toEqual([1, 3])
})

test('a key that was retired opens for as long as it is held', async () => {
  const { sealer, keys } = await makeKeyedStore()
  const sealed = sealer.seal(label, plaintext)
  await keys.rotate('default')
  const release = sealer.hold()
  await keys.retire([1])
  expect(sealer.open(label, sealed).expose(hex)).toBe(hex(plaintext))
  release()
  release()
  expect(() => sealer.open(label, sealed)).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }))
})

test('there are as many new epochs as keys were made in advance, and no number comes twice', async () => {
  const { store, root } = await makeKeyedStore()
  const { keys } = await openKeyedStore(store, root, 2)
  expect([await keys.rotate('default'), await keys.rotate('default')]).toEqual([2, 3])
  await expect(keys.rotate('default')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await expect(keys.rotate('payroll')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' })
  await keys.retire([1, 2])
  const again = await openKeyedStore(store, root)
  expect(await again.keys.rotate('default')).toBe(4)
})

test('an epoch whose commit failed does not seal, and may be begun again', async () => {
  const inner = memoryStore()
  let mode: 'well' | 'lost' | 'written' = 'well'
  const store: Store = {
    ...bound(inner),
    commit: async (commit) => {
      if (mode !== 'lost') await inner.commit(commit)
      if (mode !== 'well') throw new KmipFault('UNAVAILABLE', 'The disk failed')
      return { revision: 1n }
    },
  }
  for (const failure of ['lost', 'written'] as const) {
    mode = 'well'
    const { sealer, keys, root } = await makeKeyedStore(store)
    mode = failure
    await expect(keys.rotate('default')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(keys.list().map(({ number }) => number)).toEqual([1])
    const sealed = sealer.seal(label, plaintext)
    expect(sealer.isCurrent(sealed)).toBe(true)
    // Whether or not the keyring was written, both open after a restart.
    const between = await openKeyedStore(inner, root)
    expect(between.sealer.open(label, sealed).expose(hex)).toBe(hex(plaintext))
    mode = 'well'
    expect(await keys.rotate('default')).toBe(2)
    const after = await openKeyedStore(inner, root)
    const newer = sealer.seal(label, plaintext)
    expect(after.sealer.open(label, newer).expose(hex)).toBe(hex(plaintext))
  }
})

test('after a restart a key has sealed at least as often as it has', async () => {
  const { store, sealer, keys, root } = await makeKeyedStore()
  await keys.keepCounts()
  expect(keys.list()).toMatchObject([{ seals: 0 }])
  for (let count = 0; count < 5; count += 1) sealer.seal(label, plaintext)
  await keys.keepCounts()
  expect(keys.list()).toMatchObject([{ seals: 5 }])
  const revision = (await store.get(KEYRING_KEY))?.revision
  await keys.keepCounts()
  expect((await store.get(KEYRING_KEY))?.revision).toBe(revision)
  const again = await openKeyedStore(store, root)
  expect(again.keys.list()).toMatchObject([{ seals: 5 + RESERVE }])
  await again.keys.keepCounts()
  expect((await store.get(KEYRING_KEY))?.revision).toBe(revision)
  again.sealer.seal(label, plaintext)
  await again.keys.keepCounts()
  const third = await openKeyedStore(store, root)
  expect(third.keys.list()).toMatchObject([{ seals: 6 + 2 * RESERVE }])
})

function bound(store: Store): Store {
  return {
    get: async (key) => store.get(key),
    getMany: async (keys) => store.getMany(keys),
    scan: async (range, options) => store.scan(range, options),
    snapshot: async () => store.snapshot(),
    commit: async (commit) => store.commit(commit),
    close: async () => store.close(),
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
