import { setTimeout as passed } from 'node:timers/promises'
import { describeBug } from '../fault/describe-bug.ts'
import { KmipFault } from '../fault/fault.ts'
import type { PendingRequests } from '../operation/pending-request.ts'
import type { Clock } from '../port/clock.ts'
import type { Log } from '../port/log.ts'
import type { Random } from '../port/random.ts'
import type { DateTime } from '../schema/primitive.ts'
import { CancellationResult } from '../spec/enum/cancellation-result.ts'
import type { AsynchronousRequest } from '../spec/structure/asynchronous-request.ts'
import type { Secret } from '../secret/secret.ts'
import { encodedLength } from '../ttlv/encode.ts'
import type { ItemOutcome, ReadItem } from './batch-item.ts'
import { heldBy, type Held } from './held-jobs.ts'
import { Job, type JobOwner } from './job.ts'
import type { Ticker } from './ticker.ts'

/** How much is done asynchronously. */
export interface JobLimits {
  /** Jobs that are waited for, worked at or kept, of all clients. */
  readonly jobs: number
  /** The same of one client. */
  readonly perClient: number
  /** Bytes of requests and answers that are kept, of all clients. */
  readonly bytes: number
  /** The same of one client. */
  readonly bytesPerClient: number
  /** Pieces of work at a time. */
  readonly atOnce: number
  /** How long an answer is kept, in seconds. */
  readonly keepSeconds: number
}

export const DEFAULT_JOB_LIMITS: JobLimits = {
  jobs: 1_000,
  perClient: 100,
  bytes: 134_217_728,
  bytesPerClient: 16_777_216,
  atOnce: 8,
  keepSeconds: 3_600,
}

export interface JobsOptions {
  readonly limits: JobLimits
  readonly clock: Clock
  readonly ticker: Ticker
  readonly random: Pick<Random, 'identifier'>
  readonly log: Log
}

/** Batch items that are carried out one after the other, and what carries them out. */
interface Series {
  readonly jobs: readonly Job[]
  readonly work: (jobs: readonly Job[]) => Promise<Halt | undefined>
}

/** Where a series has come to a stand: it goes on with the job when what that waits for is over. */
export interface Halt {
  readonly job: Job
  readonly whenOver: (resume: () => void) => void
}

/** Answers of so few bytes, such as the identifier of a new key, are kept whatever else is. */
const SMALL_ANSWER = 1_024
const SWEEP_MS = 30_000

/**
 * What clients have under way (KMIP 1.4 sections 6.7, 6.8): in this process alone. Whatever is not done when the server
 * stops has stored nothing, and its Correlation Value names nothing any more.
 */
export class Jobs {
  readonly #options: JobsOptions
  readonly #jobs = new Map<string, Job>()
  readonly #waiting: Series[] = []
  readonly #working = new Set<Promise<void>>()
  readonly #stopSweeping: () => void
  #isClosed = false

