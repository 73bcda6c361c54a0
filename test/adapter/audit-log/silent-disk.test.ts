import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { AuditCondition, FileAuditLog } from '../../../src/adapter/audit-log/log.ts'
import type { Hasher, StartHasher } from '../../../src/adapter/audit-log/thread.ts'
import type { ThreadOrder } from '../../../src/adapter/audit-log/thread-message.ts'
import { verifyAudit } from '../../../src/adapter/audit-log/verify.ts'
import { AuditTrail } from '../../../src/server/audit/trail.ts'
import { AUDIT_TIME } from '../../fixtures/memory-audit.ts'
import { item, request } from '../../system/request.ts'
import { createSubject, PEER } from '../../system/subject.ts'
import { fill, hasherInProcess, lineOf, openLog, PUBLIC_KEY } from './fixture.ts'

const SILENT = 'the disk has not answered for 5 seconds'
const REFUSED = { code: 'UNAVAILABLE', message: 'The audit log cannot be written', detail: SILENT }

let directory: string
let log: FileAuditLog
let disk: SilentDisk
let told: AuditCondition[]

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  directory = mkdtempSync(join(tmpdir(), 'kmipd-silent-'))
  disk = new SilentDisk()
  told = []
  log = await openLog(directory, { startHasher: disk.start })
  log.watch((condition) => told.push(condition))
})

afterEach(async () => {
  disk.answer()
  await log.close().catch(() => undefined)
  vi.useRealTimers()
  rmSync(directory, { recursive: true })
})

/** What brings a log to stable storage, and hangs in what it is told while it is silent. */
class SilentDisk {
  #isSilentFor: (order: ThreadOrder) => boolean = () => false
  #inner: Hasher | undefined
  readonly #kept: ThreadOrder[] = []

  readonly start: StartHasher = (start, heard, lost) => {
    const inner = hasherInProcess()(start, heard, lost)
    this.#inner = inner
    return {
      stop: () => {
        inner.stop()
      },
      post: (order) => {
        if (this.#isSilentFor(order)) this.#kept.push(order)
        else inner.post(order)
      },
    }
  }

  fallSilent(isSilentFor: (order: ThreadOrder) => boolean = () => true): void {
    this.#isSilentFor = isSilentFor
  }

  answer(): void {
    this.#isSilentFor = () => false
    for (const order of this.#kept.splice(0)) this.#inner?.post(order)
  }
}

/** Lets so many seconds pass, and what they bring about. */
async function pass(seconds: number): Promise<void> {
  for (let step = 0; step < seconds * 10; step += 1) {
    await vi.advanceTimersByTimeAsync(100)
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  }
}

const canWrite = () => told.map((each) => each.canWrite)

describe('a disk that does not answer', () => {
  test('ends writing after some seconds, and it begins again by itself when the disk does', async () => {
    await fill(log, { from: 0, to: 3 })
    await pass(2)
    disk.fallSilent()
    await fill(log, { from: 3, to: 5 })
    await pass(4)
    expect(canWrite()).toEqual([true])
    await fill(log, { from: 5, to: 6 })
    await pass(3)
    expect(told.at(-1)).toEqual({ canWrite: false, why: SILENT })
    expect(() => {
      log.append(lineOf(9))
    }).toThrow(expect.objectContaining(REFUSED))
    await expect(log.written()).rejects.toMatchObject(REFUSED)
    await pass(20)
    expect(canWrite()).toEqual([true, false])
    disk.answer()
    await pass(1)
    expect(canWrite()).toEqual([true, false, true])
    await fill(log, { from: 6, to: 8 })
    await log.close()
    expect(verifyAudit({ directory, key: PUBLIC_KEY })).toMatchObject({
      entries: 8,
      unproven: 0,
      finding: undefined,
    })
  })

  test('is told to those who wait for stable storage', async () => {
    disk.fallSilent()
    log.append(lineOf(0))
    const refused = expect(log.synced()).rejects.toMatchObject(REFUSED)
    await pass(7)
    await refused
  })

  test('is noticed a second time, and every time', async () => {
    for (let time = 0; time < 3; time += 1) {
      disk.fallSilent()
      await fill(log, { from: 10 * time, to: 10 * time + 1 })
      await pass(7)
      disk.answer()
      await pass(1)
    }
    expect(canWrite()).toEqual([true, false, true, false, true, false, true])
  })

  test('and one that is slow are not the same', async () => {
    for (let time = 0; time < 4; time += 1) {
      disk.fallSilent()
      await fill(log, { from: time, to: time + 1 })
      await pass(4)
      disk.answer()
      await pass(0.2)
    }
    expect(canWrite()).toEqual([true])
  })

  test('has nobody wait for it who asked for nothing', async () => {
    await fill(log, { from: 0, to: 3 })
    await pass(3)
    disk.fallSilent()
    await pass(60)
    expect(canWrite()).toEqual([true])
  })

  test('lets the log be closed all the same, which says that it failed', async () => {
    disk.fallSilent()
    await fill(log, { from: 0, to: 2 })
    const refused = expect(log.close()).rejects.toMatchObject(REFUSED)
    await pass(7)
    await refused
  })

  test('lets the log be closed when it falls silent at the very end', async () => {
    await fill(log, { from: 0, to: 2 })
    await pass(2)
    disk.fallSilent(({ kind }) => kind === 'end')
    const refused = expect(log.close()).rejects.toMatchObject(REFUSED)
    await pass(7)
    await refused
  })
})

test('nothing is served while the disk does not answer, and all is again when it does', async () => {
  const trail = new AuditTrail({ log, time: () => AUDIT_TIME, boot: 'boot' })
  const { handler } = await createSubject(undefined, { trail })
  const ask = async () => handler.handle(request([item('Locate')]), PEER)
  expect(await ask()).toBeDefined()
  await pass(2)
  disk.fallSilent()
  expect(await ask()).toBeDefined()
  await pass(7)
  for (let asked = 0; asked < 3; asked += 1) expect(await ask()).toBeUndefined()
  disk.answer()
  await pass(1)
  expect(await ask()).toBeDefined()
})
