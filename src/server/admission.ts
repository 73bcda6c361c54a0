import type { Caps, Rate, TransportLimits } from './limits.ts'

/** How many connections there may be, and how fast they may come. */
export interface AdmissionLimits extends Pick<TransportLimits, 'arrivals'> {
  readonly caps: Omit<Caps, 'perIdentity'>
}

/** Why a connection is closed before any work on TLS is done for it. */
export type Overload =
  | 'too many connections'
  | 'too many handshakes'
  | 'too many connections from the address'
  | 'connecting too fast'
  | 'connections come too fast'

interface Bucket {
  tokens: number
  /** When tokens were last added, in milliseconds. */
  filled: number
}

interface Source extends Bucket {
  open: number
}

/** Counts connections and decides whether one more may come in. */
export class Admission {
  readonly #limits: AdmissionLimits
  readonly #sources = new Map<string, Source>()
  readonly #total: Bucket
  #open = 0

  constructor(limits: AdmissionLimits, now: number) {
    this.#limits = limits
    this.#total = { tokens: limits.arrivals.total.burst, filled: now }
  }

  /** Connections that came in and did not leave. */
  get open(): number {
    return this.#open
  }

  /** Addresses that something is remembered of. */
  get sources(): number {
    return this.#sources.size
  }

  /** Counts the connection in, unless it says why not; each one let in must {@link leave} once. */
  enter(source: string, handshaking: number, now: number): Overload | undefined {
    const { caps, arrivals } = this.#limits
    const known = this.#sources.get(source) ?? {
      open: 0,
      tokens: arrivals.perAddress.burst,
      filled: now,
    }
    this.#sources.set(source, known)
    // The source's own bucket comes first: one that hammers must not use up what is there for all.
    if (!takeToken(known, arrivals.perAddress, now)) return 'connecting too fast'
    if (known.open >= caps.perAddress) return 'too many connections from the address'
    if (this.#open >= caps.connections) return 'too many connections'
    if (handshaking >= caps.handshaking) return 'too many handshakes'
    if (!takeToken(this.#total, arrivals.total, now)) return 'connections come too fast'
    known.open += 1
    this.#open += 1
    return undefined
  }

  leave(source: string): void {
    const known = this.#sources.get(source)
    if (known === undefined) return
    known.open -= 1
    this.#open -= 1
  }

  /** Forgets the sources that nothing is to be remembered of. */
  sweep(now: number): void {
    const rate = this.#limits.arrivals.perAddress
    for (const [source, known] of this.#sources) {
      fill(known, rate, now)
      if (known.open === 0 && known.tokens >= rate.burst) this.#sources.delete(source)
    }
  }
}

/**
 * Who is counted as one: an IPv4 address, or the /64 of an IPv6 address, as one subscriber has at least a /64.
 *
 * @param address - as node:net gives it, compressed and perhaps with a zone
 */
export function sourceOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0')
  return [...before, ...gap, ...after].slice(0, 4).join(':')
}

function takeToken(bucket: Bucket, rate: Rate, now: number): boolean {
  fill(bucket, rate, now)
  if (bucket.tokens < 1) return false
  bucket.tokens -= 1
  return true
}

function fill(bucket: Bucket, rate: Rate, now: number): void {
  const gained = ((now - bucket.filled) / 1_000) * rate.perSecond
  bucket.tokens = Math.min(rate.burst, bucket.tokens + gained)
  bucket.filled = now
}
