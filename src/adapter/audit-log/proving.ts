import type { KeyObject } from 'node:crypto'
import { isSigned, type Checkpoint, type Note } from './checkpoint.ts'
import { AUDIT_ENTRY, hashesName, type Segment } from './directory.ts'
import type { Frontier } from './frontier.ts'
import type { HashSource } from './hash-source.ts'
import { frontierOf, isSameHash, leafHashAt } from './hashing.ts'
import type { LineSource } from './line-source.ts'
import type { NoteSource } from './note-source.ts'

/** Where in the files of a log something is. */
export interface Place {
  /** Name in the directory. */
  readonly file: string
  /** First 1; of a file of hashes, the number of the hash. */
  readonly line: number
}

/** From an entry on, the lines are not what the kept hashes say: the next checkpoint tells which of them is wrong. */
interface Doubt extends Place {
  readonly index: number
  readonly hashFile: string
  /** The tree as the kept hashes have it; undefined once there are none. */
  hashes: Frontier | undefined
}

export interface ProvingOptions {
  readonly key: KeyObject
  readonly kept?: readonly Checkpoint[]
}

/**
 * Holds the entries of a log, one after the other, against its checkpoints. The hashes that are kept of each entry say
 * which one was altered where a checkpoint only says that one was; they are believed as far as a checkpoint bears them
 * out.
 */
export class Proving {
  /** Checkpoints that were found to be right, and the entries that the last of them is over. */
  notes = 0
  proven = 0
  finding: (Place & { readonly index: number; readonly problem: string }) | undefined
  readonly #options: ProvingOptions
  readonly #source: NoteSource
  readonly #tree = frontierOf()
  #note: Note | undefined
  #origin: string | undefined
  #doubt: Doubt | undefined
  readonly #begun: Segment[] = []
  #hashes: HashSource | undefined

  constructor(options: ProvingOptions, source: NoteSource) {
    this.#options = options
    this.#source = source
    this.#readNote()
  }

  /** Entries so far. */
  get size(): number {
    return this.#tree.size
  }

  begin(segment: Segment, hashes: HashSource): void {
    this.#begun.push(segment)
    this.#hashes = hashes
    if (segment.first !== this.size) this.fail('there is no file that it could be in')
  }

  /** Takes in the next entry. */
  take(lines: LineSource): void {
    const index = this.size
    const leaf = leafHashAt(lines.memory, lines.start, lines.end)
    const kept = this.#hashes?.next()
    if (this.#doubt === undefined && (kept === undefined || !isSameHash(leaf, kept)))
      this.#doubtAt(index)
    if (this.#doubt !== undefined) this.#doubtOn(this.#doubt, kept)
    this.#tree.push(leaf)
    this.#checkKept()
    while (this.finding === undefined && this.#note?.size === this.size) this.#checkNote(this.#note)
  }

  /** Takes in an entry that was moved away, by the hash that is kept of it. */
  takeMoved(hash: Uint8Array): void {
    this.#tree.push(hash)
    this.#checkKept()
    while (this.finding === undefined && this.#note?.size === this.size) this.#checkNote(this.#note)
  }

  /** Entries are not here, and nothing that is proven says that they were moved away. */
  failMissing(): void {
    this.finding = { index: 0, file: '', line: 1, problem: 'there is no file that it could be in' }
  }

  /** The segment is read to its end: the next one must go on there. */
  expectNext(first: number): void {
    if (first < this.size) this.#failAt(first, 'its file has more lines than there were entries')
    else if (first > this.size) this.fail('it is missing')
  }

  /** All is read. */
  end(): void {
    if (this.finding !== undefined) return
    const ahead = [...(this.#options.kept ?? []), this.#note].find(
      (note) => note !== undefined && note.size > this.size,
    )
    if (ahead !== undefined) {
      this.fail(`it is missing: the log ends here, and had ${ahead.size} entries`)
    } else if (this.#doubt !== undefined && this.#doubt.hashes !== undefined) {
      this.#blame(this.#doubt, 'it is not what its hash was made of, and no checkpoint is over it')
    }
  }

  /** The entry that would come next is wrong, or the one that there already was a doubt about. */
  fail(problem: string): void {
    if (this.#doubt?.hashes === undefined) this.#failAt(this.size, problem)
    else this.#blame(this.#doubt, 'it was altered, moved, added or removed')
  }

  /** What is right so far is not under a checkpoint. */
  failUnproven(problem: string): void {
    this.#failAt(this.proven, problem)
  }

  #failAt(index: number, problem: string): void {
    const { name = '', first = 0 } = this.#begun.findLast((each) => each.first <= index) ?? {}
    this.finding = { index, file: name, line: index - first + 1, problem }
  }

  #blame({ index, file, line }: Doubt, problem: string): void {
    this.finding = { index, file, line, problem }
  }

  #doubtAt(index: number): void {
    const { name = '', first = 0 } = this.#begun.at(-1) ?? {}
    const hashes = frontierOf(this.#tree.peaks)
    this.#doubt = {
      index,
      file: name,
      line: index - first + 1,
      hashFile: hashesName(first),
      hashes,
    }
  }

  #doubtOn(doubt: Doubt, kept: Uint8Array | undefined): void {
    if (kept === undefined) doubt.hashes = undefined
    else doubt.hashes?.push(kept)
  }

  #checkNote(note: Note): void {
    const { root } = note
    if (!isSameHash(root, this.#tree.root())) {
      this.#refute(root)
      return
    }
    if (this.#doubt !== undefined) {
      const { index, hashFile, line } = this.#doubt
      const problem =
        'the hash that is kept of it was altered, or is missing; the entry is as it was'
      this.finding = { index, file: hashFile, line, problem }
      return
    }
    this.notes += 1
    this.proven = this.size
    this.#readNote()
  }

  /** A checkpoint is right, and the lines are not: the hashes tell where, if they are right. */
  #refute(root: Uint8Array): void {
    const doubt = this.#doubt
    if (doubt === undefined) {
      const problem = `it, or one before ${this.size}, was altered, and its kept hash too`
      this.#failAt(this.proven, problem)
    } else {
      const isKnown = doubt.hashes !== undefined && isSameHash(root, doubt.hashes.root())
      const problem = isKnown
        ? 'it was altered, moved, added or removed'
        : `it, or one before ${this.size}, was altered, moved, added or removed`
      this.#blame(doubt, problem)
    }
  }

  #checkKept(): void {
    for (const { size, root } of this.#options.kept ?? []) {
      if (size === this.size && !isSameHash(root, this.#tree.root())) {
        this.#failAt(
          this.proven,
          `the log is not the one that had ${size} entries under the kept checkpoint`,
        )
      }
    }
  }

  #readNote(): void {
    const before = this.#note
    const note = this.#source.next()
    this.#note = note === 'damaged' ? undefined : note
    const problem = this.#problemOf(note, before)
    if (problem === undefined) return
    const { line } = this.#source
    this.finding = { index: before?.size ?? 0, file: AUDIT_ENTRY.checkpoints, line, problem }
  }

  #problemOf(note: Note | 'damaged' | undefined, before: Note | undefined): string | undefined {
    if (note === undefined) return undefined
    if (note === 'damaged') return 'the checkpoint is damaged'
    this.#origin ??= note.origin
    if (note.origin !== this.#origin) return 'the checkpoint is of another log'
    if (!isSigned(note, this.#options.key)) return 'the checkpoint is not signed with the key'
    if (note.size <= (before?.size ?? 0)) return 'the checkpoint is not later than the one before'
    return undefined
  }
}
