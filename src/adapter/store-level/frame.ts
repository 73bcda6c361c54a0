import type { Revision } from '../../port/store.ts'
import { REVISION_BYTES, writeDataKey } from './layout.ts'

/**
 * What is written for one key, in one piece of memory: length of the stored key, length of the stored value, stored
 * key, stored value. Frames go into the chain of batches, and into the hash of all that the store holds.
 */
export interface Frame {
  readonly bytes: Buffer
  /** Both are parts of `bytes`. */
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** The frame of a value that is put under the caller's key. */
export function frameOfPut(key: Uint8Array, value: Uint8Array, revision: Revision): Frame {
  const frame = emptyFrame(1 + key.length, REVISION_BYTES + value.length)
  writeDataKey(frame.key, key)
  const from = frame.bytes.length - value.length
  frame.bytes.writeBigUInt64BE(revision, from - REVISION_BYTES)
  frame.value.set(value, REVISION_BYTES)
  return frame
}

/** No value is empty, since each has its revision: a deletion cannot be taken for a put. */
export function frameOfDeletion(key: Uint8Array): Frame {
  const frame = emptyFrame(1 + key.length, 0)
  writeDataKey(frame.key, key)
  return frame
}

/** The bytes of the frame of what is stored, given as it lies there. */
export function storedFrame(key: Uint8Array, value: Uint8Array): Uint8Array {
  const frame = emptyFrame(key.length, value.length)
  frame.key.set(key)
  frame.value.set(value)
  return frame.bytes
}

function emptyFrame(keyBytes: number, valueBytes: number): Frame {
  const bytes = Buffer.allocUnsafe(LENGTHS + keyBytes + valueBytes)
  bytes.writeUInt32BE(keyBytes, 0)
  bytes.writeUInt32BE(valueBytes, 4)
  const end = LENGTHS + keyBytes
  return { bytes, key: bytes.subarray(LENGTHS, end), value: bytes.subarray(end) }
}

/** Bytes of the two lengths. */
const LENGTHS = 8
