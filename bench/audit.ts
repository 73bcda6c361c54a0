import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_AUDIT_LIMITS } from '../src/adapter/audit-log/limits.ts'
import { openAuditLog } from '../src/adapter/audit-log/open.ts'
import { verifyAudit } from '../src/adapter/audit-log/verify.ts'
import { auditLine } from '../src/model/audit-entry.ts'
import type { Log } from '../src/port/log.ts'
import { table } from './figures.ts'

/** What an audit log costs. */
export interface AuditFigures {
  readonly entries: number
  /** Mean length of an entry. */
  readonly bytes: number
  /** Microseconds of the thread that serves, for an entry: to make its line, and to append and write it. */
  readonly line: number
  readonly append: number
  /** Milliseconds that opening the whole log takes. */
  readonly open: number
  /** Entries a second that are verified. */
  readonly verified: number
}

/** Measures a log of so many entries, 32 of which are appended in one turn of the event loop. */
export async function measureAudit(entries = 1_000_000): Promise<AuditFigures> {
  const directory = mkdtempSync(join(tmpdir(), 'kmipd-bench-audit-'))
  const key = generateKeyPairSync('ed25519').privateKey
  const open = async () =>
    openAuditLog({
      ...{ directory, key, name: 'kmipd/bench', limits: DEFAULT_AUDIT_LIMITS },
      ...{ log: SILENT, now: () => Date.now() },
    })
  try {
    const line = costOfLines()
    const log = await open()
    const { append, bytes } = await fill(log, entries)
    await log.close()
    const begun = performance.now()
    const again = await open()
    const opened = performance.now() - begun
    await again.close()
    const verified = rateOfVerifying(directory, createPublicKey(key), entries)
    return { entries, bytes, line, append, open: opened, verified }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** The figures as a table in Markdown. */
export function auditTable({ entries, bytes, line, append, open, verified }: AuditFigures): string {
  const count = entries.toLocaleString('en')
  return table(
    ['', 'figure'],
    [
      ['bytes of an entry', bytes.toFixed(0)],
      ['making a line', `${line.toFixed(2)} µs`],
      ['appending and writing it, 32 in a turn', `${append.toFixed(2)} µs`],
      [`opening a log of ${count} entries`, `${open.toFixed(0)} ms`],
      ['verifying', `${Math.round(verified).toLocaleString('en')} entries/s`],
    ],
  )
}

async function fill(log: Awaited<ReturnType<typeof openAuditLog>>, entries: number) {
  let bytes = 0
  let spent = 0
  for (let index = 0; index < entries;) {
    const lines = Array.from({ length: AT_ONCE }, (_, at) => lineOf(index + at))
    index += AT_ONCE
    const begun = performance.now()
    for (const line of lines) log.append(line)
    await log.written()
    spent += performance.now() - begun
    for (const line of lines) bytes += line.length
  }
  return { append: (1_000 * spent) / entries, bytes: bytes / entries }
}

function costOfLines(): number {
  const rounds = 200_000
  for (let round = 0; round < rounds; round += 1) lineOf(round)
  const begun = performance.now()
  for (let round = 0; round < rounds; round += 1) lineOf(round)
  return (1_000 * (performance.now() - begun)) / rounds
}

function rateOfVerifying(
  directory: string,
  key: Parameters<typeof verifyAudit>[0]['key'],
  entries: number,
): number {
  const begun = performance.now()
  const { finding } = verifyAudit({ directory, key })
  if (finding !== undefined) throw new RangeError('the log of the benchmark is not whole')
  return (1_000 * entries) / (performance.now() - begun)
}

/** As a Get is told of. */
function lineOf(op: number): string {
  return auditLine({
    kind: 'operation',
    time: '2026-11-22T18:00:00.123Z',
    boot: '1f2e3d4c5b6a7988',
    op,
    connection: 17,
    item: 0,
    client: 'c2b1f7e0-3a0f-4a53-9d52-5a4f2a0f3b77',
    name: 'payments-app-2',
    role: 'user',
    address: '192.0.2.17:50123',
    operation: 'Get',
    object: 'a2b1f7e0-3a0f-4a53-9d52-5a4f2a0f3b78',
    rule: 'user',
    result: 'success',
    bytes: 300,
  })
}

const AT_ONCE = 32

const SILENT: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => SILENT,
}
