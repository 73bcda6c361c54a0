import type { TLSSocket } from 'node:tls'
import { KmipFault } from '../fault/fault.ts'
import { readClientAnswer, writeServerRequest } from '../message/server-request.ts'
import type { Version } from '../schema/version.ts'
import { EndpointRole } from '../spec/enum/endpoint-role.ts'
import { ResultStatus } from '../spec/enum/result-status.ts'
import { Tag } from '../spec/tag.ts'
import { decode } from '../ttlv/decode.ts'
import { encode } from '../ttlv/encode.ts'
import { Framer } from '../ttlv/framer.ts'
import type { ConnectionContext, Conversation } from './connection.ts'
import type { Peer, Reply } from './handler.ts'
import { OutgoingQueue, type Outgoing } from './outgoing-queue.ts'
import type { QueueRoom } from './queue-room.ts'

/** Has a client told of what becomes of its objects. */
export interface Announcer {
  /**
   * @param client - identifier of the client
   * @param send - takes over an encoded request; it may be called at any time until what is returned was called
   */
  begin(client: string, version: Version, send: SendUnasked): () => void
}

/** @param isWanted - whether it may be sent still: asked just before it is, for it may have to wait */
export type SendUnasked = (request: Uint8Array, isWanted: () => Promise<boolean>) => void

/** What a connection needs whose roles are turned. */
export interface TurnedContext extends ConnectionContext {
  readonly announcer: Announcer
  /** For what waits to be told. */
  readonly room: QueueRoom
  /** That of the request that turned the roles. */
  readonly version: Version
  /** Takes the socket back, with what has come over it already: the server is the server again. */
  turnBack(received: Uint8Array): void
}

/**
 * A connection on which the server is the client (KMIP 2.1 section 6.1.54): it tells of changes to the client's objects,
 * one request at a time, and the client answers. When there was nothing to tell for a while the server hands the role
 * back (section 6.2.5); until then the client may take it back itself.
 */
export class TurnedConnection implements Conversation {
  readonly #socket: TLSSocket
  readonly #context: TurnedContext
  #peer: Peer
  readonly #framer: Framer
  readonly #queue: OutgoingQueue
  readonly #stopAnnouncing: () => void
  #asked: Outgoing | undefined
  /** Whether it is being found out if the next one is sent. */
  #isDeciding = false
  /** Whether a request of the client's is being answered. */
  #isAnswering = false
  /** When something last came or went, in the ticker's milliseconds. */
  #since: number
  #ending: string | undefined

