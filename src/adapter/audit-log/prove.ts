import type { KeyObject } from 'node:crypto'
import { KmipFault } from '../../fault/fault.ts'
import { isSigned, NOTE_LINES, readNote, type Note } from './checkpoint.ts'
import { AUDIT_ENTRY, movedFrom, segmentsIn, withFileIfAny } from './directory.ts'
import { entryAt } from './entry-reader.ts'
import { hashesOf } from './hash-source.ts'
import { leafHash } from './hashing.ts'
import { readLastCheckpoint } from './last-checkpoint.ts'
import { inclusionProof, isIncluded } from './proof.ts'

/** A proof that an entry is in a log, which the public key alone checks. */
export interface AuditProof {
  /** Of the entry, first 0. */
  readonly index: number
  /** The line as it stands in the log. */
  readonly entry: string
  /** The path to the root in base64, the nearest hash first. */
  readonly hashes: readonly string[]
  /** The signed checkpoint that has the root. */
  readonly checkpoint: string
}

/**
 * Proves that an entry is in the log of a directory, under its last checkpoint.
 *
 * Throws `OBJECT_NOT_FOUND` where there is no such entry, or none yet under a checkpoint, and `UNAVAILABLE` where the log
 * is not what it was.
 */
export function proveEntry(directory: string, index: number): AuditProof {
  const { note } = withFileIfAny(directory, AUDIT_ENTRY.checkpoints, (fd) =>
    fd === undefined ? { note: undefined } : readLastCheckpoint(fd),
  )
  if (note === 'damaged') throw unproven('the last checkpoint is damaged')
  const entry = entryAt(directory, index)
  if (entry === undefined) {
    const isMoved = index < (segmentsIn(directory)[0]?.first ?? 0)
    const words = isMoved ? `Entry ${index} was moved to an archive` : `There is no entry ${index}`
    throw new KmipFault('OBJECT_NOT_FOUND', words)
  }
  if (note === undefined || index >= note.size) {
    throw new KmipFault('OBJECT_NOT_FOUND', `Entry ${index} is not under a checkpoint yet`)
  }
  const path = inclusionProof(index, note.size, hashesOf(directory, firstsIn(directory)))
  if (!isIncluded({ ...note, index }, leafHash(Buffer.from(entry)), path)) {
    throw unproven(`entry ${index}, or the hash of another, is not what it was`)
  }
  const hashes = path.map((hash) => Buffer.from(hash).toString('base64'))
  return { index, entry, hashes, checkpoint: note.text }
}

/** Why a proof does not hold; undefined when it does. */
export function problemOfProof(proof: AuditProof, key: KeyObject): string | undefined {
  const note = noteOf(proof)
  if (note === undefined) return 'its checkpoint is damaged'
  if (!isSigned(note, key)) return 'its checkpoint is not signed with the key'
  const path = proof.hashes.map((hash) => Buffer.from(hash, 'base64'))
  const leaf = leafHash(Buffer.from(proof.entry))
  const isWhole = path.every((hash) => hash.length === leaf.length)
  if (isWhole && isIncluded({ ...note, index: proof.index }, leaf, path)) return undefined
  return 'the entry is not at this place under its checkpoint'
}

/** Reads a proof; undefined for what is none. */
export function readProof(text: string): AuditProof | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  if (!('index' in value && 'entry' in value && 'hashes' in value && 'checkpoint' in value)) {
    return undefined
  }
  const { index, entry, hashes, checkpoint } = value
  if (!Number.isSafeInteger(index) || typeof entry !== 'string') return undefined
  if (typeof checkpoint !== 'string' || !Array.isArray(hashes)) return undefined
  const path = hashes.filter((hash): hash is string => typeof hash === 'string')
  return { index: Number(index), entry, hashes: path, checkpoint }
}

/** The checkpoint of a proof; undefined for what is none. */
export function noteOf({ checkpoint }: AuditProof): Note | undefined {
  const lines = checkpoint.split('\n')
  return readNote(lines.slice(0, NOTE_LINES))
}

/** First entries of all segments, those that were moved away included. */
function firstsIn(directory: string): readonly number[] {
  return [...movedFrom(directory), ...segmentsIn(directory).map(({ first }) => first)]
}

function unproven(why: string): KmipFault {
  return new KmipFault('UNAVAILABLE', `The audit log does not prove it: ${why}`)
}
