import { createServer as createHttpsServer } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
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
  }

  /** Listens on a free port of this machine, for TTLV on the bare TLS connection or for HTTPS. */
  static async open(
    credentials: Pick<SecureContextOptions, 'ca' | 'cert' | 'key'>,
    contentType?: string,
  ): Promise<ListeningClient> {
    const options = { ...credentials, requestCert: true, rejectUnauthorized: true }
    const server = contentType === undefined ? createServer(options) : createHttpsServer(options)
    const client = new ListeningClient(server)
    if (contentType === undefined) {
      server.on('secureConnection', (socket) => {
        client.#take(socket)
      })
    } else {
      server.on('secureConnection', (socket) => {
        client.#keep(socket)
      })
      server.on('request', (request: IncomingMessage, response: ServerResponse) => {
        void client.#takePosted(request, response, contentType)
      })
    }
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return client
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

  #keep(socket: TLSSocket): void {
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => this.#sockets.delete(socket))
  }

  /** Anything but a POST to /kmip of the Content-Type is refused (KMIP message encodings section 2). */
  async #takePosted(
    request: IncomingMessage,
    response: ServerResponse,
    contentType: string,
  ): Promise<void> {
    const pieces: Uint8Array[] = []
    for await (const piece of request) if (piece instanceof Uint8Array) pieces.push(piece)
    const { method, url, headers } = request
    if (method !== 'POST' || url !== '/kmip' || headers['content-type'] !== contentType) {
      response.writeHead(400).end()
      return
    }
    const answer = (bytes: Uint8Array): void => {
      response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': bytes.length })
      response.end(bytes)
    }
    this.#messages.push({ bytes: Buffer.concat(pieces), answer })
    this.#wake()
  }

  #take(socket: TLSSocket): void {
    const framer = new Framer(DEFAULT_LIMITS)
    this.#keep(socket)
    socket.on('data', (chunk: Uint8Array) => {
      framer.push(chunk)
      for (let bytes = framer.next(); bytes !== undefined; bytes = framer.next()) {
        this.#messages.push({ bytes, answer: (answer) => socket.write(answer) })
      }
      this.#wake()
    })
  }
}
