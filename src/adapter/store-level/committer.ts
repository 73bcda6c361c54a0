import type { Check, Commit, CommitOutcome } from '../../port/store.ts'
import { keyText } from '../store-limits.ts'
import type { Engine } from './engine.ts'
import { unavailable } from './fault.ts'
import { storedFrame } from './frame.ts'
import { ABSENT, Group, type Written } from './group.ts'
import type { Head } from './head.ts'
import type { Journals } from './journals.ts'
import { dataKey, revisionOf } from './layout.ts'
import type { StoreSeal } from './seal.ts'

/**
 * Decides commits in the order they come and writes them in groups: while one group is being synced, the next
 * collects. Decisions build on groups that are not yet durable, which is sound because groups are written in order
 * and nobody is told of a decision before everything it builds on is durable.
 */
export class Committer {
  readonly #engine: Engine
  readonly #seal: StoreSeal
  readonly #journals: Journals
  readonly #failed: (error: unknown) => void
  /** Oldest first; the first is the one being written. */
  readonly #groups: Group[] = []
  #head: Head
  #work: Promise<void> = Promise.resolve()
  #writing = false
  #stopped = false

  constructor({ engine, head, seal, journals }: CommitterParts, failed: (error: unknown) => void) {
    this.#journals = journals
    this.#engine = engine
    this.#head = head
    this.#seal = seal
    this.#failed = failed
  }

  /** The head of the last batch that is durable. */
  get head(): Head {
    return this.#head
  }

  /** The batch under way, which may or may not become durable. */
  get attempted(): Group | undefined {
    return this.#writing ? this.#groups[0] : undefined
  }

  /** Resolves once the commit, and all that it was decided on, is durable. */
  async submit(commit: Commit): Promise<CommitOutcome> {
    while (!this.#journals.hasRoomFor(this.#openGroup().batch)) await this.#makeRoom()
    const seen = new Map<string, Written>()
    const held = commit.checks.every((check) => this.#holds(check, seen))
    const replaced = held ? this.#replacedBy(commit, seen) : []
    const group = this.#openGroup()
    const outcome = held ? { revision: group.add(commit, replaced) } : 'conflict'
    const done = new Promise<CommitOutcome>((resolve, reject) => {
      group.waiters.push({ outcome, resolve, reject })
    })
    if (!this.#writing) this.#work = this.#writeAll()
    return done
  }

  /** Resolves when nothing is left to write. */
  async drain(): Promise<void> {
    await this.#work
  }

  /** Fails everyone who waits, at once. Nothing is written any more, and nobody is acknowledged. */
  stop(cause: unknown): void {
    if (this.#stopped) return
    this.#stopped = true
    for (const group of this.#groups) {
      const written = group.sealed ? 'outcome unknown: it was being written' : 'not written'
      for (const { reject } of group.waiters) reject(unavailable(written, cause))
    }
  }

  /** Those who come meanwhile may be decided before. */
  async #makeRoom(): Promise<void> {
    await this.#journals.settle()
    if (this.#stopped) throw unavailable('not written')
  }

  #holds({ key, revision }: Check, seen: Map<string, Written>): boolean {
    const text = keyText(key)
    const written = this.#writtenAt(key, text)
    seen.set(text, written)
    return written.revision === revision
  }

  /** The frames of what a commit writes over, which leave the store with it. */
  #replacedBy({ puts, dels }: Commit, seen: ReadonlyMap<string, Written>): Uint8Array[] {
    const replaced: Uint8Array[] = []
    const look = (key: Uint8Array): void => {
      const text = keyText(key)
      const { frame } = seen.get(text) ?? this.#writtenAt(key, text)
      if (frame !== undefined) replaced.push(frame)
    }
    for (const { key, isFresh } of puts) if (isFresh !== true) look(key)
    for (const key of dels) look(key)
    return replaced
  }

  /** What is under a key once all groups are written. */
  #writtenAt(key: Uint8Array, text: string): Written {
    for (let index = this.#groups.length - 1; index >= 0; index -= 1) {
      const written = this.#groups[index]?.written.get(text)
      if (written !== undefined) return written
    }
    const place = dataKey(key)
    const stored = this.#engine.get(place)
    if (stored === undefined) return ABSENT
    return { revision: revisionOf(stored), frame: storedFrame(place, stored) }
  }

  /** The group that is still collecting. */
  #openGroup(): Group {
    const last = this.#groups.at(-1)
    if (last !== undefined && !last.sealed && last.size < GROUP_BYTES) return last
    const settled = () => this.#journals.settled
    const group = new Group(last?.seal() ?? this.#head, this.#seal, settled)
    this.#groups.push(group)
    return group
  }

  async #writeAll(): Promise<void> {
    this.#writing = true
    for (let group = this.#groups[0]; group !== undefined; group = this.#groups[0]) {
      const head = group.seal()
      try {
        if (!group.empty) await this.#engine.batch(group.operations)
      } catch (error) {
        this.#failed(error)
      }
      if (this.#stopped) return
      this.#head = head
      this.#groups.shift()
      this.#journals.written(head.batch, group.outcomes, group.hasJournal)
      for (const { outcome, resolve } of group.waiters) resolve(outcome)
    }
    this.#writing = false
  }
}

interface CommitterParts {
  readonly engine: Engine
  readonly head: Head
  readonly seal: StoreSeal
  readonly journals: Journals
}

/** A group that has grown to this size is closed to more commits. */
const GROUP_BYTES = 4_194_304
