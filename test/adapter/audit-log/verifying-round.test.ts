import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { FileAuditLog } from '../../../src/adapter/audit-log/log.ts'
import {
  archiveSegments,
  prunableBefore,
  PRUNE_EVENT,
} from '../../../src/adapter/audit-log/prune.ts'
import { verifyRound } from '../../../src/adapter/audit-log/verifying-round.ts'
import { auditLine } from '../../../src/model/audit-entry.ts'
import { fill, hasherInProcess, lineOf, openLog, PUBLIC_KEY } from './fixture.ts'

let directory: string
let log: FileAuditLog

async function open(segmentBytes: number): Promise<void> {
  const limits = { segmentBytes, segmentSeconds: 86_400, syncMs: 200 }
  log = await openLog(directory, { limits, startHasher: hasherInProcess() })
}

const round = () => {
  const { checkpoint } = log
  const kept = checkpoint === undefined ? [] : [checkpoint]
  return { directory, key: PUBLIC_KEY, percent: 100, kept }
}

const segments = () => readdirSync(directory).filter((name) => name.endsWith('.jsonl'))

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kmipd-round-'))
  await open(1_000)
})

afterEach(async () => {
  await log.close().catch(() => undefined)
  rmSync(directory, { recursive: true })
})

/** Runs a task once so many entries were read. */
function after(entries: number, task: () => void): () => void {
  let read = 0
  return () => {
    read += 1
    if (read === entries) task()
  }
}

test.each([1_000, 100_000])(
  'what is appended during a round, in other files of %i bytes, too, is for the next one',
  async (segmentBytes) => {
    await log.close()
    await open(segmentBytes)
    await fill(log, { from: 0, to: 30 })
    await log.close()
    await open(segmentBytes)
    const before = segments().length
    let next = 30
    const report = verifyRound(round(), () => {
      log.append(lineOf(next))
      next += 1
      void log.synced()
    })
    expect(segments().length > before + 2).toBe(segmentBytes === 1_000)
    expect(report).toMatchObject({ entries: 30, unproven: 0, finding: undefined })
    await log.close()
    expect(verifyRound(round())).toMatchObject({ entries: 60, unproven: 0, finding: undefined })
  },
)

test('a beginning that is moved away during a round has it begin anew, and is no finding', async () => {
  await fill(log, { from: 0, to: 40 })
  await log.synced()
  const { segments: old, first } = prunableBefore(directory, Date.now(), 30)
  log.append(auditLine({ kind: 'event', time: 't', operation: PRUNE_EVENT, detail: { first } }))
  await log.close()
  // Whoever reads the first file still has it; the second one is not there any more when it is to be read.
  let moved = Promise.resolve()
  const pace = after(3, () => {
    moved = archiveSegments(directory, old)
  })
  expect(verifyRound(round(), pace)).toMatchObject({
    entries: 41,
    moved: first,
    finding: undefined,
  })
  await moved
})

test('a file that was taken away without a word is found', async () => {
  await fill(log, { from: 0, to: 40 })
  await log.close()
  const [, second = ''] = segments()
  const pace = after(3, () => {
    rmSync(join(directory, second))
  })
  expect(() => verifyRound(round(), pace)).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }))
  expect(verifyRound(round()).finding).toMatchObject({ problem: 'it is missing' })
})

test('a log that was put back to an earlier state beneath the server is found by what that has signed', async () => {
  await fill(log, { from: 0, to: 5 })
  await log.close()
  await open(100_000)
  await fill(log, { from: 5, to: 8 })
  await log.close()
  const notes = join(directory, 'checkpoints')
  truncateSync(notes, 0)
  const [name = ''] = segments()
  truncateSync(join(directory, name), 5 * (lineOf(0).length + 1))
  expect(verifyRound({ ...round(), kept: [] }).finding).toBeUndefined()
  expect(verifyRound(round()).finding).toMatchObject({
    index: 5,
    problem: 'it is missing: the log ends here, and had 8 entries',
  })
})

test('a round sleeps for most of its time', async () => {
  await log.close()
  rmSync(directory, { recursive: true })
  await open(10_000_000)
  for (let index = 0; index < 5_000; index += 1) log.append(lineOf(index))
  await log.close()
  const begun = performance.now()
  const cpu = process.cpuUsage()
  expect(verifyRound({ ...round(), percent: 2 })).toMatchObject({ entries: 5_000, unproven: 0 })
  const { user, system } = process.cpuUsage(cpu)
  const took = performance.now() - begun
  // It sleeps 49 times as long as it works, from 2 ms of work on.
  expect(took).toBeGreaterThan(98)
  expect((user + system) / 1_000).toBeLessThan(took / 3)
})
