import { closeSync, fstatSync, openSync, readdirSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { KmipFault } from '../../fault/fault.ts'
import { codeOf } from '../data-directory.ts'

/** A part of the log: its file holds the entries from `first` on, one to a line. */
export interface Segment {
  readonly first: number
  /** Name in the directory. */
  readonly name: string
}

/** Names in the directory of a log, beside those of segments. */
export const AUDIT_ENTRY = {
  checkpoints: 'checkpoints',
  key: 'key.pem',
  frontier: 'frontier',
  /** Where segments are moved to that are not wanted here any more. */
  archive: 'archive',
} as const

/** The segments of a log, in their order. Throws `UNAVAILABLE` when the directory cannot be read. */
export function segmentsIn(directory: string): readonly Segment[] {
  return guarded(directory, () => readdirSync(directory))
    .filter((name) => NAME.test(name))
    .map((name) => ({ first: Number(name.slice(0, DIGITS)), name }))
    .toSorted((a, b) => a.first - b.first)
}

/**
 * First entries of the segments before those that are here, of whose entries only the hashes are: their lines were moved
 * away. Throws `UNAVAILABLE` when the directory cannot be read.
 */
export function movedFrom(directory: string): readonly number[] {
  const [kept] = segmentsIn(directory)
  return guarded(directory, () => readdirSync(directory))
    .filter((name) => HASHES.test(name))
    .map((name) => Number(name.slice(0, DIGITS)))
    .filter((first) => kept !== undefined && first < kept.first)
    .toSorted((a, b) => a - b)
}

/** @param first - index of its first entry */
export function segmentName(first: number): string {
  return `${String(first).padStart(DIGITS, '0')}.jsonl`
}

/** The file with the hashes of the entries of a segment, one after the other. */
export function hashesName(first: number): string {
  return `${String(first).padStart(DIGITS, '0')}.hashes`
}

/** Hands an open file to `use` and closes it. Throws `UNAVAILABLE` when it cannot be read. */
export function withFile<T>(path: string, use: (fd: number, length: number) => T): T {
  const fd = guarded(path, () => openSync(path, 'r'))
  try {
    return guarded(path, () => use(fd, fstatSync(fd).size))
  } finally {
    closeSync(fd)
  }
}

/** As {@link withFile}, for a file that may be missing: it is then as an empty one. */
export function withFileIfAny<T>(
  directory: string,
  name: string,
  use: (fd: number | undefined, length: number) => T,
): T {
  const isThere = guarded(directory, () => readdirSync(directory)).includes(name)
  return isThere ? withFile(join(directory, name), use) : use(undefined, 0)
}

/** Writes all of some bytes. Throws what the system does. */
export function writeWhole(fd: number, bytes: Uint8Array, place: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(fd, bytes, done, bytes.length - done, place + done)
  }
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof KmipFault) throw cause
    throw new KmipFault('UNAVAILABLE', `${path} cannot be read (${codeOf(cause)})`, { cause })
  }
}

const DIGITS = 20
const NAME = /^\d{20}\.jsonl$/
const HASHES = /^\d{20}\.hashes$/
