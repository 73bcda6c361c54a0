import { KmipFault } from '../fault/fault.ts'
import type { Right } from '../model/right.ts'
import type { Crypto } from '../port/crypto.ts'
import type { Log } from '../port/log.ts'
import type { Random } from '../port/random.ts'
import type { DateTime } from '../schema/primitive.ts'
import { Secret } from '../secret/secret.ts'
import type { Budget } from './budget.ts'
import { TicketLock, type LockLimits } from './ticket-lock.ts'

/** How many tickets there are, and for how long. */
export interface TicketLimits extends LockLimits {
  /** Tickets of one client. */
  readonly perClient: number
  /** How long a ticket is good for that asks for no Lease Time, in seconds. */
  readonly seconds: number
  /** The longest that it may be, in seconds; what asks for more gets this. */
  readonly mostSeconds: number
}

export const DEFAULT_TICKET_LIMITS: TicketLimits = {
  perClient: 100,
  seconds: 3_600,
  mostSeconds: 86_400,
  failures: 10,
  lockSeconds: 300,
}

/** A right together with what is left of its own Usage Limits. */
export interface GrantedRight {
  readonly right: Right
  readonly budget: Budget | undefined
}

/** What a ticket is issued for. */
export interface TicketTerms {
  /** Until when it is wanted; undefined for as long as is usual. */
  readonly until: DateTime | undefined
  /** Messages that it may come with; undefined for any number. */
  readonly requests: number | undefined
  readonly budget: Budget | undefined
  /** A batch item has to be permitted by one of them; undefined where all are. */
  readonly rights: readonly GrantedRight[] | undefined
}

/** A ticket that was issued and has not ended. */
export interface IssuedTicket extends Omit<TicketTerms, 'until' | 'requests'> {
  /** Tells tickets apart; it is not the ticket. */
  readonly id: string
  /** Identifier of the client, which is the only one it is good for. */
  readonly client: string
  /** The ticket itself, and those that it was asked for with: what one of them does not permit, none does. */
  readonly lineage: readonly IssuedTicket[]
  readonly until: DateTime
  /** Messages that it may still come with. */
  requestsLeft: number
  /** SHA-256 of its value. */
  readonly digest: Secret
}

/** A ticket that was just issued, and its value, which is the caller's. */
export interface NewTicket {
  readonly ticket: IssuedTicket
  readonly value: Secret
}

export interface TicketsOptions {
  readonly limits: TicketLimits
  readonly random: Pick<Random, 'bytes'>
  readonly crypto: Pick<Crypto, 'digest'>
  readonly log: Log
}

/** A ticket's value: what it is found by, and what nobody can guess. */
const ID_BYTES = 16
const VALUE_BYTES = 48

/**
 * The tickets of Login and Delegated Login (KMIP 2.1 sections 6.1.12, 6.1.30, 6.1.31), in this process alone. Whatever is
 * wrong with one that is presented, the answer is the same.
 */
export class Tickets {
  readonly #options: TicketsOptions
  readonly #lock: TicketLock
  readonly #tickets = new Map<string, IssuedTicket>()

  constructor(options: TicketsOptions) {
    this.#options = options
    this.#lock = new TicketLock(options.limits, options.log)
  }

  /**
   * Issues a ticket to a client.
   *
   * @param presented - the tickets of the message that asks for it
   * @throws KmipFault `SERVER_LIMIT`, and `AUTHENTICATION_FAILED` while the client is locked out
   */
  issue(
    client: string,
    terms: TicketTerms,
    presented: readonly IssuedTicket[],
    now: DateTime,
  ): NewTicket {
    this.#lock.check(client, now)
    this.#expire(now)
    const { limits, random, crypto } = this.#options
    const own = [...this.#tickets.values()].filter((ticket) => ticket.client === client)
    if (own.length >= limits.perClient) {
      throw new KmipFault('SERVER_LIMIT', 'The client has too many tickets')
    }
    const value = random.bytes(VALUE_BYTES)
    const lineage: IssuedTicket[] = [...lineageOf(presented)]
    const ticket = {
      id: value.expose(idOf),
      client,
      lineage,
      until: Math.min(
        terms.until ?? now + limits.seconds,
        now + limits.mostSeconds,
        ...lineage.map(({ until }) => until),
      ),
      requestsLeft: terms.requests ?? Infinity,
      budget: terms.budget,
      rights: terms.rights,
      digest: value.expose((bytes) => Secret.take(crypto.digest('SHA_256', bytes))),
    }
    lineage.unshift(ticket)
    this.#tickets.set(ticket.id, ticket)
    return { ticket, value }
  }

  /**
   * The tickets of a message, with one request taken from each and from those that it was asked for with.
   *
   * @throws KmipFault `INVALID_TICKET`; `TICKET_EXHAUSTED` for one that has come with all its requests;
   *   `AUTHENTICATION_FAILED` while the client is locked out
   */
  present(client: string, values: readonly Secret[], now: DateTime): readonly IssuedTicket[] {
    const presented = values.map((value) => this.find(client, value, now))
    const all = [...lineageOf(presented)]
    if (all.some(({ requestsLeft }) => requestsLeft < 1)) {
      throw new KmipFault('TICKET_EXHAUSTED', 'The ticket was for fewer requests')
    }
    for (const ticket of all) ticket.requestsLeft -= 1
    return presented
  }

  /** The ticket of a client that has this value. Throws as `present` does. */
  find(client: string, value: Secret, now: DateTime): IssuedTicket {
    this.#lock.check(client, now)
    this.#expire(now)
    const ticket = this.#tickets.get(value.expose(idOf))
    const digest = value.expose((bytes) =>
      Secret.take(this.#options.crypto.digest('SHA_256', bytes)),
    )
    if (ticket?.digest.equals(digest) === true && ticket.client === client) return ticket
    this.#lock.count(client, now)
    throw new KmipFault('INVALID_TICKET', 'The ticket is not valid')
  }

  /** Ends a ticket, and those that were asked for with it. */
  end(ticket: IssuedTicket): void {
    for (const [id, { lineage }] of this.#tickets) {
      if (lineage.includes(ticket)) this.#tickets.delete(id)
    }
  }

  /** Whether any of them was ended before its time, so that what was asked for with it is not to be begun any more. */
  wereEnded(tickets: readonly IssuedTicket[], now: DateTime): boolean {
    return tickets.some((ticket) => ticket.until > now && !this.#tickets.has(ticket.id))
  }

  #expire(now: DateTime): void {
    for (const [id, { until }] of this.#tickets) if (until <= now) this.#tickets.delete(id)
  }
}

/** Some tickets and those that they were asked for with, each once. */
export function lineageOf(tickets: readonly IssuedTicket[]): ReadonlySet<IssuedTicket> {
  return new Set(tickets.flatMap(({ lineage }) => lineage))
}

/** Names the rights that tickets come with; undefined where they permit whatever their client may do. */
export function scopeOf(tickets: readonly IssuedTicket[]): string | undefined {
  if (tickets.length === 0) return undefined
  const narrow = [...lineageOf(tickets)].filter(({ rights }) => rights !== undefined)
  return narrow.length === 0 ? undefined : narrow.map(({ id }) => id).join('')
}

function idOf(value: Uint8Array): string {
  return String.fromCharCode(...value.subarray(0, ID_BYTES))
}
