import type { TLSSocket } from 'node:tls'
import { describeBug } from '../../fault/describe-bug.ts'
import { overdue, type Phase } from '../connection-deadline.ts'
import type { ConnectionContext, Conversation } from '../connection.ts'
import type { Encoding } from '../format.ts'
import type { Peer, Reply } from '../handler.ts'
import { HttpChannel } from './channel.ts'
import type { Exchange } from './exchange.ts'
import { GatheredBytes } from './gathered-bytes.ts'
import { judge, TOO_LONG, UNREADABLE, UNTOLD, unparsed, type HttpRefusal } from './judge.ts'
import type { HttpParsing } from './parsing.ts'

/** What the parser is given at a time of what was held. */
const PARSED_BYTES = 4_096

/** What connections in HTTP share beside what all connections do. */
export interface HttpContext extends ConnectionContext {
  readonly parsing: HttpParsing
}

/**
 * One client that speaks HTTP on one socket: requests in, one message at a time to the handler, answers out in the same
 * order (KMIP message encodings section 2.5).
 */
export class HttpConnection implements Conversation {
  readonly #socket: TLSSocket
  readonly #context: HttpContext
  readonly #channel: HttpChannel
  #peer: Peer
  #phase: Phase = 'idle'
  /** When the phase began, in the ticker's milliseconds. */
  #since: number
  /** Requests whose head is there; the first is the one under way. */
  readonly #exchanges: Exchange[] = []
  /** What has come in while a request was under way. */
  readonly #held = new GatheredBytes()
  /** Why no further request can be parsed, once that is so. */
  #broken: HttpRefusal | undefined
  /** Why no further request is taken, once that is so. */
  #ending: string | undefined

