import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
  appendFileSync,
  truncateSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AuditCondition, FileAuditLog } from '../../../src/adapter/audit-log/log.ts'
import type { StartHasher } from '../../../src/adapter/audit-log/thread.ts'
import { verifyAudit } from '../../../src/adapter/audit-log/verify.ts'
import type { LogLine } from '../fixtures/recording-log.ts'
import { fill, hasherInProcess, lineOf, openLog, PUBLIC_KEY } from './fixture.ts'
import * as nodeFiles from 'node:fs'

let directory: string
let log: FileAuditLog | undefined

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kmipd-audit-'))
})

afterEach(async () => {
  await log?.close().catch(() => undefined)
  log = undefined
  rmSync(directory, { recursive: true })
})

const UNAVAILABLE = { code: 'UNAVAILABLE', message: 'The audit log cannot be written' }
const LIMITS = { segmentBytes: 1_000_000, segmentSeconds: 86_400, syncMs: 200 }

function linesIn(): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted()
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1))
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => lineOf(index))

function report() {
  return verifyAudit({ directory, key: PUBLIC_KEY })
}

async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 20_000
  while (!isSo()) {
    if (Date.now() > end) throw new Error('it did not happen in time')
    await pause(20)
  }
}

/** Node reports errors of files with a code. */
function diskError(code: string): Error {
  return Object.assign(new Error(code), { code })
}

describe('a log', () => {
  test('is wholly under a checkpoint once closed, though a sync without one was under way', async () => {
    for (const startHasher of [hasherInProcess(), undefined]) {
      log = await openLog(directory, startHasher === undefined ? {} : { startHasher })
      log.append(lineOf(1))
      const synced = log.synced()
      await log.close()
      await synced
      expect(report()).toMatchObject({ unproven: 0, finding: undefined })
    }
    expect(report()).toMatchObject({ entries: 2, checkpoints: 2 })
  })

  test('holds what was appended in its order, in bytes or text, and is under a checkpoint once closed', async () => {
    log = await openLog(directory)
    log.append(lineOf(0))
    log.append(Buffer.from(lineOf(1)))
    expect(log.size).toBe(0)
    await log.written()
    expect(log.size).toBe(2)
    expect(linesIn()).toEqual(numbered(2))
    await log.close()
    expect(report()).toEqual({
      entries: 2,
      checkpoints: 1,
      segments: 1,
      moved: 0,
      unproven: 0,
      finding: undefined,
    })
    expect(log.checkpoint).toMatchObject({ size: 2 })
  })

  test('goes on where it was left', async () => {
    for (let run = 0; run < 3; run += 1) {
      log = await openLog(directory)
      expect(log.size).toBe(10 * run)
      await fill(log, { from: 10 * run, to: 10 * run + 10 })
      await log.close()
    }
    expect(linesIn()).toEqual(numbered(30))
    expect(report()).toMatchObject({ entries: 30, checkpoints: 3, finding: undefined })
  })

  test('that was not written to has nothing new signed', async () => {
    log = await openLog(directory)
    await log.close()
    expect(log.checkpoint).toBeUndefined()
    log = await openLog(directory)
    await fill(log, { from: 0, to: 1 })
    await log.close()
    log = await openLog(directory)
    await log.close()
    expect(report()).toMatchObject({ entries: 1, checkpoints: 1 })
  })

  test('is under a last checkpoint though its thread still answers an order from before', async () => {
    const orders: string[] = []
    const hasher = hasherInProcess()
    const startHasher: StartHasher = (start, told, lost) => {
      const inner = hasher(start, told, lost)
      return {
        stop: () => {
          inner.stop()
        },
        post: (order) => {
          orders.push(order.kind)
          inner.post(order)
        },
      }
    }
    log = await openLog(directory, { startHasher })
    await fill(log, { from: 0, to: 3 })
    await until(() => orders.length === 1)
    await log.close()
    expect(orders).toEqual(['advance', 'advance', 'note', 'end'])
    expect(report()).toMatchObject({ entries: 3, checkpoints: 1, unproven: 0 })
  })

  test('is under a checkpoint within seconds of an entry, without anybody asking', async () => {
    log = await openLog(directory)
    await fill(log, { from: 0, to: 5 })
    await until(() => log?.checkpoint?.size === 5)
    await until(() => report().checkpoints === 1)
  })

  test('goes on in another file when one is full, and the tree does not begin anew', async () => {
    log = await openLog(directory, { limits: { ...LIMITS, segmentBytes: 1_000 } })
    await fill(log, { from: 0, to: 50 })
    await log.close()
    expect(report()).toMatchObject({ entries: 50, finding: undefined })
    expect(report().segments).toBeGreaterThan(4)
    expect(linesIn()).toEqual(numbered(50))
    log = await openLog(directory)
    expect(log.size).toBe(50)
  })

  test('goes on in another file when one is old', async () => {
    let now = 0
    log = await openLog(directory, { now: () => now })
    await fill(log, { from: 0, to: 2 })
    now = 86_399_999
    await fill(log, { from: 2, to: 3 })
    expect(report().segments).toBe(1)
    now = 86_400_000
    await fill(log, { from: 3, to: 4 })
    expect(report()).toMatchObject({ entries: 4, segments: 2 })
  })

  test('does without another file when none can be made', async () => {
    const openSync = () => {
      throw diskError('EMFILE')
    }
    const limits = { ...LIMITS, segmentBytes: 500 }
    log = await openLog(directory, { limits, files: { ...nodeFiles, openSync } })
    await fill(log, { from: 0, to: 30 })
    await log.close()
    expect(report()).toMatchObject({ entries: 30, segments: 1, finding: undefined })
  })

  test('says which lines it lacks', async () => {
    log = await openLog(directory, { limits: { ...LIMITS, segmentBytes: 1_000 } })
    await fill(log, { from: 0, to: 30 })
    const lines = [4, 5, 29, 30].map((index) => Buffer.from(lineOf(index)))
    const missing = (from: number) => log?.missing(lines, from).map((line) => line.toString())
    expect(missing(0)?.length).toBe(1)
    expect(log.missing(lines, 0)).toEqual(lines.slice(3))
    // Whole files are looked at: an entry may be found that is a little before.
    expect(log.missing(lines, 29)).toEqual([lines[0], lines[1], lines[3]])
    // What was told of before its file was full is found from the next one on.
    expect(log.missing(lines, 12)).toEqual([lines[3]])
  })
})

