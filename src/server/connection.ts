import type { TLSSocket } from 'node:tls'
import { describeBug } from '../fault/describe-bug.ts'
import { KmipFault } from '../fault/fault.ts'
import type { Identity } from '../model/identity.ts'
import type { Log } from '../port/log.ts'
import type { Version } from '../schema/version.ts'
import { EndpointRole } from '../spec/enum/endpoint-role.ts'
import { Framer } from '../ttlv/framer.ts'
import { overdue, type Phase } from './connection-deadline.ts'
import type { MessageHandler, Peer, Reply } from './handler.ts'
import type { TransportLimits } from './limits.ts'
import type { Outbox } from './outbox.ts'
import type { Ticker } from './ticker.ts'

/** One client on one socket, in whatever protocol it speaks. */
export interface Conversation {
  /** Closes the connection when it has waited too long or its client is known no more. */
  sweep(now: number): void
  /** Finishes the request under way, then closes. */
  drain(): void
  /** Closes at once. */
  destroy(reason: string): void
}

/** What connections share with the listener they came through. */
export interface ConnectionContext {
  readonly handler: MessageHandler
  readonly limits: TransportLimits
  readonly ticker: Ticker
  readonly outbox: Outbox
  /** Who the peer is at this moment; undefined once nobody knows it any more. */
  identify(): Identity | undefined
  /** Whether the peer is a client all the same: it may have ended its own credential with the request under way. */
  isClient(): boolean
  /** Called for every request that goes to the handler. */
  countRequest(): void
  closed(reason: string): void
  /** Adds the connection's name to every line. */
  readonly log: Log
  /** Takes over a socket whose first bytes are no TTLV; without it every byte is taken for TTLV. */
  handOver?(first: Buffer): void
  /**
   * Takes over a socket on which the server is the client from now on, and what has come over it already; without it
   * the roles stay as they are.
   */
  turn?(version: Version, received: Uint8Array): void
}

/** Every message in TTLV begins with the tag of a message, and no request in HTTP begins with its first byte. */
const FIRST_OF_TTLV = 0x42

/**
 * One client on one socket: messages in, one at a time to the handler, answers out in the same order.
 *
 * Each answer is one write, and the next is written only when the socket has taken the one before: node:tls puts
 * writes that wait into one TLS record, and there are clients that take a record for an answer.
 */
export class Connection implements Conversation {
  readonly #socket: TLSSocket
  readonly #context: ConnectionContext
  readonly #framer: Framer
  #peer: Peer
  #phase: Phase = 'idle'
  /** When the phase began, in the ticker's milliseconds. */
  #since: number
  #request: Uint8Array | undefined
  #reply: Reply | undefined
  /** Why no further request is taken, once that is so. */
  #ending: string | undefined

