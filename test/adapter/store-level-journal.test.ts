import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLevelStore } from '../../src/adapter/store-level/index.ts'
import { JOURNAL_SLOTS, journalKey, ringKey } from '../../src/adapter/store-level/layout.ts'
import type { LevelStore } from '../../src/adapter/store-level/store.ts'
import { KmipFault } from '../../src/fault/fault.ts'
import { ListedLog, journalled, lostText } from '../contract/store-journal.ts'
import { UNAVAILABLE, bytes, hex, pair, put, text } from '../contract/store-words.ts'
import { FaultyDisk } from './fixtures/faulty-disk.ts'
import { unlockPlain } from './fixtures/plain-unlock.ts'
import { silentLog } from './fixtures/recording-log.ts'

let parent: string
let directory: string
let disk: FaultyDisk
const stores: LevelStore[] = []

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'kmipd-journal-'))
  directory = join(parent, 'store')
  disk = new FaultyDisk()
})

afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
  await rm(parent, { recursive: true })
})

describe('journals of a store that is opened again', () => {
  test('are there, in the order of their commits', async () => {
    await writtenAndClosed(['a', 'b', 'c'])
    const store = await open()
    expect(await store.lostLines()).toEqual({
      from: 0,
      lines: ['a', 'b', 'c'].flatMap((name) => [bytes(`${name} intent`), bytes(`${name} outcome`)]),
    })
  })

  test('are gone once the log has synced them and another commit says so', async () => {
    const store = await make()
    const log = new ListedLog()
    store.keepJournalsFor(log)
    for (const name of ['a', 'b']) await store.commit(journalled(name))
    await store.settleJournals()
    await store.commit(journalled('c'))
    await store.close()
    const again = await open()
    expect(await lostText(again)).toEqual(['c intent', 'c outcome'])
    expect((await again.lostLines()).from).toBe(2)
  })

  test('are found behind commits without any', async () => {
    await writtenAndClosed(['a'])
    const store = await open()
    for (let count = 0; count < 5; count += 1) await put(store, `plain ${count}`, 'x')
    await store.close()
    expect(await lostText(await open())).toEqual(['a intent', 'a outcome'])
  })

  test('do not keep a store from being opened that an older one has written', async () => {
    const store = await make()
    await put(store, 'a', 'x')
    await store.close()
    expect(await (await open()).lostLines()).toEqual({ from: 0, lines: [] })
  })
})

describe('journals that were tampered with', () => {
  type Entries = Map<string, Uint8Array>
  const TAMPERINGS: Readonly<Record<string, (entries: Entries) => void>> = {
    'the last one taken away': (entries) => entries.delete(hex(journalKey(3n))),
    'an earlier one taken away': (entries) => entries.delete(hex(journalKey(2n))),
    'one byte altered': (entries) => {
      const value = bytesAt(entries, journalKey(2n))
      entries.set(hex(journalKey(2n)), value.with(value.length - 1, 0x21))
    },
    'one put in the place of another': (entries) =>
      entries.set(hex(journalKey(2n)), bytesAt(entries, journalKey(1n))),
    'one cut short': (entries) =>
      entries.set(hex(journalKey(3n)), bytesAt(entries, journalKey(3n)).slice(0, -2)),
    'the record of a batch that says it has none': (entries) =>
      entries.set(hex(ringKey(2n)), bytesAt(entries, ringKey(2n)).with(3, 0x32)),
  }

  test.each(Object.entries(TAMPERINGS))('%s: refused', async (_, tamper) => {
    await writtenAndClosed(['a', 'b', 'c'])
    tamper(disk.entries)
    await expect((await open()).lostLines()).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringMatching(
        /^The (journal|record) of batch \d+ of the store (was altered|is not authentic)/,
      ) as string,
    })
  })
})

