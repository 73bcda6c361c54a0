import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env, execPath } from 'node:process'
import type { Readable, Writable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EntryReader } from '../../../src/adapter/audit-log/entry-reader.ts'
import { verifyAudit } from '../../../src/adapter/audit-log/verify.ts'
import { readAuditLine } from '../../../src/model/audit-entry.ts'
import { Dice } from '../../system/dice.ts'
import { transpileScript, type TranspiledScript } from '../fixtures/transpiled.ts'
import { hasherInProcess, openLog, PUBLIC_KEY, SIGNING_KEY } from './fixture.ts'

const KILLS = Number(env['KMIPD_AUDIT_KILLS'] ?? 50)
const SEED = Number(env['KMIPD_AUDIT_KILL_SEED'] ?? Date.now() % 1_000_000)
/** Milliseconds from the opening to the kill, at most. */
const LONGEST = 60
/** A new log after so many kills: reading it takes the longer the more is in it. */
const KILLS_A_LOG = 10
/** Processes that have loaded their modules and wait. */
const WAITING = 2
const KEY = SIGNING_KEY.export({ type: 'pkcs8', format: 'der' }).toString('base64')

type Child = ChildProcessByStdio<Writable, Readable, null>

let script: TranspiledScript
let parent: string
let directory: string
const waiting: Child[] = []

beforeAll(async () => {
  script = await transpileScript('../audit-log/fixtures/kill-writer.ts')
  parent = mkdtempSync(join(tmpdir(), 'kmipd-audit-kill-'))
  while (waiting.length < WAITING) waiting.push(prepare())
}, 120_000)

afterAll(async () => {
  for (const child of waiting) child.kill('SIGKILL')
  await script.dispose()
  rmSync(parent, { recursive: true })
})

test(
  `after each of ${KILLS} kills in the middle of writing, all that was written is there, and proven`,
  async () => {
    console.info(`audit kill: ${KILLS} kills, seed ${SEED} (KMIPD_AUDIT_KILLS)`)
    const dice = new Dice(SEED)
    let total = 0
    for (let kill = 0; kill < KILLS; kill += KILLS_A_LOG) {
      directory = join(parent, `log-${kill}`)
      const size = await killAll(kill, Math.min(KILLS, kill + KILLS_A_LOG), dice)
      await expectWhole(size)
      total += size
    }
    expect(total).toBeGreaterThan(KILLS)
    console.info(`audit kill: ${total} entries`)
  },
  60_000 + KILLS * 3_000,
)

/** Answers with the entries that there are in the end. */
async function killAll(from: number, to: number, dice: Dice): Promise<number> {
  let size = 0
  for (let kill = from; kill < to; kill += 1) {
    const written = await writeUntilKilled(dice.below(LONGEST))
    const { entries, finding } = verifyAudit({ directory, key: PUBLIC_KEY })
    expect({ finding }, `after kill ${kill} of seed ${SEED}`).toEqual({ finding: undefined })
    expect(entries).toBeGreaterThanOrEqual(Math.max(written, size))
    size = entries
  }
  return size
}

/** Who opens the log next brings all of it under a checkpoint, and it is in order. */
async function expectWhole(entries: number): Promise<void> {
  const log = await openLog(directory, { startHasher: hasherInProcess() })
  await log.close()
  const report = verifyAudit({ directory, key: PUBLIC_KEY, now: Date.now() })
  expect(report).toMatchObject({ entries, unproven: 0, finding: undefined })
  const found = [...new EntryReader(directory, 0).read()]
  const numbers = found.map(({ text }) => readAuditLine(text)?.op)
  expect(numbers).toEqual(numbers.map((_, index) => index))
}

/** Answers with how many entries were said to be written. */
async function writeUntilKilled(delay: number): Promise<number> {
  const child = waiting.shift() ?? prepare()
  waiting.push(prepare())
  let output = ''
  let kill: NodeJS.Timeout | undefined
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    kill ??= setTimeout(() => child.kill('SIGKILL'), delay)
  })
  child.stdin.write(`${directory}\t${KEY}\n`)
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  expect([code, signal]).toEqual([null, 'SIGKILL'])
  // The last line may be cut short: what is not whole was not heard.
  return Number(output.split('\n').at(-2) ?? 0)
}

function prepare(): Child {
  const child = spawn(execPath, [script.path], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.on('error', () => undefined)
  return child
}
