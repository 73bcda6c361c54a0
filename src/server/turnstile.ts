import { KmipFault } from '../fault/fault.ts'
import { namespaceOf, type Identity } from '../model/identity.ts'
import type { Limits } from '../repository/limits.ts'
import type { Rate } from './limits.ts'
import type { Ticker } from './ticker.ts'

/** What one client, or one namespace, may ask for. */
export interface ShareLimits {
  /** Batch items; with 0 a second there is no limit. */
  readonly rate: Rate
  /** Messages that are carried out at once. */
  readonly inFlight: number
}

/** What clients may ask for before they wait, and how long they wait before they are refused. */
export interface RequestLimits {
  readonly identity: ShareLimits
  readonly namespace: ShareLimits
  /** Messages of all clients that are carried out at once. */
  readonly inFlight: number
  /** Messages of all clients that wait; more are refused. */
  readonly waiting: number
  /** The longest that a message waits, in milliseconds. */
  readonly waitMs: number
}

export const DEFAULT_REQUEST_LIMITS: RequestLimits = {
  identity: { rate: { perSecond: 0, burst: 400 }, inFlight: 128 },
  namespace: { rate: { perSecond: 0, burst: 4_000 }, inFlight: 512 },
  inFlight: 1_024,
  waiting: 2_048,
  waitMs: 2_000,
}

/** The limits that clients and namespaces have of their own, by identifier; the same object while they are the same. */
export interface OwnLimits {
  readonly identity: (id: string) => Limits | undefined
  readonly namespace: (id: string) => Limits | undefined
}

const NO_OWN: OwnLimits = { identity: () => undefined, namespace: () => undefined }

/** What a client or a namespace has of its share. */
interface Share {
  limits: ShareLimits
  /** What these were made of, beside those of the server. */
  own: Limits | undefined
  inFlight: number
  tokens: number
  /** When the tokens were counted, in the ticker's milliseconds. */
  counted: number
}

/** A message that was let in; to be given back when it is answered. */
export interface Pass {
  readonly identity: Share
  readonly namespace: Share
}

interface Waiting {
  readonly pass: Pass
  readonly since: number
  readonly resolve: (pass: Pass | KmipFault) => void
}

/** How often those that wait are looked at for whom it was too long. */
const LOOK_MS = 100

/**
 * Lets messages in, so many at once and so many batch items a second for each client, each namespace and all of them.
 * Who is over a limit waits, which slows the connection down; who would wait too long is refused.
 */
export class Turnstile {
  readonly #limits: RequestLimits
  readonly #ticker: Ticker
  readonly #own: OwnLimits
  readonly #identities = new Map<string, Share>()
  readonly #namespaces = new Map<string, Share>()
  /** In the order in which they came. */
  readonly #waiting = new Set<Waiting>()
  #inFlight = 0
  #stopLooking: (() => void) | undefined

  constructor(limits: RequestLimits, ticker: Ticker, own: OwnLimits = NO_OWN) {
    this.#limits = limits
    this.#ticker = ticker
    this.#own = own
  }

  /** Messages that wait now. */
  get waiting(): number {
    return this.#waiting.size
  }

