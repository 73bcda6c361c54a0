import { KmipFault } from '../../fault/fault.ts'
import type {
  Commit,
  CommitOutcome,
  Entry,
  JournalLog,
  JournalledStore,
  KeyRange,
  LostLines,
  ScanOptions,
  Snapshot,
} from '../../port/store.ts'
import { checkCommit } from '../store-limits.ts'
import { isOfFullDisk } from './ballast.ts'
import { Committer } from './committer.ts'
import type { Pause } from './contents.ts'
import type { Engine, EngineSnapshot } from './engine.ts'
import type { Group } from './group.ts'
import { unavailable, wordsOf } from './fault.ts'
import { decodeHead, encodeHead, samePlace, type Head } from './head.ts'
import { Journals, readLostLines } from './journals.ts'
import { inspectContents, standingOf, type Standing, type ToldHead } from './inspect.ts'
import { HEAD_KEY } from './layout.ts'
import { momentOf, type Moment } from './moment.ts'
import { LevelSnapshot, readMany, readOne, readRange, type Read } from './reading.ts'
import type { LevelStoreParts, Working } from './store-parts.ts'
import { findDamagedTable } from './table-file.ts'

/** What a store can do: all, read alone, or nothing until it is opened again; and why not more. */
export interface StoreCondition {
  readonly can: 'all' | 'read' | 'nothing'
  readonly why?: string
}

/** A store over LevelDB, which trusts it as long as it makes no mistake. */
export class LevelStore implements JournalledStore {
  readonly #parts: LevelStoreParts
  readonly #journals = new Journals()
  /** Undefined while the store cannot be used, for the reason in `#why`. */
  #working: Working | undefined
  #why = 'closed'
  #recovery: Promise<void> = Promise.resolve()
  /** Set while another try at reopening may help. */
  #retry: (() => void) | undefined
  #closed: Promise<void> | undefined
  /** Why nothing may be written; undefined while it may. */
  #readOnly: string | undefined
  #watch: ((condition: StoreCondition) => void) | undefined

  constructor(parts: LevelStoreParts) {
    this.#parts = parts
    this.#working = this.#start(parts.engine, parts.head)
  }

  async get(key: Uint8Array): Promise<Entry | undefined> {
    return this.#read((engine) => readOne(engine, key))
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Entry | undefined)[]> {
    return this.#read(async (engine) => readMany(engine, keys))
  }

  async scan(range: KeyRange, options: ScanOptions): Promise<readonly Entry[]> {
    return this.#read(async (engine) => readRange(engine, range, options))
  }

