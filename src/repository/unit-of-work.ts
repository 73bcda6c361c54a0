import { KmipFault } from '../fault/fault.ts'
import { checkAgainst, type CreationRules } from '../model/creation-rules.ts'
import { settle } from '../model/lifecycle.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import { checkNotLoosened } from '../model/sensitivity.ts'
import type { Check, Journal } from '../port/store.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { Name } from '../spec/structure/name.ts'
import type { CommitPart } from './commit-part.ts'
import { heldNames, isSameName, keptNames, namesBeyond, type StagedObject } from './change-set.ts'
import { isWanted, locate, type LocatedObjects, type ObjectQuery } from './locate.ts'
import { nameKey, type Place } from './keys.ts'
import type { ObjectSource } from './object-source.ts'
import type { StoredObject } from './object-record.ts'
import { newestFirst, type Posting } from './posting-cursor.ts'
import type { StoredRules } from './rule-book.ts'

/** Whose objects are seen, and at what time. */
export interface UnitScope {
  /** The client that works: by its rules new objects are made. */
  readonly owner: string
  /** The tenant whose objects are seen, all of them; that client itself where it is absent. */
  readonly namespace?: string | undefined
  readonly now: DateTime
}

/**
 * The objects of one tenant at one moment, and the changes that are to be made to them together. Changes are seen by
 * what reads through the unit and by nobody else until `commit`.
 */
export class UnitOfWork {
  readonly #source: ObjectSource
  readonly #scope: UnitScope
  readonly #tenant: string
  readonly #staged = new Map<string, StagedObject>()
  /** Objects as they were first seen: what is saved is checked against what was read, not against what is there by then. */
  readonly #seen = new Map<string, StoredObject>()
  readonly #parts: CommitPart[] = []
  #rules: StoredRules | undefined
  #newRules: CreationRules | undefined

  constructor(source: ObjectSource, scope: UnitScope) {
    this.#source = source
    this.#scope = scope
    this.#tenant = scope.namespace ?? scope.owner
  }

  /** The object as it is now, dates considered. Throws `OBJECT_NOT_FOUND` for a missing and for a foreign one alike. */
  async load(uniqueIdentifier: string): Promise<ManagedObject> {
    const object = await this.find(uniqueIdentifier)
    if (object !== undefined) return object
    throw noSuchObject()
  }

