import { KmipFault } from '../../fault/fault.ts'
import type { Clock } from '../../port/clock.ts'
import type { Log } from '../../port/log.ts'
import type { Ticker } from '../ticker.ts'
import type { AuditTrail } from './trail.ts'

/** How the audit log is verified beside its use. */
export interface VerificationLimits {
  /** From the beginning of one round to that of the next. */
  readonly verifySeconds: number
  /** Of the time of one processor, at most. */
  readonly verifyPercent: number
}

/** Once a day; some 20,000 entries a second. */
export const DEFAULT_VERIFICATION_LIMITS: VerificationLimits = {
  verifySeconds: 86_400,
  verifyPercent: 5,
}

/** What one round has read. */
export interface VerifiedAudit {
  readonly entries: number
  readonly checkpoints: number
  /** Entries at the beginning that were moved away: only their hashes are proven. */
  readonly moved: number
  /** Entries at the end that no checkpoint is over. */
  readonly unproven: number
  /** The first thing that is wrong. */
  readonly finding?:
    | {
        readonly index: number
        /** Empty for one that is not there. */
        readonly file: string
        readonly line: number
        readonly problem: string
      }
    | undefined
}

/** What is known of the log, for those who run the server. */
export interface VerificationStatus {
  /** The last round that has found nothing: entries under a checkpoint, and when it ended, in seconds since 1970. */
  readonly verified?: { readonly entries: number; readonly at: number }
  /** What the last round has found, or why it did not come to its end. */
  readonly problem?: string
}

export interface VerificationOptions {
  /** Reads the whole log; throws `UNAVAILABLE` where it cannot be read, and once it is aborted. */
  readonly verify: (signal: AbortSignal) => Promise<VerifiedAudit>
  readonly limits: Pick<VerificationLimits, 'verifySeconds'>
  readonly ticker: Ticker
  readonly clock: Clock
  readonly log: Log
  readonly trail: Pick<AuditTrail, 'tell'>
  /** Tells people of what is wrong. */
  readonly alert: (message: string) => void
}

/**
 * Verifies the audit log while it is written to: once soon after the start, and again and again. What is wrong is told
 * and ends nothing; each round is on record in the log itself.
 */
export class AuditVerification {
  readonly #options: VerificationOptions
  readonly #ended = new AbortController()
  #stop: () => void = () => undefined
  #isUnderWay = false
  #status: VerificationStatus = {}

  constructor(options: VerificationOptions) {
    this.#options = options
  }

  get status(): VerificationStatus {
    return this.#status
  }

  start(): void {
    const { ticker, limits } = this.#options
    const milliseconds = limits.verifySeconds * 1_000
    this.#stop = ticker.every(Math.min(milliseconds, FIRST_MS), () => {
      this.#stop()
      this.#stop = ticker.every(milliseconds, () => {
        this.#begin()
      })
      this.#begin()
    })
  }

  /** Ends a round that is under way; nothing comes of it any more. */
  close(): void {
    this.#stop()
    this.#ended.abort()
  }

  #begin(): void {
    if (this.#isUnderWay) return
    this.#isUnderWay = true
    void this.#round().finally(() => {
      this.#isUnderWay = false
    })
  }

  async #round(): Promise<void> {
    const { signal } = this.#ended
    try {
      const report = await this.#options.verify(signal)
      if (!signal.aborted) this.#report(report)
    } catch (error) {
      if (!signal.aborted) this.#fail(error)
    }
  }

  #report(report: VerifiedAudit): void {
    const { log, clock } = this.#options
    const { entries, unproven, moved, checkpoints, finding } = report
    const read = { from: moved, to: entries - unproven, checkpoints }
    if (finding === undefined) {
      this.#status = { verified: { entries: read.to, at: Math.trunc(clock.now()) } }
      log.info('audit log verified', read)
      this.#tell('success', read)
      return
    }
    const { index, file, line, problem } = finding
    const place = file === '' ? '' : ` (${file}, line ${line})`
    this.#told(
      'audit log altered',
      `the audit log was altered at entry ${index}${place}: ${problem}`,
    )
    this.#tell('failed', { from: moved, to: index, file, line, problem })
  }

  #fail(error: unknown): void {
    const why = error instanceof KmipFault ? (error.detail ?? error.message) : 'unknown error'
    this.#told('audit log not verified', `the audit log was not verified: ${why}`)
    this.#tell('failed', { problem: why })
  }

  #told(event: string, problem: string): void {
    const { log, alert } = this.#options
    const { verified } = this.#status
    this.#status = { ...(verified && { verified }), problem }
    log.error(event, { problem })
    alert(problem)
  }

  /** One that cannot be told now is in the log of the server alone. */
  #tell(result: 'success' | 'failed', detail: Readonly<Record<string, string | number>>): void {
    try {
      this.#options.trail.tell({ operation: VERIFY_EVENT, result, detail })
    } catch (error) {
      if (!(error instanceof KmipFault)) throw error
    }
  }
}

/** What an entry is called that tells of a round: entries from `from` on and before `to` were found to be as they were. */
const VERIFY_EVENT = 'audit.verify'

/** After the start, which has much to do and has looked at the end of the log. */
const FIRST_MS = 60_000
