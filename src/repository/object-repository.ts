import type { ObjectDefaults } from '../model/creation-rules.ts'
import { settle } from '../model/lifecycle.ts'
import { tenantOf } from '../model/managed-object.ts'
import type { ObjectChange } from '../model/object-change.ts'
import type { Sealer } from '../port/sealer.ts'
import type { Commit, Journal, Revision, Store } from '../port/store.ts'
import type { DateTime } from '../schema/primitive.ts'
import { blinderOf, type Blinder } from './blinder.ts'
import { commitOf, nextVersion, type StagedObject } from './change-set.ts'
import { Decoy } from './decoy.ts'
import { DueObjects } from './due-objects.ts'
import { DueRotations } from './due-rotations.ts'
import type { CommitPart } from './commit-part.ts'
import type { Criterion } from './filter-match.ts'
import {
  NEWEST,
  besideRange,
  objectKey,
  objectOfKey,
  placeBeside,
  placeOf,
  sequenceOfKey,
  sequenceRange,
  type Place,
} from './keys.ts'
import type { SearchSpace } from './locate.ts'
import { ObjectCache } from './object-cache.ts'
import type { FreePlace, ObjectSource } from './object-source.ts'
import { openObject, type StoredObject } from './object-record.ts'
import { Quotas, type QuotaOf } from './quota.ts'
import { Retirement } from './retirement.ts'
import { RuleBook } from './rule-book.ts'
import { UsageBook } from './usage.ts'
import { UnitOfWork, type UnitScope } from './unit-of-work.ts'

export interface RepositoryOptions {
  /** Objects kept opened in memory. */
  readonly cachedObjects: number
  /** How much tenants and clients may have; without bounds where nothing is said. */
  readonly quotaOf?: QuotaOf
  /** What new objects of a tenant get unless their clients say otherwise; nothing where it is absent. */
  readonly defaultsOf?: ((tenant: string) => readonly ObjectDefaults[] | undefined) | undefined
}

/** The managed objects of every tenant: sealed records in a store, and the indexes they are found by. */
export class ObjectRepository implements ObjectSource {
  readonly blinder: Blinder
  readonly rules: RuleBook
  /** The objects that the server is to replace by itself. */
  readonly rotations: DueRotations
  /** How much tenants and clients have. */
  readonly usage: UsageBook
  readonly #store: Store
  readonly #sealer: Sealer
  readonly #quotas: Quotas
  readonly #options: RepositoryOptions
  readonly #decoy: Decoy
  readonly #retirement = new Retirement()
  readonly #cache: ObjectCache
  readonly #due: DueObjects
  readonly #observers = new Set<(change: ObjectChange) => void>()
  #sequence: bigint
  #lastTurn: Promise<unknown> = Promise.resolve()

  private constructor(store: Store, sealer: Sealer, options: RepositoryOptions, sequence: bigint) {
    this.#store = store
    this.#sealer = sealer
    this.#sequence = sequence
    this.#cache = new ObjectCache(options.cachedObjects, this.#retirement)
    this.#options = options
    this.#decoy = new Decoy(sealer)
    this.blinder = blinderOf(sealer)
    this.usage = new UsageBook(store, this.blinder)
    this.#quotas = new Quotas(options.quotaOf ?? noQuota, this.usage)
    this.rules = new RuleBook(store, sealer)
    this.rotations = new DueRotations(this)
    this.#due = new DueObjects(this)
  }

  /** Opens the repository in a store that no other process writes to. */
  static async open(
    store: Store,
    sealer: Sealer,
    options: RepositoryOptions,
  ): Promise<ObjectRepository> {
    const [newest] = await store.scan(sequenceRange(NEWEST), { limit: 1 })
    const sequence = newest === undefined ? 0n : sequenceOfKey(newest.key)
    return new ObjectRepository(store, sealer, options, sequence)
  }

  /** Begins to work on the objects of one tenant. */
  begin(scope: UnitScope): UnitOfWork {
    return new UnitOfWork(this, scope)
  }

  /**
   * Calls `observer` for each change once it is stored, until what is returned is called. It must not throw, nor keep
   * what is secret of an object.
   */
  observe(observer: (change: ObjectChange) => void): () => void {
    this.#observers.add(observer)
    return () => {
      this.#observers.delete(observer)
    }
  }

  /** Marks the begin of a message that may hold key material; call what it returns once the answer is encoded. */
  enter(): () => void {
    return this.#retirement.enter()
  }

