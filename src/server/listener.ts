import { createServer, type Server } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls'
import { KmipFault } from '../fault/fault.ts'
import type { ClientDirectory } from '../port/client-directory.ts'
import type { Clock } from '../port/clock.ts'
import type { Log } from '../port/log.ts'
import { Arrivals } from './arrivals.ts'
import { ConnectionAudit } from './audit/connection-audit.ts'
import type { AuditTrail } from './audit/trail.ts'
import { addressOf, Connections, type Protocol } from './connections.ts'
import type { MessageHandler } from './handler.ts'
import {
  type Authority,
  createAuthority,
  type PeerCertificate,
  readPeerCertificate,
} from './identify.ts'
import type { TransportLimits } from './limits.ts'
import { LogGate } from './log-gate.ts'
import { systemTicker, type Ticker } from './ticker.ts'
import type { Announcer } from './turned-connection.ts'
import { readAuthorities, type TlsMaterial, withSecureOptions } from './tls-material.ts'

export interface ListenerOptions {
  readonly tls: TlsMaterial
  readonly handler: MessageHandler
  readonly clients: ClientDirectory
  readonly limits: TransportLimits
  readonly log: Log
  /** Whether the authority of a certificate takes it back: asked for every request. Without it none does. */
  readonly isRevoked?: (certificate: PeerCertificate) => boolean
  /** Connections are told of here. */
  readonly trail: AuditTrail
  /** Decides when a certificate has run out on a connection that lives longer than it. */
  readonly clock: Clock
  /** Tells clients of their objects where they turn the roles; without it they cannot. */
  readonly announcer?: Announcer
  /** Times deadlines; the machine's monotonic clock when absent. */
  readonly ticker?: Ticker
}

export interface Address {
  readonly host: string
  /** For KMIP as it is and for KMIP over HTTPS: the first byte tells which. */
  readonly port: number
  /** For KMIP over HTTPS alone. */
  readonly httpsPort?: number | undefined
}

/** Counters since the start, but for what is open now. */
export interface ListenerStatus {
  /** Open now, handshakes included. */
  readonly connections: number
  /** Handshakes under way now. */
  readonly handshaking: number
  /** TCP connections accepted, refused ones included. */
  readonly accepted: number
  /** Closed before any TLS because there were too many. */
  readonly overloaded: number
  /** Handshakes that succeeded. */
  readonly handshakes: number
  /** Of those, the ones that resumed an earlier session. */
  readonly resumed: number
  /** Handshakes that failed or took too long. */
  readonly failedHandshakes: number
  /** Certificates that TLS let through and we did not. */
  readonly refused: number
  /** Messages given to the handler. */
  readonly requests: number
}

/** Serves KMIP over mutual TLS on one address, and on a port of its own over HTTPS alone. */
export interface Listener extends AsyncDisposable {
  /**
   * Begins to accept connections.
   *
   * @returns the address bound, with the ports that were picked where 0 was asked for
   * @throws KmipFault `UNAVAILABLE` when the address cannot be bound; its cause has the system's code
   */
  listen(address: Address): Promise<Address>
  /** Takes no more connections, lets requests under way finish for at most so long, and resolves when all is closed. */
  close(options: { readonly graceMs: number }): Promise<void>
  /**
   * Uses other keys, certificates and authorities from the next handshake on, and closes connections whose client
   * certificate is no longer good. Sessions cannot be resumed across it.
   *
   * @throws KmipFault `UNAVAILABLE` when the material cannot be used; nothing has changed then
   */
  renewTls(material: TlsMaterial): void
  /** Closes connections that are late or whose client is known no more; this also happens by itself. */
  sweep(): void
  status(): ListenerStatus
}

/**
 * Makes a listener that is not yet listening.
 *
 * @throws KmipFault `UNAVAILABLE` when the TLS material cannot be used
 */
export function createListener(options: ListenerOptions): Listener {
  return new TlsListener(options)
}

const SETTLING_TURNS = 100

class TlsListener implements Listener {
  readonly #ticker: Ticker
  readonly #sweepMs: number
  readonly #gate: LogGate
  readonly #audit: ConnectionAudit
  readonly #tcp: Server[] = []
  readonly #tls: TlsServer
  readonly #arrivals: Arrivals
  readonly #connections: Connections
  readonly #counters = { handshakes: 0, resumed: 0, refused: 0 }
  #authorities: readonly Authority[]
  #httpsPort: number | undefined
  #stopSweeping: () => void = () => undefined

