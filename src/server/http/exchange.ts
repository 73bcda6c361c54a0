import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Encoding } from '../format.ts'
import type { Reply } from '../handler.ts'
import { GatheredBytes } from './gathered-bytes.ts'
import { CONTENT_TYPES, type HttpRefusal } from './judge.ts'

/** One request in HTTP and the answer to it. */
export class Exchange {
  readonly request: IncomingMessage
  readonly #response: ServerResponse
  /** Whether the client waits for a word before it sends the body. */
  readonly #isWaiting: boolean
  readonly #body = new GatheredBytes()
  #received = 0
  #message: Buffer | undefined
  #reply: Reply | undefined
  #isRefused = false

  constructor(request: IncomingMessage, response: ServerResponse, isWaiting: boolean) {
    this.request = request
    this.#response = response
    this.#isWaiting = isWaiting
  }

  /** Bytes of the body that have come. */
  get received(): number {
    return this.#received
  }

  /** Hands over the body once it is whole, or says that it is longer than `mostBytes`. */
  read(mostBytes: number, whole: (message: Uint8Array) => void, tooLong: () => void): void {
    if (this.#isWaiting) this.#response.writeContinue()
    this.request.on('data', (chunk: Buffer) => {
      this.#received += chunk.length
      if (this.#isRefused) chunk.fill(0)
      else this.#body.push(chunk)
      if (this.#received > mostBytes && !this.#isRefused) tooLong()
    })
    this.request.on('end', () => {
      if (this.#isRefused) return
      this.#message = this.#body.takeAll()
      whole(this.#message)
    })
  }

  /** Answers in kind; `sent` is called when the socket has taken it. */
  answer(reply: Reply, encoding: Encoding, isLast: boolean, sent: () => void): void {
    this.#reply = reply
    this.#response.writeHead(200, [
      'Content-Type',
      CONTENT_TYPES[encoding],
      'Content-Length',
      String(reply.bytes.length),
      'Cache-Control',
      'no-cache',
      ...(isLast ? CLOSE : []),
    ])
    this.#response.end(reply.bytes, sent)
  }

  /** Answers that there is no message to be had; the connection closes behind it. */
  refuse({ status, text, headers = [] }: HttpRefusal, sent: () => void): void {
    this.#isRefused = true
    this.wipe()
    const body = `${text}\n`
    this.#response.writeHead(status, [
      'Content-Type',
      'text/plain; charset=utf-8',
      'Content-Length',
      String(body.length),
      ...headers,
      ...CLOSE,
    ])
    this.#response.end(body, sent)
  }

  /** Zeroes what the request and its answer were. */
  wipe(): void {
    this.#body.wipe()
    this.#message?.fill(0)
    this.#message = undefined
    this.#reply?.bytes.fill(0)
    this.#reply = undefined
  }
}

const CLOSE = ['Connection', 'close'] as const
