import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EntryReader } from '../../../src/adapter/audit-log/entry-reader.ts'
import {
  archiveSegments,
  prunableBefore,
  PRUNE_EVENT,
} from '../../../src/adapter/audit-log/prune.ts'
import { problemOfProof, proveEntry } from '../../../src/adapter/audit-log/prove.ts'
import { verifyAudit } from '../../../src/adapter/audit-log/verify.ts'
import { auditLine } from '../../../src/model/audit-entry.ts'
import { fill, hasherInProcess, lineOf, openLog, PUBLIC_KEY } from './fixture.ts'

const LIMITS = { segmentBytes: 1_000, segmentSeconds: 86_400, syncMs: 200 }
const TIME = (index: number): number => 1_700_000_000_000 + index

let directory: string
let archive: string
let first: number

const open = async () => openLog(directory, { limits: LIMITS, startHasher: hasherInProcess() })
const verify = (given: { readonly archive?: string } = {}) =>
  verifyAudit({ directory, key: PUBLIC_KEY, ...given })

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'kmipd-prune-'))
  archive = join(directory, 'archive')
  const log = await open()
  await fill(log, { from: 0, to: 40 })
  await log.close()
})

afterEach(() => {
  rmSync(directory, { recursive: true })
})

/** Moves what is from before entry 25 away, told of or not. */
async function prune(isTold = true): Promise<void> {
  const log = await open()
  const found = prunableBefore(directory, TIME(25), log.checkpoint?.size ?? 0)
  first = found.first
  const told = { kind: 'event', time: '2023-11-14T22:13:20.100Z', operation: PRUNE_EVENT } as const
  if (isTold) log.append(auditLine({ ...told, detail: { first } }))
  await log.synced()
  await archiveSegments(directory, found.segments)
  await fill(log, { from: 41, to: 43 })
  await log.close()
}

describe('a log whose beginning was moved away', () => {
  test('proves itself by the hashes that stay, and wholly with the archive', async () => {
    await prune()
    expect(first).toBeGreaterThan(10)
    expect(first).toBeLessThanOrEqual(25)
    expect(verify()).toMatchObject({ entries: 43, moved: first, unproven: 0, finding: undefined })
    expect(verify({ archive })).toMatchObject({ entries: 43, moved: 0, finding: undefined })
    expect(readdirSync(archive).length).toBeGreaterThan(1)
    expect([...new EntryReader(directory, 0).read()][0]).toEqual({
      index: first,
      text: lineOf(first),
    })
  })

  test('goes on, with the edge of its tree kept or not, and proves what it still has', async () => {
    await prune()
    for (const isKept of [true, false]) {
      if (!isKept) rmSync(join(directory, 'frontier'))
      const log = await open()
      log.append(lineOf(50))
      await log.close()
    }
    expect(verify()).toMatchObject({ entries: 45, unproven: 0, finding: undefined })
    expect(problemOfProof(proveEntry(directory, first), PUBLIC_KEY)).toBeUndefined()
    expect(() => proveEntry(directory, first - 1)).toThrow(/was moved to an archive/)
  })

  test('is whole again where what was moved is put back', async () => {
    await prune()
    cpSync(archive, directory, { recursive: true })
    expect(verify()).toMatchObject({ entries: 43, moved: 0, finding: undefined })
  })

  test('can be cut again', async () => {
    await prune()
    const log = await open()
    const found = prunableBefore(directory, TIME(35), log.checkpoint?.size ?? 0)
    expect(found.segments[0]?.first).toBe(first)
    await log.close()
  })

  test('is found out where no entry says so, or another beginning', async () => {
    await prune(false)
    expect(verify().finding).toMatchObject({ index: 0 })
    expect(verify({ archive }).finding).toBeUndefined()
  })

  test('is found out where more is missing than was moved', async () => {
    await prune()
    const [next = ''] = readdirSync(directory).filter((name) => name.endsWith('.jsonl'))
    rmSync(join(directory, next))
    expect(verify().finding).toMatchObject({ index: 0 })
  })

  test('is found out where a hash, or a line in the archive, was altered', async () => {
    await prune()
    const lines = join(archive, '00000000000000000000.jsonl')
    const text = readFileSync(lines, 'utf8')
    writeFileSync(lines, text.replace('"op":3', '"op":9'))
    expect(verify({ archive }).finding).toMatchObject({ index: 3 })
    const hashes = join(directory, '00000000000000000000.hashes')
    const bytes = readFileSync(hashes)
    bytes[40] = (bytes[40] ?? 0) ^ 1
    writeFileSync(hashes, bytes)
    expect(verify().finding?.problem).toMatch(/was altered/)
    rmSync(hashes)
    expect(verify().finding).toMatchObject({ index: 0 })
  })
})

test('nothing is moved that is not under a checkpoint, nor the file that is written to', () => {
  expect(prunableBefore(directory, TIME(1_000), 0).segments).toEqual([])
  const { segments, first: last } = prunableBefore(directory, TIME(1_000), 40)
  const all = readdirSync(directory).filter((name) => name.endsWith('.jsonl'))
  expect(segments).toHaveLength(all.length - 1)
  expect(`${String(last).padStart(20, '0')}.jsonl`).toBe(all.toSorted().at(-1))
})