  /** @param first - bytes that have come already */
  constructor(socket: TLSSocket, peer: Peer, context: HttpContext, first?: Buffer) {
    this.#socket = socket
    this.#peer = peer
    this.#context = context
    this.#since = context.ticker.now()
    this.#channel = new HttpChannel({
      write: (bytes, done) => {
        socket.write(bytes, done)
      },
      end: () => {
        this.#end('closed after an answer')
      },
    })
    context.parsing.attach(this.#channel, { take: this.#take, fail: this.#break })
    socket.allowHalfOpen = true
    socket.on('data', this.#receive)
    socket.on('end', this.#finish)
    socket.on('error', this.#fail)
    socket.once('close', this.#release)
    if (first !== undefined) this.#begin(first)
  }

  sweep(now: number): void {
    const received = this.#exchanges[0]?.received ?? 0
    const late = overdue(this.#phase, now - this.#since, received, this.#context.limits)
    if (late !== undefined) this.destroy(late)
    else if (this.#context.identify() === undefined) {
      const isAnswering = this.#isBusy && this.#context.isClient()
      if (!isAnswering) this.destroy('client no longer known')
    }
  }

  drain(): void {
    if (this.#isBusy) this.#ending ??= 'server stops'
    else this.#end('server stops')
  }

  destroy(reason: string): void {
    this.#ending ??= reason
    this.#socket.destroy()
  }

  get #isBusy(): boolean {
    return this.#phase === 'handling' || this.#phase === 'sending'
  }

  /** Requests that wait cost more than the bytes that they come in: behind a second one nothing is parsed. */
  get #isFull(): boolean {
    return this.#isBusy || this.#exchanges.length > 1
  }

  /** The parser takes what comes in at once only after this turn. */
  #begin(first: Buffer): void {
    this.#hold(first)
    queueMicrotask(() => {
      this.#advance()
    })
  }

  readonly #receive = (chunk: Buffer): void => {
    if (this.#phase === 'closing' || this.#broken !== undefined) chunk.fill(0)
    else if (this.#isFull || this.#held.length > 0) this.#hold(chunk)
    else this.#parse(chunk)
  }

  #hold(chunk: Buffer): void {
    this.#held.push(chunk)
    if (this.#held.length > this.#context.limits.waitingBytes) this.#socket.pause()
  }

  #parse(chunk: Buffer): void {
    if (this.#phase === 'idle') this.#enter('header')
    this.#channel.push(chunk)
    // The parser has copied what it keeps.
    if (this.#channel.readableLength === 0) chunk.fill(0)
  }

  readonly #take = (exchange: Exchange): void => {
    this.#exchanges.push(exchange)
    if (this.#exchanges.length === 1) this.#start(exchange)
  }

  readonly #break = (code: string): void => {
    const refusal = unparsed(code)
    this.#broken = refusal
    const [exchange] = this.#exchanges
    if (exchange === undefined) this.#refuseUnparsed(refusal)
    else if (this.#phase === 'body' && !exchange.request.complete) this.#refuse(exchange, refusal)
  }

  #start(exchange: Exchange): void {
    const { message } = this.#context.limits
    const judgement = judge(exchange.request, message.messageBytes)
    if (typeof judgement !== 'string') this.#refuse(exchange, judgement)
    else if (this.#broken !== undefined && !exchange.request.complete) {
      this.#refuse(exchange, this.#broken)
    } else {
      this.#enter('body')
      exchange.read(
        message.messageBytes,
        (body) => {
          this.#dispatch(exchange, body, judgement)
        },
        () => {
          this.#refuse(exchange, TOO_LONG)
        },
      )
    }
  }

  #dispatch(exchange: Exchange, message: Uint8Array, encoding: Encoding): void {
    const identity = this.#context.identify()
    if (identity === undefined || this.#socket.destroyed) {
      exchange.wipe()
      this.destroy('client no longer known')
      return
    }
    if (identity !== this.#peer.identity) this.#peer = { ...this.#peer, identity }
    this.#enter('handling')
    this.#context.countRequest()
    try {
      this.#context.handler.handle(message, this.#peer, encoding).then((reply) => {
        this.#answer(exchange, reply, encoding)
      }, this.#giveUp)
    } catch (bug) {
      this.#giveUp(bug)
    }
  }

  #answer(exchange: Exchange, reply: Reply | undefined, encoding: Encoding): void {
    const forget = (): void => {
      reply?.bytes.fill(0)
      exchange.wipe()
    }
    if (this.#socket.destroyed) forget()
    else if (reply === undefined) {
      this.#refuse(exchange, this.#context.handler.isMute === true ? UNTOLD : UNREADABLE)
    } else {
      if (reply.close) this.#ending ??= 'closed after an answer'
      this.#enter('sending')
      this.#context.outbox.put(() => {
        // The socket may have closed while the answer waited for others.
        if (this.#socket.destroyed) forget()
        else exchange.answer(reply, encoding, this.#ending !== undefined, this.#sent)
      })
    }
  }

  #refuse(exchange: Exchange, refusal: HttpRefusal): void {
    this.#context.log.info('HTTP request refused', { status: refusal.status })
    this.#ending ??= 'refused in HTTP'
    this.#enter('sending')
    exchange.refuse(refusal, this.#sent)
  }

  /** There is no request that the answer would belong to. */
  #refuseUnparsed({ status, text }: HttpRefusal): void {
    this.#context.log.info('HTTP request refused', { status })
    this.#enter('sending')
    const head = `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n`
    this.#socket.write(`${head}Content-Length: ${text.length + 1}\r\n\r\n${text}\n`, () => {
      this.#end('refused in HTTP')
    })
  }

  readonly #sent = (): void => {
    this.#exchanges.shift()?.wipe()
    if (this.#ending !== undefined) this.#end(this.#ending)
    else if (!this.#socket.destroyed) this.#advance()
  }

  /** Takes up the next request, or what is held of it. */
  #advance(): void {
    if (this.#phase === 'closing') return
    this.#enter('idle')
    const [next] = this.#exchanges
    if (next !== undefined) this.#start(next)
    while (!this.#isFull && this.#broken === undefined && this.#held.length > 0) {
      this.#parse(this.#held.take(PARSED_BYTES))
    }
    if (this.#isBusy) return
    if (this.#broken !== undefined && this.#exchanges.length === 0)
      this.#refuseUnparsed(this.#broken)
    else if (this.#socket.readableEnded) this.#finish()
    else if (this.#socket.isPaused() && this.#held.length <= this.#context.limits.waitingBytes) {
      this.#socket.resume()
    }
  }

  /** The peer has sent all it will send; what it asked for is still answered. */
  readonly #finish = (): void => {
    const isWhole = this.#exchanges[0]?.request.complete === true
    if (!this.#isBusy && !isWhole && this.#held.length === 0) this.#end('closed by the client')
  }

  readonly #fail = (error: NodeJS.ErrnoException): void => {
    this.#ending ??= error.code ?? 'socket error'
  }

  readonly #release = (): void => {
    this.#held.wipe()
    // A handler still at work reads its request; #answer wipes that.
    if (this.#phase !== 'handling') for (const exchange of this.#exchanges) exchange.wipe()
    this.#enter('closing')
    this.#channel.destroy()
    this.#context.closed(this.#ending ?? 'connection lost')
  }

  /** A handler answers every fault of the client's, so what it throws is a bug; only this connection pays for it. */
  readonly #giveUp = (bug: unknown): void => {
    this.#context.log.error('request handler failed', { ...describeBug(bug) })
    for (const exchange of this.#exchanges) exchange.wipe()
    this.destroy('internal error')
  }

  #end(reason: string): void {
    this.#ending ??= reason
    if (this.#socket.destroyed || this.#phase === 'closing') return
    this.#enter('closing')
    this.#socket.end()
    // As in TTLV, what the peer still sends is read and dropped so that the last answer arrives.
    this.#socket.resume()
  }

  #enter(phase: Phase): void {
    this.#phase = phase
    this.#since = this.#context.ticker.now()
  }
}
