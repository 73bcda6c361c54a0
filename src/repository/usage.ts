import { tenantOf, type ManagedObject } from '../model/managed-object.ts'
import type { Revision, Store } from '../port/store.ts'
import type { Blinder } from './blinder.ts'
import { ownerTerm, statusTerm } from './index-term.ts'
import { objectKey, type Place } from './keys.ts'
import { intersection, TermCursor, UnionCursor } from './posting-cursor.ts'

/** What a tenant, or a client of it, has: objects that are not destroyed. */
export interface Usage {
  readonly objects: number
  /** Of their records, as they are stored. */
  readonly bytes: number
}

/** Whose objects are counted. */
export interface Holder {
  readonly tenant: string
  /** One client of the tenant; all of them where it is absent. */
  readonly owner?: string
}

/** An object before or after a change, with the length of its record. */
export interface Sized {
  readonly object: ManagedObject
  readonly bytes: number
}

/** What became of the object in a place. */
export interface UsageChange {
  readonly place: Place
  readonly before: Sized | undefined
  /** Undefined for an object of which nothing is left. */
  readonly after: Sized | undefined
}

/** The record of an object, by the commit that wrote it; 0 bytes of one that is not counted. */
interface Written {
  readonly revision: Revision
  readonly bytes: number
}

interface Count {
  objects: number
  bytes: number
  /** While the first count goes on: what was written since it began, newest. */
  since: Map<Place, Written> | undefined
  readonly isReady: Promise<void>
}

/**
 * Counts what tenants and clients have: once, when it is first asked for, from the indexes and the lengths of the
 * records, of which none is opened; from then on by what is written.
 */
export class UsageBook {
  readonly #store: Store
  readonly #blinder: Blinder
  readonly #counts = new Map<string, Count>()

  constructor(store: Store, blinder: Blinder) {
    this.#store = store
    this.#blinder = blinder
  }

  /** Throws what the store throws. */
  async of(holder: Holder): Promise<Usage> {
    const key = keyOf(holder)
    const count = this.#counts.get(key) ?? this.#begin(key, holder)
    await count.isReady
    return { objects: count.objects, bytes: count.bytes }
  }

  /** The same where it is counted already. */
  known(holder: Holder): Usage | undefined {
    const count = this.#counts.get(keyOf(holder))
    if (count === undefined || count.since !== undefined) return undefined
    return { objects: count.objects, bytes: count.bytes }
  }

  /** Learns of what was written. */
  note({ place, before, after }: UsageChange, revision: Revision): void {
    if (this.#counts.size === 0) return
    const gone = before === undefined ? [] : this.#countsOf(before.object)
    const come = after === undefined ? [] : this.#countsOf(after.object)
    for (const count of new Set([...gone, ...come])) {
      const was = gone.includes(count) ? bytesOf(before) : 0
      const is = come.includes(count) ? bytesOf(after) : 0
      if (count.since !== undefined) noteNewest(count.since, place, { revision, bytes: is })
      else {
        count.objects += Math.sign(is) - Math.sign(was)
        count.bytes += is - was
      }
    }
  }

  #countsOf(object: ManagedObject): readonly Count[] {
    const tenant = tenantOf(object)
    const keys = [keyOf({ tenant }), keyOf({ tenant, owner: object.owner })]
    return keys.flatMap((key) => this.#counts.get(key) ?? [])
  }

  #begin(key: string, holder: Holder): Count {
    const since: Count['since'] = new Map()
    const isReady = Promise.resolve().then(async () => this.#take(count, holder))
    const count: Count = { objects: 0, bytes: 0, since, isReady }
    this.#counts.set(key, count)
    isReady.catch(() => this.#counts.delete(key))
    return count
  }

  async #take(count: Count, holder: Holder): Promise<void> {
    const sizes = await this.#sizes(holder)
    // Whatever the snapshot may hold has been told of once this is through.
    await this.#store.commit({ checks: [], puts: [], dels: [] })
    for (const [place, { bytes }] of count.since ?? []) sizes.set(place, bytes)
    const present = [...sizes.values()].filter((bytes) => bytes > 0)
    count.objects = present.length
    count.bytes = present.reduce((sum, bytes) => sum + bytes, 0)
    count.since = undefined
  }

  /** The length of each record, by the place of its object. */
  async #sizes({ tenant, owner = tenant }: Holder): Promise<Map<Place, number>> {
    const sizes = new Map<Place, number>()
    const snapshot = await this.#store.snapshot()
    const cursor = (term: string) => new TermCursor(snapshot, this.#blinder.term(tenant, term))
    const living = new UnionCursor([cursor(statusTerm('online')), cursor(statusTerm('archived'))])
    // A client that is a tenant by itself owns all that it has, and no index says so.
    const cursors = owner === tenant ? [living] : [living, cursor(ownerTerm(owner))]
    try {
      let page: Place[] = []
      const measure = async () => {
        const records = await snapshot.getMany(page.map(objectKey))
        for (const [at, place] of page.entries()) sizes.set(place, records[at]?.value.length ?? 0)
        page = []
      }
      for await (const { place } of intersection(cursors)) {
        page.push(place)
        if (page.length === PAGE) await measure()
      }
      await measure()
      return sizes
    } finally {
      await snapshot.close()
    }
  }
}

/** Commits may be told of in another order than they were made in. */
function noteNewest(since: NonNullable<Count['since']>, place: Place, written: Written): void {
  const known = since.get(place)
  if (known === undefined || known.revision < written.revision) since.set(place, written)
}

/** Destroyed objects are not counted. */
function bytesOf(sized: Sized | undefined): number {
  return sized?.object.content === undefined ? 0 : sized.bytes
}

function keyOf({ tenant, owner = '' }: Holder): string {
  return `${tenant}\u0000${owner}`
}

/** Records measured at once. */
const PAGE = 64