  async snapshot(): Promise<Snapshot> {
    const working = this.#usable()
    const snapshot = await this.#read((engine) => engine.snapshot())
    return new LevelSnapshot(this.#readerOf(working, snapshot), async () => snapshot.close())
  }

  /** A snapshot with the head of the same moment. Throws `UNAVAILABLE`. */
  async moment(): Promise<Moment> {
    const working = this.#usable()
    const snapshot = await this.#read((engine) => engine.snapshot())
    const read = this.#readerOf(working, snapshot)
    const { seal } = this.#parts
    const anchor = await read((engine, at) => engine.get(HEAD_KEY, at))
    const head = anchor === undefined ? undefined : decodeHead(anchor, seal)
    if (anchor === undefined || head === undefined) {
      await snapshot.close()
      throw unavailable('the head of the store is not authentic')
    }
    const reader = new LevelSnapshot(read, async () => snapshot.close())
    return momentOf(reader, { head, anchor }, seal)
  }

  async commit(commit: Commit): Promise<CommitOutcome> {
    checkCommit(commit)
    this.#journals.check(commit.journal)
    if (this.#parts.ballast.isSpent) await this.keepBallast()
    if (this.#parts.ballast.isSpent) throw new KmipFault('SERVER_LIMIT', FULL)
    const working = this.#usable()
    if (this.#readOnly !== undefined) throw unavailable(this.#readOnly)
    try {
      return await working.committer.submit(commit)
    } catch (error) {
      throw error instanceof KmipFault ? error : this.#fail(working, error)
    }
  }

  async lostLines(): Promise<LostLines> {
    const { engine, committer } = this.#usable()
    return Promise.resolve(readLostLines(engine, this.#parts.seal, committer.head))
  }

  keepJournalsFor(log: JournalLog): void {
    this.#journals.begin(log, this.head.batch)
  }

  /** Has the log sync what it was given: no journal so far is needed any more. Throws `UNAVAILABLE`. */
  async settleJournals(): Promise<void> {
    await this.#journals.settle()
  }

  /** Where the store stands: what is durable, at least. Throws `UNAVAILABLE` while it cannot be used. */
  get head(): Head {
    return this.#usable().committer.head
  }

  /** Whether it was brought up to date just now: there cannot be an anchor of it yet. */
  get isRenewed(): boolean {
    return this.#parts.isRenewed
  }

  /** The head as it is kept apart from the store: nobody without the keys can make one. */
  get anchor(): Uint8Array {
    return encodeHead(this.head, this.#parts.seal)
  }

  /** How the store stands to a head that was kept apart from it, or that the audit log tells of. */
  standingTo(known: Uint8Array | ToldHead): Standing {
    const { engine, committer } = this.#usable()
    return standingOf({ engine, seal: this.#parts.seal }, committer.head, known)
  }

  /**
   * Reads everything, and says for people what is not as it was written; undefined when all of it is, or when `pause`
   * ended the reading: it is awaited after each page of entries.
   */
  async inspect(pause?: Pause): Promise<string | undefined> {
    const damaged = await findDamagedTable(this.#parts.directory)
    if (damaged !== undefined) return `The file ${damaged} of the store is damaged`
    const snapshot = this.#usable().engine.snapshot()
    try {
      return await this.#read(async (engine) =>
        inspectContents(engine, this.#parts.seal, { snapshot, pause }),
      )
    } finally {
      await snapshot.close()
    }
  }

  /** From now on nothing is written, for a reason that goes to the log of whoever tries. */
  refuseWrites(why: string): void {
    this.#readOnly = why
    this.#tell()
  }

  /** Makes the ballast where it is not there; from then on a store that had no room is written again. */
  async keepBallast(): Promise<void> {
    if (!(await this.#parts.ballast.keep())) return
    this.#parts.log.warn('disk has room again')
    this.#tell()
  }

  /** Tells what the store can do, now and whenever that changes, until it is closed. */
  watch(told: (condition: StoreCondition) => void): void {
    this.#watch = told
    this.#tell()
  }

  get condition(): StoreCondition {
    if (this.#working === undefined) return { can: 'nothing', why: this.#why }
    if (this.#readOnly !== undefined) return { can: 'read', why: this.#readOnly }
    return this.#parts.ballast.isSpent ? { can: 'read', why: FULL } : ALL
  }

  #tell(): void {
    if (this.#closed === undefined) this.#watch?.(this.condition)
  }

  async close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  #usable(): Working {
    if (this.#working !== undefined) return this.#working
    const retry = this.#retry
    this.#retry = undefined
    retry?.()
    throw unavailable(this.#why)
  }

  #readerOf(working: Working, snapshot: EngineSnapshot): Read {
    return async (use) => {
      if (this.#working !== working) throw unavailable('the snapshot was lost with its engine')
      return this.#read(async (engine) => use(engine, snapshot))
    }
  }

  #start(engine: Engine, head: Head): Working {
    const { seal } = this.#parts
    const failed = (error: unknown): KmipFault => this.#fail(working, error)
    const committer = new Committer({ engine, head, seal, journals: this.#journals }, failed)
    const working: Working = { engine, committer }
    return working
  }

  async #read<T>(use: (engine: Engine) => T | Promise<T>): Promise<T> {
    const working = this.#usable()
    try {
      return await use(working.engine)
    } catch (error) {
      throw this.#fail(working, error)
    }
  }

  /** The first error of an engine is its last: everyone who waits on it fails and it is closed. */
  #fail(working: Working, error: unknown): KmipFault {
    if (this.#working === working) {
      this.#working = undefined
      this.#why = 'recovering from an error of the engine'
      this.#parts.log.error('store failed', { reason: wordsOf(error) })
      this.#tell()
      this.#recovery = this.#recover(working, error)
    }
    working.committer.stop(error)
    return unavailable('the engine failed', error)
  }

  /** Goes on only with an engine that has the last acknowledged batch, or the one that was under way. */
  async #recover({ engine, committer }: Working, cause: unknown): Promise<void> {
    const { head, attempted } = committer
    await this.#giveRoom(cause)
    try {
      await engine.close()
    } catch (error) {
      this.#parts.log.error('store not closed', { reason: wordsOf(error) })
    }
    await this.#reopen(head, attempted)
  }

  /** Whether there is more room now, because the disk is full. */
  async #giveRoom(cause: unknown): Promise<boolean> {
    if (!isOfFullDisk(cause) || !(await this.#parts.ballast.spend())) return false
    this.#parts.log.error('disk full, nothing is written until there is room')
    return true
  }

  async #reopen(last: Head, attempted: Group | undefined): Promise<void> {
    const { log, reopen } = this.#parts
    const isAttempted = (found: Head) =>
      attempted !== undefined && samePlace(attempted.seal(), found)
    try {
      const { engine, head } = await reopen((found) => samePlace(last, found) || isAttempted(found))
      if (attempted !== undefined && isAttempted(head)) {
        this.#journals.written(head.batch, attempted.outcomes, attempted.hasJournal)
      }
      this.#working = this.#start(engine, head)
      log.warn('store reopened', { batch: String(head.batch) })
      this.#tell()
    } catch (error) {
      if (await this.#giveRoom(error)) return this.#reopen(last, attempted)
      this.#stay(`reopening failed: ${wordsOf(error)}`)
      // A full disk gets space again: whoever needs the store next tries once more.
      this.#retry = () => {
        this.#recovery = this.#reopen(last, attempted)
      }
    }
  }

  #stay(why: string): void {
    if (this.#why !== why) this.#parts.log.error('store stopped', { reason: why })
    this.#why = why
    this.#tell()
  }

  async #close(): Promise<void> {
    this.#retry = undefined
    await this.#recovery
    this.#retry = undefined
    const working = this.#working
    this.#working = undefined
    this.#why = 'closed'
    try {
      await working?.committer.drain()
      await working?.engine.close()
    } finally {
      await this.#parts.release()
    }
  }
}

const ALL: StoreCondition = { can: 'all' }

/** What whoever wants to write is told, and whoever runs the server. */
const FULL = 'The disk of the server is full'
