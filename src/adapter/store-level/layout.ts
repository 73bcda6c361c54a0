import type { Entry, Revision } from '../../port/store.ts'

/** The one key of the head record. */
export const HEAD_KEY = Uint8Array.of(0, 0)

/** The key in the ring of batch records that a batch with this number has. */
export function ringKey(batch: bigint): Uint8Array {
  const slot = Number(batch % BigInt(RING_SLOTS))
  return Uint8Array.of(0, 1, slot >>> 8, slot & 0xff)
}

/** All keys of the ring. */
export const RING = { from: Uint8Array.of(0, 1), to: Uint8Array.of(0, 2) }

/**
 * Batches whose records are kept. LevelDB replays at most two logs when it opens, each ended when its entries fill
 * 4 MiB of memory, where the smallest batch takes some 440 bytes: the ring always reaches back beyond the logs.
 */
export const RING_SLOTS = 32_768

/** The key in the ring of journals that the journal of a batch with this number has. */
export function journalKey(batch: bigint): Uint8Array {
  const slot = Number(batch % BigInt(JOURNAL_SLOTS))
  return Uint8Array.of(0, 2, slot >>> 8, slot & 0xff)
}

/** Batches whose journals are kept: many times as many as there are while a log takes to sync. */
export const JOURNAL_SLOTS = 2_048

/** The caller's key, kept apart from our own records. */
export function dataKey(key: Uint8Array): Uint8Array {
  const stored = new Uint8Array(1 + key.length)
  writeDataKey(stored, key)
  return stored
}

/** The same into `target`, which is one byte longer than the key. */
export function writeDataKey(target: Uint8Array, key: Uint8Array): void {
  target[0] = DATA
  target.set(key, 1)
}

/** The key as the caller wrote it. */
export function callerKey(stored: Uint8Array): Uint8Array {
  return new Uint8Array(stored.buffer, stored.byteOffset + 1, stored.length - 1)
}

/** The revision in a stored value. */
export function revisionOf(stored: Uint8Array): Revision {
  return new DataView(stored.buffer, stored.byteOffset, stored.length).getBigUint64(0)
}

/** The caller's entry in what is stored. */
export function entryOf(key: Uint8Array, stored: Uint8Array): Entry {
  const { buffer, byteOffset, length } = stored
  const value = new Uint8Array(buffer, byteOffset + REVISION_BYTES, length - REVISION_BYTES)
  return { key, value, revision: revisionOf(stored) }
}

/** First byte of every key of the caller. */
const DATA = 1

/** All keys of the caller. */
export const DATA_KEYS = { from: Uint8Array.of(DATA), to: Uint8Array.of(DATA + 1) }

/** Bytes of the revision before every stored value. */
export const REVISION_BYTES = 8
