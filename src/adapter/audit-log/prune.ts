import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { readAuditLine } from '../../model/audit-entry.ts'
import { syncPath } from '../data-directory-build.ts'
import { AUDIT_ENTRY, segmentsIn, type Segment } from './directory.ts'
import { entryAt } from './entry-reader.ts'
import { refused } from './refusal.ts'

/** What an entry is called that tells of it, with the first entry that stays as `first`. */
export const PRUNE_EVENT = 'audit.prune'

/** What may be moved away of a log. */
export interface Prunable {
  /** The oldest ones, in their order. */
  readonly segments: readonly Segment[]
  /** The first entry that stays. */
  readonly first: number
}

/**
 * The oldest segments all of whose entries are from before a moment, and under a checkpoint. Throws `UNAVAILABLE`.
 *
 * @param before - in milliseconds since 1970
 * @param proven - entries that are under a checkpoint
 */
export function prunableBefore(directory: string, before: number, proven: number): Prunable {
  const segments = segmentsIn(directory)
  let count = 0
  for (const { first } of segments.slice(1)) {
    const time = readAuditLine(entryAt(directory, first) ?? '')?.time
    if (first > proven || !(Date.parse(time ?? '') <= before)) break
    count += 1
  }
  return { segments: segments.slice(0, count), first: segments[count]?.first ?? 0 }
}

/**
 * Moves segments into the archive beneath the log, the oldest first: what is there is always the beginning of what was to
 * be moved. Their hashes stay, so that the log still proves itself. Throws `UNAVAILABLE`.
 */
export async function archiveSegments(
  directory: string,
  segments: readonly Segment[],
): Promise<void> {
  const archive = join(directory, AUDIT_ENTRY.archive)
  mkdirSync(archive, { recursive: true, mode: 0o700 })
  for (const { name } of segments) {
    if (existsSync(join(archive, name))) throw refused(`${join(archive, name)} is there already`)
    renameSync(join(directory, name), join(archive, name))
  }
  await syncPath(archive)
  await syncPath(directory)
}
