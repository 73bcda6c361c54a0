import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Anchors } from '../../src/adapter/anchor.ts'
import { openLevelStore } from '../../src/adapter/store-level/index.ts'
import type { LevelStore } from '../../src/adapter/store-level/store.ts'
import { UNAVAILABLE, put } from '../contract/store-words.ts'
import { unlockPlain } from './fixtures/plain-unlock.ts'
import { recordingLog, silentLog, type LogLine } from './fixtures/recording-log.ts'

let parent: string
let directory: string
let paths: readonly string[]
let store: LevelStore

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'kmipd-anchor-'))
  directory = join(parent, 'store')
  paths = [join(parent, 'near.head'), join(parent, 'far.head')]
  store = await open(true)
  await put(store, 'a', 'one')
})

afterEach(async () => {
  await store.close()
  await rm(parent, { recursive: true })
})

describe('a store and its anchors', () => {
  test('a store that stands at its anchors, or has gone on from there, is served', async () => {
    await anchors().write()
    await anchors().check()
    for (let step = 0; step < 5; step += 1) await put(store, 'b', `${step}`)
    await anchors().check()
  })

  test('a store that was put back to an earlier state is found, by either anchor', async () => {
    const rollback = await kept()
    await put(store, 'a', 'two')
    for (const path of paths) {
      await anchorsAt(path).write()
      await rollback()
      await expect(anchorsAt(path).check()).rejects.toMatchObject({
        ...UNAVAILABLE,
        message: `The store is older than its anchor ${path}: it lost its last changes, or was put back to an earlier state; 'kmipd store accept' takes the store as it is`,
      })
      await put(store, 'a', 'two')
    }
  })

  test('so is one that was put back and used since', async () => {
    const rollback = await kept()
    await put(store, 'a', 'two')
    await anchors().write()
    await rollback()
    for (let step = 0; step < 5; step += 1) await put(store, 'b', `${step}`)
    await expect(anchors().check()).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringContaining('another way than its anchor') as string,
    })
  })

  test('one from before there were heads has no anchor; where there is one, it was put back', async () => {
    await anchors().checkNone()
    for (const path of paths) {
      await anchorsAt(path).write()
      await expect(anchors().checkNone()).rejects.toMatchObject({
        ...UNAVAILABLE,
        message: `The store is from before its anchor ${path}: it was put back to an earlier state; 'kmipd store accept' takes the store as it is`,
      })
      await rm(path)
    }
  })

  test('what was accepted is served', async () => {
    const rollback = await kept()
    await put(store, 'a', 'two')
    await anchors().write()
    await rollback()
    await anchors().write()
    await anchors().check()
  })

  test('an anchor that is missing, or was altered in any byte, is named', async () => {
    await anchors().write()
    const [near = '', far = ''] = paths
    const whole = await readFile(far)
    for (let at = 0; at < whole.length; at += 1) {
      const altered = Uint8Array.from(whole)
      altered[at] = (altered[at] ?? 0) ^ 1
      await writeFile(far, altered)
      expect(await anchors().problem()).toBe(
        `The anchor ${far} was altered, or is of another store`,
      )
    }
    await writeFile(far, whole.subarray(0, 52))
    expect(await anchors().problem()).toContain(far)
    await rm(near)
    await expect(anchors().check()).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: `There is no anchor of the store at ${near}; 'kmipd store accept' takes the store as it is`,
    })
  })
})

describe('keeping anchors', () => {
  test('they follow the store, and are written a last time before it closes', async () => {
    const kept = anchors()
    let tick = (): void => undefined
    kept.keep((milliseconds, task) => {
      expect(milliseconds).toBe(1_000)
      tick = task
      return () => undefined
    })
    tick()
    await kept.close()
    const first = await readFile(paths[0] ?? '')
    expect(first).toEqual(Buffer.from(store.anchor))
    await put(store, 'b', 'two')
    await kept.close()
    expect(await readFile(paths[1] ?? '')).toEqual(Buffer.from(store.anchor))
    expect(await readFile(paths[1] ?? '')).not.toEqual(first)
  })

  test('one that cannot be written is logged, and the store goes on', async () => {
    const lines: LogLine[] = []
    const nowhere = join(parent, 'no', 'where.head')
    const kept = new Anchors({ store, paths: [nowhere], log: recordingLog(lines) })
    await kept.close()
    expect(lines).toMatchObject([{ level: 'error', event: 'anchor not written' }])
    await put(store, 'b', 'two')
  })
})

function anchors(): Anchors {
  return new Anchors({ store, paths, log: silentLog })
}

function anchorsAt(path: string): Anchors {
  return new Anchors({ store, paths: [path], log: silentLog })
}

async function open(create = false): Promise<LevelStore> {
  return openLevelStore({ directory, create, unlock: unlockPlain, log: silentLog })
}

/** Keeps the directory as it is; what it returns puts it back. */
async function kept(): Promise<() => Promise<void>> {
  const copy = join(parent, 'copy')
  await store.close()
  await cp(directory, copy, { recursive: true })
  store = await open()
  return async () => {
    await store.close()
    await rm(directory, { recursive: true })
    await cp(copy, directory, { recursive: true })
    store = await open()
  }
}
