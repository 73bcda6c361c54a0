import { fstatSync } from 'node:fs'
import { join } from 'node:path'
import type { KeyObject } from 'node:crypto'
import { readAuditLine } from '../../model/audit-entry.ts'
import { isSigned, type Checkpoint, type Note } from './checkpoint.ts'
import {
  AUDIT_ENTRY,
  movedFrom,
  segmentsIn,
  withFile,
  withFileIfAny,
  type Segment,
} from './directory.ts'
import { entryAt } from './entry-reader.ts'
import { HashSource, hashesOf } from './hash-source.ts'
import { LineSource } from './line-source.ts'
import { NoteSource } from './note-source.ts'
import { Proving, type Place } from './proving.ts'
import { PRUNE_EVENT } from './prune.ts'
import { refused } from './refusal.ts'

/** The first thing that is wrong with a log. */
export interface AuditFinding extends Place {
  /** Index of the first entry that is not proven to be as it was, first 0. */
  readonly index: number
  readonly problem: string
}

/** What was read of a log. */
export interface AuditReport {
  /** Whole lines. */
  readonly entries: number
  readonly checkpoints: number
  readonly segments: number
  /** Entries at the beginning that were moved away and not read: only their hashes are proven. */
  readonly moved: number
  /** Entries at the end that no checkpoint is over: those of the last second where a server runs. */
  readonly unproven: number
  readonly finding: AuditFinding | undefined
}

export interface VerifyOptions {
  readonly directory: string
  /** Ed25519, public. */
  readonly key: KeyObject
  /** Checkpoints that were kept elsewhere: the log must be a continuation of each. */
  readonly kept?: readonly Checkpoint[]
  /** Where segments are that were moved away. */
  readonly archive?: string | undefined
  /** Milliseconds since 1970: entries that are older than a minute must be under a checkpoint. */
  readonly now?: number
  /** Called now and then with the number of entries so far. */
  readonly told?: (entries: number) => void
  /** Called after each entry; it may take as long as it likes. */
  readonly pace?: () => void
}

/**
 * Reads a whole log and holds it against its checkpoints; stops at the first thing that is wrong. It needs no more
 * memory for a longer log.
 *
 * Throws `UNAVAILABLE` when a file cannot be read.
 */
export function verifyAudit(options: VerifyOptions): AuditReport {
  const { directory } = options
  return withFileIfAny(directory, AUDIT_ENTRY.checkpoints, (fd) => {
    // What is written from now on is for the next time.
    const until = fd === undefined ? 0 : fstatSync(fd).size
    const segments = segmentsIn(directory)
    const end = lengthOf(directory, segments.at(-1))
    const proving = new Proving(options, new NoteSource(fd, until))
    const moved = proveMoved(options, proving, segments[0])
    const told = { first: 0 }
    for (const [place, segment] of segments.entries()) {
      if (proving.finding !== undefined) break
      const look = moved > 0 ? noteMoved.bind(undefined, told) : undefined
      proveSegment(options, proving, { segment, next: segments[place + 1], end, look })
    }
    proving.end()
    if (proving.finding === undefined && told.first < moved) proving.failMissing()
    if (isLate(options, proving)) {
      proving.failUnproven('no checkpoint is over it: its checkpoint was removed, or never made')
    }
    const { size, notes, proven, finding } = proving
    const unproven = size - proven
    const { length } = segments
    return { entries: size, checkpoints: notes, segments: length, moved, unproven, finding }
  })
}

function lengthOf(directory: string, segment: Segment | undefined): number {
  return segment === undefined ? 0 : withFile(join(directory, segment.name), (_, length) => length)
}

/** Whether the first entry that no checkpoint is over should long be under one. */
function isLate({ directory, now }: VerifyOptions, { finding, size, proven }: Proving): boolean {
  if (finding !== undefined || now === undefined || size === proven) return false
  const time = readAuditLine(entryAt(directory, proven) ?? '')?.time
  // One of the future is none: whoever removes checkpoints writes the times as they like.
  const age = Math.abs(now - Date.parse(time ?? ''))
  return !(age < LATE_MS)
}

/** Proves what was moved away, by its lines where they are in the archive; gives how many entries only their hashes are of. */
function proveMoved(options: VerifyOptions, proving: Proving, kept: Segment | undefined): number {
  const { directory, archive } = options
  const archived = archive === undefined ? [] : segmentsIn(archive)
  let moved = 0
  const firsts = movedFrom(directory)
  for (const [place, first] of firsts.entries()) {
    const segment = archived.find((each) => each.first === first)
    if (segment === undefined) {
      for (const hash of hashesOf(directory, [first])) {
        proving.takeMoved(hash)
        options.pace?.()
      }
      moved = proving.size
    } else {
      const next = { first: firsts[place + 1] ?? kept?.first ?? 0, name: '' }
      proveSegment(options, proving, { segment, next, place: archive })
    }
    if (proving.finding !== undefined) break
  }
  return moved
}

/** An entry that says what was moved away; nobody but the server writes such a one. */
function noteMoved(told: { first: number }, lines: LineSource): void {
  if (!lines.memory.subarray(lines.start, lines.end).includes(PRUNE)) return
  const entry = readAuditLine(lines.text())
  const first = entry?.operation === PRUNE_EVENT ? entry.detail?.['first'] : undefined
  if (typeof first === 'number') told.first = Math.max(told.first, first)
}

interface SegmentToProve {
  readonly segment: Segment
  readonly next: Segment | undefined
  /** Where in its file reading ends, if there is no next one. */
  readonly end?: number
  /** Directory of its lines, where that is another one. */
  readonly place?: string | undefined
  /** Given each line. */
  readonly look?: ((lines: LineSource) => void) | undefined
}

function proveSegment(
  { directory, told, pace }: VerifyOptions,
  proving: Proving,
  { segment, next, end, place = directory, look }: SegmentToProve,
): void {
  const hashes = new HashSource(directory, segment.first)
  try {
    withFile(join(place, segment.name), (fd) => {
      proving.begin(segment, hashes)
      const lines = new LineSource(fd, 0, next === undefined ? end : undefined)
      while (proving.finding === undefined && lines.next()) {
        look?.(lines)
        proving.take(lines)
        if (proving.size % TOLD_EVERY === 0) told?.(proving.size)
        pace?.()
      }
      if (proving.finding !== undefined) return
      if (lines.rest > 0 && next !== undefined) proving.fail('its last line is not ended')
      else if (next !== undefined) proving.expectNext(next.first)
    })
  } finally {
    hashes.close()
  }
}

/**
 * Reads checkpoints that were kept in a file. Throws `UNAVAILABLE` where one of them is damaged, or not signed with the
 * key, and where there is none.
 */
export function readKeptNotes(path: string, key: KeyObject): readonly Note[] {
  return withFile(path, (fd) => {
    const source = new NoteSource(fd)
    const notes: Note[] = []
    for (let note = source.next(); note !== undefined; note = source.next()) {
      if (note === 'damaged' || !isSigned(note, key)) {
        throw refused(`${path}, line ${source.line}: no checkpoint that is signed with the key`)
      }
      notes.push(note)
    }
    if (notes.length === 0) throw refused(`${path} holds no checkpoint`)
    return notes
  })
}

const PRUNE = Buffer.from(`"operation":"${PRUNE_EVENT}"`)
const TOLD_EVERY = 100_000
const LATE_MS = 60_000