  constructor(options: ListenerOptions) {
    const { tls, handler, clients, limits, log, clock, ticker = systemTicker } = options
    this.#ticker = ticker
    this.#sweepMs = limits.sweepMs
    this.#gate = new LogGate(log)
    this.#audit = new ConnectionAudit(options.trail)
    this.#authorities = readAuthorities(tls).map(createAuthority)
    this.#tls = createTls(tls)
    this.#tls.on('secureConnection', this.#admit)
    this.#arrivals = new Arrivals({
      limits,
      ticker,
      gate: this.#gate,
      audit: this.#audit,
      tls: this.#tls,
    })
    this.#connections = new Connections({
      handler,
      clients,
      limits,
      log,
      clock,
      ticker,
      announcer: options.announcer,
      isRevoked: options.isRevoked,
      audit: this.#audit,
    })
  }

  async listen({ host, port, httpsPort }: Address): Promise<Address> {
    const bound = await this.#bind({ host, port })
    if (httpsPort !== undefined) {
      this.#httpsPort = (await this.#bind({ host, port: httpsPort })).port
    }
    this.#stopSweeping = this.#ticker.every(this.#sweepMs, () => {
      this.sweep()
    })
    return this.#httpsPort === undefined ? bound : { ...bound, httpsPort: this.#httpsPort }
  }

  async close({ graceMs }: { readonly graceMs: number }): Promise<void> {
    const closed = Promise.all(this.#tcp.map(closeServer))
    this.#arrivals.dropHandshakes()
    this.#connections.drain()
    const destroyAll = (): void => {
      this.#connections.destroy('server stops')
    }
    if (graceMs <= 0) destroyAll()
    const stopWaiting = this.#ticker.every(Math.max(1, graceMs), destroyAll)
    await closed
    stopWaiting()
    await this.#settle()
    this.#stopSweeping()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close({ graceMs: 0 })
  }

  renewTls(material: TlsMaterial): void {
    const authorities = readAuthorities(material).map(createAuthority)
    withSecureOptions(material, (options) => {
      this.#tls.setSecureContext(options)
    })
    this.#authorities = authorities
    const trusted = new Set(authorities.map(({ hash }) => hash))
    this.#connections.destroy('authority no longer trusted', ({ key }) => !trusted.has(key.issuer))
    this.sweep()
  }

  sweep(): void {
    const now = this.#ticker.now()
    this.#arrivals.sweep(now)
    this.#connections.sweep(now)
    this.#gate.open()
    this.#audit.tellCounts()
  }

  status(): ListenerStatus {
    const { requests } = this.#connections
    return { ...this.#arrivals.status(), ...this.#counters, requests }
  }

  async #bind({ host, port }: Address): Promise<Address> {
    const tcp = createServer({ noDelay: true, keepAlive: true }, (socket) => {
      this.#arrivals.take(socket)
    })
    await new Promise<void>((resolve, reject) => {
      tcp.once('error', (cause) => {
        reject(new KmipFault('UNAVAILABLE', `Cannot listen on ${host}, port ${port}`, { cause }))
      })
      tcp.listen({ host, port }, resolve)
    })
    tcp.removeAllListeners('error')
    // Running out of descriptors must not end the process.
    tcp.on('error', (error: NodeJS.ErrnoException) => {
      this.#gate.warn('cannot accept', { code: error.code })
    })
    this.#tcp.push(tcp)
    const bound = tcp.address()
    if (bound === null || typeof bound === 'string') return { host, port }
    return { host: bound.address, port: bound.port }
  }

  /** Sockets say that they have closed a few turns of the event loop after the system was told to close them. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < SETTLING_TURNS; turn += 1) {
      if (this.#connections.size + this.#arrivals.status().connections === 0) return
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Lets a client in whose handshake is done, if we know it. */
  readonly #admit = (socket: TLSSocket): void => {
    this.#arrivals.secured(socket)
    this.#counters.handshakes += 1
    if (socket.isSessionReused()) this.#counters.resumed += 1
    const certificate = readPeerCertificate(socket, this.#authorities)
    const unwelcome =
      typeof certificate === 'string'
        ? { reason: certificate }
        : this.#connections.admit(socket, certificate, this.#protocolOf(socket))
    if (unwelcome === undefined) return
    this.#counters.refused += 1
    this.#gate.warn('client refused', { peer: socket.remoteAddress, ...unwelcome })
    this.#audit.refused({ reason: unwelcome.reason, address: addressOf(socket) })
    socket.destroy()
  }

  #protocolOf({ localPort }: TLSSocket): Protocol {
    return localPort !== undefined && localPort === this.#httpsPort ? 'https' : 'any'
  }
}

async function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve()
    })
  })
}

function createTls(material: TlsMaterial): TlsServer {
  return withSecureOptions(material, (options) =>
    createTlsServer({ ...options, requestCert: true, rejectUnauthorized: true }),
  )
}
