import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLevelStore } from '../../src/adapter/store-level/index.ts'
import type { LevelStore } from '../../src/adapter/store-level/store.ts'
import { bytes, pair } from '../contract/store-words.ts'
import { unlockPlain } from './fixtures/plain-unlock.ts'
import { silentLog } from './fixtures/recording-log.ts'

let parent: string
let store: LevelStore

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'kmipd-moment-'))
  const directory = join(parent, 'store')
  store = await openLevelStore({ directory, create: true, unlock: unlockPlain, log: silentLog })
})

afterEach(async () => {
  await store.close()
  await rm(parent, { recursive: true })
})

const ALL = { from: bytes(''), to: bytes('~') }

test('a moment is a snapshot and the head of then, whatever is written since', async () => {
  await store.commit({ checks: [], puts: [pair('a', 'one'), pair('b', 'two')], dels: [] })
  const { anchor } = store
  const moment = await store.moment()
  await store.commit({ checks: [], puts: [pair('a', 'new'), pair('c', 'three')], dels: [] })
  const entries = await moment.snapshot.scan(ALL, { limit: 10 })
  expect(moment.entries).toBe(2)
  expect(Buffer.from(moment.anchor).equals(anchor)).toBe(true)
  expect(store.standingTo(moment.anchor)).toBe('held')
  const tally = moment.tally()
  for (const entry of entries) tally.add([entry])
  expect(moment.problem(tally)).toBeUndefined()
  await moment.snapshot.close()
})

test('what is not all of a moment, or something else, is told', async () => {
  await store.commit({ checks: [], puts: [pair('a', 'one'), pair('b', 'two')], dels: [] })
  const moment = await store.moment()
  const entries = await moment.snapshot.scan(ALL, { limit: 10 })
  const problemOf = (...some: typeof entries): string | undefined => {
    const tally = moment.tally()
    tally.add(some)
    return moment.problem(tally)
  }
  const [first, second] = entries
  if (first === undefined || second === undefined) throw new Error('two were written')
  expect(problemOf(first)).toMatch('2 entries were written and 1 are there')
  expect(problemOf(first, { ...second, value: bytes('else') })).toMatch('was altered')
  expect(problemOf(first, { ...second, revision: 9n })).toMatch('was altered')
  expect(problemOf(second, first)).toBeUndefined()
  await moment.snapshot.close()
})
