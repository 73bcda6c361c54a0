import { connect, type SecureContext, type TLSSocket } from 'node:tls'
import { KmipFault } from '../fault/fault.ts'
import { Framer } from '../ttlv/framer.ts'
import { DEFAULT_LIMITS } from '../ttlv/limits.ts'

/** Where a client listens. */
export interface EndpointAddress {
  readonly host: string
  readonly port: number
  /** The name in the client's certificate, where that is not the host. */
  readonly serverName?: string
}

/** How long a client may take to accept a connection, and to answer, in milliseconds. */
export const PATIENCE_MS = 10_000

/** One connection to a client that listens: requests go out one at a time, each waits for its answer. */
export interface Requester {
  /** Whether the connection is gone. */
  readonly isOver: boolean
  /**
   * Sends a message and waits for one back. Throws `UNAVAILABLE`, and what reads no message throws.
   *
   * @param isWanted - asked last, once the client can be sent it at once; where it is not, undefined comes back
   */
  exchange(request: Uint8Array, isWanted: () => Promise<boolean>): Promise<Uint8Array | undefined>
  close(): void
}

/** Messages in TTLV on the bare TLS connection. */
export class SocketRequester implements Requester {
  readonly #socket: TLSSocket
  readonly #framer = new Framer(DEFAULT_LIMITS)
  #wake: () => void = () => undefined
  #isWaiting = false
  #isOver = false

  private constructor(socket: TLSSocket) {
    this.#socket = socket
    socket.on('data', this.#take)
    socket.on('error', this.#end)
    socket.on('close', this.#end)
    socket.setTimeout(PATIENCE_MS, () => socket.destroy())
    // A connection that is kept for the next request keeps no process alive.
    socket.unref()
  }

  /** Connects by mutual TLS. Throws `UNAVAILABLE`. */
  static async connect(
    { host, port, serverName }: EndpointAddress,
    secureContext: SecureContext,
  ): Promise<SocketRequester> {
    const name = serverName === undefined ? {} : { servername: serverName }
    const socket = connect({ host, port, secureContext, ...name, minVersion: 'TLSv1.2' })
    try {
      await new Promise<void>((resolve, reject) => {
        socket.setTimeout(PATIENCE_MS, () => {
          reject(unavailable())
        })
        socket.once('secureConnect', resolve)
        socket.once('error', reject)
        socket.once('close', () => {
          reject(unavailable())
        })
      })
    } catch (cause) {
      socket.on('error', () => undefined)
      socket.destroy()
      throw unavailable(cause)
    }
    return new SocketRequester(socket)
  }

  get isOver(): boolean {
    return this.#isOver
  }

  async exchange(
    request: Uint8Array,
    isWanted: () => Promise<boolean>,
  ): Promise<Uint8Array | undefined> {
    if (!(await isWanted())) return undefined
    if (this.#isOver) throw unavailable()
    this.#isWaiting = true
    this.#socket.ref()
    this.#socket.write(request)
    try {
      for (;;) {
        const message = this.#framer.next()
        if (message !== undefined) return message
        if (this.isOver) throw unavailable()
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    } finally {
      this.#isWaiting = false
      this.#socket.unref()
    }
  }

  close(): void {
    this.#socket.destroy()
  }

  /** What nobody has asked for would only fill the memory. */
  readonly #take = (chunk: Uint8Array): void => {
    if (!this.#isWaiting) {
      this.#socket.destroy()
      return
    }
    this.#framer.push(chunk)
    this.#wake()
  }

  readonly #end = (): void => {
    this.#isOver = true
    this.#wake()
  }
}

/** The fault for a client that does not answer, or not as it should. */
export function unavailable(cause?: unknown): KmipFault {
  const detail = cause instanceof Error ? { detail: cause.message } : {}
  return new KmipFault('UNAVAILABLE', 'The client does not answer', { cause, ...detail })
}
