import { connect, type SecureContextOptions, type TLSSocket } from 'node:tls'
import { TTLV, type Encoding } from './encoding.ts'

/** Sends one message and waits for one back. */
export interface Channel {
  /** What its messages are written in. */
  readonly encoding: Encoding
  exchange(request: Uint8Array): Promise<Uint8Array>
  close(): void
}

/** A server, and who asks it. */
export interface Target {
  readonly host: string
  readonly port: number
  /** PEM. */
  readonly credentials: Pick<SecureContextOptions, 'ca' | 'cert' | 'key'>
  /** Longest wait for a connection or an answer, in milliseconds. */
  readonly timeout: number
}

/** The connection broke, or nothing came in time. */
export class ChannelError extends Error {
  override readonly name = 'ChannelError'
}

/** Length of the tag, type and length that a message begins with. */
const HEADER_BYTES = 8
/** No answer of a test case is longer. */
export const LONGEST_ANSWER = 16_777_216
/** Most bytes that a TLS record holds (RFC 5246 section 6.2.1, RFC 8446 section 5.1). */
const RECORD_BYTES = 16_384

/**
 * Connects by mutual TLS.
 *
 * @throws ChannelError
 */
export async function openChannel({ host, port, credentials, timeout }: Target): Promise<Channel> {
  const socket = connect({ host, port, ...credentials })
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new ChannelError(`no connection within ${timeout} ms`))
    }, timeout)
    socket.once('secureConnect', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.once('error', (cause: Error) => {
      clearTimeout(timer)
      reject(new ChannelError(`cannot connect: ${cause.message}`, { cause }))
    })
  })
  return new SocketChannel(socket, timeout)
}

/** Frames answers by their length, independently of the server's own framing. */
class SocketChannel implements Channel {
  readonly encoding = TTLV
  readonly #socket: TLSSocket
  readonly #timeout: number
  #received: Buffer = Buffer.alloc(0)
  #records = 0
  #failure: string | undefined
  #wake: () => void = () => undefined

  constructor(socket: TLSSocket, timeout: number) {
    this.#socket = socket
    this.#timeout = timeout
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk])
      // Each event is what one TLS record held: OpenSSL gives out no more at a time, and nothing here collects it.
      this.#records += 1
      this.#wake()
    })
    socket.on('error', (error: Error) => {
      this.#fail(error.message)
    })
    socket.on('close', () => {
      this.#fail('the server closed the connection')
    })
  }

  async exchange(request: Uint8Array): Promise<Uint8Array> {
    if (this.#received.length > 0) throw new ChannelError('bytes came that nobody asked for')
    this.#socket.write(request)
    const deadline = performance.now() + this.#timeout
    for (;;) {
      const message = this.#take()
      if (message !== undefined) return message
      if (this.#failure !== undefined) throw new ChannelError(this.#failure)
      const left = deadline - performance.now()
      if (left <= 0) throw new ChannelError(`no answer within ${this.#timeout} ms`)
      await this.#arrival(left)
    }
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(): Uint8Array | undefined {
    if (this.#received.length < HEADER_BYTES) return undefined
    const length = HEADER_BYTES + this.#received.readUInt32BE(4)
    if (length > LONGEST_ANSWER) throw new ChannelError(`an answer of ${length} bytes`)
    if (this.#received.length < length) return undefined
    this.#checkRecords(length)
    const message = this.#received.subarray(0, length)
    this.#received = this.#received.subarray(length)
    return message
  }

  /** Clients are known that take one record for one answer; a long one may take as many as it fills. */
  #checkRecords(length: number): void {
    const records = this.#records
    this.#records = 0
    if (records === Math.ceil(length / RECORD_BYTES)) return
    throw new ChannelError(`an answer of ${length} bytes in ${records} TLS records`)
  }

  async #arrival(within: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, within)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #fail(reason: string): void {
    this.#failure ??= reason
    this.#wake()
  }
}
