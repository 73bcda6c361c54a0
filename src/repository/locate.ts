import type { ManagedObject, StorageStatus } from '../model/managed-object.ts'
import { storageStatusOf } from '../model/managed-object.ts'
import { isVendorReference } from '../model/attribute-reference.ts'
import type { StoreReader } from '../port/store.ts'
import { ItemType } from '../ttlv/item.ts'
import { asksForAbsence, dateRange, matchesAll, type Criterion } from './filter-match.ts'
import {
  DATE_LEVELS,
  bucketOf,
  dateTerm,
  presenceTerm,
  statusTerm,
  valueTerms,
  type IndexTerm,
} from './index-term.ts'
import {
  intersection,
  TermCursor,
  UnionCursor,
  type Posting,
  type PostingCursor,
} from './posting-cursor.ts'

/** What is searched for, and which part of the answer is wanted. */
export interface ObjectQuery {
  readonly criteria: readonly Criterion[]
  readonly statuses: readonly StorageStatus[]
  /** Matching objects to pass over, newest first. */
  readonly offset: number
  /** At most so many objects. */
  readonly limit: number
  /** Whether the number of all matching objects is wanted. */
  readonly count: boolean
}

export interface LocatedObjects {
  readonly uniqueIdentifiers: readonly string[]
  /** How many match in all; absent when that was not asked for or would take too long to tell. */
  readonly total?: number
}

/** Where the objects of one owner are looked up. */
export interface SearchSpace {
  readonly reader: StoreReader
  blind(term: IndexTerm): Uint8Array
  /** The object as it is now; undefined when there is none of that owner's. */
  find(uniqueIdentifier: string): Promise<ManagedObject | undefined>
}

/** Matching objects are not counted beyond this. */
const COUNTED = 1_000

/** A range of dates is looked up in at most so many buckets. */
const MAXIMUM_BUCKETS = 64

/**
 * Finds objects by indexes (KMIP 1.4 section 4.9, KMIP 2.1 section 6.1.28). Every object that an index names is looked
 * at before it is given, so that an index can miss but never mislead.
 */
export async function locate(space: SearchSpace, query: ObjectQuery): Promise<LocatedObjects> {
  const found: string[] = []
  let matched = 0
  for await (const { uniqueIdentifier } of candidates(space, query)) {
    const object = await space.find(uniqueIdentifier)
    if (object === undefined || !isWanted(object, query)) continue
    matched += 1
    if (matched > query.offset && found.length < query.limit) found.push(uniqueIdentifier)
    const isComplete = found.length >= query.limit
    if (isComplete && !query.count) break
    if (isComplete && matched > COUNTED) return { uniqueIdentifiers: found }
  }
  return query.count ? { uniqueIdentifiers: found, total: matched } : { uniqueIdentifiers: found }
}

/** Whether an object is one that a query asks for. */
export function isWanted(object: ManagedObject, { criteria, statuses }: ObjectQuery): boolean {
  return statuses.includes(storageStatusOf(object)) && matchesAll(object, criteria)
}

/** The identifier that a query names, if it names one. */
function namedIdentifier({ criteria }: ObjectQuery): string | undefined {
  for (const { reference, items } of criteria) {
    const [item] = items
    if (isVendorReference(reference) || reference.name !== 'UniqueIdentifier') continue
    if (item?.type === ItemType.TextString) return new TextDecoder().decode(item.value)
  }
  return undefined
}

async function* candidates(space: SearchSpace, query: ObjectQuery): AsyncIterableIterator<Posting> {
  const named = namedIdentifier(query)
  if (named !== undefined) {
    yield { sequence: 0n, uniqueIdentifier: named }
    return
  }
  const cursors = query.criteria.flatMap((criterion) => cursorsOf(space, criterion))
  const byStatus = new UnionCursor(
    query.statuses.map((status) => cursorOf(space, statusTerm(status))),
  )
  for (const cursor of cursors) {
    const few = await cursor.few()
    if (few === undefined) continue
    yield* few
    return
  }
  yield* intersection([...cursors, byStatus])
}

function cursorOf(space: SearchSpace, term: IndexTerm): PostingCursor {
  return new TermCursor(space.reader, space.blind(term))
}

/** The lists an object must stand in to match a criterion; none when the indexes cannot tell. */
function cursorsOf(space: SearchSpace, criterion: Criterion): readonly PostingCursor[] {
  const { reference, items } = criterion
  if (asksForAbsence(criterion)) return []
  const range = dateRange(items)
  if (range !== undefined) return dateCursors(space, criterion, range)
  if (!isVendorReference(reference) && reference.name === 'UsageLimits') {
    return [cursorOf(space, presenceTerm(reference))]
  }
  const terms = new Set(items.flatMap((item) => valueTerms(reference, item)))
  return Array.from(terms, (term) => cursorOf(space, term))
}

/** The buckets of the finest level at which a range has few. */
function dateCursors(
  space: SearchSpace,
  { reference }: Criterion,
  [earliest, latest]: readonly [bigint, bigint],
): readonly PostingCursor[] {
  for (const level of DATE_LEVELS) {
    const first = bucketOf(earliest, level)
    const count = bucketOf(latest, level) - first + 1
    if (count > MAXIMUM_BUCKETS) continue
    const buckets = Array.from({ length: count }, (_, index) => first + index)
    const cursors = buckets.map((bucket) => cursorOf(space, dateTerm(reference, level, bucket)))
    return [
      cursors.length === 1 && cursors[0] !== undefined ? cursors[0] : new UnionCursor(cursors),
    ]
  }
  return []
}
