import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import * as nodeFiles from 'node:fs'
import { Frontier } from '../../../src/adapter/audit-log/frontier.ts'
import { sha256 } from '../../../src/adapter/audit-log/hashing.ts'
import { HashingThread } from '../../../src/adapter/audit-log/hashing-thread.ts'
import type { FileAuditLog } from '../../../src/adapter/audit-log/log.ts'
import { openAuditLog, type AuditOptions } from '../../../src/adapter/audit-log/open.ts'
import type { StartHasher } from '../../../src/adapter/audit-log/thread.ts'
import { auditLine } from '../../../src/model/audit-entry.ts'
import { recordingLog, type LogLine } from '../fixtures/recording-log.ts'

export const SIGNING_KEY = generateKeyPairSync('ed25519').privateKey
export const PUBLIC_KEY = createPublicKey(SIGNING_KEY)

/** A line of a log: no two of them are alike. */
export function lineOf(index: number, object = 'o'): string {
  const time = new Date(1_700_000_000_000 + index).toISOString()
  return auditLine({ kind: 'operation', time, op: index, operation: 'Get', object })
}

export async function openLog(
  directory: string,
  given: Partial<AuditOptions> = {},
  lines: LogLine[] = [],
): Promise<FileAuditLog> {
  return openAuditLog({
    directory,
    key: SIGNING_KEY,
    name: 'kmipd/test',
    limits: { segmentBytes: 1_000_000, segmentSeconds: 86_400, syncMs: 200 },
    log: recordingLog(lines),
    now: () => Date.now(),
    ...given,
  })
}

/** Appends entries, one in each turn of the event loop. */
export async function fill(
  log: FileAuditLog,
  { from, to, object }: { from: number; to: number; object?: string },
): Promise<void> {
  for (let index = from; index < to; index += 1) {
    log.append(lineOf(index, object))
    await log.written()
  }
}

/** What hashes, without a thread of its own and with files that may fail. */
export function hasherInProcess(
  files: Partial<typeof nodeFiles> = {},
  sizes: number[] = [],
): StartHasher {
  return (start, told) => {
    const thread = new HashingThread({
      start,
      files: { ...nodeFiles, ...files },
      sha256,
      tree: new Frontier(sha256, start),
      report: (report) => {
        if (report.kind === 'synced') sizes.push(report.size)
        setImmediate(told, report)
      },
    })
    return {
      post: (order) =>
        setImmediate(() => {
          thread.take(order)
        }),
      stop: () => undefined,
    }
  }
}
