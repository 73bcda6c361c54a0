import { KmipFault } from '../fault/fault.ts'
import type { Log } from '../port/log.ts'
import type { DateTime } from '../schema/primitive.ts'

/** When a client is locked out. */
export interface LockLimits {
  /** Tickets of a client that may be wrong within `lockSeconds`. */
  readonly failures: number
  /** For how long wrong tickets are remembered, and a client then is locked out, in seconds. */
  readonly lockSeconds: number
}

/** What one client has got wrong. */
interface Failures {
  /** When the first of them was. */
  readonly since: DateTime
  count: number
  /** Until when the client is locked out, if it is. */
  until: DateTime | undefined
}

/** Keeps whoever presents wrong tickets from trying on: the client's tickets and logins are refused for a while. */
export class TicketLock {
  readonly #limits: LockLimits
  readonly #log: Log
  /** By the client's identifier; right tickets change nothing in it. */
  readonly #failures = new Map<string, Failures>()

  constructor(limits: LockLimits, log: Log) {
    this.#limits = limits
    this.#log = log
  }

  /** Throws `AUTHENTICATION_FAILED` while the client is locked out. */
  check(client: string, now: DateTime): void {
    const until = this.#failures.get(client)?.until
    if (until === undefined) return
    if (until <= now) this.#failures.delete(client)
    else throw new KmipFault('AUTHENTICATION_FAILED', 'Too many tickets were wrong')
  }

  /** Counts a wrong ticket. */
  count(client: string, now: DateTime): void {
    const { failures: most, lockSeconds } = this.#limits
    const before = this.#failures.get(client)
    const isOver = before === undefined || before.since + lockSeconds <= now
    const failures: Failures = isOver ? { since: now, count: 0, until: undefined } : before
    failures.count += 1
    this.#failures.set(client, failures)
    if (failures.count < most) return
    failures.until = now + lockSeconds
    this.#log.warn('client locked out for wrong tickets', { client, seconds: lockSeconds })
  }
}
