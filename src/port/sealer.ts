import type { Secret } from '../secret/secret.ts'

/** What a sealed record is bound to: opening it as anything else fails. */
export interface RecordLabel {
  /** Which family of records, as in `object`. */
  readonly keyspace: string
  /** The record's own identifier. */
  readonly id: Uint8Array
  /** Counts the writes of this record, first 1. */
  readonly version: number
  /** The Object Type, or 0 where there is none. */
  readonly type: number
  /** The line of key-encryption keys that it is sealed under; without it that of whatever is in no namespace. */
  readonly line?: string | undefined
}

/** Encrypts records for the disk and blinds what must be found there without being read. */
export interface Sealer {
  /** Encrypts and authenticates under a key of its own. */
  seal(label: RecordLabel, plaintext: Uint8Array): Uint8Array
  /** Throws `UNAVAILABLE` when the record was altered, moved or is not ours. */
  open(label: RecordLabel, sealed: Uint8Array): Secret
  /**
   * A keyed hash of 16 bytes: equal inputs have equal outputs, and nothing else can be told from them.
   *
   * @param purpose - keeps equal inputs of different use apart
   */
  blind(purpose: string, input: Uint8Array): Uint8Array
  /** Forgets every key. */
  destroy(): void
}

/**
 * A sealer whose key-encryption keys are changed while it is used. Each belongs to a line, the newest of a line seals,
 * and the others open what they sealed until nothing of it is left.
 *
 * What is sealed is to be committed in the same turn of the event loop, or looked at by {@link isCurrent} before it is:
 * a record that is committed later could be under a key that is gone.
 */
export interface EpochSealer extends Sealer {
  /** Whether what was sealed is under a key that seals now. */
  isCurrent(sealed: Uint8Array): boolean
  /** The same record, its data key under the key that seals now. Throws what {@link Sealer.open} throws. */
  rewrap(label: RecordLabel, sealed: Uint8Array): Uint8Array
  /** Keeps the keys that leave from now on for as long as old states of the store are read: until what it returns is called. */
  hold(): () => void
}
