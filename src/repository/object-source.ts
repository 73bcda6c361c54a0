import type { DateTime } from '../schema/primitive.ts'
import type { Blinder } from './blinder.ts'
import type { StagedObject } from './change-set.ts'
import type { CommitPart } from './commit-part.ts'
import type { Criterion } from './filter-match.ts'
import type { SearchSpace } from './locate.ts'
import type { StoredObject } from './object-record.ts'
import type { RuleBook } from './rule-book.ts'

/** The objects of every owner, as units of work see them. */
export interface ObjectSource {
  readonly blinder: Blinder
  /** What clients have laid down for their new objects. */
  readonly rules: RuleBook
  /** A number greater than that of every object so far. */
  nextSequence(): bigint
  /** Whether a key is there. */
  has(key: Uint8Array): Promise<boolean>
  /** The stored object, whoever owns it; undefined when there is none. */
  read(uniqueIdentifier: string): Promise<StoredObject | undefined>
  /**
   * Writes objects, and whatever else goes with them, together; on a conflict nothing is written and what was read is
   * read anew next time.
   */
  write(
    staged: readonly StagedObject[],
    parts?: readonly CommitPart[],
  ): Promise<'done' | 'conflict'>
  /** Brings the states of objects up to date that a search by state would otherwise miss. */
  settleDue(owner: string, now: DateTime, criteria: readonly Criterion[]): Promise<void>
  /** Where the objects of one owner are looked up. */
  searchSpace(owner: string): Omit<SearchSpace, 'find' | 'unwritten'>
}
