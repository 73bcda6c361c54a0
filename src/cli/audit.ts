import { randomBytes } from 'node:crypto'
import type { Checkpoint } from '../adapter/audit-log/checkpoint.ts'
import { setLogAside } from '../adapter/audit-log/set-aside.ts'
import { DEFAULT_AUDIT_LIMITS, type AuditLimits } from '../adapter/audit-log/limits.ts'
import { archiveSegments, prunableBefore, PRUNE_EVENT } from '../adapter/audit-log/prune.ts'
import { openAuditLog, type AuditOptions } from '../adapter/audit-log/open.ts'
import type { FileAuditLog } from '../adapter/audit-log/log.ts'
import { auditSigningKey } from '../adapter/audit-log/signing-key.ts'
import { pathIn, type DataDirectory } from '../adapter/data-directory.ts'
import { KEYRING_KEY, readKeyring } from '../adapter/keyring.ts'
import type { LevelStore } from '../adapter/store-level/store.ts'
import { systemTimestamps } from '../adapter/timestamps.ts'
import { KmipFault } from '../fault/fault.ts'
import type { Clock } from '../port/clock.ts'
import type { Log } from '../port/log.ts'
import type { EpochSealer } from '../port/sealer.ts'
import { auditLine } from '../model/audit-entry.ts'
import { AuditMemory } from '../repository/audit-memory.ts'
import { AuditTrail, type AuditEvent } from '../server/audit/trail.ts'
import { headDetail, problemOfToldStore, refuseToldStore } from './store-in-audit.ts'

export interface AuditParts {
  readonly directory: DataDirectory
  readonly store: LevelStore
  readonly sealer: EpochSealer
  /** How often the store was restored. */
  readonly generation: number
  /** Those of {@link DEFAULT_AUDIT_LIMITS} where they are absent. */
  readonly limits?: AuditLimits | undefined
  /** Where the log lies if not in the data directory. */
  readonly place?: string | undefined
  /** Why a new log is to be begun if the old one is refused; there is no new one without a reason. */
  readonly newLogFor?: string | undefined
  /** The latest time that it tells is remembered with the log. */
  readonly clock?: Clock | undefined
  /** The store is taken as it is, whatever the log tells of it. */
  readonly isAccepting?: boolean
  readonly log: Log
}

/** What was moved into the archive. */
export interface PrunedAudit {
  readonly segments: number
  readonly entries: number
  /** The first entry that is still in the log. */
  readonly first: number
}

/** A log that was refused, and left for a new one. */
export interface LeftLog {
  /** Why it was refused. */
  readonly problem: string
  /** Where its files are now, beneath the new one; undefined where there were none. */
  readonly left: string | undefined
}

/** The audit of a data directory that is open. */
export class Audit {
  readonly trail: AuditTrail
  readonly #log: FileAuditLog
  readonly #parts: AuditParts
  readonly #memory: AuditMemory
  #work: Promise<void> = Promise.resolve()
  #remembered: number
  #batch: bigint
  /** Entries when the log was told last how far the store is. */
  #told: number

  /** What the log tells against a store that is taken as it is. */
  readonly problem: string | undefined
  /** The log that this one was begun in the place of. */
  readonly left: LeftLog | undefined

  private constructor(
    parts: AuditParts,
    { log, left, boot, known, problem }: CheckedLog,
    memory: AuditMemory,
  ) {
    const { store } = parts
    this.#parts = parts
    this.#log = log
    this.left = left
    this.problem = problem
    this.#told = log.size
    this.#memory = memory
    this.#remembered = known
    this.#batch = store.head.batch
    this.trail = new AuditTrail({ log, time: systemTimestamps(), boot })
    store.keepJournalsFor(this.trail)
  }

  /**
   * Opens the log, or begins one, and gives it what it lacks of the store's journals. Throws `UNAVAILABLE` when it is
   * not the one that the store knows of, unless a new one may be begun then; and when the store is not the one that the
   * log tells of, unless that is accepted.
   */
  static async open(parts: AuditParts): Promise<Audit> {
    const { store, generation, log } = parts
    const lost = await store.lostLines()
    const memory = new AuditMemory(store, generation)
    const opened = await checked(await openLog(parts, memory), parts)
    const from = Math.max(0, lost.from - SLACK)
    const missing = lost.lines.length === 0 ? [] : opened.log.missing(lost.lines, from)
    for (const line of missing) opened.log.append(line)
    await opened.log.synced()
    if (missing.length > 0) log.warn('audit brought up to date', { entries: missing.length })
    return new Audit(parts, opened, memory)
  }

  /** Tells whether entries can be written, now and whenever that changes. */
  watch(told: (condition: { readonly canWrite: boolean; readonly why?: string }) => void): void {
    this.#log.watch(told)
  }

  /** The last checkpoint that was signed. */
  get checkpoint(): Checkpoint | undefined {
    return this.#log.checkpoint
  }

  /** Tells of something and waits until that outlives the machine. Throws `UNAVAILABLE`. */
  async tell(event: AuditEvent): Promise<void> {
    this.trail.tell(event)
    await this.trail.synced()
  }

