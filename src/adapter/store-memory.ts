import { KmipFault } from '../fault/fault.ts'
import type {
  Commit,
  CommitOutcome,
  Entry,
  JournalLog,
  JournalledStore,
  KeyRange,
  LostLines,
  Revision,
  ScanOptions,
  Snapshot,
} from '../port/store.ts'
import { checkCommit } from './store-limits.ts'

/** A store that forgets everything when the process ends, for tests. */
export function memoryStore(): JournalledStore {
  return new MemoryStore()
}

class MemoryStore implements JournalledStore {
  #table = new Table([])
  #log: JournalLog | undefined
  #lost: { readonly from: number; readonly lines: Uint8Array[] } = { from: 0, lines: [] }
  #revision: Revision = 0n
  #open = true

  async get(key: Uint8Array): Promise<Entry | undefined> {
    return Promise.resolve(this.#reader().get(key))
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Entry | undefined)[]> {
    return Promise.resolve(this.#reader().getMany(keys))
  }

  async scan(range: KeyRange, options: ScanOptions): Promise<readonly Entry[]> {
    return Promise.resolve(this.#reader().scan(range, options))
  }

  async snapshot(): Promise<Snapshot> {
    return Promise.resolve(new MemorySnapshot(this.#reader()))
  }

  async commit(commit: Commit): Promise<CommitOutcome> {
    const table = this.#reader()
    checkCommit(commit)
    if (commit.journal !== undefined && this.#log === undefined) {
      throw new TypeError('A commit has a journal, and there is no log for it')
    }
    for (const { key, revision } of commit.checks) {
      if ((table.find(key)?.revision ?? 'absent') !== revision) {
        return Promise.resolve('conflict')
      }
    }
    this.#revision += 1n
    this.#table = table.with(commit, this.#revision)
    this.#note(commit)
    return Promise.resolve({ revision: this.#revision })
  }

  async lostLines(): Promise<LostLines> {
    this.#reader()
    const { from, lines } = this.#lost
    return Promise.resolve({ from, lines: [...lines] })
  }

  keepJournalsFor(log: JournalLog): void {
    this.#log = log
    this.#lost = { from: log.size, lines: [] }
  }

  /** Nothing is ever settled: nobody keeps one of these for long. */
  #note({ journal }: Commit): void {
    if (journal === undefined) return
    const outcomes = journal.outcomes.map((line) => Uint8Array.from(line))
    this.#lost.lines.push(...journal.intents.map((line) => Uint8Array.from(line)), ...outcomes)
    for (const line of outcomes) this.#log?.append(line)
  }

  async close(): Promise<void> {
    this.#open = false
    this.#table = new Table([])
    return Promise.resolve()
  }

  #reader(): Table {
    if (!this.#open) throw new KmipFault('UNAVAILABLE', 'The store is closed')
    return this.#table
  }
}

class MemorySnapshot implements Snapshot {
  #table: Table | undefined

  constructor(table: Table) {
    this.#table = table
  }

  async get(key: Uint8Array): Promise<Entry | undefined> {
    return Promise.resolve(this.#reader().get(key))
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Entry | undefined)[]> {
    return Promise.resolve(this.#reader().getMany(keys))
  }

  async scan(range: KeyRange, options: ScanOptions): Promise<readonly Entry[]> {
    return Promise.resolve(this.#reader().scan(range, options))
  }

  async close(): Promise<void> {
    this.#table = undefined
    return Promise.resolve()
  }

  #reader(): Table {
    if (this.#table === undefined) throw new KmipFault('UNAVAILABLE', 'The snapshot is closed')
    return this.#table
  }
}

/** Entries in the order of their keys; never changed once made, so that a snapshot is a reference. */
class Table {
  readonly #entries: Entry[]

  constructor(entries: Entry[]) {
    this.#entries = entries
  }

  find(key: Uint8Array): Entry | undefined {
    const entry = this.#entries[this.#position(key)]
    return entry !== undefined && Buffer.compare(entry.key, key) === 0 ? entry : undefined
  }

  get(key: Uint8Array): Entry | undefined {
    const entry = this.find(key)
    return entry === undefined ? undefined : copyOf(entry)
  }

  getMany(keys: readonly Uint8Array[]): readonly (Entry | undefined)[] {
    return keys.map((key) => this.get(key))
  }

  scan(range: KeyRange, options: ScanOptions): readonly Entry[] {
    const within = this.#entries.slice(this.#position(range.from), this.#position(range.to))
    if (options.reverse === true) within.reverse()
    return within.slice(0, Math.max(0, options.limit)).map(copyOf)
  }

  /** The table after a commit. */
  with(commit: Commit, revision: Revision): Table {
    const table = new Table([...this.#entries])
    for (const key of commit.dels) table.#replace(key, [])
    for (const { key, value, isFresh } of commit.puts) {
      if (isFresh === true && this.find(key) !== undefined) {
        throw new TypeError('A key that was called fresh is there already')
      }
      table.#replace(key, [copyOf({ key, value, revision })])
    }
    return table
  }

  /** Only for a table that nobody else has seen yet. */
  #replace(key: Uint8Array, replacement: readonly Entry[]): void {
    const present = this.find(key) === undefined ? 0 : 1
    this.#entries.splice(this.#position(key), present, ...replacement)
  }

  /** How many keys are before this one. */
  #position(key: Uint8Array): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const entry = this.#entries[middle]
      if (entry !== undefined && Buffer.compare(entry.key, key) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Callers own what they hand in and what they get, as with an engine that goes through the disk. */
function copyOf(entry: Entry): Entry {
  return {
    key: Uint8Array.from(entry.key),
    value: Uint8Array.from(entry.value),
    revision: entry.revision,
  }
}
