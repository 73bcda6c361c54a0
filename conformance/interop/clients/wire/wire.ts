import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import type { Target } from '../../../runner/connection.ts'
import { ReaderError } from './field.ts'

/** How a client connects, beside its certificate. */
export type Manner = Pick<
  ConnectionOptions,
  'minVersion' | 'maxVersion' | 'session' | 'servername' | 'checkServerIdentity' | 'ciphers'
>

/**
 * A connection by mutual TLS that shows what each record of the server held: OpenSSL gives out one at a time, and each
 * becomes one `data` event.
 */
export class Wire {
  readonly socket: TLSSocket
  readonly #timeout: number
  readonly #records: Buffer[] = []
  #taken = 0
  #failure: string | undefined
  #wake: () => void = () => undefined

  private constructor(socket: TLSSocket, timeout: number) {
    this.socket = socket
    this.#timeout = timeout
    socket.on('data', (chunk: Buffer) => {
      this.#records.push(chunk)
      this.#wake()
    })
    socket.on('error', (error: Error) => {
      this.#fail(error.message)
    })
    socket.on('close', () => {
      this.#fail('the server closed the connection')
    })
  }

  /** Connects; rejects when the handshake fails. */
  static async open({ host, port, credentials, timeout }: Target, manner: Manner = {}) {
    const socket = connect({ host, port, ...credentials, ...manner })
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve)
      socket.once('error', reject)
      socket.setTimeout(timeout, () => socket.destroy(new ReaderError('no handshake in time')))
    })
    socket.setTimeout(0)
    return new Wire(socket, timeout)
  }

  /** Records that were taken so far, whole or in part. */
  get taken(): number {
    return this.#taken
  }

  write(message: Uint8Array): void {
    this.socket.write(message)
  }

  /** All that is left of the next record. */
  async record(): Promise<Buffer> {
    return this.read(Number.POSITIVE_INFINITY)
  }

  /** One read of at most that many bytes, as `SSL_read` does it: never more than is left of one record. */
  async read(most: number): Promise<Buffer> {
    const deadline = performance.now() + this.#timeout
    while (this.#records.length === 0) {
      if (this.#failure !== undefined) throw new ReaderError(this.#failure)
      const left = deadline - performance.now()
      if (left <= 0) throw new ReaderError('no answer in time')
      await this.#arrival(left)
    }
    const record = this.#records[0] ?? Buffer.alloc(0)
    if (!this.#isOpen) this.#taken += 1
    const part = record.subarray(0, most)
    this.#isOpen = part.length < record.length
    if (this.#isOpen) this.#records[0] = record.subarray(part.length)
    else this.#records.shift()
    return part
  }

  /** Whether bytes are there that nobody has read. */
  get hasMore(): boolean {
    return this.#records.length > 0
  }

  close(): void {
    this.socket.destroy()
  }

  /** Whether a part of the first record was read. */
  #isOpen = false

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
