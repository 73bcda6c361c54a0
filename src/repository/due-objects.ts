import { KmipFault } from '../fault/fault.ts'
import { dueDate, settle } from '../model/lifecycle.ts'
import { tenantOf, type ManagedObject } from '../model/managed-object.ts'
import { isVendorReference } from '../model/attribute-reference.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { Criterion } from './filter-match.ts'
import { bucketOf, DUE_LEVELS, dueTerm } from './index-term.ts'
import type { Place } from './keys.ts'
import type { ObjectSource } from './object-source.ts'
import { TermCursor } from './posting-cursor.ts'

/** No date-driven transition can be older than the protocol: 2000-01-01. */
const BEGINNING: DateTime = 946_684_800

/** Attributes whose stored value a date can overtake. */
const OVERTAKEN: ReadonlySet<string> = new Set(['State', 'LastChangeDate'])

/** How far the objects of one tenant are settled. */
interface Progress {
  /** Nothing was due before this that is not settled. */
  until: DateTime
  /** Nothing is due before this. */
  next: DateTime
}

/**
 * Writes down the changes of state that dates have brought about, so that the index of states tells the truth when it
 * is asked. Objects wait in buckets of their due date: after a start the wide ones are gone through once, from then on
 * only the narrow ones since the last look, and none while nothing is due.
 */
export class DueObjects {
  readonly #source: ObjectSource
  readonly #progress = new Map<string, Progress>()
  /** The last look at the objects of each tenant: a search must not run ahead of one that is under way. */
  readonly #looks = new Map<string, Promise<void>>()

  constructor(source: ObjectSource) {
    this.#source = source
  }

  /** Settles what is due if a search asks for anything that dates change. */
  async settle(tenant: string, now: DateTime, criteria: readonly Criterion[]): Promise<void> {
    const isAffected = criteria.some(
      ({ reference }) => !isVendorReference(reference) && OVERTAKEN.has(reference.name),
    )
    if (!isAffected) return
    const before = this.#looks.get(tenant)
    const look = this.#lookAfter(before, tenant, now)
    this.#looks.set(tenant, look)
    try {
      await look
    } finally {
      if (this.#looks.get(tenant) === look) this.#looks.delete(tenant)
    }
  }

  /** Learns of an object that was written; a message that began earlier may have left one due in what is settled. */
  note(object: ManagedObject): void {
    const progress = this.#progress.get(tenantOf(object))
    const due = dueDate(object)
    if (progress === undefined || due === undefined) return
    progress.until = Math.min(progress.until, due)
    progress.next = Math.min(progress.next, due)
  }

  async #lookAfter(
    before: Promise<void> | undefined,
    tenant: string,
    now: DateTime,
  ): Promise<void> {
    // Whether the look before failed is told to those who asked for it.
    await before?.catch(() => undefined)
    const progress = this.#progress.get(tenant)
    if (progress !== undefined && now < progress.next) return
    const since = progress?.until
    // What is written from here on is noted, and looked at next time.
    const ahead: Progress = { until: now, next: Infinity }
    this.#progress.set(tenant, ahead)
    try {
      await this.#settleSince(tenant, since, now)
    } catch (error) {
      if (since === undefined) this.#progress.delete(tenant)
      else ahead.until = Math.min(ahead.until, since)
      ahead.next = -Infinity
      throw error
    }
    ahead.next = Math.min(ahead.next, startOfBucketAfter(now))
  }

  async #settleSince(tenant: string, since: DateTime | undefined, now: DateTime): Promise<void> {
    const from = Math.max(since ?? BEGINNING, BEGINNING)
    const [narrow, wide] = DUE_LEVELS
    const level = bucketOf(now - from, narrow) < MANY_BUCKETS ? narrow : wide
    for (let bucket = bucketOf(from, level); bucket <= bucketOf(now, level); bucket += 1) {
      await this.#settleBucket(tenant, now, dueTerm(level, bucket))
    }
  }

  async #settleBucket(tenant: string, now: DateTime, term: string): Promise<void> {
    const { reader, blind } = this.#source.searchSpace(tenant)
    const cursor = new TermCursor(reader, blind(term))
    for (let posting = await cursor.peek(); posting !== undefined; posting = await cursor.peek()) {
      await this.#settleObject(posting.place, now)
      await cursor.seek(posting.sequence - 1n)
    }
  }

  async #settleObject(place: Place, now: DateTime): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const before = await this.#source.at(place)
      if (before === undefined) return
      const object = settle(before.object, now)
      if (object === before.object) {
        this.note(object)
        return
      }
      const staged = { object, place, sequence: before.sequence, before }
      if ((await this.#source.write([staged])) === 'done') return
    }
    throw new KmipFault('CONFLICT', 'Other clients keep changing the objects')
  }
}

function startOfBucketAfter(now: DateTime): DateTime {
  const [level] = DUE_LEVELS
  return (bucketOf(now, level) + 1) * 2 ** level
}

/** So many narrow buckets take longer to go through than the wide ones. */
const MANY_BUCKETS = 256

/** How often an object is tried again that another writer has just changed. */
const ATTEMPTS = 20
