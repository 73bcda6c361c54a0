import type { Snapshot } from '../../port/store.ts'
import type { Head } from './head.ts'
import { Tally } from './tally.ts'
import type { StoreSeal } from './seal.ts'

/** A store as it was at one moment. Close the snapshot. */
export interface Moment {
  readonly snapshot: Snapshot
  /** Authenticated, in bytes, as it is kept apart from the store. */
  readonly anchor: Uint8Array
  /** How many entries there are. */
  readonly entries: number
  /** Begins to count what is read of it. */
  tally(): Tally
  /** What is wrong with what was read, for people; undefined when it is all that there was. */
  problem(tally: Tally): string | undefined
}

/** Joins a snapshot and the head of then. */
export function momentOf(
  snapshot: Snapshot,
  { head, anchor }: { readonly head: Head; readonly anchor: Uint8Array },
  seal: StoreSeal,
): Moment {
  return {
    snapshot,
    anchor,
    entries: head.contents.entries,
    tally: () => new Tally(seal),
    problem: (tally) => tally.problem(head.contents),
  }
}
