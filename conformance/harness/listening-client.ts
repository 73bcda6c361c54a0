import { createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls'
import { Framer } from '../../src/ttlv/framer.ts'
import { DEFAULT_LIMITS } from '../../src/ttlv/limits.ts'

/** A message of the server's own, waiting for its answer. */
export interface Incoming {
  readonly bytes: Uint8Array
  answer(bytes: Uint8Array): void
}

/** Longest wait for a message, in milliseconds. */
const PATIENCE = 10_000

/** A client that listens, for what servers send of their own accord (KMIP 1.4 section 5). */
export class ListeningClient {
  readonly #server: Server
  readonly #messages: Incoming[] = []
  readonly #sockets = new Set<TLSSocket>()
  #wake: () => void = () => undefined

  private constructor(server: Server) {
    this.#server = server
    server.on('secureConnection', (socket) => {
      this.#take(socket)
    })
  }

  /** Listens on a free port of this machine. */
  static async open(credentials: Pick<SecureContextOptions, 'ca' | 'cert' | 'key'>) {
    const server = createServer({ ...credentials, requestCert: true, rejectUnauthorized: true })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new ListeningClient(server)
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Trusts the server from now on. */
  trust(credentials: Pick<SecureContextOptions, 'ca' | 'cert' | 'key'>): void {
    this.#server.setSecureContext(credentials)
  }

  /** The next message that comes. */
  async next(): Promise<Incoming> {
    const deadline = performance.now() + PATIENCE
    for (;;) {
      const message = this.#messages.shift()
      if (message !== undefined) return message
      const left = deadline - performance.now()
      if (left <= 0) throw new Error('the server sent nothing')
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  #take(socket: TLSSocket): void {
    const framer = new Framer(DEFAULT_LIMITS)
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('data', (chunk: Uint8Array) => {
      framer.push(chunk)
      for (let bytes = framer.next(); bytes !== undefined; bytes = framer.next()) {
        this.#messages.push({ bytes, answer: (answer) => socket.write(answer) })
      }
      this.#wake()
    })
  }
}