describe('stable storage', () => {
  test('is reached for everything appended before synced() resolves', async () => {
    const sizes: number[] = []
    log = await openLog(directory, { startHasher: hasherInProcess({}, sizes) })
    log.append(lineOf(0))
    await log.synced()
    expect(sizes).toEqual([1])
    log.append(lineOf(1))
    log.append(lineOf(2))
    await Promise.all([log.synced(), log.synced(), log.synced()])
    expect(sizes.at(-1)).toBe(3)
    await log.synced()
    expect(sizes.length).toBeLessThan(5)
  })

  test('is reached within the time that is set, without anybody asking', async () => {
    const sizes: number[] = []
    const limits = { ...LIMITS, syncMs: 20 }
    log = await openLog(directory, { limits, startHasher: hasherInProcess({}, sizes) })
    await fill(log, { from: 0, to: 1 })
    await until(() => sizes.at(-1) === 1)
  })

  test('is waited for by written() where that is set', async () => {
    const sizes: number[] = []
    const limits = { ...LIMITS, syncMs: 0 }
    log = await openLog(directory, { limits, startHasher: hasherInProcess({}, sizes) })
    log.append(lineOf(0))
    await log.written()
    expect(sizes).toEqual([1])
  })

  test('is reached by way of the thread alike', async () => {
    log = await openLog(directory, { limits: { ...LIMITS, syncMs: 0 } })
    await fill(log, { from: 0, to: 20 })
    await log.synced()
    await log.close()
    expect(report()).toMatchObject({ entries: 20, unproven: 0, finding: undefined })
  })
})

type WriteArguments = [fd: number, bytes: Uint8Array, from: number, length: number, place: number]

