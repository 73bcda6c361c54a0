import type { Revision } from '../port/store.ts'
import type { Place } from './keys.ts'
import type { Retirement } from './retirement.ts'
import type { StoredObject } from './object-record.ts'

interface Kept {
  readonly stored: StoredObject
  isUsed: boolean
}

/** The objects used lately, opened. What leaves is zeroed when it is safe to. */
export class ObjectCache {
  readonly #capacity: number
  readonly #retirement: Retirement
  /** Those that came first at the front. */
  readonly #objects = new Map<string, Kept>()
  /** Objects that are being opened, until a write overtakes them. */
  readonly #opening = new Map<string, Promise<StoredObject | undefined>>()
  /** The latest revision that any object came with. */
  #latest: Revision = 0n

  constructor(capacity: number, retirement: Retirement) {
    this.#capacity = capacity
    this.#retirement = retirement
  }

  /** The object that is kept, if it is. */
  held(place: Place): StoredObject | undefined {
    const found = this.#objects.get(place)
    if (found !== undefined) found.isUsed = true
    return found?.stored
  }

  /** The object that is kept, or that `open` finds; those who ask at the same time share one opening. */
  async load(
    place: Place,
    open: () => Promise<StoredObject | undefined>,
  ): Promise<StoredObject | undefined> {
    const found = this.#objects.get(place)
    if (found === undefined) {
      return this.#opening.get(place) ?? this.#open(place, open)
    }
    found.isUsed = true
    return found.stored
  }

  /**
   * Keeps an object as it was just written. Where commits are told of in another order than they were made in, a later
   * state of it may have come and gone already: then it is left to be read.
   */
  written(stored: StoredObject): void {
    if (stored.revision >= this.#latest) {
      this.put(stored)
      return
    }
    this.drop(stored.place)
    this.#retirement.retire(stored.object.content)
  }

  /** Keeps an object unless a later state of it is kept already. */
  put(stored: StoredObject): void {
    this.#note(stored)
    const { place, object } = stored
    const { content } = object
    this.#opening.delete(place)
    const before = this.#objects.get(place)?.stored
    if (before !== undefined && before.revision > stored.revision) {
      if (before.object.content !== content) this.#retirement.retire(content)
      return
    }
    this.#forget(place, stored)
    // It may have left while the message that has now stored it was under way.
    this.#retirement.reclaim(content)
    // First, so that what comes is not what leaves.
    if (this.#objects.size >= this.#capacity) this.#evict()
    this.#objects.set(place, { stored, isUsed: false })
    if (this.#objects.size > this.#capacity) this.#forget(place)
  }

  /** Forgets an object that another writer may have changed. */
  drop(place: Place): void {
    this.#opening.delete(place)
    this.#forget(place)
  }

  /** Takes note that an object that is otherwise what it was has another revision now. */
  revise(place: Place, from: Revision, to: Revision): void {
    const kept = this.#objects.get(place)
    if (kept?.stored.revision !== from) return
    const stored = { ...kept.stored, revision: to }
    this.#objects.set(place, { stored, isUsed: kept.isUsed })
  }

  async #open(
    place: Place,
    open: () => Promise<StoredObject | undefined>,
  ): Promise<StoredObject | undefined> {
    const opening = open()
    this.#opening.set(place, opening)
    try {
      const stored = await opening
      if (stored === undefined) return undefined
      this.#note(stored)
      const isAwaited = this.#opening.get(place) === opening
      if (isAwaited || this.#isBehind(stored)) this.put(stored)
      else this.#retirement.retire(stored.object.content)
      return stored
    } finally {
      if (this.#opening.get(place) === opening) this.#opening.delete(place)
    }
  }

  /** Whether what is kept of an object is older than this. */
  #isBehind({ place, revision }: StoredObject): boolean {
    const kept = this.#objects.get(place)
    return kept !== undefined && kept.stored.revision < revision
  }

  #note({ revision }: StoredObject): void {
    if (revision > this.#latest) this.#latest = revision
  }

  /**
   * Forgets the first that was not used since it came or was looked at here. What was used goes to the end once more:
   * that costs less than keeping all in the order of their use at every read.
   */
  #evict(): void {
    for (const [place, kept] of this.#objects) {
      if (!kept.isUsed) {
        this.#forget(place)
        return
      }
      this.#objects.delete(place)
      this.#objects.set(place, { stored: kept.stored, isUsed: false })
    }
  }

  #forget(place: Place, successor?: StoredObject): void {
    const before = this.#objects.get(place)?.stored
    this.#objects.delete(place)
    // The states of an object share their material until one of them has lost it.
    if (before?.object.content !== successor?.object.content) {
      this.#retirement.retire(before?.object.content)
    }
  }
}