  /** @param received - bytes that have come already */
  constructor(socket: TLSSocket, peer: Peer, context: ConnectionContext, received?: Uint8Array) {
    this.#socket = socket
    this.#context = context
    this.#peer = context.turn === undefined ? peer : { ...peer, endpointRole: EndpointRole.Server }
    this.#framer = new Framer(context.limits.message)
    this.#since = context.ticker.now()
    // What a client has sent before it closed its side is answered, so the two sides close apart.
    socket.allowHalfOpen = true
    socket.on('data', context.handOver === undefined ? this.#take : this.#takeFirst)
    socket.on('end', this.#finish)
    socket.on('error', this.#fail)
    socket.once('close', this.#release)
    if (received !== undefined && received.length > 0) this.#take(received)
  }

  /** The client as it was last recognised. */
  get identity(): Identity {
    return this.#peer.identity
  }

  sweep(now: number): void {
    const { limits } = this.#context
    const late = overdue(this.#phase, now - this.#since, this.#framer.pending, limits)
    if (late !== undefined) this.destroy(late)
    else if (this.#context.identify() === undefined) {
      const isAnswering = this.#request !== undefined && this.#context.isClient()
      if (!isAnswering) this.destroy('client no longer known')
    }
  }

  drain(): void {
    if (this.#request === undefined) this.#end('server stops')
    else this.#ending ??= 'server stops'
  }

  destroy(reason: string): void {
    this.#ending ??= reason
    this.#socket.destroy()
  }

  /** Finds out what the peer speaks. */
  readonly #takeFirst = (chunk: Buffer): void => {
    this.#socket.off('data', this.#takeFirst)
    if (chunk[0] === FIRST_OF_TTLV || this.#phase === 'closing') {
      this.#socket.on('data', this.#take)
      this.#take(chunk)
      return
    }
    this.#letGo()
    this.#context.handOver?.(chunk)
  }

  #letGo(): void {
    this.#socket.off('data', this.#take).off('end', this.#finish).off('error', this.#fail)
    this.#socket.off('close', this.#release)
  }

  #turn(version: Version): void {
    if (this.#socket.readableEnded) {
      this.#end('closed by the client')
      return
    }
    this.#letGo()
    this.#context.turn?.(version, this.#framer.rest())
  }

  readonly #take = (chunk: Uint8Array): void => {
    if (this.#phase === 'closing') return
    if (this.#request === undefined && this.#framer.isMessage(chunk)) {
      this.#dispatch(chunk)
      return
    }
    this.#framer.push(chunk)
    chunk.fill(0)
    if (this.#request === undefined) this.#advance()
    else if (this.#framer.pending > this.#context.limits.waitingBytes) this.#socket.pause()
  }

  /** The peer has sent all it will send; what it asked for is still answered. */
  readonly #finish = (): void => {
    if (this.#request === undefined) this.#end('closed by the client')
  }

  readonly #fail = (error: NodeJS.ErrnoException): void => {
    this.#ending ??= error.code ?? 'socket error'
  }

  readonly #release = (): void => {
    this.#framer.wipe()
    // A handler still at work reads its request; #answer wipes that.
    if (this.#phase !== 'handling') this.#wipe()
    this.#enter('closing')
    this.#context.closed(this.#ending ?? 'connection lost')
  }

  /** Takes up the next message if there is a whole one. */
  #advance(): void {
    let message: Uint8Array | undefined
    try {
      message = this.#framer.next()
    } catch (fault) {
      this.#refuse(fault)
      return
    }
    if (message !== undefined) {
      this.#dispatch(message)
      return
    }
    if (this.#socket.readableEnded) this.#end('closed by the client')
    else if (this.#phase !== this.#framer.stage) this.#enter(this.#framer.stage)
    if (this.#socket.isPaused()) this.#socket.resume()
  }

  #dispatch(message: Uint8Array): void {
    const { handler } = this.#context
    const identity = this.#context.identify()
    if (identity === undefined) {
      message.fill(0)
      this.destroy('client no longer known')
      return
    }
    if (identity !== this.#peer.identity) this.#peer = { ...this.#peer, identity }
    this.#request = message
    this.#enter('handling')
    this.#context.countRequest()
    try {
      handler.handle(message, this.#peer).then(this.#answer, this.#giveUp)
    } catch (bug) {
      this.#giveUp(bug)
    }
  }

  readonly #answer = (reply: Reply | undefined): void => {
    this.#reply = reply
    if (this.#socket.destroyed || reply === undefined) {
      this.#wipe()
      this.#end('cannot be answered')
      return
    }
    this.#enter('sending')
    this.#context.outbox.put(this.#send)
  }

  readonly #send = (): void => {
    // The socket may have closed while the answer waited for others; it is wiped by then.
    if (this.#reply !== undefined && !this.#socket.destroyed) {
      this.#socket.write(this.#reply.bytes, this.#sent)
    }
  }

  readonly #sent = (): void => {
    const turn = this.#reply?.turn
    if (this.#reply?.close === true) this.#ending ??= 'closed after an answer'
    this.#wipe()
    if (turn !== undefined && this.#ending === undefined) this.#turn(turn.version)
    else if (this.#ending !== undefined) this.#end(this.#ending)
    else if (!this.#socket.destroyed) this.#advance()
  }

  /** A handler answers every fault of the client's, so what it throws is a bug; only this connection pays for it. */
  readonly #giveUp = (bug: unknown): void => {
    this.#context.log.error('request handler failed', { ...describeBug(bug) })
    this.#wipe()
    this.destroy('internal error')
  }

  /** Where messages begin is no longer known, and without a header there is nothing to answer with. */
  #refuse(fault: unknown): void {
    const code = fault instanceof KmipFault ? fault.code : 'MALFORMED_MESSAGE'
    this.#context.log.info('message refused', { code })
    this.destroy('bad message')
  }

  #end(reason: string): void {
    this.#ending ??= reason
    if (this.#socket.destroyed || this.#phase === 'closing') return
    this.#enter('closing')
    this.#socket.end()
    // What the peer still sends is read and dropped: unread bytes would make the kernel reset the connection, and the
    // last answer would be lost with it.
    this.#socket.resume()
  }

  #enter(phase: Phase): void {
    this.#phase = phase
    this.#since = this.#context.ticker.now()
  }

  #wipe(): void {
    this.#request?.fill(0)
    this.#reply?.bytes.fill(0)
    this.#request = undefined
    this.#reply = undefined
  }
}
