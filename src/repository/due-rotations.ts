import { settle } from '../model/lifecycle.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import { rotationDate } from '../model/rotation.ts'
import type { DateTime } from '../schema/primitive.ts'
import { bucketOf, DUE_LEVELS, rotationTerm } from './index-term.ts'
import type { Place } from './keys.ts'
import type { ObjectSource } from './object-source.ts'
import { TermCursor } from './posting-cursor.ts'

/** No object is older than the protocol: 2000-01-01. */
const BEGINNING: DateTime = 946_684_800

/** An object that the server is to replace by itself. */
export interface DueRotation {
  readonly uniqueIdentifier: string
  readonly owner: string
  readonly place: Place
}

/** Which of them are wanted. */
export interface WantedRotations {
  readonly now: DateTime
  /** At most so many. */
  readonly limit: number
  readonly isLeftOut: (place: Place) => boolean
}

/**
 * Finds the objects of all owners that the server is to replace. They wait in buckets of the date at which they are
 * due: after a start those of the past are gone through, from then on what has come due since.
 */
export class DueRotations {
  readonly #source: ObjectSource
  /** What was due before this was given out. */
  #until: DateTime = BEGINNING

  constructor(source: ObjectSource) {
    this.#source = source
  }

  /** Learns of an object that was written: it may be due since a date that was looked at. */
  note(object: ManagedObject): void {
    const due = rotationDate(object)
    if (due !== undefined && due < this.#until) this.#until = Math.max(due, BEGINNING)
  }

  /**
   * Objects that have come due, in about the order of their dates. What is beyond the limit is there next time; what is
   * given is given once.
   */
  async take(wanted: WantedRotations): Promise<readonly DueRotation[]> {
    const { now } = wanted
    const from = this.#until
    this.#until = now
    const found: DueRotation[] = []
    try {
      for (const { level, bucket } of bucketsBetween(from, now)) {
        const isWhole = await this.#collect(rotationTerm(level, bucket), { ...wanted, from }, found)
        if (isWhole) continue
        this.#until = Math.min(this.#until, Math.max(from, bucket * 2 ** level))
        return found
      }
      return found
    } catch (error) {
      this.#until = Math.min(this.#until, from)
      throw error
    }
  }

  /** Whether all that a bucket holds was looked at. */
  async #collect(
    term: string,
    { now, from, limit, isLeftOut }: WantedRotations & { readonly from: DateTime },
    into: DueRotation[],
  ): Promise<boolean> {
    const { reader, blind } = this.#source.searchSpace(NOBODY)
    const cursor = new TermCursor(reader, blind(term))
    for (let posting = await cursor.peek(); posting !== undefined; posting = await cursor.peek()) {
      const stored = await this.#source.at(posting.place)
      const object = stored && settle(stored.object, now)
      const due = object && rotationDate(object)
      const isDue = due !== undefined && from <= due && due <= now
      if (object !== undefined && isDue && !isLeftOut(posting.place)) {
        if (into.length >= limit) return false
        const { uniqueIdentifier, owner } = object
        into.push({ uniqueIdentifier, owner, place: posting.place })
      }
      await cursor.seek(posting.sequence - 1n)
    }
    return true
  }
}

/** Buckets that cover a span of time, wide ones where they fit in whole. */
function* bucketsBetween(
  from: DateTime,
  to: DateTime,
): IterableIterator<{ readonly level: number; readonly bucket: number }> {
  const [narrow, wide] = DUE_LEVELS
  for (let at = from; at <= to;) {
    const wideBucket = bucketOf(at, wide)
    const isWide = (wideBucket + 1) * 2 ** wide <= to && to - at >= 2 ** wide
    const level = isWide ? wide : narrow
    const bucket = isWide ? wideBucket : bucketOf(at, narrow)
    yield { level, bucket }
    at = (bucket + 1) * 2 ** level
  }
}

/** The index is the server's own: it is over the objects of all tenants. */
const NOBODY = ''
