import { settle } from '../model/lifecycle.ts'
import { isVendorReference } from '../model/attribute-reference.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { Criterion } from './filter-match.ts'
import { bucketOf, DUE_LEVELS, dueTerm } from './index-term.ts'
import type { ObjectSource } from './object-source.ts'
import { TermCursor } from './posting-cursor.ts'

/** No date-driven transition can be older than the protocol: 2000-01-01. */
const BEGINNING: DateTime = 946_684_800

/** Attributes whose stored value a date can overtake. */
const OVERTAKEN: ReadonlySet<string> = new Set(['State', 'LastChangeDate'])

/**
 * Writes down the changes of state that dates have brought about, so that the index of states tells the truth when it
 * is asked. Objects wait in buckets of their due date: after a start the wide ones are gone through once, from then on
 * only the narrow ones since the last look.
 */
export class DueObjects {
  readonly #source: ObjectSource
  /** Up to when the objects of each owner are settled. */
  readonly #settledUntil = new Map<string, DateTime>()

  constructor(source: ObjectSource) {
    this.#source = source
  }

  /** Settles what is due if a search asks for anything that dates change. */
  async settle(owner: string, now: DateTime, criteria: readonly Criterion[]): Promise<void> {
    const isAffected = criteria.some(
      ({ reference }) => !isVendorReference(reference) && OVERTAKEN.has(reference.name),
    )
    if (!isAffected) return
    const since = this.#settledUntil.get(owner)
    const level = since === undefined ? DUE_LEVELS[1] : DUE_LEVELS[0]
    for (
      let bucket = bucketOf(since ?? BEGINNING, level);
      bucket <= bucketOf(now, level);
      bucket += 1
    ) {
      await this.#settleBucket(owner, now, dueTerm(level, bucket))
    }
    this.#settledUntil.set(owner, now)
  }

  async #settleBucket(owner: string, now: DateTime, term: string): Promise<void> {
    const { reader, blind } = this.#source.searchSpace(owner)
    const cursor = new TermCursor(reader, blind(term))
    for (let posting = await cursor.peek(); posting !== undefined; posting = await cursor.peek()) {
      await this.#settleObject(posting.uniqueIdentifier, now)
      await cursor.seek(posting.sequence - 1n)
    }
  }

  async #settleObject(uniqueIdentifier: string, now: DateTime): Promise<void> {
    const before = await this.#source.read(uniqueIdentifier)
    if (before === undefined) return
    const object = settle(before.object, now)
    if (object === before.object) return
    // A conflict means that another writer has just settled it.
    await this.#source.write([{ object, sequence: before.sequence, before }])
  }
}
