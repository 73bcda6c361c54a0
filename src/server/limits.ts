import { DEFAULT_LIMITS, type Limits } from '../ttlv/limits.ts'

/** A token bucket: `perSecond` tokens flow in, at most `burst` are kept. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** How long a connection may take, in milliseconds. A request under way has no deadline here. */
export interface Deadlines {
  /** From the accepted TCP connection to the end of the TLS handshake. */
  readonly handshake: number
  /** From the first byte of a message to its eighth. */
  readonly header: number
  /** From the eighth byte of a message to its last. */
  readonly body: number
  /** Between two messages. */
  readonly idle: number
  /** Until the peer has taken an answer. */
  readonly unsent: number
  /** Until the peer has closed its side after we closed ours. */
  readonly linger: number
}

/** How many connections there may be at once. */
export interface Caps {
  readonly connections: number
  /** From one IPv4 address or one IPv6 /64. */
  readonly perAddress: number
  readonly perIdentity: number
  /** Connections whose TLS handshake is not done. */
  readonly handshaking: number
}

/** What a peer may ask of the transport. */
export interface TransportLimits {
  readonly message: Limits
  readonly deadlines: Deadlines
  /** Bytes per second below which a body is too slow, judged once `afterMs` have passed. */
  readonly bodyRate: { readonly perSecond: number; readonly afterMs: number }
  readonly caps: Caps
  /** New connections, counted before any work on TLS is done for them. */
  readonly arrivals: { readonly perAddress: Rate; readonly total: Rate }
  /** Bytes received while a request is under way after which the socket is read no further. */
  readonly waitingBytes: number
  /** How often deadlines and certificates are looked at, in milliseconds. */
  readonly sweepMs: number
}

export const DEFAULT_TRANSPORT_LIMITS: TransportLimits = {
  message: DEFAULT_LIMITS,
  deadlines: {
    handshake: 10_000,
    header: 15_000,
    body: 30_000,
    idle: 300_000,
    unsent: 30_000,
    linger: 5_000,
  },
  bodyRate: { perSecond: 1_024, afterMs: 5_000 },
  caps: { connections: 10_000, perAddress: 200, perIdentity: 200, handshaking: 1_000 },
  arrivals: {
    perAddress: { perSecond: 200, burst: 400 },
    total: { perSecond: 1_000, burst: 2_000 },
  },
  waitingBytes: 65_536,
  sweepMs: 1_000,
}
