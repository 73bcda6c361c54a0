import type { Identity } from '../model/identity.ts'
import type { Encoding } from './format.ts'

/** The connection a message came over. */
export interface Peer {
  readonly identity: Identity
  /** For log lines: unique while the process lives. */
  readonly connection: string
}

/** An answer, encoded once. */
export interface Reply {
  /** Zeroed by the connection as soon as the socket has taken them. */
  readonly bytes: Uint8Array
  /** Whether the connection is to be closed once it is sent. */
  readonly close: boolean
}

/**
 * Turns one request message into one response message. It never throws for what a client sent: whatever a header
 * could be read from is answered; undefined means that nothing can be answered and the connection closes.
 */
export interface MessageHandler {
  /** @param encoding - of the request and of its answer; TTLV when absent */
  handle(request: Uint8Array, peer: Peer, encoding?: Encoding): Promise<Reply | undefined>
}
