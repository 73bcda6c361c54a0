import type { ManagedObject, StorageStatus } from '../model/managed-object.ts'
import { storageStatusOf } from '../model/managed-object.ts'
import { isVendorReference, type AttributeReference } from '../model/attribute-reference.ts'
import type { StoreReader } from '../port/store.ts'
import { ItemType } from '../ttlv/item.ts'
import { identifierAt } from './keys.ts'
import { asksForAbsence, dateRange, matchesAll, type Criterion } from './filter-match.ts'
import {
  DATE_LEVELS,
  WIDEST_LEVEL,
  dateBucket,
  dateTerm,
  ownerTerm,
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
  /** Only those of one owner. */
  readonly owner?: string
  /** Of the objects that match, those to be found and counted: all of them where it is absent. */
  readonly accepts?: (object: ManagedObject) => boolean
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

/** Where the objects of one tenant are looked up. */
export interface SearchSpace {
  readonly tenant: string
  readonly reader: StoreReader
  blind(term: IndexTerm): Uint8Array
  /** The object as it is now; undefined when there is none of that tenant's. */
  find(uniqueIdentifier: string): Promise<ManagedObject | undefined>
  /** Matching objects that are about to be written and that no index knows, newest first. */
  readonly unwritten: readonly Posting[]
}

/** Matching objects are not counted beyond this. */
const COUNTED = 1_000

/** A range of dates is looked up in at most so many buckets: as many as there are of the widest. */
const MAXIMUM_BUCKETS = 66

/**
 * Finds objects by indexes (KMIP 1.4 section 4.9, KMIP 2.1 section 6.1.28). Every object that an index names is looked
 * at before it is given, so that an index can miss but never mislead.
 */
export async function locate(space: SearchSpace, query: ObjectQuery): Promise<LocatedObjects> {
  const found: string[] = []
  let matched = 0
  for await (const { place } of merged(space.unwritten, candidates(space, query))) {
    const uniqueIdentifier = identifierAt(place)
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
export function isWanted(object: ManagedObject, query: ObjectQuery): boolean {
  const { criteria, statuses, owner, accepts } = query
  return (
    statuses.includes(storageStatusOf(object)) &&
    (owner === undefined || object.owner === owner) &&
    matchesAll(object, criteria) &&
    accepts?.(object) !== false
  )
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

/** Both, each object once, newest first. */
async function* merged(
  unwritten: readonly Posting[],
  stored: AsyncIterable<Posting>,
): AsyncIterableIterator<Posting> {
  const identifiers = new Set(unwritten.map(({ place }) => identifierAt(place)))
  const waiting = [...unwritten]
  for await (const posting of stored) {
    while (waiting[0] !== undefined && waiting[0].sequence > posting.sequence) {
      yield waiting[0]
      waiting.shift()
    }
    if (!identifiers.has(identifierAt(posting.place))) yield posting
  }
  yield* waiting
}

async function* candidates(space: SearchSpace, query: ObjectQuery): AsyncIterableIterator<Posting> {
  const named = namedIdentifier(query)
  if (named !== undefined) {
    yield { sequence: 0n, place: named }
    return
  }
  const cursors = [
    ...query.criteria.flatMap((criterion) => cursorsOf(space, criterion)),
    ...ownerCursors(space, query),
  ]
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

/** Nobody else has objects in the space of a client that is a tenant by itself: no index tells of their owner. */
function ownerCursors(space: SearchSpace, { owner }: ObjectQuery): readonly PostingCursor[] {
  return owner === undefined || owner === space.tenant ? [] : [cursorOf(space, ownerTerm(owner))]
}

function cursorOf(space: SearchSpace, term: IndexTerm): PostingCursor {
  return new TermCursor(space.reader, space.blind(term))
}

/** The lists an object must stand in to match a criterion; none when the indexes cannot tell. */
function cursorsOf(space: SearchSpace, criterion: Criterion): readonly PostingCursor[] {
  const { reference, items } = criterion
  if (asksForAbsence(criterion)) return []
  const range = dateRange(items)
  if (range !== undefined) return [dateCursor(space, reference, range)]
  if (!isVendorReference(reference) && reference.name === 'UsageLimits') {
    return [cursorOf(space, presenceTerm(reference))]
  }
  const dates = items.filter((item) => item.type === ItemType.DateTime)
  const others = items.filter((item) => item.type !== ItemType.DateTime)
  const terms = new Set(others.flatMap((item) => valueTerms(reference, item)))
  return [
    ...Array.from(terms, (term) => cursorOf(space, term)),
    ...dates.map(({ value }) => dateCursor(space, reference, [value, value])),
  ]
}

/** The buckets of the finest level at which a range has few. */
function dateCursor(
  space: SearchSpace,
  reference: AttributeReference,
  [earliest, latest]: readonly [bigint, bigint],
): PostingCursor {
  const spanOf = (level: number) => {
    const first = dateBucket(earliest, level)
    return { first, count: dateBucket(latest, level) - first + 1 }
  }
  const level = DATE_LEVELS.find((each) => spanOf(each).count <= MAXIMUM_BUCKETS) ?? WIDEST_LEVEL
  const { first, count } = spanOf(level)
  const cursors = Array.from({ length: count }, (_, index) =>
    cursorOf(space, dateTerm(reference, level, first + index)),
  )
  return cursors.length === 1 && cursors[0] !== undefined ? cursors[0] : new UnionCursor(cursors)
}
