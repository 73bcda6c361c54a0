import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLevelStore } from '../../src/adapter/store-level/index.ts'
import { unlockPlain } from './fixtures/plain-unlock.ts'
import type { LevelStore } from '../../src/adapter/store-level/store.ts'
import { UNAVAILABLE, bytes, check, pair, put, scanned, shown } from '../contract/store-words.ts'
import { FaultyDisk } from './fixtures/faulty-disk.ts'
import { recordingLog, type LogLine } from './fixtures/recording-log.ts'

let parent: string
let disk: FaultyDisk
let lines: LogLine[]
let store: LevelStore

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'kmipd-fault-'))
  disk = new FaultyDisk()
  lines = []
  const directory = join(parent, 'store')
  const log = recordingLog(lines)
  store = await openLevelStore({
    directory,
    create: true,
    unlock: unlockPlain,
    log,
    openEngine: disk.open,
  })
})

afterEach(async () => {
  await store.close()
  await rm(parent, { recursive: true })
})

describe('the commits of an engine that fails', () => {
  test('a commit whose write fails is unavailable, and its outcome is called unknown', async () => {
    disk.batchFault = 'lost'
    await expect(put(store, 'a', 'one')).rejects.toMatchObject({
      ...UNAVAILABLE,
      detail: 'outcome unknown: it was being written',
    })
  })

  test('nobody who waits behind a failed write is acknowledged', async () => {
    const release = disk.hold()
    disk.batchFault = 'lost'
    const first = put(store, 'a', 'one')
    const behind = [put(store, 'b', 'two'), put(store, 'c', 'three')]
    const conflicting = store.commit({ checks: [check('a', 'absent')], puts: [], dels: [] })
    const all = Promise.allSettled([first, ...behind, conflicting])
    release()
    const outcomes = await all
    expect(outcomes.map((outcome) => outcome.status)).toEqual(Array(4).fill('rejected'))
    expect(outcomes[1]).toMatchObject({ reason: { ...UNAVAILABLE, detail: 'not written' } })
    expect(outcomes[3]).toMatchObject({ reason: { ...UNAVAILABLE, detail: 'not written' } })
    await recovered()
    expect(await scanned(store, 'a', 'z')).toEqual([])
  })

  test('the engine is closed and opened again, and the store goes on', async () => {
    await put(store, 'a', 'one')
    disk.batchFault = 'lost'
    await expect(put(store, 'b', 'two')).rejects.toMatchObject(UNAVAILABLE)
    expect(disk.closed).toBe(2)
    await recovered()
    expect(disk.opened).toBe(3)
    expect(await scanned(store, 'a', 'z')).toEqual(['a'])
    const revision = await put(store, 'b', 'three')
    expect(shown(await store.get(bytes('b')))).toEqual(['b', 'three', revision])
    expect(lines.map(({ level, event }) => `${level} ${event}`)).toEqual([
      'error store failed',
      'warn store reopened',
    ])
  })

  test('it tells what it can do, and why not more, whenever that changes', async () => {
    const told: unknown[] = []
    store.watch((condition) => told.push(condition))
    disk.batchFault = 'lost'
    await expect(put(store, 'a', 'one')).rejects.toMatchObject(UNAVAILABLE)
    await recovered()
    store.refuseWrites('one entry is missing')
    await expect(put(store, 'a', 'two')).rejects.toMatchObject({
      ...UNAVAILABLE,
      detail: 'one entry is missing',
    })
    expect(await scanned(store, 'a', 'z')).toEqual([])
    await store.close()
    expect(told).toEqual([
      { can: 'all' },
      { can: 'nothing', why: 'recovering from an error of the engine' },
      { can: 'all' },
      { can: 'read', why: 'one entry is missing' },
    ])
  })

  test('a write that failed after it had reached the disk counts from then on', async () => {
    const before = await put(store, 'a', 'one')
    disk.batchFault = 'landed'
    await expect(put(store, 'b', 'two')).rejects.toMatchObject(UNAVAILABLE)
    await recovered()
    expect(await scanned(store, 'a', 'z')).toEqual(['a', 'b'])
    expect(await put(store, 'c', 'three')).toBe(before + 2n)
  })

  test('while the engine is being reopened everything is unavailable', async () => {
    let opened = (): void => undefined
    disk.openGate = new Promise((resolve) => {
      opened = resolve
    })
    disk.batchFault = 'lost'
    await expect(put(store, 'a', 'one')).rejects.toMatchObject(UNAVAILABLE)
    for (let tries = 0; tries < 10; tries += 1) {
      await turn()
      await expect(store.get(bytes('a'))).rejects.toMatchObject(UNAVAILABLE)
      await expect(put(store, 'a', 'two')).rejects.toMatchObject(UNAVAILABLE)
      await expect(store.snapshot()).rejects.toMatchObject(UNAVAILABLE)
    }
    opened()
    await recovered()
    expect(await scanned(store, 'a', 'z')).toEqual([])
  })

  test('a store that lost an acknowledged commit stays unavailable and says so', async () => {
    await put(store, 'a', 'one')
    const earlier = new Map(disk.entries)
    await put(store, 'b', 'two')
    disk.nextEntries = earlier
    disk.batchFault = 'lost'
    await expect(put(store, 'c', 'three')).rejects.toMatchObject(UNAVAILABLE)
    for (let tries = 0; tries < 20; tries += 1) {
      await turn()
      await expect(store.get(bytes('a'))).rejects.toMatchObject(UNAVAILABLE)
      await expect(put(store, 'd', 'four')).rejects.toMatchObject(UNAVAILABLE)
    }
    // Whoever needs it tries again, for the disk may have failed for a moment alone.
    expect(disk.opened).toBeGreaterThan(3)
    expect(lines.at(-1)).toMatchObject({
      level: 'error',
      event: 'store stopped',
      fields: { reason: 'reopening failed: acknowledged commits are missing after reopening' },
    })
  })

  test('a store with another history of the same length is not taken for the same', async () => {
    const start = new Map(disk.entries)
    await put(store, 'a', 'other')
    const other = new Map(disk.entries)
    disk.entries = start
    const second = await openLevelStore({
      directory: join(parent, 'second'),
      create: true,
      unlock: unlockPlain,
      log: recordingLog([]),
      openEngine: disk.open,
    })
    await put(second, 'a', 'one')
    disk.nextEntries = other
    disk.batchFault = 'lost'
    await expect(put(second, 'b', 'two')).rejects.toMatchObject(UNAVAILABLE)
    for (let tries = 0; tries < 10; tries += 1) await turn()
    await expect(second.get(bytes('a'))).rejects.toMatchObject(UNAVAILABLE)
    await second.close()
  })

  test('a store that could not be reopened tries again when it is needed', async () => {
    await put(store, 'a', 'one')
    disk.batchFault = 'lost'
    disk.openFails = true
    await expect(put(store, 'b', 'two')).rejects.toMatchObject(UNAVAILABLE)
    const hasStopped = () => lines.some(({ event }) => event === 'store stopped')
    for (let tries = 0; tries < 5 || (tries < 1_000 && !hasStopped()); tries += 1) {
      await turn()
      await expect(store.get(bytes('a'))).rejects.toMatchObject(UNAVAILABLE)
    }
    expect(lines.filter(({ event }) => event === 'store stopped')).toHaveLength(1)
    disk.openFails = false
    await recovered()
    expect(await scanned(store, 'a', 'z')).toEqual(['a'])
  })

  test('it is enough that a read fails', async () => {
    await put(store, 'a', 'one')
    const snapshot = await store.snapshot()
    disk.readFaults = 1
    await expect(store.get(bytes('a'))).rejects.toMatchObject(UNAVAILABLE)
    await recovered()
    expect(disk.opened).toBe(3)
    expect(await scanned(store, 'a', 'z')).toEqual(['a'])
    await expect(snapshot.get(bytes('a'))).rejects.toMatchObject(UNAVAILABLE)
    await snapshot.close()
  })

  test('a read that fails fails the commits under way', async () => {
    const release = disk.hold()
    const under = put(store, 'a', 'one')
    const outcome = Promise.allSettled([under])
    disk.readFaults = 1
    await expect(store.get(bytes('x'))).rejects.toMatchObject(UNAVAILABLE)
    expect((await outcome)[0]).toMatchObject({ status: 'rejected', reason: UNAVAILABLE })
    release()
    await recovered()
  })

  test('a check that cannot be read fails its commit', async () => {
    disk.readFaults = 1
    const commit = { checks: [check('a', 'absent')], puts: [pair('a', 'one')], dels: [] }
    await expect(store.commit(commit)).rejects.toMatchObject(UNAVAILABLE)
    await recovered()
    expect(await store.commit(commit)).not.toBe('conflict')
  })

  test('an error while the store is being closed answers those who wait', async () => {
    const release = disk.hold()
    disk.batchFault = 'lost'
    const waiting = Promise.allSettled([put(store, 'a', 'one'), put(store, 'b', 'two')])
    const closing = store.close()
    release()
    expect((await waiting).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected'])
    await closing
  })
})

describe('the grouping of commits', () => {
  test('what comes while a batch is being synced goes into one next batch', async () => {
    disk.batches.length = 0
    const release = disk.hold()
    const commits = Array.from({ length: 50 }, async (_, index) => put(store, `key ${index}`, 'x'))
    release()
    await Promise.all(commits)
    // One commit goes at once, the others together; each batch carries the head and its place in the ring.
    expect(disk.batches).toEqual([1 + 2, 49 + 2])
  })

  test('nobody is acknowledged before the batch is on stable storage', async () => {
    const release = disk.hold()
    let acknowledged = 0
    const commits = ['a', 'b', 'c'].map(async (key) => {
      await put(store, key, 'x')
      acknowledged += 1
    })
    for (let tries = 0; tries < 20; tries += 1) await turn()
    expect(acknowledged).toBe(0)
    release()
    await Promise.all(commits)
    expect(acknowledged).toBe(3)
  })

  test('a group that has grown large is followed by another', async () => {
    disk.batches.length = 0
    const release = disk.hold()
    const value = 'x'.repeat(1_000_000)
    const commits = Array.from({ length: 12 }, async (_, index) => put(store, `k${index}`, value))
    release()
    await Promise.all(commits)
    expect(disk.batches).toEqual([1 + 2, 5 + 2, 5 + 2, 1 + 2])
    expect(await scanned(store, 'k', 'l')).toHaveLength(12)
  })

  test('commits that all meet a conflict write nothing', async () => {
    await put(store, 'a', 'one')
    disk.batches.length = 0
    const commit = { checks: [check('a', 'absent')], puts: [pair('b', 'x')], dels: [] }
    expect(await Promise.all([store.commit(commit), store.commit(commit)])).toEqual([
      'conflict',
      'conflict',
    ])
    expect(disk.batches).toEqual([])
  })
})

/** Lets everything go on that does not wait for the disk. */
async function turn(): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, 5))
}

/** Waits until the store can be used again. */
async function recovered(): Promise<void> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    await turn()
    try {
      await store.get(bytes('any'))
      return
    } catch {
      // Not yet.
    }
  }
  throw new Error('The store did not recover')
}
