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
  readonly #what: string
  /** By the client's identifier, or a part of what it tries; right tickets change nothing in it. */
  readonly #failures = new Map<string, Failures>()

  /** @param what - is wrong, for messages */
  constructor(limits: LockLimits, log: Log, what = 'tickets') {
    this.#limits = limits
    this.#log = log
    this.#what = what
  }

  /** Throws `AUTHENTICATION_FAILED` while the client is locked out. */
  check(key: string, now: DateTime): void {
    const until = this.#failures.get(key)?.until
    if (until === undefined) return
    if (until <= now) this.#failures.delete(key)
    else throw new KmipFault('AUTHENTICATION_FAILED', `Too many ${this.#what} were wrong`)
  }

  /** Until when it is locked out; undefined where it is not. */
  lockedUntil(key: string, now: DateTime): DateTime | undefined {
    const until = this.#failures.get(key)?.until
    return until === undefined || until <= now ? undefined : until
  }

  /**
   * Counts a wrong ticket.
   *
   * @param client - whose it is, where the key says more
   */
  count(key: string, now: DateTime, client = key): void {
    const { failures: most, lockSeconds } = this.#limits
    const before = this.#failures.get(key)
    const isOver = before === undefined || before.since + lockSeconds <= now
    const failures: Failures = isOver ? { since: now, count: 0, until: undefined } : before
    failures.count += 1
    this.#failures.set(key, failures)
    if (failures.count < most) return
    failures.until = now + lockSeconds
    this.#log.warn(`client locked out for wrong ${this.#what}`, { client, seconds: lockSeconds })
  }
}
