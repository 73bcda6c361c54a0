import { createHash, type Hash } from 'node:crypto'
import type { Commit, CommitOutcome, Revision } from '../../port/store.ts'
import { keyText } from '../store-limits.ts'
import type { EngineOperation } from './engine.ts'
import { encodeHead, type Head } from './head.ts'
import { HEAD_KEY, REVISION_BYTES, ringKey, writeDataKey } from './layout.ts'

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
    const { frame, stored } = framed(key, REVISION_BYTES + value.length)
    const from = frame.length - value.length
    frame.writeBigUInt64BE(this.#sequence, from - REVISION_BYTES)
    frame.set(value, from)
    const entry = frame.subarray(from - REVISION_BYTES)
    this.operations.push({ type: 'put', key: stored, value: entry })
    this.written.set(keyText(key), this.#sequence)
    this.#absorb(frame)
  }

  /** No value is empty, since each has its revision: a deletion cannot be taken for a put. */
  #delete(key: Uint8Array): void {
    const { frame, stored } = framed(key, 0)
    this.operations.push({ type: 'del', key: stored })
    this.written.set(keyText(key), 'absent')
    this.#absorb(frame)
  }

  #absorb(frame: Uint8Array): void {
    this.#hash.update(frame)
    this.size += frame.length
  }
}

/**
 * One piece of memory for all that is written for a key, as it goes into the chain: length of the stored key, length
 * of the stored value, stored key, room for the stored value.
 */
function framed(key: Uint8Array, valueBytes: number): { frame: Buffer; stored: Uint8Array } {
  const frame = Buffer.allocUnsafe(LENGTHS + 1 + key.length + valueBytes)
  frame.writeUInt32BE(1 + key.length, 0)
  frame.writeUInt32BE(valueBytes, 4)
  const stored = frame.subarray(LENGTHS, LENGTHS + 1 + key.length)
  writeDataKey(stored, key)
  return { frame, stored }
}

/** Bytes of the two lengths before each entry of the chain. */
const LENGTHS = 8
