import { createPublicKey, randomBytes, type KeyObject } from 'node:crypto'
import * as nodeFiles from 'node:fs'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { KmipFault } from '../../fault/fault.ts'
import type { Log } from '../../port/log.ts'
import { replaceFile, syncPath } from '../data-directory-build.ts'
import { codeOf } from '../data-directory.ts'
import { bodyOf, checkpointSigner, isSigned, type Checkpoint, type Note } from './checkpoint.ts'
import {
  AUDIT_ENTRY,
  hashesName,
  segmentName,
  segmentsIn,
  withFileIfAny,
  type Segment,
} from './directory.ts'
import { peaksOfMoved } from './hash-source.ts'
import { readFrontiers, type KeptFrontier } from './frontier-file.ts'
import { frontierOf, HASH_BYTES, isSameHash } from './hashing.ts'
import { readLastCheckpoint } from './last-checkpoint.ts'
import type { AuditLimits } from './limits.ts'
import { FileAuditLog } from './log.ts'
import { placeAudit } from './place.ts'
import { refused } from './refusal.ts'
import { SegmentWriter, type LogFiles } from './segment-writer.ts'
import { publicKeyPem } from './signing-key.ts'
import { scanTail } from './tail-scan.ts'
import type { ThreadStart } from './thread-message.ts'
import { startThread, type StartHasher } from './thread.ts'
import { verifyAudit } from './verify.ts'

export type { AuditLimits } from './limits.ts'

export interface AuditOptions {
  /** Made where there is none. */
  readonly directory: string
  /** Where the log is to lie, on another disk for example: the directory is then a link to it. */
  readonly elsewhere?: string | undefined
  /** Ed25519, private. */
  readonly key: KeyObject
  /** Names the store that the log is of, as in `kmipd/6f2a…`: a name without spaces. */
  readonly name: string
  readonly limits: AuditLimits
  /** A checkpoint of the log that is kept elsewhere. */
  readonly remembered?: Checkpoint | undefined
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Those of Node, unless they are to fail. */
  readonly files?: LogFiles
  readonly startHasher?: StartHasher
}

/**
 * Opens an audit log, or begins one.
 *
 * Throws `UNAVAILABLE`, with a sentence that names the entry, when the log is not the one that was under its last
 * checkpoint, or under the one that is remembered.
 */
export async function openAuditLog(given: AuditOptions): Promise<FileAuditLog> {
  const options = { ...given, directory: resolve(given.directory) }
  try {
    return await openOrRefuse(options)
  } catch (cause) {
    if (cause instanceof KmipFault) throw cause
    const text = `The audit log in ${options.directory} cannot be opened (${codeOf(cause)})`
    throw refused(text, cause)
  }
}

async function openOrRefuse(options: AuditOptions): Promise<FileAuditLog> {
  const { directory, key } = options
  placeAudit(directory, options.elsewhere)
  const last = checkedCheckpoint(options)
  const origin = originOf(options, last)
  checkRemembered(options, origin, last?.note)
  const found = scanned(options, last?.note)
  await keepKey(options)
  const start = openFiles(directory, found, last?.length ?? 0)
  await syncPath(directory)
  const { files = nodeFiles, limits, startHasher = startThread, now } = options
  const { segment, offset: length } = start
  const begun = begunAt(join(directory, segmentName(segment.first))) ?? now()
  const segments = new SegmentWriter({ directory, files, limits, segment, length, begun })
  const sign = checkpointSigner(origin, key)
  const { syncMs } = limits
  const checkpoint = last?.note
  const parts = { origin, start, startHasher, segments, files, now, syncMs, sign, checkpoint }
  return new FileAuditLog(parts)
}

/** Every log has a name of its own: no two of a store are taken for one another. */
function originOf({ remembered, name }: AuditOptions, last: Last | undefined): string {
  const fresh = () => `${name}/${randomBytes(4).toString('hex')}`
  return last?.note.origin ?? remembered?.origin ?? fresh()
}

interface Last {
  readonly note: Note
  readonly length: number
}

/** The last checkpoint, of this store and signed with its key. */
function checkedCheckpoint({ directory, key, name }: AuditOptions): Last | undefined {
  const path = join(directory, AUDIT_ENTRY.checkpoints)
  const { note, length } = withFileIfAny(directory, AUDIT_ENTRY.checkpoints, (fd) =>
    fd === undefined ? { note: undefined, length: 0 } : readLastCheckpoint(fd),
  )
  if (note === undefined) return undefined
  if (note === 'damaged') throw refused(`The last checkpoint in ${path} is damaged`)
  if (!note.origin.startsWith(`${name}/`))
    throw refused(`The audit log in ${directory} is of another store`)
  if (!isSigned(note, createPublicKey(key))) {
    throw refused(`The last checkpoint in ${path} is not signed by this store`)
  }
  return { note, length }
}

function checkRemembered(
  { directory, remembered }: AuditOptions,
  origin: string,
  last: Note | undefined,
): void {
  if (remembered === undefined) return
  if (segmentsIn(directory).length === 0) {
    const text = `There is no audit log in ${directory}`
    throw refused(`${text}, where the store knows of one: it was removed`)
  }
  if (remembered.origin === origin) {
    // A later size is looked at when the entries up to there are read.
    if (last === undefined || remembered.size >= last.size) return
    if (hasCheckpoint(directory, remembered)) return
  }
  throw refused(`The audit log in ${directory} is another one than the store knows of`)
}