  /** @param received - bytes that have come already */
  constructor(socket: TLSSocket, peer: Peer, context: TurnedContext, received: Uint8Array) {
    this.#socket = socket
    this.#peer = { ...peer, endpointRole: EndpointRole.Client }
    this.#context = context
    this.#queue = new OutgoingQueue(peer.identity.id, context.room)
    this.#framer = new Framer(context.limits.message)
    this.#since = context.ticker.now()
    socket.on('data', this.#take)
    socket.on('end', this.#finish)
    socket.on('error', this.#fail)
    socket.once('close', this.#release)
    this.#stopAnnouncing = context.announcer.begin(
      peer.identity.id,
      context.version,
      this.#announce,
    )
    socket.resume()
    if (received.length > 0) this.#take(received)
  }

  sweep(now: number): void {
    const { deadlines } = this.#context.limits
    const waited = now - this.#since
    if (this.#ending !== undefined) {
      if (waited > deadlines.linger) this.destroy('close not answered')
    } else if (!this.#isKnown()) return
    else if (this.#framer.pending > 0 && waited > deadlines.body) this.destroy('slow body')
    else if (this.#asked !== undefined || this.#isDeciding) {
      const why = this.#isDeciding ? 'what is to be told cannot be read' : 'client does not answer'
      if (waited > deadlines.unsent) this.destroy(why)
    } else if (waited > deadlines.idle) this.#handBack()
  }

  drain(): void {
    this.#end('server stops')
  }

  destroy(reason: string): void {
    this.#ending ??= reason
    this.#socket.destroy()
  }

  readonly #announce: SendUnasked = (bytes, isWanted) => {
    if (this.#queue.put({ bytes, isWanted })) this.#sendNext()
    else {
      this.#context.log.warn('message to a client dropped')
      bytes.fill(0)
    }
  }

  #handBack(): void {
    const request = {
      operation: 'SetEndpointRole',
      payload: { endpointRole: EndpointRole.Client },
    } as const
    const bytes = encode(writeServerRequest(request, this.#context.version))
    this.#queue.put({ bytes })
    this.#sendNext()
  }

  #sendNext(): void {
    if (this.#isDeciding || !this.#isFree()) return
    const next = this.#queue.first
    if (next === undefined || !this.#isKnown()) return
    if (next.isWanted === undefined) {
      this.#send(next)
      return
    }
    this.#isDeciding = true
    this.#since = this.#context.ticker.now()
    next.isWanted().then(
      (isWanted) => {
        this.#decided(next, isWanted)
      },
      () => {
        this.#context.log.warn('message to a client dropped: what it shows cannot be read')
        this.#decided(next, false)
      },
    )
  }

  /** Where something came between, it is decided anew when its turn comes. */
  #decided(next: Outgoing, isWanted: boolean): void {
    this.#isDeciding = false
    if (this.#ending !== undefined) return
    if (!isWanted) {
      this.#queue.drop()
      this.#sendNext()
    } else if (this.#isFree() && this.#isKnown()) this.#send(next)
  }

  /** Whether the next message may go out. */
  #isFree(): boolean {
    return this.#asked === undefined && !this.#isAnswering && this.#ending === undefined
  }

  #send(next: Outgoing): void {
    this.#queue.take()
    this.#asked = next
    this.#since = this.#context.ticker.now()
    this.#socket.write(next.bytes, () => next.bytes.fill(0))
  }

  /** Asked before anything is told or done, so that a client who was removed or changed is so at once. */
  #isKnown(): boolean {
    const identity = this.#context.identify()
    // What is told is another's, where its key is one of another client by now.
    if (identity?.id !== this.#peer.identity.id) {
      this.destroy('client no longer known')
      return false
    }
    if (identity !== this.#peer.identity) this.#peer = { ...this.#peer, identity }
    return true
  }

  readonly #take = (chunk: Uint8Array): void => {
    if (this.#ending !== undefined) return
    this.#framer.push(chunk)
    chunk.fill(0)
    this.#since = this.#context.ticker.now()
    this.#advance()
  }

  #advance(): void {
    try {
      while (this.#ending === undefined && !this.#isAnswering) {
        const message = this.#framer.next()
        if (message === undefined) return
        if (isRequest(message)) this.#dispatch(message)
        else if (this.#judge(message)) return
      }
      if (this.#framer.pending > this.#context.limits.waitingBytes) this.#socket.pause()
    } catch (error) {
      const code = error instanceof KmipFault ? error.code : 'INTERNAL'
      this.#context.log.info('answer of a client refused', { code })
      this.destroy('bad message')
    }
  }

  /** Reads an answer; true when the roles are as they were before. A refusal is for people to look into. */
  #judge(message: Uint8Array): boolean {
    const { log, version } = this.#context
    const asked = this.#asked
    if (asked === undefined) throw new KmipFault('INVALID_MESSAGE', 'Nothing was asked')
    const [answer] = readClientAnswer(decode(message, this.#context.limits.message), version)
    this.#asked = undefined
    const isGood = answer?.resultStatus === ResultStatus.Success
    if (!isGood) log.warn('client refused', { reason: answer?.resultReason })
    if (asked.isWanted === undefined) {
      if (isGood) this.#leave()
      else this.#end('client does not take its role back')
      return true
    }
    this.#sendNext()
    return false
  }

  #dispatch(message: Uint8Array): void {
    const { handler } = this.#context
    if (!this.#isKnown()) {
      message.fill(0)
      return
    }
    this.#isAnswering = true
    this.#context.countRequest()
    handler.handle(message, this.#peer).then(
      (reply) => {
        message.fill(0)
        this.#answer(reply)
      },
      () => {
        message.fill(0)
        this.#context.log.error('request handler failed')
        this.destroy('internal error')
      },
    )
  }

  #answer(reply: Reply | undefined): void {
    if (reply === undefined || this.#socket.destroyed) {
      reply?.bytes.fill(0)
      this.destroy('cannot be answered')
      return
    }
    const { bytes, turn } = reply
    this.#socket.write(bytes, () => {
      bytes.fill(0)
      this.#isAnswering = false
      if (this.#ending !== undefined) return
      if (turn !== undefined) this.#leave()
      else {
        this.#socket.resume()
        this.#sendNext()
        this.#advance()
      }
    })
  }

  /** What was not sent is forgotten: it can be asked for. */
  #leave(): void {
    const received = this.#framer.rest()
    this.#ending = 'roles turned back'
    this.#forget()
    this.#socket.off('data', this.#take).off('end', this.#finish).off('error', this.#fail)
    this.#socket.off('close', this.#release).resume()
    this.#context.turnBack(received)
  }

  readonly #finish = (): void => {
    this.#end('closed by the client')
  }

  readonly #fail = (error: NodeJS.ErrnoException): void => {
    this.#ending ??= error.code ?? 'socket error'
  }

  readonly #release = (): void => {
    this.#forget()
    this.#context.closed(this.#ending ?? 'connection lost')
  }

  #forget(): void {
    this.#stopAnnouncing()
    this.#framer.wipe()
    this.#queue.forget()
  }

  #end(reason: string): void {
    this.#ending ??= reason
    this.#since = this.#context.ticker.now()
    this.#socket.end()
    this.#socket.resume()
  }
}

/** Answers and requests are told apart by their tag. */
function isRequest(message: Uint8Array): boolean {
  const [first = 0, second = 0, third = 0] = message
  return first * 0x10000 + second * 0x100 + third === Tag.RequestMessage.number
}
