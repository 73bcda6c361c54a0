import type { Journal, JournalLog, LostLines } from '../../port/store.ts'
import type { Engine } from './engine.ts'
import { cannotOpen } from './fault.ts'
import { headAfter, type Head } from './head.ts'
import { decodeJournal, type JournalRecord, type Settled } from './journal-record.ts'
import { JOURNAL_SLOTS, journalKey } from './layout.ts'
import type { StoreSeal } from './seal.ts'

/**
 * The journals of a store, each of which stays until the log has synced it: the place of a batch in their ring is given
 * to another one only then.
 */
export class Journals {
  #log: JournalLog | undefined
  #settled: Settled = NOTHING
  /** The newest batch that is durable, whose outcomes the log was given. */
  #written = 0n
  #settling: Promise<void> | undefined

  get settled(): Settled {
    return this.#settled
  }

  /** From now on outcomes go to the log, which has all journals up to this batch. */
  begin(log: JournalLog, batch: bigint): void {
    this.#log = log
    this.#written = batch
    this.#settled = { batch, size: log.size }
  }

  /** Throws a `TypeError` where nobody keeps the log that the journal is for. */
  check(journal: Journal | undefined): void {
    if (journal !== undefined && this.#log === undefined) {
      throw new TypeError('A commit has a journal, and there is no log for it')
    }
  }

  /** Whether a batch, with a journal or without, would leave every journal that is still needed among the last ones. */
  hasRoomFor(batch: bigint): boolean {
    return this.#log === undefined || batch - this.#settled.batch <= BigInt(JOURNAL_SLOTS)
  }

  /** Takes note that a batch is durable. */
  written(batch: bigint, outcomes: readonly Uint8Array[], hasJournal: boolean): void {
    const log = this.#log
    if (log === undefined) return
    const isSettled = this.#written === this.#settled.batch && !hasJournal
    for (const line of outcomes) log.append(line)
    this.#written = batch
    if (isSettled) this.#settled = { batch, size: log.size }
    // Nobody waits for it: where it fails, whoever needs the room tries again.
    else if (batch - this.#settled.batch > SETTLED_AT) this.settle().catch(() => undefined)
  }

  /** Has the log sync what it was given. Throws `UNAVAILABLE`. */
  async settle(): Promise<void> {
    this.#settling ??= this.#settle().finally(() => {
      this.#settling = undefined
    })
    return this.#settling
  }

  async #settle(): Promise<void> {
    const log = this.#log
    if (log === undefined) return
    const settled = { batch: this.#written, size: log.size }
    await log.synced()
    this.#settled = settled
  }
}

/** Reads what the log may have lost, newest batch first. Throws `UNAVAILABLE` for a journal that is not what was written. */
export function readLostLines(engine: Engine, seal: StoreSeal, { batch: last }: Head): LostLines {
  const records: JournalRecord[] = []
  const oldest = last - BigInt(JOURNAL_SLOTS)
  for (let batch = last; batch > oldest && batch > 0n; batch -= 1n) {
    const newest = records[0]
    if (newest !== undefined && batch <= newest.settled.batch) break
    const head = headAfter(engine, batch, seal)
    if (head === undefined) break
    if (head.hasJournal === true) records.push(readRecord(engine, head))
  }
  const lines = records.toReversed().flatMap((record) => record.lines)
  return { from: records[0]?.settled.size ?? 0, lines }
}

function readRecord(engine: Engine, { batch, chain }: Head): JournalRecord {
  const bytes = engine.get(journalKey(batch))
  const record = bytes === undefined ? undefined : decodeJournal(bytes)
  if (record?.batch === batch && Buffer.compare(record.chain, chain) === 0) return record
  throw cannotOpen(`The journal of batch ${batch} of the store was altered, or is missing`)
}

const NOTHING: Settled = { batch: 0n, size: 0 }
/** The log is asked to sync when so many batches are not settled, and has time for it until their ring is full. */
const SETTLED_AT = BigInt(JOURNAL_SLOTS / 4)
