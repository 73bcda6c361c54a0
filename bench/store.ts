import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLevelStore } from '../src/adapter/store-level/index.ts'
import { unlockPlain } from '../test/adapter/fixtures/plain-unlock.ts'
import { memoryStore } from '../src/adapter/store-memory.ts'
import type { Log } from '../src/port/log.ts'
import type { Commit, Store } from '../src/port/store.ts'

/** What one kind of work reached, alone or by several at once. */
export interface StoreFigure {
  readonly engine: string
  readonly work: string
  readonly atOnce: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

/**
 * Measures both engines: durable commits of one new record of 1 KiB under a check, commits the size of a Create with
 * thirty index entries, and reads among `records` records.
 */
export async function measureStores(milliseconds = 2000, records = 20_000): Promise<StoreFigure[]> {
  const parent = await mkdtemp(join(tmpdir(), 'kmipd-bench-'))
  const directory = join(parent, 'store')
  const level = await openLevelStore({ directory, create: true, unlock: unlockPlain, log: SILENT })
  try {
    return [
      ...(await measureEngine('LevelDB', level, { milliseconds, records })),
      ...(await measureEngine('memory', memoryStore(), { milliseconds: 200, records: 1000 })),
    ]
  } finally {
    await level.close()
    await rm(parent, { recursive: true })
  }
}

interface Extent {
  readonly milliseconds: number
  readonly records: number
}

async function measureEngine(
  engine: string,
  store: Store,
  { milliseconds, records }: Extent,
): Promise<StoreFigure[]> {
  for (let start = 0; start < records; start += 500) {
    const puts = Array.from({ length: 500 }, (_, index) => record('r', start + index))
    await store.commit({ checks: [], puts, dels: [] })
  }
  const random = (): number => Math.floor(Math.random() * records)
  const works: [string, (number: number) => Promise<unknown>][] = [
    ['commit 1 KiB', async (number) => store.commit(oneRecord(number))],
    ['commit 1 KiB and 30 index entries', async (number) => store.commit(indexed(number))],
    ['get', async () => store.get(keyOf('r', random()))],
    [
      'getMany of 32',
      async () => store.getMany(Array.from({ length: 32 }, () => keyOf('r', random()))),
    ],
    [
      'scan of 100',
      async () => store.scan({ from: keyOf('r', random()), to: END }, { limit: 100 }),
    ],
  ]
  const figures: StoreFigure[] = []
  for (const [work, step] of works) {
    for (const atOnce of [1, 8, 32, 128]) {
      figures.push({ engine, work, atOnce, ...(await measure(step, atOnce, milliseconds)) })
    }
  }
  return figures
}

let counter = 0

async function measure(
  step: (number: number) => Promise<unknown>,
  atOnce: number,
  milliseconds: number,
): Promise<Pick<StoreFigure, 'perSecond' | 'p50' | 'p99'>> {
  const taken: number[] = []
  const started = performance.now()
  const end = started + milliseconds
  const worker = async (): Promise<void> => {
    for (let now = performance.now(); now < end;) {
      await step((counter += 1))
      const done = performance.now()
      taken.push(done - now)
      now = done
      // A step that needs no input or output would otherwise never let the others in.
      if (taken.length % 64 === 0) await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  const perSecond = Math.round((taken.length * 1000) / (performance.now() - started))
  taken.sort((a, b) => a - b)
  const at = (share: number): number =>
    Number((taken[Math.floor(taken.length * share)] ?? 0).toFixed(3))
  return { perSecond, p50: at(0.5), p99: at(0.99) }
}

function oneRecord(number: number): Commit {
  const put = record('w', number)
  return { checks: [{ key: put.key, revision: 'absent' }], puts: [put], dels: [] }
}

function indexed(number: number): Commit {
  const put = record('o', number)
  const entries = Array.from({ length: 30 }, (_, index) => ({
    key: keyOf(`i${index % 10}`, Math.imul(number, 2_654_435_761) >>> 0, index),
    value: new Uint8Array(0),
  }))
  return { checks: [{ key: put.key, revision: 'absent' }], puts: [put, ...entries], dels: [] }
}

function record(family: string, number: number): Commit['puts'][number] {
  return { key: keyOf(family, number), value: new Uint8Array(1024).fill(number) }
}

/** 40 bytes, as an index entry has: a family, a blinded value, an identifier. */
function keyOf(family: string, number: number, second = 0): Uint8Array {
  const key = new Uint8Array(40)
  key.set(new TextEncoder().encode(family))
  const view = new DataView(key.buffer)
  view.setUint32(8, number)
  view.setUint32(24, second)
  return key
}

const END = new Uint8Array(1).fill(0xff)
const nothing = (): void => undefined
const SILENT: Log = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  with: () => SILENT,
}
