import * as nodeFiles from 'node:fs'
import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { AuditCondition, FileAuditLog } from '../../../src/adapter/audit-log/log.ts'
import { verifyAudit } from '../../../src/adapter/audit-log/verify.ts'
import { fill, hasherInProcess, lineOf, openLog, PUBLIC_KEY } from './fixture.ts'

type ReadArguments = [fd: number, bytes: Buffer, at: number, length: number, from: number]

let directory: string
let log: FileAuditLog | undefined
let told: AuditCondition[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kmipd-hashing-'))
  told = []
})
afterEach(async () => {
  await log?.close().catch(() => undefined)
  log = undefined
  rmSync(directory, { recursive: true })
})

describe('stable storage', () => {
  test('is reached in pieces, however much there is', async () => {
    const asked: number[] = []
    const readSync = ((...args: ReadArguments) => {
      asked.push(args[3])
      return nodeFiles.readSync(...args)
    }) as typeof nodeFiles.readSync
    const limits = { segmentBytes: 1e9, segmentSeconds: 86_400, syncMs: 60_000 }
    log = await openLog(directory, { limits, startHasher: hasherInProcess({ readSync }) })
    const long = 'x'.repeat(1_000_000)
    for (let index = 0; index < 20; index += 1) log.append(lineOf(index, long))
    await log.synced()
    expect(Math.max(...asked)).toBeLessThanOrEqual(8_388_608)
    await log.close()
    expect(verifyAudit({ directory, key: PUBLIC_KEY })).toMatchObject({
      entries: 20,
      unproven: 0,
      finding: undefined,
    })
  })

  test('while syncing hashes loses none of those that the system had not brought to the disk', async () => {
    let isFailing = false
    const hashes = () => join(directory, `${'0'.repeat(20)}.hashes`)
    const fdatasyncSync = (fd: number) => {
      if (isFailing && readlinkSync(`/proc/self/fd/${String(fd)}`) === hashes()) {
        throw Object.assign(new Error('broken'), { code: 'EIO' })
      }
      nodeFiles.fdatasyncSync(fd)
    }
    log = await openLog(directory, { startHasher: hasherInProcess({ fdatasyncSync }) })
    log.watch((condition) => told.push(condition))
    isFailing = true
    await fill(log, { from: 0, to: 3 })
    await log.synced()
    await fill(log, { from: 3, to: 5 })
    await vi.waitUntil(() => told.at(-1)?.canWrite === false, 20_000)
    const whole = readFileSync(hashes())
    writeFileSync(hashes(), Buffer.alloc(whole.length))
    isFailing = false
    await vi.waitUntil(() => told.at(-1)?.canWrite === true, 20_000)
    await log.close()
    expect(readFileSync(hashes()).equals(whole)).toBe(true)
    expect(whole).toHaveLength(5 * 32)
  })
})
