import type { TLSSocket } from 'node:tls'
import type { Identity } from '../model/identity.ts'
import type { ClientDirectory } from '../port/client-directory.ts'
import type { Clock } from '../port/clock.ts'
import type { Log, Loggable } from '../port/log.ts'
import type { Version } from '../schema/version.ts'
import type { ConnectionAudit } from './audit/connection-audit.ts'
import { Party } from './audit/party.ts'
import { Connection, type Conversation } from './connection.ts'
import type { MessageHandler, Peer } from './handler.ts'
import { HttpConnection, type HttpContext } from './http/connection.ts'
import { HttpParsing } from './http/parsing.ts'
import type { PeerCertificate } from './identify.ts'
import type { TransportLimits } from './limits.ts'
import { Outbox } from './outbox.ts'
import { QueueRoom } from './queue-room.ts'
import type { Ticker } from './ticker.ts'
import { TurnedConnection, type Announcer } from './turned-connection.ts'

export interface ConnectionsOptions {
  readonly handler: MessageHandler
  readonly clients: ClientDirectory
  readonly limits: TransportLimits
  readonly log: Log
  readonly clock: Clock
  readonly ticker: Ticker
  /** Whether the authority of a certificate takes it back; without it none does. */
  readonly isRevoked?: ((certificate: PeerCertificate) => boolean) | undefined
  readonly audit: ConnectionAudit
  /** Tells clients of their objects where they turn the roles; without it they cannot. */
  readonly announcer?: Announcer | undefined
}

/** What clients may speak on a port: HTTPS alone, or whatever their first byte says. */
export type Protocol = 'https' | 'any'

/** What a client that is slow to be told may cost in memory. */
const LARGEST_QUEUE_BYTES = 16_777_216

/** Why a client whose certificate is good is not let in, in fields for the log. */
export type Unwelcome = Readonly<Record<'reason', string> & Record<string, string>>

/** The open connections of clients we know. */
export class Connections {
  readonly #options: ConnectionsOptions
  readonly #open = new Map<Conversation, PeerCertificate>()
  /** How many there are, by the client's identifier. */
  readonly #perClient = new Map<string, number>()
  readonly #outbox = new Outbox()
  readonly #parsing = new HttpParsing()
  readonly #room = new QueueRoom(LARGEST_QUEUE_BYTES)
  #named = 0
  #requests = 0

  constructor(options: ConnectionsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#open.size
  }

  /** Messages given to the handler since the start. */
  get requests(): number {
    return this.#requests
  }

