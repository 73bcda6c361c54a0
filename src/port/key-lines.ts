/** A key-encryption key of a store. */
export interface EpochStatus {
  /** Counts the keys of the store, first 1. */
  readonly number: number
  /** Which line of keys it belongs to. */
  readonly line: string
  /** Whether it seals; else it only opens what it has sealed, and is to go. */
  readonly isSealing: boolean
  /** How often it has sealed, at most. */
  readonly seals: number
}

/** The key-encryption keys of a store, line by line. */
export interface KeyLines {
  list(): readonly EpochStatus[]
  /**
   * Begins a new epoch in a line: when it resolves the key is in the store, and whatever is sealed from then on is so
   * under it. Throws `OBJECT_NOT_FOUND` where there is no such line, and `UNAVAILABLE`.
   *
   * @returns its number
   */
  rotate(line: string): Promise<number>
  /**
   * Begins a line of keys: when it resolves its first is in the store, and what is of the line can be sealed. Throws
   * `OBJECT_EXISTS` and `UNAVAILABLE`.
   *
   * @returns the number of that epoch
   */
  begin(line: string): Promise<number>
  /**
   * Takes all keys of a line out of the store and of memory: what was sealed under them can never be opened again. Where
   * there is no such line nothing happens.
   */
  end(line: string): Promise<void>
  /** Takes epochs that no longer seal out of the store and of memory. Nothing may be sealed under them any more. */
  retire(numbers: readonly number[]): Promise<void>
  /** Writes down how often the keys have sealed, where that has become much more than what was written last. */
  keepCounts(): Promise<void>
}