  /**
   * Lets a message in, at once where it may: a promise is for those that wait.
   *
   * @param items - batch items in it
   * @returns the fault that it is refused with, `SERVER_LIMIT`, or what is to be given to {@link leave}
   */
  enter(identity: Identity, items: number): Pass | KmipFault | Promise<Pass | KmipFault> {
    const { id } = identity
    const pass = {
      identity: shareOf(this.#identities, id, this.#limits.identity, this.#own.identity(id)),
      namespace: this.#shareOfNamespace(namespaceOf(identity)),
    }
    const wait = this.#charge(pass, items)
    if (wait === undefined) return tooMany()
    if (wait > 0) return this.#later(pass, wait)
    if (this.#hasRoom(pass)) return this.#take(pass)
    return this.#queue(pass)
  }

  #shareOfNamespace(id: string): Share {
    const { namespace } = this.#limits
    return shareOf(this.#namespaces, id, namespace, this.#own.namespace(id))
  }

  /** The message is answered. */
  leave({ identity, namespace }: Pass): void {
    identity.inFlight -= 1
    namespace.inFlight -= 1
    this.#inFlight -= 1
    if (this.#waiting.size > 0) this.#letIn()
  }

  /** Milliseconds until the shares have what the message costs; undefined where that is too long. */
  #charge({ identity, namespace }: Pass, items: number): number | undefined {
    if (identity.limits.rate.perSecond === 0 && namespace.limits.rate.perSecond === 0) return 0
    const now = this.#ticker.now()
    const wait = Math.max(waitFor(identity, items, now), waitFor(namespace, items, now))
    if (wait > this.#limits.waitMs) return undefined
    identity.tokens -= items
    namespace.tokens -= items
    return wait
  }

  async #later(pass: Pass, wait: number): Promise<Pass | KmipFault> {
    if (this.#waiting.size >= this.#limits.waiting) return tooMany()
    await new Promise((resolve) => setTimeout(resolve, wait))
    return this.#hasRoom(pass) ? this.#take(pass) : this.#queue(pass)
  }

  #hasRoom({ identity, namespace }: Pass): boolean {
    return (
      this.#inFlight < this.#limits.inFlight &&
      identity.inFlight < identity.limits.inFlight &&
      namespace.inFlight < namespace.limits.inFlight
    )
  }

  #take(pass: Pass): Pass {
    pass.identity.inFlight += 1
    pass.namespace.inFlight += 1
    this.#inFlight += 1
    return pass
  }

  #queue(pass: Pass): KmipFault | Promise<Pass | KmipFault> {
    if (this.#waiting.size >= this.#limits.waiting) return tooMany()
    this.#stopLooking ??= this.#ticker.every(LOOK_MS, () => {
      this.#refuseLate()
    })
    return new Promise((resolve) => {
      this.#waiting.add({ pass, since: this.#ticker.now(), resolve })
    })
  }

  #letIn(): void {
    for (const each of this.#waiting) {
      if (this.#inFlight >= this.#limits.inFlight) return
      if (this.#hasRoom(each.pass)) {
        this.#waiting.delete(each)
        each.resolve(this.#take(each.pass))
      }
    }
  }

  #refuseLate(): void {
    const latest = this.#ticker.now() - this.#limits.waitMs
    for (const each of this.#waiting) {
      if (each.since > latest) break
      this.#waiting.delete(each)
      each.resolve(tooMany())
    }
    if (this.#waiting.size > 0) return
    this.#stopLooking?.()
    this.#stopLooking = undefined
  }
}

function shareOf(
  shares: Map<string, Share>,
  key: string,
  limits: ShareLimits,
  own: Limits | undefined,
): Share {
  const known = shares.get(key)
  if (known === undefined) {
    const merged = mergedLimits(limits, own)
    const share = {
      limits: merged,
      own,
      inFlight: 0,
      tokens: merged.rate.burst,
      counted: -Infinity,
    }
    shares.set(key, share)
    return share
  }
  if (known.own !== own) {
    known.own = own
    known.limits = mergedLimits(limits, own)
  }
  return known
}

/** What is said for one goes before what is said for all. */
function mergedLimits(limits: ShareLimits, own: Limits | undefined): ShareLimits {
  if (own === undefined) return limits
  const { rate, burst, inFlight } = own
  return {
    rate: { perSecond: rate ?? limits.rate.perSecond, burst: burst ?? limits.rate.burst },
    inFlight: inFlight ?? limits.inFlight,
  }
}

/** Brings the tokens of a share up to date, and says how long it takes until it has so many. */
function waitFor(share: Share, items: number, now: number): number {
  const { perSecond, burst } = share.limits.rate
  if (perSecond === 0) {
    share.tokens = Infinity
    return 0
  }
  const gained = ((now - share.counted) / 1_000) * perSecond
  share.tokens = Math.min(burst, share.tokens + gained)
  share.counted = now
  return share.tokens >= items ? 0 : ((items - share.tokens) / perSecond) * 1_000
}

function tooMany(): KmipFault {
  return new KmipFault('SERVER_LIMIT', 'The client asks for too much at once')
}
