import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { HASH_BYTES } from './hashing.ts'
import type { Peaks } from './frontier.ts'

/** The edge of the tree as it was at a checkpoint, and where the entries behind it begin. */
export interface KeptFrontier extends Peaks {
  /** First entry of the segment that was written then. */
  readonly first: number
  /** Bytes of it that were in the tree. */
  readonly offset: number
  /** Which of the two places it is in. */
  readonly slot: number
}

/** Reads what is kept of the tree, in no order; what cannot be read is not there. Nothing proves it. */
export function readFrontiers(path: string): readonly KeptFrontier[] {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return []
  }
  try {
    const bytes = Buffer.alloc(Math.min(fstatSync(fd).size, 2 * SLOT_BYTES))
    readSync(fd, bytes, 0, bytes.length, 0)
    const slots = [bytes.subarray(0, SLOT_BYTES), bytes.subarray(SLOT_BYTES)]
    return slots.flatMap((text, slot) => parseSlot(text.toString('utf8'), slot) ?? [])
  } finally {
    closeSync(fd)
  }
}

function parseSlot(text: string, slot: number): KeptFrontier | undefined {
  const value = objectIn(text)
  if (value === undefined) return undefined
  const { size, first, offset, peaks } = value
  if (!isCount(size) || !isCount(first) || !isCount(offset) || !Array.isArray(peaks)) {
    return undefined
  }
  const hashes = peaks.flatMap((peak) => (typeof peak === 'string' ? [hashOf(peak)] : []))
  const isEdge =
    hashes.length === bitsOf(size) && hashes.every((hash) => hash.length === HASH_BYTES)
  return isEdge ? { size, first, offset, peaks: hashes, slot } : undefined
}

function objectIn(text: string) {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    const isOne = 'size' in value && 'first' in value && 'offset' in value && 'peaks' in value
    return isOne ? value : undefined
  } catch {
    return undefined
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function hashOf(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, 'base64'))
}

/** As many full subtrees a tree of this size has. */
function bitsOf(size: number): number {
  return size.toString(2).replaceAll('0', '').length
}

const SLOT_BYTES = 4_096
