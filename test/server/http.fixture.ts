import type { TLSSocket } from 'node:tls'
import type { MessageHandler } from '../../src/server/handler.ts'

/** An answer in HTTP. */
export interface HttpAnswer {
  readonly status: number
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

/** A request as a client writes it. */
export interface HttpRequest {
  readonly method?: string
  readonly target?: string
  readonly version?: string
  /** Content-Type; text/xml when absent. */
  readonly type?: string
  /** Header lines beside Host, Content-Type and Content-Length. */
  readonly more?: readonly string[]
  readonly body?: string | Uint8Array
}

/** The bytes of a request with a right Content-Length. */
export function requestOf({
  method = 'POST',
  target = '/kmip',
  version = '1.1',
  type = 'text/xml',
  more = [],
  body = '',
}: HttpRequest = {}): Buffer {
  const bytes = Buffer.from(body)
  const lines = [
    `${method} ${target} HTTP/${version}`,
    'Host: kmip.example',
    `Content-Type: ${type}`,
    `Content-Length: ${bytes.length}`,
    ...more,
  ]
  return Buffer.concat([rawHead(lines), bytes])
}

/** Lines as the head of a request. */
export function rawHead(lines: readonly string[]): Buffer {
  return Buffer.from([...lines, '', ''].join('\r\n'), 'latin1')
}

/** Answers in the order in which they come. */
export class HttpAnswers {
  readonly #socket: TLSSocket
  #rest: Buffer = Buffer.alloc(0)
  #isClosed = false
  #wake: () => void = () => undefined

  constructor(socket: TLSSocket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#rest = Buffer.concat([this.#rest, chunk])
      this.#wake()
    })
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        this.#isClosed = true
        this.#wake()
      })
    }
  }

  /** Sends a request and gives its answer. */
  async ask(request: HttpRequest): Promise<HttpAnswer> {
    this.#socket.write(requestOf(request))
    return this.next()
  }

  /** The next answer, the word to go on among them; throws when the connection closes before it is whole. */
  async next(): Promise<HttpAnswer> {
    for (;;) {
      const taken = takeAnswer(this.#rest)
      if (taken !== undefined) {
        this.#rest = this.#rest.subarray(taken.bytes)
        return taken.answer
      }
      if (this.#isClosed) throw new Error(`closed after ${this.#rest.toString('latin1')}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** Waits until the peer has closed, and gives what came and no answer took. */
  async rest(): Promise<Buffer> {
    while (!this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#rest
  }
}

function takeAnswer(bytes: Buffer): { answer: HttpAnswer; bytes: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers = new Map(
    lines.map((line) => {
      const [name = '', value = ''] = line.split(': ')
      return [name.toLowerCase(), value]
    }),
  )
  const length = Number(headers.get('content-length') ?? 0)
  if (bytes.length < end + 4 + length) return undefined
  const body = bytes.subarray(end + 4, end + 4 + length)
  const status = Number(first.split(' ')[1])
  return { answer: { status, headers, body }, bytes: end + 4 + length }
}

/** Answers each message with the name of its encoding and itself. */
export const namingEcho: MessageHandler = {
  handle: async (request, _, encoding = 'ttlv') =>
    Promise.resolve({
      bytes: Uint8Array.from(Buffer.concat([Buffer.from(`${encoding}:`), request])),
      close: false,
    }),
}
