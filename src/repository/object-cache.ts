import type { Retirement } from './retirement.ts'
import type { StoredObject } from './object-record.ts'

/** The objects used last, opened. What leaves is zeroed when it is safe to. */
export class ObjectCache {
  readonly #capacity: number
  readonly #retirement: Retirement
  readonly #objects = new Map<string, StoredObject>()

  constructor(capacity: number, retirement: Retirement) {
    this.#capacity = capacity
    this.#retirement = retirement
  }

  get(uniqueIdentifier: string): StoredObject | undefined {
    const found = this.#objects.get(uniqueIdentifier)
    if (found === undefined) return undefined
    // A map keeps the order of insertion: what was used last goes to the end.
    this.#objects.delete(uniqueIdentifier)
    this.#objects.set(uniqueIdentifier, found)
    return found
  }

  /** Keeps an object unless a later state of it is kept already. */
  put(stored: StoredObject): void {
    const { uniqueIdentifier } = stored.object
    const before = this.#objects.get(uniqueIdentifier)
    if (before !== undefined && before.revision > stored.revision) return
    this.#forget(uniqueIdentifier, stored)
    this.#objects.set(uniqueIdentifier, stored)
    const [oldest] = this.#objects.keys()
    if (this.#objects.size > this.#capacity && oldest !== undefined) this.#forget(oldest)
  }

  /** Forgets an object that another writer may have changed. */
  drop(uniqueIdentifier: string): void {
    this.#forget(uniqueIdentifier)
  }

  #forget(uniqueIdentifier: string, successor?: StoredObject): void {
    const before = this.#objects.get(uniqueIdentifier)
    this.#objects.delete(uniqueIdentifier)
    // The states of an object share their material until one of them has lost it.
    if (before?.object.content !== successor?.object.content) {
      this.#retirement.retire(before?.object.content)
    }
  }
}
