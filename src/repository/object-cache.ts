import type { Revision } from '../port/store.ts'
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

  constructor(capacity: number, retirement: Retirement) {
    this.#capacity = capacity
    this.#retirement = retirement
  }

  /** The object that is kept, or that `open` finds; those who ask at the same time share one opening. */
  async load(
    uniqueIdentifier: string,
    open: () => Promise<StoredObject | undefined>,
  ): Promise<StoredObject | undefined> {
    const found = this.#objects.get(uniqueIdentifier)
    if (found === undefined) {
      return this.#opening.get(uniqueIdentifier) ?? this.#open(uniqueIdentifier, open)
    }
    found.isUsed = true
    return found.stored
  }

  /** Keeps an object unless a later state of it is kept already. */
  put(stored: StoredObject): void {
    const { uniqueIdentifier, content } = stored.object
    this.#opening.delete(uniqueIdentifier)
    const before = this.#objects.get(uniqueIdentifier)?.stored
    if (before !== undefined && before.revision > stored.revision) {
      if (before.object.content !== content) this.#retirement.retire(content)
      return
    }
    this.#forget(uniqueIdentifier, stored)
    // It may have left while the message that has now stored it was under way.
    this.#retirement.reclaim(content)
    // First, so that what comes is not what leaves.
    if (this.#objects.size >= this.#capacity) this.#evict()
    this.#objects.set(uniqueIdentifier, { stored, isUsed: false })
    if (this.#objects.size > this.#capacity) this.#forget(uniqueIdentifier)
  }

  /** Forgets an object that another writer may have changed. */
  drop(uniqueIdentifier: string): void {
    this.#opening.delete(uniqueIdentifier)
    this.#forget(uniqueIdentifier)
  }

  /** Takes note that an object that is otherwise what it was has another revision now. */
  revise(uniqueIdentifier: string, from: Revision, to: Revision): void {
    const kept = this.#objects.get(uniqueIdentifier)
    if (kept?.stored.revision !== from) return
    const stored = { ...kept.stored, revision: to }
    this.#objects.set(uniqueIdentifier, { stored, isUsed: kept.isUsed })
  }

  async #open(
    uniqueIdentifier: string,
    open: () => Promise<StoredObject | undefined>,
  ): Promise<StoredObject | undefined> {
    const opening = open()
    this.#opening.set(uniqueIdentifier, opening)
    try {
      const stored = await opening
      if (stored === undefined) return undefined
      if (this.#opening.get(uniqueIdentifier) === opening) this.put(stored)
      else this.#retirement.retire(stored.object.content)
      return stored
    } finally {
      if (this.#opening.get(uniqueIdentifier) === opening) this.#opening.delete(uniqueIdentifier)
    }
  }

  /**
   * Forgets the first that was not used since it came or was looked at here. What was used goes to the end once more:
   * that costs less than keeping all in the order of their use at every read.
   */
  #evict(): void {
    for (const [uniqueIdentifier, kept] of this.#objects) {
      if (!kept.isUsed) {
        this.#forget(uniqueIdentifier)
        return
      }
      this.#objects.delete(uniqueIdentifier)
      this.#objects.set(uniqueIdentifier, { stored: kept.stored, isUsed: false })
    }
  }

  #forget(uniqueIdentifier: string, successor?: StoredObject): void {
    const before = this.#objects.get(uniqueIdentifier)?.stored
    this.#objects.delete(uniqueIdentifier)
    // The states of an object share their material until one of them has lost it.
    if (before?.object.content !== successor?.object.content) {
      this.#retirement.retire(before?.object.content)
    }
  }
}