describe('a disk that fails', () => {
  let fault: 'none' | 'error' | 'short' | 'torn'
  const told: AuditCondition[] = []
  const writeSync = (...[fd, bytes, from, length, place]: WriteArguments) => {
    if (fault === 'error') throw diskError('EIO')
    if (fault === 'none') return nodeFiles.writeSync(fd, bytes, from, length, place)
    const count = nodeFiles.writeSync(fd, bytes, from, length - 7, place)
    if (fault === 'torn') throw diskError('ENOSPC')
    return count
  }
  const faulty = writeSync as typeof nodeFiles.writeSync
  const ftruncateSync = (fd: number, length?: number | null) => {
    if (fault !== 'none') throw diskError('EIO')
    nodeFiles.ftruncateSync(fd, length ?? 0)
  }

  beforeEach(() => {
    fault = 'none'
    told.length = 0
  })

  test.each(['error', 'short', 'torn'] as const)(
    'while writing (%s) is told to those who wait, and nothing is lost or torn when it recovers',
    async (kind) => {
      const files = { ...nodeFiles, writeSync: faulty }
      log = await openLog(directory, { files })
      log.watch((condition) => told.push(condition))
      await fill(log, { from: 0, to: 3 })
      fault = kind
      log.append(lineOf(3))
      await expect(log.written()).rejects.toMatchObject(UNAVAILABLE)
      expect(() => log?.append(lineOf(99))).toThrow(expect.objectContaining(UNAVAILABLE))
      await expect(log.written()).rejects.toMatchObject(UNAVAILABLE)
      await expect(log.synced()).rejects.toMatchObject(UNAVAILABLE)
      expect(linesIn()).toEqual(numbered(3))
      fault = 'none'
      await until(() => told.at(-1)?.canWrite === true)
      await fill(log, { from: 4, to: 6 })
      await log.close()
      expect(linesIn()).toEqual(numbered(6))
      expect(report()).toMatchObject({ entries: 6, unproven: 0, finding: undefined })
      expect(told.map(({ canWrite }) => canWrite)).toEqual([true, false, true])
      expect(told[1]?.why).toMatch(kind === 'error' ? /EIO/ : /ENOSPC/)
    },
  )

  test('while cutting off what was torn lets nothing be written behind it', async () => {
    log = await openLog(directory, { files: { ...nodeFiles, writeSync: faulty, ftruncateSync } })
    log.watch((condition) => told.push(condition))
    await fill(log, { from: 0, to: 3 })
    fault = 'torn'
    log.append(lineOf(3))
    await expect(log.written()).rejects.toMatchObject(UNAVAILABLE)
    fault = 'none'
    await until(() => told.at(-1)?.canWrite === true)
    await log.close()
    expect(linesIn()).toEqual(numbered(4))
    expect(report()).toMatchObject({ entries: 4, unproven: 0, finding: undefined })
  })

  test('while syncing is told to those who wait, and what it dropped is written once more', async () => {
    let isFailing = false
    const fdatasyncSync = (fd: number) => {
      if (isFailing) throw diskError('EIO')
      nodeFiles.fdatasyncSync(fd)
    }
    log = await openLog(directory, { startHasher: hasherInProcess({ fdatasyncSync }) })
    log.watch((condition) => told.push(condition))
    await fill(log, { from: 0, to: 3 })
    await log.synced()
    isFailing = true
    log.append(lineOf(3))
    await expect(log.synced()).rejects.toMatchObject(UNAVAILABLE)
    expect(() => log?.append(lineOf(99))).toThrow(expect.objectContaining(UNAVAILABLE))
    // What the system believes to be written and is not.
    const path = join(
      directory,
      readdirSync(directory).find((name) => name.endsWith('.jsonl')) ?? '',
    )
    const { size } = statSync(path)
    truncateSync(path, size - 20)
    appendFileSync(path, Buffer.alloc(20))
    isFailing = false
    await until(() => told.at(-1)?.canWrite === true)
    await fill(log, { from: 4, to: 5 })
    await log.close()
    expect(linesIn()).toEqual(numbered(5))
    expect(report()).toMatchObject({ entries: 5, unproven: 0, finding: undefined })
    expect(told.map(({ canWrite }) => canWrite)).toEqual([true, false, true])
  })

  test('while writing a checkpoint is told, too, and the checkpoint is written in the end', async () => {
    let isFailing = false
    const threadWrite = ((...args: WriteArguments) => {
      if (isFailing && Buffer.from(args[1]).includes('kmipd/test')) throw diskError('ENOSPC')
      return nodeFiles.writeSync(...args)
    }) as typeof nodeFiles.writeSync
    log = await openLog(directory, { startHasher: hasherInProcess({ writeSync: threadWrite }) })
    log.watch((condition) => told.push(condition))
    isFailing = true
    await fill(log, { from: 0, to: 2 })
    await until(() => told.at(-1)?.canWrite === false)
    isFailing = false
    await until(() => told.at(-1)?.canWrite === true)
    await until(() => report().checkpoints === 1)
  })

  test('while writing and then while syncing, too, goes on when it does neither any more', async () => {
    let isStuck = false
    const fdatasyncSync = (fd: number) => {
      if (isStuck) throw diskError('EIO')
      nodeFiles.fdatasyncSync(fd)
    }
    const startHasher = hasherInProcess({ fdatasyncSync })
    log = await openLog(directory, { files: { ...nodeFiles, writeSync: faulty }, startHasher })
    log.watch((condition) => told.push(condition))
    await fill(log, { from: 0, to: 3 })
    isStuck = true
    fault = 'error'
    log.append(lineOf(3))
    await expect(log.written()).rejects.toMatchObject(UNAVAILABLE)
    // The next attempt to write comes after the sync has failed, too.
    await until(() => told.at(-1)?.why?.includes('cannot be written to') === true)
    await pause(1_500)
    isStuck = false
    fault = 'none'
    await until(() => told.at(-1)?.canWrite === true)
    await fill(log, { from: 4, to: 5 })
    expect(linesIn()).toEqual(numbered(5))
  })

  test('is tried once at a time, however many wait for it', async () => {
    let attempts = 0
    const counting = ((...args: WriteArguments) => {
      attempts += 1
      return writeSync(...args)
    }) as typeof nodeFiles.writeSync
    log = await openLog(directory, { files: { ...nodeFiles, writeSync: counting } })
    fault = 'error'
    log.append(lineOf(0))
    for (let asked = 0; asked < 20; asked += 1) await log.synced().catch(() => undefined)
    const before = attempts
    await pause(2_500)
    expect(attempts - before).toBeLessThanOrEqual(3)
    fault = 'none'
  })

  test('has nothing written any more once the log is closed', async () => {
    const written: number[] = []
    const noting = ((...args: WriteArguments) => {
      written.push(args[0])
      return writeSync(...args)
    }) as typeof nodeFiles.writeSync
    log = await openLog(directory, { files: { ...nodeFiles, writeSync: noting } })
    fault = 'error'
    log.append(lineOf(0))
    await expect(log.close()).rejects.toMatchObject(UNAVAILABLE)
    const before = written.length
    fault = 'none'
    await pause(1_500)
    expect(written).toHaveLength(before)
    expect(linesIn()).toEqual([])
  })

  test('at the end is told to whoever closes the log, which is closed all the same', async () => {
    const fdatasyncSync = () => {
      throw diskError('EIO')
    }
    log = await openLog(directory, { startHasher: hasherInProcess({ fdatasyncSync }) })
    await fill(log, { from: 0, to: 1 })
    await expect(log.close()).rejects.toMatchObject(UNAVAILABLE)
    expect(() => log?.append(lineOf(1))).toThrow(expect.objectContaining(UNAVAILABLE))
    log = await openLog(directory)
    expect(log.size).toBe(1)
  })
})

