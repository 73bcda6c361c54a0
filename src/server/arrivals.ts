import type { Socket } from 'node:net'
import type { Server as TlsServer, TLSSocket } from 'node:tls'
import { Admission, sourceOf } from './admission.ts'
import type { TransportLimits } from './limits.ts'
import type { ConnectionAudit } from './audit/connection-audit.ts'
import type { LogGate } from './log-gate.ts'
import type { Ticker } from './ticker.ts'

export interface ArrivalOptions {
  readonly limits: TransportLimits
  readonly ticker: Ticker
  readonly gate: LogGate
  readonly audit: ConnectionAudit
  /** Does the handshakes; sockets are handed to it one by one. */
  readonly tls: TlsServer
}

interface Handshake {
  readonly socket: Socket
  readonly address: string
  /** When the connection came in, in the ticker's milliseconds. */
  readonly since: number
  /** Whether it was ended for taking too long. */
  late: boolean
}

/** Connections from the moment the system hands them over to the end of their TLS handshake. */
export class Arrivals {
  readonly #options: ArrivalOptions
  readonly #admission: Admission
  /** By the peer's address and port, which a TLS socket shows as the TCP socket under it does. */
  readonly #handshakes = new Map<string, Handshake>()
  /** By the TCP socket, as long as that lives. */
  readonly #known = new WeakMap<object, Handshake>()
  readonly #counters = { accepted: 0, overloaded: 0, failedHandshakes: 0 }

  constructor(options: ArrivalOptions) {
    this.#options = options
    this.#admission = new Admission(options.limits, options.ticker.now())
    options.tls.on('tlsClientError', this.#failed)
  }

  /** Begins the handshake, or closes the connection when there are too many. */
  take(socket: Socket): void {
    this.#counters.accepted += 1
    socket.on('error', ignore)
    const { remoteAddress: address, remotePort: port } = socket
    // Without an address the peer is gone already.
    if (address === undefined || port === undefined) {
      socket.destroy()
      return
    }
    const source = sourceOf(address)
    const since = this.#options.ticker.now()
    const overload = this.#admission.enter(source, this.#handshakes.size, since)
    if (overload !== undefined) {
      this.#counters.overloaded += 1
      this.#options.gate.warn('connection refused', { peer: address, reason: overload })
      this.#options.audit.refused({ reason: overload, address: `${address}:${port}` })
      socket.destroy()
      return
    }
    const handshake = { socket, address, since, late: false }
    this.#known.set(socket, handshake)
    const peer = nameOf(socket)
    this.#handshakes.set(peer, handshake)
    socket.once('close', () => {
      this.#admission.leave(source)
      if (this.#handshakes.get(peer) === handshake) this.#handshakes.delete(peer)
    })
    this.#options.tls.emit('connection', socket)
  }

  /** Notes that the handshake is done. */
  secured(socket: TLSSocket): void {
    this.#handshakes.delete(nameOf(socket))
  }

  /** Ends handshakes that take too long. */
  sweep(now: number): void {
    const limit = this.#options.limits.deadlines.handshake
    for (const handshake of this.#handshakes.values()) {
      if (now - handshake.since <= limit) continue
      handshake.late = true
      handshake.socket.destroy()
    }
    this.#admission.sweep(now)
  }

  dropHandshakes(): void {
    for (const { socket } of this.#handshakes.values()) socket.destroy()
  }

  status(): {
    readonly connections: number
    readonly handshaking: number
    readonly accepted: number
    readonly overloaded: number
    readonly failedHandshakes: number
  } {
    const { open } = this.#admission
    return { connections: open, handshaking: this.#handshakes.size, ...this.#counters }
  }

  readonly #failed = (error: NodeJS.ErrnoException, socket: TLSSocket): void => {
    this.#counters.failedHandshakes += 1
    const handshake = this.#recall(socket)
    // Node gives a certificate that was refused its reason here and an error of its own beside it.
    const refused: unknown = socket.authorizationError
    const said = typeof refused === 'string' ? refused : error.code
    const reason = handshake?.late === true ? 'too slow' : said
    this.#options.gate.warn('handshake failed', { peer: handshake?.address, reason })
    const words = `handshake failed: ${reason ?? 'lost'}`
    this.#options.audit.refused({ reason: words, address: handshake?.address })
  }

  /**
   * A TLS socket that has closed no longer knows its peer's address. The TCP socket under it does, but only a field that
   * node:tls does not document leads there, so nothing but the log relies on it.
   */
  #recall(socket: TLSSocket): Handshake | undefined {
    const under: unknown = Reflect.get(socket, '_parent')
    return typeof under === 'object' && under !== null ? this.#known.get(under) : undefined
  }
}

function nameOf(socket: Socket): string {
  return `${socket.remoteAddress ?? ''} ${socket.remotePort ?? 0}`
}

function ignore(): void {
  // The socket closes by itself, and why a peer went away before it said anything is of no use.
}
