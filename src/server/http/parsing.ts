import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { HttpChannel } from './channel.ts'
import { Exchange } from './exchange.ts'

/** Where the requests of one channel go. */
export interface ExchangeTaker {
  take(exchange: Exchange): void
  /** What came is no HTTP, or more of it than there may be; `code` is what node:http calls it. */
  fail(code: string): void
}

/** The parser and writer of node:http as a server that never listens: connections are handed to it one by one. */
export class HttpParsing {
  readonly #server: Server = createHttpServer()
  readonly #takers = new WeakMap<object, ExchangeTaker>()

  constructor() {
    this.#server.on('request', this.#take(false))
    this.#server.on('checkContinue', this.#take(true))
    this.#server.on('checkExpectation', this.#take(false))
    this.#server.on('clientError', (error: NodeJS.ErrnoException, channel) => {
      this.#takers.get(channel)?.fail(error.code ?? '')
    })
    this.#server.on('connect', (request: IncomingMessage) => {
      this.#takers.get(request.socket)?.fail('CONNECT')
    })
  }

  /** Parses what is pushed into the channel from now on. */
  attach(channel: HttpChannel, taker: ExchangeTaker): void {
    this.#takers.set(channel, taker)
    this.#server.emit('connection', channel)
  }

  #take(isWaiting: boolean) {
    return (request: IncomingMessage, response: ServerResponse): void => {
      const exchange = new Exchange(request, response, isWaiting)
      this.#takers.get(request.socket)?.take(exchange)
    }
  }
}

/** Bytes of the first line and all headers together. */
const HEAD_BYTES = 16_384

function createHttpServer(): Server {
  const server = createServer({
    insecureHTTPParser: false,
    maxHeaderSize: HEAD_BYTES,
    // Refused by us, so that every refusal has the same form.
    requireHostHeader: false,
  })
  // Every deadline is the connection's.
  server.timeout = 0
  server.headersTimeout = 0
  server.requestTimeout = 0
  server.keepAliveTimeout = 0
  // Headers beyond a number would be dropped in silence.
  server.maxHeadersCount = 0
  return server
}