  /**
   * Moves what is from before a moment into the archive beneath the log, told of before. Throws `UNAVAILABLE`.
   *
   * @param before - in seconds since 1970
   */
  async prune(before: number): Promise<PrunedAudit> {
    const directory = pathIn(this.#parts.directory, 'audit')
    const proven = this.#log.checkpoint?.size ?? 0
    const { segments, first } = prunableBefore(directory, before * 1_000, proven)
    const [oldest] = segments
    if (oldest === undefined) return { segments: 0, entries: 0, first }
    const detail = {
      first,
      segments: segments.length,
      before: new Date(before * 1_000).toISOString(),
    }
    await this.tell({ operation: PRUNE_EVENT, detail })
    await archiveSegments(directory, segments)
    return { segments: segments.length, entries: first - oldest.first, first }
  }

  /** Has the store know the log from now on, and the log the store. */
  keep(every: (milliseconds: number, task: () => void) => () => void): () => void {
    return every(INTERVAL_MS, () => {
      this.#work = this.#work.then(async () => this.#follow())
    })
  }

  /** Ends the log, and has the store know how. */
  async close(): Promise<void> {
    await this.#work
    const { store, log } = this.#parts
    try {
      await this.#tellStore()
      await store.settleJournals()
    } catch (error) {
      log.error('audit not settled', { reason: wordsOf(error) })
    }
    try {
      await this.#log.close()
      await this.#remember()
    } catch (error) {
      log.error('audit not closed', { reason: wordsOf(error) })
    }
  }

  /** What one of the two cannot do now is done next time. */
  async #follow(): Promise<void> {
    const { store, log } = this.#parts
    try {
      await this.#tellStore()
      await store.settleJournals()
      await this.#remember()
    } catch (error) {
      log.warn('audit not remembered', { reason: wordsOf(error) })
    }
  }

  /** Who opens the log need not look far behind for it. */
  async #tellStore(): Promise<void> {
    const { batch } = this.#parts.store.head
    if (batch === this.#batch && this.#log.size - this.#told < MOST_BETWEEN) return
    await this.tell({ operation: 'Store', detail: headDetail(this.#parts) })
    this.#told = this.#log.size
  }

  async #remember(): Promise<void> {
    const { checkpoint } = this.#log
    if (checkpoint === undefined || checkpoint.size <= this.#remembered) return
    await this.#memory.write(checkpoint, this.#parts.clock?.now())
    this.#remembered = checkpoint.size
    this.#batch = this.#parts.store.head.batch
  }
}

interface OpenedLog {
  readonly log: FileAuditLog
  readonly left: LeftLog | undefined
  /** Names this run. */
  readonly boot: string
  /** Entries that the store knows of. */
  readonly known: number
}

interface CheckedLog extends OpenedLog {
  readonly problem: string | undefined
}

/** A log that tells of this store, or else is closed. */
async function checked(opened: OpenedLog, parts: AuditParts): Promise<CheckedLog> {
  try {
    const problem = problemOfToldStore(pathIn(parts.directory, 'audit'), parts)
    if (parts.isAccepting !== true) refuseToldStore(problem)
    return { ...opened, problem }
  } catch (error) {
    await opened.log.close()
    throw error
  }
}

/** Opens the log; begins a new one, which says so first, where it is refused and there is a reason to. */
async function openLog(parts: AuditParts, memory: AuditMemory): Promise<OpenedLog> {
  const { newLogFor: reason } = parts
  const boot = randomBytes(BOOT_BYTES).toString('hex')
  const options = await logOptions(parts)
  try {
    const remembered = await memory.read()
    const log = await openAuditLog({ ...options, remembered })
    return { log, left: undefined, boot, known: remembered?.size ?? 0 }
  } catch (error) {
    if (reason === undefined || !(error instanceof KmipFault)) throw error
    const time = systemTimestamps()()
    const left = await setLogAside(options.directory, time)
    const log = await openAuditLog(options)
    const problem = error.message
    const detail = { reason, problem, ...(left === undefined ? {} : { left }) }
    const told = { name: 'local', operation: 'audit.accept', result: 'success', detail } as const
    log.append(auditLine({ kind: 'event', time, boot, ...told }))
    await log.synced()
    return { log, left: { problem, left }, boot, known: 0 }
  }
}

async function logOptions(parts: AuditParts): Promise<AuditOptions> {
  const { directory, store, sealer, place, log } = parts
  const { storeId } = readKeyring((await store.get(KEYRING_KEY))?.value)
  return {
    directory: pathIn(directory, 'audit'),
    elsewhere: place,
    key: await auditSigningKey({ store, sealer }),
    name: `kmipd/${Buffer.from(storeId).toString('hex')}`,
    limits: parts.limits ?? DEFAULT_AUDIT_LIMITS,
    log,
    now: () => Date.now(),
  }
}

/** Does what a command does to a store, and tells of it before and after. Throws what the work throws, and `UNAVAILABLE`. */
export async function toldBeforeAndAfter<T>(
  audit: Audit | undefined,
  told: AuditEvent,
  work: () => Promise<T>,
): Promise<T> {
  const event = { ...told, op: audit?.trail.number() }
  await audit?.tell({ ...event, kind: 'intent' })
  try {
    const done = await work()
    await audit?.tell({ ...event, kind: 'outcome', result: 'success' })
    return done
  } catch (error) {
    const reason = error instanceof KmipFault ? error.code : undefined
    await audit?.tell({ ...event, kind: 'outcome', result: 'failed', reason })
    throw error
  }
}

function wordsOf(error: unknown): string {
  return error instanceof KmipFault ? (error.detail ?? error.message) : 'unknown error'
}

const BOOT_BYTES = 8
/** Entries before the place that a journal names, in which an intent of it may be. */
const SLACK = 10_000
/** Entries between two that tell how far the store is, though it has not changed. */
const MOST_BETWEEN = 50_000
/** How long the store may be behind the log in what it knows of it. */
const INTERVAL_MS = 10_000