  /** Serves the client from now on, or says why not and leaves the socket alone. */
  admit(
    socket: TLSSocket,
    certificate: PeerCertificate,
    protocol: Protocol,
  ): Unwelcome | undefined {
    const identity = this.#identify(certificate)
    if (identity === undefined) {
      const isRevoked = this.#options.isRevoked?.(certificate) === true
      const reason = isRevoked ? 'revoked, or its list cannot be relied on' : 'not registered'
      return { reason, ...certificate.key }
    }
    if ((this.#perClient.get(identity.id) ?? 0) >= this.#options.limits.caps.perIdentity) {
      return { reason: 'too many connections of the client', client: identity.name }
    }
    this.#named += 1
    const name = `c-${this.#named.toString(36)}`
    const isKnown = () => this.#identify(certificate) !== undefined || this.#mayFinish(certificate)
    const party = new Party({
      number: this.#named,
      address: addressOf(socket),
      tls: `${socket.getProtocol() ?? ''} ${socket.getCipher().name}`,
    })
    const peer = { identity, connection: name, party, isKnown }
    if (!this.#options.audit.opened(peer, certificate.key)) return { reason: 'not audited' }
    this.#serve({ socket, certificate, protocol, peer })
    return undefined
  }

  /** Closes the connections that are late or whose client is known no more. */
  sweep(now: number): void {
    for (const connection of this.#open.keys()) connection.sweep(now)
  }

  /** Closes each connection as soon as its request under way is answered. */
  drain(): void {
    for (const connection of this.#open.keys()) connection.drain()
  }

  /** Closes at once the connections whose certificate `isLost` picks. */
  destroy(reason: string, isLost: (certificate: PeerCertificate) => boolean = () => true): void {
    for (const [connection, certificate] of this.#open) {
      if (isLost(certificate)) connection.destroy(reason)
    }
  }

  #serve(served: Served): void {
    const { socket, certificate, peer } = served
    const log = this.#options.log.with({ connection: peer.connection })
    this.#open.set(this.#converse(served, log), certificate)
    this.#count(peer.identity, 1)
    log.info('connection opened', describe(socket, peer.identity))
  }

  #converse({ socket, certificate, protocol, peer }: Served, log: Log): Conversation {
    const { handler, limits, ticker, announcer } = this.#options
    let conversation: Conversation
    const replace = (other: () => Conversation): void => {
      this.#open.delete(conversation)
      conversation = other()
      this.#open.set(conversation, certificate)
    }
    const context: HttpContext = {
      handler,
      limits,
      ticker,
      outbox: this.#outbox,
      parsing: this.#parsing,
      log,
      identify: () => this.#identify(certificate),
      isClient: () => this.#mayFinish(certificate),
      countRequest: () => {
        this.#requests += 1
      },
      closed: (reason: string) => {
        this.#open.delete(conversation)
        this.#count(peer.identity, -1)
        this.#options.audit.closed(peer, reason)
        log.info('connection closed', { reason })
      },
      ...(announcer && {
        turn: (version: Version, received: Uint8Array) => {
          const turnBack = (more: Uint8Array): void => {
            replace(() => new Connection(socket, peer, context, more))
          }
          const turned = { ...context, announcer, room: this.#room, version, turnBack }
          replace(() => new TurnedConnection(socket, peer, turned, received))
        },
      }),
    }
    const handOver = (first: Buffer): void => {
      replace(() => new HttpConnection(socket, peer, context, first))
    }
    conversation =
      protocol === 'https'
        ? new HttpConnection(socket, peer, context)
        : new Connection(socket, peer, { ...context, handOver })
    return conversation
  }

  /** Asked for every request, so that a client who was removed or changed is so at once. */
  #identify(certificate: PeerCertificate): Identity | undefined {
    return this.#isGood(certificate) ? this.#options.clients.identify(certificate.key) : undefined
  }

  #mayFinish(certificate: PeerCertificate): boolean {
    return this.#isGood(certificate) && this.#options.clients.mayFinish?.(certificate.key) === true
  }

  #isGood(certificate: PeerCertificate): boolean {
    const { clock, isRevoked } = this.#options
    return certificate.notAfter >= clock.now() && isRevoked?.(certificate) !== true
  }

  #count({ id }: Identity, change: 1 | -1): void {
    const count = (this.#perClient.get(id) ?? 0) + change
    if (count === 0) this.#perClient.delete(id)
    else this.#perClient.set(id, count)
  }
}

/** A client who is let in, on its socket. */
interface Served {
  readonly socket: TLSSocket
  readonly certificate: PeerCertificate
  readonly protocol: Protocol
  readonly peer: Peer
}

/** As in `192.0.2.1:50000`. */
export function addressOf({ remoteAddress, remotePort }: TLSSocket): string {
  const address = remoteAddress ?? ''
  return `${address.includes(':') ? `[${address}]` : address}:${remotePort ?? 0}`
}

function describe(socket: TLSSocket, identity: Identity): Readonly<Record<string, Loggable>> {
  return {
    peer: socket.remoteAddress,
    port: socket.remotePort,
    client: identity.name,
    protocol: socket.getProtocol(),
    cipher: socket.getCipher().name,
    resumed: socket.isSessionReused(),
  }
}
