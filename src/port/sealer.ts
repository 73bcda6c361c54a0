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