  async find(uniqueIdentifier: string): Promise<ManagedObject | undefined> {
    const staged = this.#staged.get(uniqueIdentifier)
    if (staged?.isErased === true) return undefined
    const object = staged?.object ?? (await this.#stored(uniqueIdentifier))?.object
    return object && settle(object, this.#scope.now)
  }

  /**
   * Adds a new object. Throws `NAME_TAKEN` when another holds one of its names, and `CONSTRAINT_VIOLATED` where its
   * owner has laid down that there shall be no such object.
   */
  async add(object: ManagedObject): Promise<void> {
    await this.#add(object, object.uniqueIdentifier)
  }

  /**
   * Replaces an object that was loaded before. Throws `NAME_TAKEN`, and `ATTRIBUTE_READ_ONLY` where it would be less
   * protected than it was: no operation can do that, however it came by what it saves.
   */
  async save(object: ManagedObject): Promise<void> {
    const staged = this.#staged.get(object.uniqueIdentifier)
    if (staged !== undefined) {
      checkNotLoosened(staged.object.attributes, object.attributes)
      const { place, sequence, before } = staged
      await this.#stage({ object, place, sequence, before })
      return
    }
    const before = await this.#stored(object.uniqueIdentifier)
    if (before === undefined) throw noSuchObject()
    checkNotLoosened(before.object.attributes, object.attributes)
    await this.#stage({ object, place: before.place, sequence: before.sequence, before })
  }

  /** Removes an object that was loaded before, with everything that is known of it. */
  async erase(object: ManagedObject): Promise<void> {
    await this.save(object)
    const staged = this.#staged.get(object.uniqueIdentifier)
    if (staged !== undefined)
      this.#staged.set(object.uniqueIdentifier, { ...staged, isErased: true })
  }

  /**
   * Adds an object whose identifier was chosen by its client, and gives the one that was there and is not any more.
   * That another tenant has one of this identifier makes no difference. Throws `OBJECT_EXISTS`, and what {@link add}
   * throws.
   */
  async bring(object: ManagedObject, replaces: boolean): Promise<ManagedObject | undefined> {
    const { uniqueIdentifier } = object
    const own = await this.find(uniqueIdentifier)
    if (own !== undefined && !replaces) {
      throw new KmipFault('OBJECT_EXISTS', 'There is an object with this Unique Identifier')
    }
    if (own !== undefined) await this.erase(own)
    const { place, checks } = await this.#source.placeFor(uniqueIdentifier, this.#tenant)
    await this.#add(object, place)
    // What this unit has erased is where it was.
    if (this.#staged.get(uniqueIdentifier)?.before === undefined) this.join(holding(checks))
    return own
  }

  /** Finds objects, those that this unit is about to write included. */
  async locate(query: ObjectQuery): Promise<LocatedObjects> {
    await this.#source.settleDue(this.#tenant, this.#scope.now, query.criteria)
    const space = {
      ...this.#source.searchSpace(this.#tenant),
      unwritten: this.#unwritten(query),
      find: async (uniqueIdentifier: string) => this.find(uniqueIdentifier),
    }
    return locate(space, query)
  }

  /** What new objects get and are held to: what the owner has laid down, and what is laid down for its namespace. */
  async rules(): Promise<CreationRules> {
    const own = await this.#ownRules()
    const shared = this.#source.defaultsOf(this.#tenant)
    if (shared.length === 0) return own
    return { defaults: [...shared, ...own.defaults], constraints: own.constraints }
  }

  /** Has the owner lay down other rules for new objects, those of this unit included; what is not given stays. */
  async setRules(rules: Partial<CreationRules>): Promise<void> {
    this.#newRules = { ...(await this.#ownRules()), ...rules }
  }

  /** Has something else written together with the objects. */
  join(part: CommitPart): void {
    this.#parts.push(part)
  }

  /** Does `work`; when that fails, none of the changes that it made to the unit stay. */
  async wholly<T>(work: () => Promise<T>): Promise<T> {
    const before = new Map(this.#staged)
    const newRules = this.#newRules
    const parts = this.#parts.length
    try {
      return await work()
    } catch (error) {
      this.#newRules = newRules
      this.#parts.length = parts
      this.#staged.clear()
      for (const [uniqueIdentifier, staged] of before) this.#staged.set(uniqueIdentifier, staged)
      throw error
    }
  }

  get isEmpty(): boolean {
    return this.#staged.size === 0 && this.#parts.length === 0 && this.#newRules === undefined
  }

  /**
   * Writes every change, durably, or none when another writer was faster.
   *
   * @param journal - what the audit tells of it, where anybody asked for it
   */
  async commit(journal?: Journal): Promise<'done' | 'conflict'> {
    if (this.isEmpty) return 'done'
    try {
      return await this.#source.write([...this.#staged.values()], this.#allParts(), journal)
    } finally {
      if (this.#newRules !== undefined) this.#source.rules.forget(this.#scope.owner)
    }
  }

  async #ownRules(): Promise<CreationRules> {
    if (this.#newRules !== undefined) return this.#newRules
    this.#rules ??= await this.#source.rules.read(this.#scope.owner)
    return this.#rules.rules
  }

  #allParts(): readonly CommitPart[] {
    if (this.#newRules === undefined || this.#rules === undefined) return this.#parts
    const { owner } = this.#scope
    const change = this.#source.rules.replacement(owner, this.#rules, this.#newRules)
    return [...this.#parts, change]
  }

  async #stored(uniqueIdentifier: string): Promise<StoredObject | undefined> {
    const seen = this.#seen.get(uniqueIdentifier)
    if (seen !== undefined) return seen
    const stored = await this.#source.read(uniqueIdentifier, this.#tenant)
    if (stored === undefined) return undefined
    this.#seen.set(uniqueIdentifier, stored)
    return stored
  }

  async #add(object: ManagedObject, place: Place): Promise<void> {
    checkAgainst(object, (await this.rules()).constraints)
    // What this unit erased may come back: it keeps its place, and what it was found by is cleared away.
    const erased = this.#staged.get(object.uniqueIdentifier)
    if (erased?.before === undefined) {
      await this.#stage({ object, place, sequence: this.#source.nextSequence(), before: undefined })
    } else {
      const { sequence, before } = erased
      await this.#stage({ object, place: erased.place, sequence, before })
    }
  }

  async #stage(staged: StagedObject): Promise<void> {
    await this.#checkNames(staged)
    // Indexes must not wait for a date that has passed already.
    const object = settle(staged.object, this.#scope.now)
    this.#staged.set(object.uniqueIdentifier, { ...staged, object })
  }

  async #checkNames({ object, before }: StagedObject): Promise<void> {
    const previous = this.#staged.get(object.uniqueIdentifier)?.object ?? before?.object
    const others = [...this.#staged.values()].filter(
      (other) => other.object.uniqueIdentifier !== object.uniqueIdentifier,
    )
    const kept = others.flatMap(keptNames)
    const released = [before, ...others.map((other) => other.before)].flatMap((stored) =>
      heldNames(stored?.object),
    )
    for (const name of namesBeyond(heldNames(object), heldNames(previous))) {
      const isTakenHere = kept.some((other) => isSameName(name, other))
      const isReleasedHere = released.some((other) => isSameName(name, other))
      if (isTakenHere || (!isReleasedHere && (await this.#isStoredName(name)))) {
        throw new KmipFault('NAME_TAKEN', 'Another object has this Name')
      }
    }
  }

  async #isStoredName(name: Name): Promise<boolean> {
    return this.#source.has(nameKey(this.#source.blinder.name(this.#tenant, name)))
  }

  #unwritten(query: ObjectQuery): readonly Posting[] {
    return [...this.#staged.values()]
      .filter(({ isErased }) => isErased !== true)
      .filter(({ object }) => isWanted(settle(object, this.#scope.now), query))
      .sort(newestFirst)
      .map(({ place, sequence }) => ({ place, sequence }))
  }
}

function holding(checks: readonly Check[]): CommitPart {
  return { changes: { checks, puts: [], dels: [] }, stored: () => undefined }
}

/** What is answered where there is no object, and where there is one that is not to be told of. */
export function noSuchObject(): KmipFault {
  return new KmipFault('OBJECT_NOT_FOUND', 'There is no such object')
}
