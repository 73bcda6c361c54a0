/** Numbers the commits of a store, first 1; each key carries the number of the commit that wrote it last. */
export type Revision = bigint

/** One key with its value. Keys are ordered bytewise. */
export interface Entry {
  readonly key: Uint8Array
  readonly value: Uint8Array
  readonly revision: Revision
}

/** Keys from `from` (included) up to `to` (not included). */
export interface KeyRange {
  readonly from: Uint8Array
  readonly to: Uint8Array
}

export interface ScanOptions {
  /** At most this many entries. */
  readonly limit: number
  /** Last key first. */
  readonly reverse?: boolean
}

/** What can be read, of the store as it is or of a snapshot. */
export interface StoreReader {
  get(key: Uint8Array): Promise<Entry | undefined>
  /** In the order of the keys asked for. */
  getMany(keys: readonly Uint8Array[]): Promise<readonly (Entry | undefined)[]>
  scan(range: KeyRange, options: ScanOptions): Promise<readonly Entry[]>
}

/** A view of one moment. Close it: engines keep old values for it. */
export interface Snapshot extends StoreReader {
  close(): Promise<void>
}

/** What must still hold for a commit to happen: the key's revision as it was read, or that there is no such key. */
export interface Check {
  readonly key: Uint8Array
  readonly revision: Revision | 'absent'
}

/** A value that a commit writes. */
export interface Put {
  readonly key: Uint8Array
  readonly value: Uint8Array
  /**
   * The caller knows that nothing is under the key, so that nobody has to look. It must be right: the store counts by
   * it what it holds.
   */
  readonly isFresh?: boolean
}

/** Lines of the audit that are stored with a commit, so that one sync makes both durable. */
export interface Journal {
  /** They are in the log already, which may lose them until it has synced. */
  readonly intents: readonly Uint8Array[]
  /** They go to the log as soon as the commit is durable, before anyone is told that it is. */
  readonly outcomes: readonly Uint8Array[]
}

/** All of it happens, durably, or none. No key is both in `puts` and `dels`. */
export interface Commit {
  readonly checks: readonly Check[]
  readonly puts: readonly Put[]
  readonly dels: readonly Uint8Array[]
  /** For a {@link JournalledStore} alone, one whose journals go to a log. */
  readonly journal?: Journal | undefined
}

/** `conflict`: a check did not hold and nothing was written. */
export type CommitOutcome = { readonly revision: Revision } | 'conflict'

/**
 * An ordered key-value space with atomic, checked, durable commits. Values are opaque here; what must not be read on
 * disk is sealed before it comes. See docs/adr for why checks name single keys.
 *
 * Throws a `KmipFault` `SERVER_LIMIT` for a commit over {@link STORE_LIMITS} and `UNAVAILABLE` when the engine failed.
 */
export interface Store extends StoreReader {
  snapshot(): Promise<Snapshot>
  /** Resolves once the commit is on stable storage. */
  commit(commit: Commit): Promise<CommitOutcome>
  close(): Promise<void>
}

/** The log that the outcomes of journals go to. */
export interface JournalLog {
  /** Lines that were appended so far: the place of the next one. */
  readonly size: number
  /** Takes in a line. It must not throw: what cannot be written yet is written before anything else is. */
  append(line: Uint8Array): void
  /** Resolves once all that was appended so far outlives the machine. Throws `UNAVAILABLE`. */
  synced(): Promise<void>
}

/** What a log may have lost of the journals of a store. */
export interface LostLines {
  /** No outcome of theirs is in the log before this place. */
  readonly from: number
  /** In the order in which their commits happened: of each its intents and then its outcomes. */
  readonly lines: readonly Uint8Array[]
}

/** A store that keeps journals for a log: each until the log has synced it. */
export interface JournalledStore extends Store {
  /** What the log may have lost. Throws `UNAVAILABLE` where a journal is not what was written. */
  lostLines(): Promise<LostLines>
  /** From now on outcomes go to a log, which has synced whatever {@link lostLines} gives. */
  keepJournalsFor(log: JournalLog): void
}

/** What every engine can hold. */
export const STORE_LIMITS = {
  keyBytes: 1024,
  valueBytes: 1_048_576,
  /** Puts and deletions of one commit. */
  operations: 10_000,
} as const
