import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Ballast } from '../../src/adapter/store-level/ballast.ts'
import { openLevelStore } from '../../src/adapter/store-level/index.ts'
import type { StoreCondition } from '../../src/adapter/store-level/store.ts'
import { bytes, put, shown } from '../contract/store-words.ts'
import { FaultyDisk } from './fixtures/faulty-disk.ts'
import { unlockPlain } from './fixtures/plain-unlock.ts'
import { silentLog } from './fixtures/recording-log.ts'

const BYTES = 2_500_000

let parent: string
let path: string

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'kmipd-ballast-'))
  path = join(parent, 'ballast')
})

afterEach(async () => {
  await rm(parent, { recursive: true })
})

test('a ballast has the size that it was told, and is for its owner alone', async () => {
  await new Ballast({ path, bytes: BYTES }).keep()
  const { size, mode } = await stat(path)
  expect([size, mode & 0o777]).toEqual([BYTES, 0o600])
})

test('one that was not finished, or was told another size, is made anew', async () => {
  await writeFile(path, 'half of it')
  const ballast = new Ballast({ path, bytes: BYTES })
  await ballast.prepare()
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
  await ballast.keep()
  expect((await stat(path)).size).toBe(BYTES)
})

test('none is made where none is wanted, and none can be spent', async () => {
  const ballast = new Ballast({ path, bytes: 0 })
  await ballast.prepare()
  expect([await ballast.keep(), await ballast.spend()]).toEqual([false, false])
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a store whose disk is full spends it, is read, and is written again once it is there', async () => {
  const disk = new FaultyDisk()
  const shared = { unlock: unlockPlain, log: silentLog, openEngine: disk.open }
  const directory = join(parent, 'store')
  await (await openLevelStore({ directory, create: true, ...shared })).close()
  const ballast = { path, bytes: BYTES }
  const store = await openLevelStore({ directory, create: false, ballast, ...shared })
  await store.keepBallast()
  const revision = await put(store, 'a', 'one')
  const told: StoreCondition[] = []
  store.watch((condition) => told.push(condition))
  disk.batchFault = 'full'
  await expect(put(store, 'b', 'two')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await expect.poll(async () => store.get(bytes('a')).catch(() => undefined)).toBeDefined()
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
  expect(shown(await store.get(bytes('a')))).toEqual(['a', 'one', revision])
  await expect(put(store, 'b', 'two')).rejects.toMatchObject({
    code: 'SERVER_LIMIT',
    message: 'The disk of the server is full',
  })
  await expect.poll(async () => put(store, 'b', 'two').catch(() => undefined), POLL).toBeDefined()
  expect((await stat(path)).size).toBe(BYTES)
  expect(told.map(({ can }) => can)).toEqual(['all', 'nothing', 'read', 'all'])
  await store.close()
})

/** It is tried again once a second. */
const POLL = { timeout: 20_000 }
