import { beforeEach, expect, test } from 'vitest'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import type { Store } from '../../src/port/store.ts'
import { AuditMemory } from '../../src/repository/audit-memory.ts'
import { journalledFor, MemoryAudit } from '../fixtures/memory-audit.ts'
import { forgetHighestTime, readHighestTime } from '../../src/repository/clock-memory.ts'

const LOG = {
  origin: 'kmipd/ab/01',
  size: 4_294_967_299,
  root: Uint8Array.from({ length: 32 }, (_, index) => index),
}
const DAMAGED = { code: 'UNAVAILABLE' }
let store: Store

beforeEach(() => {
  store = journalledFor(memoryStore(), new MemoryAudit().trail)
})

async function put(name: string, value: Uint8Array): Promise<void> {
  const key = new TextEncoder().encode(name)
  await store.commit({ checks: [], puts: [{ key, value }], dels: [] })
}

test('a log is remembered as it was told of last', async () => {
  const memory = new AuditMemory(store, 0)
  expect(await memory.read()).toBeUndefined()
  await memory.write({ ...LOG, size: 1 })
  await memory.write(LOG)
  expect(await memory.read()).toEqual(LOG)
})

test('the log of the store before it was restored is none', async () => {
  await new AuditMemory(store, 1).write(LOG)
  expect(await new AuditMemory(store, 2).read()).toBeUndefined()
  expect(await new AuditMemory(store, 1).read()).toEqual(LOG)
})

test('a record that is none is refused, and not taken for nothing', async () => {
  await put('audit', new Uint8Array(44))
  await expect(new AuditMemory(store, 0).read()).rejects.toMatchObject(DAMAGED)
})

test('the latest time is known with the log, until it is forgotten', async () => {
  expect(await readHighestTime(store)).toBeUndefined()
  const memory = new AuditMemory(store, 0)
  await memory.write(LOG, 4_000_000_000)
  expect(await readHighestTime(store)).toBe(4_000_000_000)
  await memory.write(LOG)
  expect(await readHighestTime(store)).toBe(4_000_000_000)
  await forgetHighestTime(store)
  expect(await readHighestTime(store)).toBeUndefined()
})

test.each([[new Uint8Array(7)], [Uint8Array.from({ length: 8 }, () => 255)]])(
  'a latest time that is none is refused',
  async (value) => {
    await put('clock', value)
    await expect(readHighestTime(store)).rejects.toMatchObject(DAMAGED)
  },
)
