import { createPublicKey } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { EntryReader } from '../../src/adapter/audit-log/entry-reader.ts'
import { verifyAudit } from '../../src/adapter/audit-log/verify.ts'
import { openDataDirectory } from '../../src/adapter/data-directory.ts'
import { readAuditKey } from '../../src/cli/audit-place.ts'
import { storeCalls } from '../../src/cli/compose.ts'
import { openCore } from '../../src/cli/core.ts'
import { openWatching } from '../../src/cli/watching.ts'
import { DEFAULT_CONFIG } from '../../src/config/defaults.ts'
import { KmipFault } from '../../src/fault/fault.ts'
import { readAuditLine, type AuditEntry } from '../../src/model/audit-entry.ts'
import { silentLog } from '../adapter/fixtures/recording-log.ts'
import { makeDirectory } from '../system/fault/new-directory.ts'

let home: string
let data: string

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kmipd-told-'))
  data = join(home, 'data')
  await makeDirectory(data)
}, 60_000)
afterAll(() => {
  rmSync(home, { recursive: true })
})

function entries(): readonly AuditEntry[] {
  const reader = new EntryReader(join(data, 'audit'), 0)
  const found: AuditEntry[] = []
  for (const { text } of reader.read()) {
    const entry = readAuditLine(text)
    if (entry !== undefined) found.push(entry)
  }
  return found
}

describe('the audit of an open data directory', () => {
  test('tells of what becomes of approvals', async () => {
    const core = await openCore(await openDataDirectory(data), { log: silentLog })
    try {
      const { statement } = await core.approvals.request({
        kind: 'call',
        name: 'backup.create',
        requester: { id: 'o-1', name: 'olga' },
        subject: Uint8Array.of(1),
        shown: [],
        approvers: 2,
        seconds: 900,
      })
      await core.approvals.withdraw(statement.id, 'o-1')
      const told = entries().filter(({ approval }) => approval === statement.id)
      expect(told.map(({ operation }) => operation)).toEqual([
        'approval.requested',
        'approval.withdrawn',
      ])
    } finally {
      await core.close()
    }
  })

  test('is under a checkpoint once closed, though the store could not be settled', async () => {
    const core = await openCore(await openDataDirectory(data), { log: silentLog })
    await core.audit?.tell({ operation: 'Stop' })
    const fault = new KmipFault('UNAVAILABLE', 'the engine failed')
    vi.spyOn(core.store, 'settleJournals').mockRejectedValue(fault)
    await core.close()
    const directory = join(data, 'audit')
    const key = createPublicKey(readFileSync(join(directory, 'key.pem')))
    expect(verifyAudit({ directory, key })).toMatchObject({ unproven: 0, finding: undefined })
  })

  test('tells of files that are moved away before they are, and is opened again without them', async () => {
    const limits = { segmentBytes: 2_000, segmentSeconds: 86_400, syncMs: 200 }
    const options = { log: silentLog, audit: { limits } }
    const core = await openCore(await openDataDirectory(data), options)
    let first = 0
    try {
      const trail = core.audit?.trail
      for (let count = 0; count < 40; count += 1) {
        trail?.tell({ operation: 'Test', detail: { count } })
        await trail?.synced()
      }
      await vi.waitFor(async () => {
        const pruned = await storeCalls(core).prune(4_000_000_000)
        expect(pruned.entries).toBeGreaterThan(0)
        first = pruned.first
      }, 20_000)
      expect(await storeCalls(core).prune(1_000)).toEqual({ segments: 0, entries: 0, first })
    } finally {
      await core.close()
    }
    const again = await openCore(await openDataDirectory(data), options)
    await again.close()
    const told = entries().filter(({ operation }) => operation === 'audit.prune')
    expect(told.map(({ detail }) => detail?.['first'])).toContain(first)
    const key = readAuditKey(undefined, join(data, 'audit'))
    const report = verifyAudit({ directory: join(data, 'audit'), key, now: Date.now() })
    expect(report).toMatchObject({ moved: first, unproven: 0, finding: undefined })
  }, 60_000)

  test('tells of alerts', async () => {
    const core = await openCore(await openDataDirectory(data), { log: silentLog })
    try {
      const trail = core.audit?.trail
      if (trail === undefined) throw new Error('there is no audit')
      const rules = { ...DEFAULT_CONFIG.alerts.rules, failedHandshakes: 1 }
      const watching = await openWatching({ rules }, { log: silentLog, trail })
      const listener = () => ({ failedHandshakes: 7, refused: 0 })
      watching.watch.look({
        listener,
        condition: { state: 'serving', why: undefined, follow: () => undefined },
      })
      watching.close()
      await trail.written()
      expect(entries().filter(({ operation }) => operation === 'Alert')).toMatchObject([
        { kind: 'event', detail: { alert: 'failed-handshakes', count: 7 } },
      ])
    } finally {
      await core.close()
    }
  })
})
