import type { Identity } from '../model/identity.ts'
import type { Version } from '../schema/version.ts'
import type { EndpointRole } from '../spec/enum/endpoint-role.ts'
import type { Party } from './audit/party.ts'
import type { Encoding } from './format.ts'

/** The connection a message came over. */
export interface Peer {
  readonly identity: Identity
  /** Whether the client is still known by its certificate, or what it asked for may be finished; absent where nobody knows. */
  readonly isKnown?: () => boolean
  /** For log lines: unique while the process lives. */
  readonly connection: string
  /** What the audit tells of the connection; absent where there is none. */
  readonly party?: Party
  /** The role of the server, on a connection where it can be turned (KMIP 2.1 section 6.1.54). */
  readonly endpointRole?: EndpointRole
}

/** The role that the server takes from now on, in the version in which it was asked to. */
export interface Turn {
  readonly role: EndpointRole
  readonly version: Version
}

/** An answer, encoded once. */
export interface Reply {
  /** Zeroed by the connection as soon as the socket has taken them. */
  readonly bytes: Uint8Array
  /** Whether the connection is to be closed once it is sent. */
  readonly close: boolean
  /** Set when the roles are turned once it is sent. */
  readonly turn?: Turn
}

/**
 * Turns one request message into one response message. It never throws for what a client sent: whatever a header
 * could be read from is answered; undefined means that nothing can be answered and the connection closes.
 */
export interface MessageHandler {
  /** Whether nothing is answered for now because it could not be told in the audit; never where it is absent. */
  readonly isMute?: boolean
  /** @param encoding - of the request and of its answer; TTLV when absent */
  handle(request: Uint8Array, peer: Peer, encoding?: Encoding): Promise<Reply | undefined>
}
