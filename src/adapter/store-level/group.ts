import { createHash, type Hash } from 'node:crypto'
import type { Commit, CommitOutcome, Journal, Revision } from '../../port/store.ts'
import { keyText } from '../store-limits.ts'
import type { Contents } from './contents.ts'
import type { EngineOperation } from './engine.ts'
import { frameOfDeletion, frameOfPut } from './frame.ts'
import { encodeHead, type Head } from './head.ts'
import { encodeJournal, framesOf, type Settled } from './journal-record.ts'
import { HEAD_KEY, journalKey, ringKey } from './layout.ts'
import { absorb, type StoreSeal } from './seal.ts'

/** One who waits for a group to be on stable storage. */
export interface Waiter {
  readonly outcome: CommitOutcome
  readonly resolve: (outcome: CommitOutcome) => void
  readonly reject: (error: Error) => void
}

/** What a group leaves under a key. */
export interface Written {
  readonly revision: Revision | 'absent'
  /** Undefined where nothing is left. */
  readonly frame: Uint8Array | undefined
}

/** Commits that go into one batch. They are decided in order as they arrive, so each sees those before it. */
export class Group {
  readonly waiters: Waiter[] = []
  readonly operations: EngineOperation[] = []
  /** What the group leaves behind, by key. */
  readonly written = new Map<string, Written>()
  /** Lines for the log once the group is durable. */
  readonly outcomes: Uint8Array[] = []
  /** Bytes of the keys and values in it. */
  size = 0
  readonly #before: Head
  readonly #seal: StoreSeal
  /** Frames that the store holds from now on or no longer: each goes into the combination, or out of it. */
  readonly #changed: Uint8Array[] = []
  /** Frames of the lines that are stored with its commits. */
  readonly #journal: Uint8Array[] = []
  readonly #settled: () => Settled
  #entries: number
  readonly #hash: Hash
  #sequence: Revision
  #head: Head | undefined

  /** @param settled - asked when the group is sealed */
  constructor(before: Head, seal: StoreSeal, settled: () => Settled) {
    this.#settled = settled
    this.#before = before
    this.#seal = seal
    this.#entries = before.contents.entries
    this.#sequence = before.sequence
    this.#hash = createHash('sha256').update(before.chain)
  }

  /**
   * Takes in a commit whose checks held; gives it its revision.
   *
   * @param replaced - the frames of what is stored under the keys that the commit writes
   */
  add(commit: Commit, replaced: readonly Uint8Array[]): Revision {
    this.#sequence += 1n
    this.#entries -= replaced.length
    for (const frame of replaced) this.#changed.push(frame)
    for (const key of commit.dels) this.#delete(key)
    for (const { key, value } of commit.puts) this.#put(key, value)
    if (commit.journal !== undefined) this.#note(commit.journal)
    return this.#sequence
  }

  /** Number of the batch that it will be, if anything is in it. */
  get batch(): bigint {
    return this.#before.batch + 1n
  }

  get hasJournal(): boolean {
    return this.#journal.length > 0
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
    const { batch, hasJournal } = this
    const chain = this.#end()
    const contents = this.#contents()
    this.#head = { sequence: this.#sequence, batch, chain, contents, hasJournal }
    const value = encodeHead(this.#head, this.#seal)
    this.operations.push({ type: 'put', key: ringKey(batch), value })
    this.operations.push({ type: 'put', key: HEAD_KEY, value })
    return this.#head
  }

  /** The chain after the batch. */
  #end(): Uint8Array {
    const digest = this.#hash.digest()
    if (!this.hasJournal) return digest
    const { batch } = this
    const { value, chain } = encodeJournal(
      { batch, digest, settled: this.#settled() },
      this.#journal,
    )
    this.operations.push({ type: 'put', key: journalKey(batch), value })
    return chain
  }

  #note({ intents, outcomes }: Journal): void {
    const frames = framesOf(intents, outcomes)
    this.#journal.push(frames.bytes)
    this.outcomes.push(...frames.outcomes)
    this.size += frames.bytes.length
  }

  #put(key: Uint8Array, value: Uint8Array): void {
    const frame = frameOfPut(key, value, this.#sequence)
    this.operations.push({ type: 'put', key: frame.key, value: frame.value })
    this.written.set(keyText(key), { revision: this.#sequence, frame: frame.bytes })
    this.#changed.push(frame.bytes)
    this.#entries += 1
    this.#absorb(frame.bytes)
  }

  #delete(key: Uint8Array): void {
    const frame = frameOfDeletion(key)
    this.operations.push({ type: 'del', key: frame.key })
    this.written.set(keyText(key), ABSENT)
    this.#absorb(frame.bytes)
  }

  #absorb(frame: Uint8Array): void {
    this.#hash.update(frame)
    this.size += frame.length
  }

  #contents(): Contents {
    const set = this.#seal.combine(this.#changed)
    absorb(set, this.#before.contents.set)
    return { entries: this.#entries, set }
  }
}

/** Nothing is left. */
export const ABSENT: Written = { revision: 'absent', frame: undefined }
