import { settle } from '../model/lifecycle.ts'
import type { ObjectChange } from '../model/object-change.ts'
import type { Sealer } from '../port/sealer.ts'
import type { Revision, Store } from '../port/store.ts'
import type { DateTime } from '../schema/primitive.ts'
import { blinderOf, type Blinder } from './blinder.ts'
import { commitOf, nextVersion, type StagedObject } from './change-set.ts'
import { DueObjects } from './due-objects.ts'
import { DueRotations } from './due-rotations.ts'
import type { CommitPart } from './commit-part.ts'
import type { Criterion } from './filter-match.ts'
import {
  NEWEST,
  identifierOf,
  objectKey,
  objectOfKey,
  sequenceOfKey,
  sequenceRange,
} from './keys.ts'
import type { SearchSpace } from './locate.ts'
import { ObjectCache } from './object-cache.ts'
import type { ObjectSource } from './object-source.ts'
import { openObject, type StoredObject } from './object-record.ts'
import { Retirement } from './retirement.ts'
import { RuleBook } from './rule-book.ts'
import { UnitOfWork, type UnitScope } from './unit-of-work.ts'

export interface RepositoryOptions {
  /** Objects kept opened in memory. */
  readonly cachedObjects: number
}

/** The managed objects of every owner: sealed records in a store, and the indexes they are found by. */
export class ObjectRepository implements ObjectSource {
  readonly blinder: Blinder
  readonly rules: RuleBook
  /** The objects that the server is to replace by itself. */
  readonly rotations: DueRotations
  readonly #store: Store
  readonly #sealer: Sealer
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
    this.blinder = blinderOf(sealer)
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

  /** Begins to work on the objects of one owner. */
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

  nextSequence(): bigint {
    this.#sequence += 1n
    return this.#sequence
  }

  async has(key: Uint8Array): Promise<boolean> {
    return (await this.#store.get(key)) !== undefined
  }

  async read(uniqueIdentifier: string): Promise<StoredObject | undefined> {
    if (!isIdentifier(uniqueIdentifier)) return undefined
    return this.#cache.load(uniqueIdentifier, async () => {
      const entry = await this.#store.get(objectKey(uniqueIdentifier))
      return entry && openObject(this.#sealer, uniqueIdentifier, entry)
    })
  }

  async write(
    staged: readonly StagedObject[],
    parts: readonly CommitPart[] = [],
  ): Promise<'done' | 'conflict'> {
    const outcome = await this.#commit(staged, parts)
    for (const each of staged) {
      const { object, sequence, isErased } = each
      if (outcome === 'conflict' || isErased === true) this.#cache.drop(object.uniqueIdentifier)
      else {
        const { revision } = outcome
        this.#due.note(object)
        this.rotations.note(object)
        this.#cache.put({ object, sequence, version: nextVersion(each), revision })
      }
    }
    if (outcome === 'conflict') return 'conflict'
    for (const part of parts) part.stored()
    if (this.#observers.size > 0) this.#tell(staged)
    return 'done'
  }

  /** Takes note that a record that is otherwise what it was has another revision now. */
  revise(key: Uint8Array, from: Revision, to: Revision): void {
    const uniqueIdentifier = objectOfKey(key)
    if (uniqueIdentifier !== undefined) this.#cache.revise(uniqueIdentifier, from, to)
  }

  #tell(staged: readonly StagedObject[]): void {
    for (const { before, object, isErased = false } of staged) {
      const change = { ...(before && { before: before.object }), after: object, isErased }
      for (const observer of this.#observers) observer(change)
    }
  }

  async settleDue(owner: string, now: DateTime, criteria: readonly Criterion[]): Promise<void> {
    await this.#due.settle(owner, now, criteria)
  }

  searchSpace(owner: string): Omit<SearchSpace, 'find' | 'unwritten'> {
    return { reader: this.#store, blind: (term) => this.blinder.term(owner, term) }
  }

  /** Objects of every owner, newest first, for the administrator: never for a client. */
  async list(
    page: { readonly before?: bigint; readonly limit: number },
    now: DateTime,
  ): Promise<readonly StoredObject[]> {
    const newest = page.before === undefined ? NEWEST : page.before - 1n
    const entries = await this.#store.scan(sequenceRange(newest), { limit: page.limit })
    const objects = await Promise.all(
      entries.map(async ({ value }) => this.read(identifierOf(value))),
    )
    return objects.flatMap((stored) =>
      stored === undefined ? [] : [{ ...stored, object: settle(stored.object, now) }],
    )
  }

  async #commit(staged: readonly StagedObject[], parts: readonly CommitPart[]) {
    try {
      const others = parts.map(({ changes }) => changes)
      return await this.#store.commit(commitOf(staged, this.#sealer, this.blinder, others))
    } catch (error) {
      // Whether it was written is not known; what is cached may be behind what is stored.
      for (const { object } of staged) this.#cache.drop(object.uniqueIdentifier)
      throw error
    }
  }
}

/** Identifiers are ours; anything longer than the longest of them names nothing. */
function isIdentifier(text: string): boolean {
  return text.length > 0 && text.length <= 128
}
