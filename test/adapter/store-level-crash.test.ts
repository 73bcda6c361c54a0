import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env, execPath } from 'node:process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLevelStore } from '../../src/adapter/store-level/index.ts'
import { unlockPlain } from './fixtures/plain-unlock.ts'
import type { Store } from '../../src/port/store.ts'
import {
  counterKey,
  recordKey,
  twinKey,
  valueOf,
  type CrashRecord,
} from './fixtures/crash-record.ts'
import { silentLog } from './fixtures/recording-log.ts'
import { transpileScript, type TranspiledScript } from './fixtures/transpiled.ts'

const CYCLES = Number(env['KMIPD_CRASH_CYCLES'] ?? 20)
/** A new store after so many cycles, so that long runs do not fill the disk. */
const CYCLES_A_STORE = 20

let script: TranspiledScript
let parent: string

beforeAll(async () => {
  script = await transpileScript('crash-writer.ts')
  parent = await mkdtemp(join(tmpdir(), 'kmipd-crash-'))
})

afterAll(async () => {
  await script.dispose()
  await rm(parent, { recursive: true })
})

test(
  `after each of ${CYCLES} kills under eight writers every acknowledged commit is there, and none by halves`,
  async () => {
    let acknowledged = 0
    for (let first = 0; first < CYCLES; first += CYCLES_A_STORE) {
      const directory = join(parent, 'store')
      await (
        await openLevelStore({ directory, create: true, unlock: unlockPlain, log: silentLog })
      ).close()
      const last = Math.min(first + CYCLES_A_STORE, CYCLES)
      for (let cycle = first; cycle < last; cycle += 1) {
        acknowledged += await runCycle(directory, cycle)
      }
      await rm(directory, { recursive: true })
    }
    // Fewer would mean that the kills came before the writers had begun.
    expect(acknowledged).toBeGreaterThan(CYCLES * 8)
    console.info(`${CYCLES} kills, ${acknowledged} acknowledged commits, all there`)
  },
  30_000 + CYCLES * 3000,
)

/** Answers with the number of commits that were acknowledged. */
async function runCycle(directory: string, cycle: number): Promise<number> {
  const records = (await writeUntilKilled(directory, cycle)).map(({ writer, step }) => ({
    cycle,
    writer,
    step,
  }))
  const store = await openLevelStore({
    directory,
    create: false,
    unlock: unlockPlain,
    log: silentLog,
  })
  try {
    for (const record of records) {
      const entry = await store.get(recordKey(record))
      expect(entry?.value, name(record)).toEqual(new Uint8Array(valueOf(record)))
    }
    for (let writer = 0; writer < 8; writer += 1) await expectNoHalves(store, { cycle, writer })
    return records.length
  } finally {
    await store.close()
  }
}

/** The steps of a writer are there without a hole up to the one that its counter names, each of them whole. */
async function expectNoHalves(
  store: Store,
  { cycle, writer }: Omit<CrashRecord, 'step'>,
): Promise<void> {
  const counter = await store.get(counterKey({ cycle, writer, step: 0 }))
  const last = counter === undefined ? -1 : Number(Buffer.from(counter.value).toString())
  for (let step = 0; step <= last; step += 1) {
    const record = { cycle, writer, step }
    const [entry, twin] = await store.getMany([recordKey(record), twinKey(record)])
    expect(entry?.value, name(record)).toEqual(new Uint8Array(valueOf(record)))
    expect(twin?.value, name(record)).toEqual(entry?.value.subarray(0, 8))
    expect(twin?.revision, name(record)).toBe(entry?.revision)
  }
  const next = { cycle, writer, step: last + 1 }
  expect(await store.getMany([recordKey(next), twinKey(next)])).toEqual([undefined, undefined])
}

async function writeUntilKilled(
  directory: string,
  cycle: number,
): Promise<Omit<CrashRecord, 'cycle'>[]> {
  const child = spawn(execPath, [script.path, directory, String(cycle)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  let kill: NodeJS.Timeout | undefined
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    kill ??= setTimeout(() => child.kill('SIGKILL'), Math.random() * 120)
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  expect([code, signal]).toEqual([null, 'SIGKILL'])
  // The last line may be cut short: what is not whole was not heard.
  const lines = output.slice(0, output.lastIndexOf('\n')).split('\n')
  expect(lines[0]).toBe('ready')
  expect(lines).not.toContain('conflict')
  return lines.slice(1).map((line) => {
    const [writer = '', step = ''] = line.split(' ')
    return { writer: Number(writer), step: Number(step) }
  })
}

function name({ cycle, writer, step }: CrashRecord): string {
  return `cycle ${cycle}, writer ${writer}, step ${step}`
}