/** Whether the log was under this checkpoint. It is looked for from the end: the store rarely remembers what is long ago. */
function hasCheckpoint(directory: string, checkpoint: Checkpoint): boolean {
  const body = bodyOf(checkpoint)
  return withFileIfAny(directory, AUDIT_ENTRY.checkpoints, (fd, length) => {
    if (fd === undefined) return false
    for (let end = length; end > 0; end -= PIECE_BYTES) {
      const from = Math.max(0, end - PIECE_BYTES)
      const bytes = Buffer.alloc(Math.min(length, end + body.length) - from)
      nodeFiles.readSync(fd, bytes, 0, bytes.length, from)
      if (bytes.includes(body)) return true
    }
    return false
  })
}

/** Where the log ends. */
interface Found {
  readonly tree: ReturnType<typeof frontierOf>
  readonly first: number
  readonly offset: number
  /** Where the tree is kept next. */
  readonly slot: number
}

/** Reads what is behind the last checkpoint, or everything where nothing tells how the log was then. */
function scanned(options: AuditOptions, last: Note | undefined): Found {
  const { directory, key, remembered } = options
  const segments = segmentsIn(directory)
  const expected = [last, remembered].filter((each) => each !== undefined)
  if (segments.length === 0) {
    if (last !== undefined) throw located(directory, key, refused(GONE))
    return { tree: frontierOf(), first: 0, offset: 0, slot: 0 }
  }
  const kept = last === undefined ? undefined : keptAt(directory, last)
  const from = kept ?? { ...peaksOfMoved(directory), first: 0, offset: 0, slot: 1 }
  const begin = {
    directory,
    segments: segments.filter((each) => each.first >= from.first),
    offset: from.offset,
    expected: expected.filter(({ size }) => size >= from.size),
  }
  let count: number
  try {
    count = scanTail({ ...begin, tree: frontierOf(from) }, false).segments
  } catch (error) {
    throw located(directory, key, error)
  }
  leaveUnsynced(options, begin.segments.slice(count))
  const tree = frontierOf(from)
  const own = begin.segments.slice(0, count)
  const { offset } = scanTail({ ...begin, segments: own, tree }, true)
  const first = own.at(-1)?.first ?? 0
  return { tree, first, offset, slot: 1 - from.slot }
}

/** Puts files aside that begin behind the end of the log. */
function leaveUnsynced({ directory, log }: AuditOptions, segments: readonly Segment[]): void {
  for (const { name } of segments) {
    nodeFiles.renameSync(join(directory, name), join(directory, `${name}.unsynced`))
    log.warn('audit entries lost before they were on disk', { left: `${name}.unsynced` })
  }
}

/** What is kept of the tree at a checkpoint, where it fits the checkpoint and the files. */
function keptAt(directory: string, last: Checkpoint): KeptFrontier | undefined {
  const kept = readFrontiers(join(directory, AUDIT_ENTRY.frontier)).find(
    (each) => each.size === last.size && isSameHash(frontierOf(each).root(), last.root),
  )
  if (kept === undefined || kept.first > kept.size) return undefined
  const hashes = HASH_BYTES * (kept.size - kept.first)
  const isWhole =
    withFileIfAny(directory, segmentName(kept.first), (_, length) => length) >= kept.offset &&
    withFileIfAny(directory, hashesName(kept.first), (_, length) => length) >= hashes
  return isWhole ? kept : undefined
}

/** The same refusal, with the entry that is wrong. */
function located(directory: string, key: KeyObject, cause: unknown): unknown {
  if (!(cause instanceof KmipFault)) return cause
  const { finding } = verifyAudit({ directory, key: createPublicKey(key) })
  if (finding === undefined)
    return refused(`${cause.message}: it was cut, put back or replaced`, cause)
  const { index, file, line, problem } = finding
  const text = `The audit log was altered at entry ${index} (${join(directory, file)}, line ${line})`
  return refused(`${text}: ${problem}`, cause)
}

/** Whoever wants to verify the log finds the key beside it; that it is the right one is for them to know. */
async function keepKey({ directory, key, log }: AuditOptions): Promise<void> {
  const path = join(directory, AUDIT_ENTRY.key)
  const pem = publicKeyPem(key)
  const before = withFileIfAny(directory, AUDIT_ENTRY.key, (fd) =>
    fd === undefined ? undefined : readFileSync(fd, 'utf8'),
  )
  if (before === pem) return
  if (before !== undefined) log.warn('public key of the audit log was altered, and is put right')
  await replaceFile(path, Buffer.from(pem), 0o644)
}

function openFiles(directory: string, found: Found, notes: number): ThreadStart {
  const { tree, first, offset, slot } = found
  const opened: number[] = []
  const open = (name: string): number => {
    const flags = nodeFiles.constants.O_RDWR | nodeFiles.constants.O_CREAT
    const fd = nodeFiles.openSync(join(directory, name), flags, 0o600)
    opened.push(fd)
    return fd
  }
  try {
    const segment = { first, lines: open(segmentName(first)), hashes: open(hashesName(first)) }
    const checkpoints = open(AUDIT_ENTRY.checkpoints)
    nodeFiles.ftruncateSync(checkpoints, notes)
    const frontier = open(AUDIT_ENTRY.frontier)
    const { size, peaks } = tree.peaks
    const kept = { checkpoints, checkpointBytes: notes, frontier, slot }
    return { directory, segment, offset, size, peaks, ...kept }
  } catch (error) {
    for (const fd of opened) nodeFiles.closeSync(fd)
    throw error
  }
}

/** When the segment was begun, in milliseconds, as far as its file tells. */
function begunAt(path: string): number | undefined {
  const { birthtimeMs, size } = nodeFiles.statSync(path)
  return size === 0 || birthtimeMs === 0 ? undefined : birthtimeMs
}

const GONE = 'The audit log has no entries any more'

/** Some hours of checkpoints of a server that has much to do. */
const PIECE_BYTES = 4_194_304