  constructor(options: JobsOptions) {
    this.#options = options
    this.#stopSweeping = options.ticker.every(SWEEP_MS, () => {
      this.endUnknown()
    })
  }

  /** The moment, in seconds. */
  get now(): DateTime {
    return this.#options.clock.now()
  }

  /** When what ends now may be forgotten, in seconds. */
  get until(): DateTime {
    return this.now + this.#options.limits.keepSeconds
  }

  /** Has batch items carried out when there is room; undefined when there are too many of them. */
  submit(
    owner: JobOwner,
    items: readonly ReadItem[],
    work: Series['work'],
  ): readonly Job[] | undefined {
    this.#forget()
    if (this.#isClosed || !this.#makeRoom(owner, items)) return undefined
    const jobs = items.map((item) => new Job(this.#correlation(), owner, item, this.now))
    for (const job of jobs) this.#jobs.set(keyOf(owner, job.correlation), job)
    this.#waiting.push({ jobs, work })
    this.#next()
    return jobs
  }

  /** Keeps the answer of a job; one that there is no room for gives way to Response Too Large. */
  end(job: Job, outcome: ItemOutcome): void {
    const bytes = outcome.payload === undefined ? 0 : encodedLength(outcome.payload)
    const isKept = bytes <= SMALL_ANSWER || this.#fits(job.owner, { jobs: 0, bytes })
    if (!isKept) outcome.dropped?.()
    job.end(isKept ? outcome : { fault: TOO_LARGE }, this.until)
  }

  /** What one client may see of it. @param lend - is given what is to be zeroed once the answer is written */
  of(owner: JobOwner, lend: (copy: Secret) => void): PendingRequests {
    return {
      poll: (correlation) =>
        this.#find(owner, correlation)?.poll(lend) ?? NO_REQUESTS.poll(correlation),
      cancel: (correlation) =>
        this.#find(owner, correlation)?.cancel(this.until) ?? CancellationResult.Unavailable,
      outstanding: () => this.#outstanding(owner),
      process: async (correlation) => {
        const job = this.#find(owner, correlation)
        if (job === undefined || job.isCanceled) throw unknownRequest()
        if (job.isAwaiting) {
          throw new KmipFault('APPROVAL_NEEDED', 'The request waits for approval: poll for it')
        }
        this.#hasten(job)
        await job.over
      },
    }
  }

  /** Ends what is under way for those who are known no more; what is being stored is let finish, and kept for nobody. */
  endUnknown(): void {
    this.#forget()
    for (const [key, job] of this.#jobs) {
      if (job.owner.isKnown?.() !== false) continue
      job.cancel(this.until, 'refused')
      if (job.isOver) this.#jobs.delete(key)
      if (job.isOver && !job.isCanceled) job.destroy()
    }
  }

  /**
   * Ends: what has not begun is canceled, what has begun may go on for a while. What is not done by then stores nothing.
   */
  async close({ graceMs }: { readonly graceMs: number }): Promise<void> {
    this.#isClosed = true
    this.#stopSweeping()
    for (const { jobs } of this.#waiting.splice(0)) this.#cancel(jobs)
    await Promise.race([this.#idle(), passed(graceMs, undefined, { ref: false })])
    this.#cancel(this.#jobs.values())
    for (const job of this.#jobs.values()) if (job.isOver) job.destroy()
    this.#jobs.clear()
  }

  #outstanding(owner: JobOwner): readonly AsynchronousRequest[] {
    this.#forget()
    return [...this.#jobs].flatMap(([key, job]) => {
      const report =
        key.startsWith(prefixOf(owner)) && isVisible(job, owner) ? job.report : undefined
      return report === undefined ? [] : [report]
    })
  }

  /** Those that were submitted with it come along: they are done in their order. */
  #hasten(job: Job): void {
    const at = this.#waiting.findIndex(({ jobs }) => jobs.includes(job))
    if (at > 0) this.#waiting.unshift(...this.#waiting.splice(at, 1))
  }

  async #idle(): Promise<void> {
    await Promise.all(this.#working)
  }

  #cancel(jobs: Iterable<Job>): void {
    for (const job of jobs) job.cancel(this.until, 'lost')
  }

  #find(owner: JobOwner, correlation: Uint8Array): Job | undefined {
    this.#forget()
    const job = this.#jobs.get(keyOf(owner, correlation))
    return job !== undefined && isVisible(job, owner) ? job : undefined
  }

  #correlation(): Uint8Array {
    return new TextEncoder().encode(this.#options.random.identifier())
  }

  /** Where there is no room, what the client was told already gives way, the oldest first. */
  #makeRoom(owner: JobOwner, items: readonly ReadItem[]): boolean {
    const bytes = items.reduce(
      (sum, { payload }) => sum + (payload === undefined ? 0 : encodedLength(payload)),
      0,
    )
    const more = { jobs: items.length, bytes }
    for (const [key, job] of this.#jobs) {
      if (this.#fits(owner, more)) return true
      if (!job.isTold || job.owner.client !== owner.client) continue
      this.#jobs.delete(key)
      job.destroy()
    }
    return this.#fits(owner, more)
  }

  #fits({ client }: JobOwner, more: Held): boolean {
    const { limits } = this.#options
    const all = heldBy(this.#jobs.values())
    const own = heldBy([...this.#jobs.values()].filter(({ owner }) => owner.client === client))
    return (
      own.jobs + more.jobs <= limits.perClient &&
      all.jobs + more.jobs <= limits.jobs &&
      own.bytes + more.bytes <= limits.bytesPerClient &&
      all.bytes + more.bytes <= limits.bytes
    )
  }

  #next(): void {
    while (this.#working.size < this.#options.limits.atOnce) {
      const series = this.#waiting.shift()
      if (series === undefined) return
      const run = this.#run(series).finally(() => {
        this.#working.delete(run)
        this.#next()
      })
      this.#working.add(run)
    }
  }

  async #run({ jobs, work }: Series): Promise<void> {
    try {
      const halt = await work(jobs)
      if (halt !== undefined) {
        this.#resumeLater({ jobs: jobs.slice(jobs.indexOf(halt.job)), work }, halt)
        return
      }
    } catch (error) {
      this.#options.log.error('asynchronous operation failed', { ...describeBug(error) })
    }
    // Whatever happened, nobody waits for ever.
    for (const job of jobs) job.end({ fault: FAILED }, this.until)
  }

  #resumeLater(series: Series, { whenOver }: Halt): void {
    whenOver(() => {
      if (this.#isClosed) return
      this.#waiting.push(series)
      this.#next()
    })
  }

  #forget(): void {
    const now = this.#options.clock.now()
    for (const [key, job] of this.#jobs) {
      if (job.until === undefined || job.until > now) continue
      this.#jobs.delete(key)
      job.destroy()
    }
  }
}

/** Nothing is under way, and nothing ever was. */
export const NO_REQUESTS: PendingRequests = {
  poll() {
    throw unknownRequest()
  },
  cancel: () => CancellationResult.Unavailable,
  outstanding: () => [],
  process: async () => Promise.reject(unknownRequest()),
}

function unknownRequest(): KmipFault {
  return new KmipFault('UNKNOWN_REQUEST', 'There is no such request under way')
}

const TOO_LARGE = new KmipFault('RESPONSE_TOO_LARGE', 'The response is larger than can be kept')
const FAILED = new KmipFault('INTERNAL', 'The server failed to carry out the operation')

/** Whoever asks without tickets that have rights sees all that is the client's. */
function isVisible(job: Job, { scope }: JobOwner): boolean {
  return scope === undefined || job.owner.scope === scope
}

/** What is another's, or of another version, is not found at all. */
function keyOf(owner: JobOwner, correlation: Uint8Array): string {
  return `${prefixOf(owner)}${Buffer.from(correlation).toString('hex')}`
}

function prefixOf({ client, version }: JobOwner): string {
  return `${client} ${version} `
}