describe('the places of journals', () => {
  test('are given away only once the log has synced, which it is asked for in time', async () => {
    const store = await make()
    const log = new ListedLog()
    store.keepJournalsFor(log)
    for (let count = 0; count < JOURNAL_SLOTS + 100; count += 1) {
      await store.commit(journalled(`key ${count}`))
    }
    expect(log.syncs).toBeGreaterThan(2)
    expect(log.syncs).toBeLessThan(10)
    expect((await store.lostLines()).lines.length).toBeLessThan(JOURNAL_SLOTS)
  }, 30_000)

  test('are not given away while the log does not sync: commits wait', async () => {
    const store = await make()
    const log = new ListedLog()
    store.keepJournalsFor(log)
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    log.gate = async () => gate
    for (let count = 0; count < JOURNAL_SLOTS; count += 1) {
      await store.commit(journalled(`key ${count}`))
    }
    let isDone = false
    const waiting = Promise.all([store.commit(journalled('last')), put(store, 'plain', 'x')])
    void waiting.then(() => {
      isDone = true
    })
    for (let turns = 0; turns < 20; turns += 1) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(isDone).toBe(false)
    expect((await store.lostLines()).lines).toHaveLength(2 * JOURNAL_SLOTS)
    release()
    await waiting
    expect(log.lines.at(-1)).toBe('last outcome')
    expect(isDone).toBe(true)
  }, 30_000)

  test('are not given away when the log fails: commits with a journal do, and write nothing', async () => {
    const store = await make()
    const log = new ListedLog()
    store.keepJournalsFor(log)
    log.gate = async () => Promise.reject(new KmipFault('UNAVAILABLE', 'The log cannot be written'))
    for (let count = 0; count < JOURNAL_SLOTS; count += 1) {
      await store.commit(journalled(`key ${count}`))
    }
    await expect(store.commit(journalled('last'))).rejects.toMatchObject(UNAVAILABLE)
    expect(await store.get(bytes('last'))).toBeUndefined()
    log.gate = async () => Promise.resolve()
    await store.commit(journalled('last'))
    expect(text((await store.get(bytes('last')))?.value)).toBe('last')
  }, 30_000)

  test('are free where batches had no journal', async () => {
    const store = await make()
    const log = new ListedLog()
    store.keepJournalsFor(log)
    for (let count = 0; count < JOURNAL_SLOTS + 10; count += 1) {
      await store.commit({ checks: [], puts: [pair('a', String(count))], dels: [] })
    }
    await store.commit(journalled('b'))
    expect(log.syncs).toBe(0)
  }, 30_000)
})

describe('the journal of a commit whose write failed', () => {
  test('goes to the log once it turns out that it had reached the disk', async () => {
    const log = new ListedLog()
    const store = await faulty(log)
    disk.batchFault = 'landed'
    await expect(store.commit(journalled('a'))).rejects.toMatchObject(UNAVAILABLE)
    expect(log.lines).toEqual([])
    await recovered(store)
    expect(log.lines).toEqual(['a outcome'])
    expect(await lostText(store)).toEqual(['a intent', 'a outcome'])
  })

  test('goes nowhere when it was lost', async () => {
    const log = new ListedLog()
    const store = await faulty(log)
    disk.batchFault = 'lost'
    await expect(store.commit(journalled('a'))).rejects.toMatchObject(UNAVAILABLE)
    await recovered(store)
    expect(log.lines).toEqual([])
    expect(await lostText(store)).toEqual([])
    await store.commit(journalled('b'))
    expect(log.lines).toEqual(['b outcome'])
  })
})

function bytesAt(entries: ReadonlyMap<string, Uint8Array>, key: Uint8Array): Uint8Array {
  return Uint8Array.from(entries.get(hex(key)) ?? [])
}

/** Waits until the store can be used again. Throws what it says where that takes far too long. */
async function recovered(store: LevelStore): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      await store.get(bytes('a'))
      return
    } catch (fault) {
      if (performance.now() > end) throw fault
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
  }
}

const PATIENCE_MS = 4_000

async function make(): Promise<LevelStore> {
  return openWith(true)
}

async function open(): Promise<LevelStore> {
  return openWith(false)
}

async function faulty(log: ListedLog): Promise<LevelStore> {
  const store = await openWith(true)
  store.keepJournalsFor(log)
  return store
}

async function openWith(create: boolean): Promise<LevelStore> {
  const store = await openLevelStore({
    directory,
    create,
    unlock: unlockPlain,
    log: silentLog,
    openEngine: disk.open,
  })
  stores.push(store)
  return store
}

async function writtenAndClosed(names: readonly string[]): Promise<void> {
  const store = await make()
  store.keepJournalsFor(new ListedLog())
  for (const name of names) await store.commit(journalled(name))
  await store.close()
}