describe('opening', () => {
  test('cuts off a line that was not ended, and takes in what no checkpoint is over', async () => {
    log = await openLog(directory)
    await fill(log, { from: 0, to: 5 })
    await log.close()
    const [name = ''] = readdirSync(directory).filter((each) => each.endsWith('.jsonl'))
    appendFileSync(join(directory, name), `${lineOf(5)}\n${lineOf(6)}\n${lineOf(7).slice(0, 20)}`)
    log = await openLog(directory)
    expect(log.size).toBe(7)
    await fill(log, { from: 7, to: 9 })
    await log.close()
    expect(linesIn()).toEqual(numbered(9))
    expect(report()).toMatchObject({ entries: 9, unproven: 0, finding: undefined })
  })

  test('takes in again a log whose edge was not kept, and makes its hashes anew', async () => {
    log = await openLog(directory, { limits: { ...LIMITS, segmentBytes: 500 } })
    await fill(log, { from: 0, to: 20 })
    await log.close()
    writeFileSync(join(directory, 'frontier'), 'nothing')
    for (const name of readdirSync(directory)) {
      if (name.endsWith('.hashes')) rmSync(join(directory, name))
    }
    log = await openLog(directory)
    expect(log.size).toBe(20)
    await log.close()
    expect(report()).toMatchObject({ entries: 20, unproven: 0, finding: undefined })
  })

  test('does not need to read what is under the last checkpoint', async () => {
    log = await openLog(directory)
    await fill(log, { from: 0, to: 20 })
    await log.close()
    const [name = ''] = readdirSync(directory).filter((each) => each.endsWith('.jsonl'))
    const text = readFileSync(join(directory, name), 'utf8')
    writeFileSync(join(directory, name), text.replace(lineOf(3), lineOf(3).replace('Get', 'Set')))
    log = await openLog(directory)
    expect(log.size).toBe(20)
    expect(report().finding).toMatchObject({ index: 3, line: 4 })
  })

  test('a checkpoint that was being written is cut off', async () => {
    log = await openLog(directory)
    await fill(log, { from: 0, to: 2 })
    await log.close()
    appendFileSync(join(directory, 'checkpoints'), 'kmipd/test/12345678\n7\nabc')
    log = await openLog(directory)
    await fill(log, { from: 2, to: 3 })
    await log.close()
    expect(report()).toMatchObject({ entries: 3, checkpoints: 2, finding: undefined })
  })

  test('puts the public key right', async () => {
    log = await openLog(directory)
    await log.close()
    const path = join(directory, 'key.pem')
    expect(readFileSync(path, 'utf8')).toBe(PUBLIC_KEY.export({ type: 'spki', format: 'pem' }))
    writeFileSync(path, 'another')
    const lines: LogLine[] = []
    log = await openLog(directory, {}, lines)
    expect(readFileSync(path, 'utf8')).toContain('BEGIN PUBLIC KEY')
    expect(lines.map(({ event }) => event)).toEqual([
      'public key of the audit log was altered, and is put right',
    ])
  })
})
