import type { ObjectDefaults } from '../model/creation-rules.ts'
import type { Journal } from '../port/store.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { Blinder } from './blinder.ts'
import type { StagedObject } from './change-set.ts'
import type { CommitPart } from './commit-part.ts'
import type { Check } from '../port/store.ts'
import type { Criterion } from './filter-match.ts'
import type { Place } from './keys.ts'
import type { SearchSpace } from './locate.ts'
import type { StoredObject } from './object-record.ts'
import type { RuleBook } from './rule-book.ts'

/** Where there is room for an object, and what says so. */
export interface FreePlace {
  readonly place: Place
  readonly checks: readonly Check[]
}

/** The objects of every tenant, as units of work see them. */
export interface ObjectSource {
  readonly blinder: Blinder
  /** What clients have laid down for their new objects. */
  readonly rules: RuleBook
  /** What new objects of a tenant get unless their clients say otherwise. */
  defaultsOf(tenant: string): readonly ObjectDefaults[]
  /** A number greater than that of every object so far. */
  nextSequence(): bigint
  /** Whether a key is there. */
  has(key: Uint8Array): Promise<boolean>
  /** What is stored in a place, whosever it is; undefined when nothing is. */
  at(place: Place): Promise<StoredObject | undefined>
  /**
   * The stored object of a tenant; undefined when it has none of this identifier. That another has one is not to be
   * told from that nobody has, nor does finding it out take longer.
   */
  read(uniqueIdentifier: string, tenant: string): Promise<StoredObject | undefined>
  /** Where an object of a tenant is to be whose identifier it has chosen, and what must hold for it then. */
  placeFor(uniqueIdentifier: string, tenant: string): Promise<FreePlace>
  /**
   * Writes objects, and whatever else goes with them, together; on a conflict nothing is written and what was read is
   * read anew next time.
   */
  write(
    staged: readonly StagedObject[],
    parts?: readonly CommitPart[],
    journal?: Journal,
  ): Promise<'done' | 'conflict'>
  /** Brings the states of objects up to date that a search by state would otherwise miss. */
  settleDue(tenant: string, now: DateTime, criteria: readonly Criterion[]): Promise<void>
  /** Where the objects of one tenant are looked up. */
  searchSpace(tenant: string): Omit<SearchSpace, 'find' | 'unwritten'>
}
