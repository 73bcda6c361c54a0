import { createHash, type Hash } from 'node:crypto'
import type { Commit, CommitOutcome, Revision } from '../../port/store.ts'
import { keyText } from '../store-limits.ts'
import type { EngineOperation } from './engine.ts'
import { encodeHead, type Head } from './head.ts'
import { HEAD_KEY, REVISION_BYTES, dataKey, ringKey } from './layout.ts'

/** One who waits for a group to be on stable storage. */
export interface Waiter {
  readonly outcome: CommitOutcome
  readonly resolve: (outcome: CommitOutcome) => void
  readonly reject: (error: Error) => void
}

/** Commits that go into one batch. They are decided in order as they arrive, so each sees those before it. */
export class Group {
  readonly waiters: Waiter[] = []
  readonly operations: EngineOperation[] = []
  /** What the group leaves behind, by key. */
  readonly written = new Map<string, Revision | 'absent'>()
  /** Bytes of the keys and values in it. */
  size = 0
  readonly #before: Head
  readonly #hash: Hash
  #sequence: Revision
  #head: Head | undefined

  constructor(before: Head) {
    this.#before = before
    this.#sequence = before.sequence
    this.#hash = createHash('sha256').update(before.chain)
  }

  /** Takes in a commit whose checks held; gives it its revision. */
  add(commit: Commit): Revision {
    this.#sequence += 1n
    for (const key of commit.dels) this.#delete(key)
    for (const { key, value } of commit.puts) this.#put(key, value)
    return this.#sequence
  }

  /** Whether no commit is in it: one without writes counts, as it moves the head. */
  get empty(): boolean {
    return this.#sequence === this.#before.sequence
  }

  /** Whether nothing can be added any more. */
  get sealed(): boolean {
    return this.#head !== undefined
  }

  /** Ends the group; the head is the last thing in it. Nothing can be added afterwards. */
  seal(): Head {
    if (this.#head !== undefined) return this.#head
    if (this.empty) {
      this.#head = this.#before
      return this.#head
    }
    const batch = this.#before.batch + 1n
    this.#head = { sequence: this.#sequence, batch, chain: this.#hash.digest() }
    const value = encodeHead(this.#head)
    this.operations.push({ type: 'put', key: ringKey(batch), value })
    this.operations.push({ type: 'put', key: HEAD_KEY, value })
    return this.#head
  }

  #put(key: Uint8Array, value: Uint8Array): void {
    const stored = dataKey(key)
    const framed = new Uint8Array(REVISION_BYTES + value.length)
    new DataView(framed.buffer).setBigUint64(0, this.#sequence)
    framed.set(value, REVISION_BYTES)
    this.operations.push({ type: 'put', key: stored, value: framed })
    this.written.set(keyText(key), this.#sequence)
    this.#absorb(stored, framed)
  }

  #delete(key: Uint8Array): void {
    const stored = dataKey(key)
    this.operations.push({ type: 'del', key: stored })
    this.written.set(keyText(key), 'absent')
    this.#absorb(stored, NOTHING)
  }

  /** No value is empty, since each has its revision: a deletion cannot be taken for a put. */
  #absorb(key: Uint8Array, value: Uint8Array): void {
    const lengths = new Uint8Array(8)
    const view = new DataView(lengths.buffer)
    view.setUint32(0, key.length)
    view.setUint32(4, value.length)
    this.#hash.update(lengths).update(key).update(value)
    this.size += key.length + value.length
  }
}

const NOTHING = new Uint8Array(0)