  /** Runs pieces of work one after the other: those that lost a race against another writer. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(work)
    this.#lastTurn = turn.catch(() => undefined)
    return turn
  }

  defaultsOf(tenant: string): readonly ObjectDefaults[] {
    return this.#options.defaultsOf?.(tenant) ?? []
  }

  nextSequence(): bigint {
    this.#sequence += 1n
    return this.#sequence
  }

  async has(key: Uint8Array): Promise<boolean> {
    return (await this.#store.get(key)) !== undefined
  }

  async at(place: Place): Promise<StoredObject | undefined> {
    return this.#cache.load(place, async () => {
      const entry = await this.#store.get(objectKey(place))
      return entry && openObject(this.#sealer, place, entry)
    })
  }

  async read(uniqueIdentifier: string, tenant: string): Promise<StoredObject | undefined> {
    if (!isIdentifier(uniqueIdentifier)) return undefined
    const held = this.#cache.held(uniqueIdentifier)
    if (held !== undefined && tenantOf(held.object) === tenant) return held
    if (held === undefined) {
      const stored = await this.at(uniqueIdentifier)
      if (stored === undefined) this.#decoy.open()
      else if (tenantOf(stored.object) === tenant) return stored
    } else {
      // What is in memory takes as long as what is not there.
      await this.#store.get(objectKey(uniqueIdentifier))
      this.#decoy.open()
    }
    return this.at(this.#placeBeside(uniqueIdentifier, tenant))
  }

  async placeFor(uniqueIdentifier: string, tenant: string): Promise<FreePlace> {
    const usual = objectKey(uniqueIdentifier)
    const taken = await this.#store.get(usual)
    const beside = this.#placeBeside(uniqueIdentifier, tenant)
    const there = taken && (await this.at(uniqueIdentifier))
    // Two of the tenant's own must not come to be, one in each place; one that came since is met by the commit.
    return there === undefined || tenantOf(there.object) === tenant
      ? { place: uniqueIdentifier, checks: [{ key: objectKey(beside), revision: 'absent' }] }
      : { place: beside, checks: [{ key: usual, revision: there.revision }] }
  }

  /** The objects of all tenants that have an identifier: for those who run the server, never for a client. */
  async everyOf(uniqueIdentifier: string): Promise<readonly StoredObject[]> {
    if (!isIdentifier(uniqueIdentifier)) return []
    const usual = await this.at(uniqueIdentifier)
    const others = await this.#store.scan(besideRange(uniqueIdentifier), { limit: MOST_BESIDE })
    const places = others.flatMap(({ key }) => objectOfKey(key) ?? [])
    const beside = await Promise.all(places.map(async (place) => this.at(place)))
    return [usual, ...beside].filter((stored) => stored !== undefined)
  }

  async write(
    staged: readonly StagedObject[],
    parts: readonly CommitPart[] = [],
    journal?: Journal,
  ): Promise<'done' | 'conflict'> {
    const others = parts.map(({ changes }) => changes)
    const { sizes, checks, puts, dels } = commitOf(staged, this.#sealer, this.blinder, others)
    const reserved = this.#quotas.reserve(staged, sizes)
    const release = reserved instanceof Promise ? await reserved : reserved
    try {
      const outcome = await this.#commit(staged, { checks, puts, dels, journal })
      if (outcome === 'conflict') return 'conflict'
      for (const [index, each] of staged.entries()) {
        this.#keep(each, sizes[index] ?? 0, outcome.revision)
      }
    } finally {
      // Not before it is counted as written.
      release()
    }
    for (const part of parts) part.stored()
    if (this.#observers.size > 0) this.#tell(staged)
    return 'done'
  }

  /** Takes note that a record that is otherwise what it was has another revision now. */
  revise(key: Uint8Array, from: Revision, to: Revision): void {
    const place = objectOfKey(key)
    if (place !== undefined) this.#cache.revise(place, from, to)
  }

  /** Takes note of an object that is stored now. */
  #keep(staged: StagedObject, bytes: number, revision: Revision): void {
    const { object, place, sequence, before, isErased } = staged
    const isGone = isErased === true
    this.usage.note({ place, before, after: isGone ? undefined : { object, bytes } }, revision)
    if (isGone) {
      this.#cache.drop(place)
      return
    }
    this.#due.note(object)
    this.rotations.note(object)
    this.#cache.written({ object, place, sequence, version: nextVersion(staged), revision, bytes })
  }

  #tell(staged: readonly StagedObject[]): void {
    for (const { before, object, isErased = false } of staged) {
      const change = { ...(before && { before: before.object }), after: object, isErased }
      for (const observer of this.#observers) observer(change)
    }
  }

  async settleDue(tenant: string, now: DateTime, criteria: readonly Criterion[]): Promise<void> {
    await this.#due.settle(tenant, now, criteria)
  }

  searchSpace(tenant: string): Omit<SearchSpace, 'find' | 'unwritten'> {
    return { tenant, reader: this.#store, blind: (term) => this.blinder.term(tenant, term) }
  }

  /** Objects of every tenant, newest first, for the administrator: never for a client. */
  async list(
    page: { readonly before?: bigint; readonly limit: number },
    now: DateTime,
  ): Promise<readonly StoredObject[]> {
    const newest = page.before === undefined ? NEWEST : page.before - 1n
    const entries = await this.#store.scan(sequenceRange(newest), { limit: page.limit })
    const objects = await Promise.all(entries.map(async ({ value }) => this.at(placeOf(value))))
    return objects.flatMap((stored) =>
      stored === undefined ? [] : [{ ...stored, object: settle(stored.object, now) }],
    )
  }

  #placeBeside(uniqueIdentifier: string, tenant: string): Place {
    const text = toUtf8.encode(`${tenant}\u0000${uniqueIdentifier}`)
    return placeBeside(uniqueIdentifier, this.#sealer.blind('place', text))
  }

  async #commit(staged: readonly StagedObject[], commit: Commit) {
    try {
      const outcome = await this.#store.commit(commit)
      if (outcome === 'conflict') for (const { place } of staged) this.#cache.drop(place)
      return outcome
    } catch (error) {
      // Whether it was written is not known; what is cached may be behind what is stored.
      for (const { place } of staged) this.#cache.drop(place)
      throw error
    }
  }
}

const noQuota = (): undefined => undefined

/** Objects of one identifier that are looked at beside the one in its place. */
const MOST_BESIDE = 1_000

/** Identifiers are ours; anything longer than the longest of them names nothing. */
function isIdentifier(text: string): boolean {
  return text.length > 0 && text.length <= 128
}

const toUtf8 = new TextEncoder()
