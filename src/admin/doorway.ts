import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { Admission, sourceOf, type AdmissionLimits, type Overload } from '../server/admission.ts'
import { systemTicker, type Ticker } from '../server/ticker.ts'

export interface DoorwayOptions {
  /** Told of a connection that is closed because there are too many. */
  readonly refused: (socket: Socket, reason: Overload) => void
  readonly limits?: AdmissionLimits | undefined
  readonly ticker?: Ticker | undefined
}

/** Officers are few, and each command of theirs is a connection; several may sit behind one address. */
export const DOORWAY_LIMITS: AdmissionLimits = {
  caps: { connections: 100, perAddress: 25, handshaking: 50 },
  arrivals: {
    perAddress: { perSecond: 20, burst: 100 },
    total: { perSecond: 100, burst: 200 },
  },
}

/** Lets connections in to an HTTPS server before any work on TLS is done for them, so many and no more of each address. */
export class Doorway {
  readonly #options: DoorwayOptions
  readonly #ticker: Ticker
  readonly #admission: Admission
  /** Those that are in. */
  readonly #sockets = new Set<Socket>()
  /** Peers whose handshakes are under way, by address and port, which a TLS socket shows as the one under it does. */
  readonly #handshakes = new Set<string>()

  constructor(options: DoorwayOptions) {
    const { limits = DOORWAY_LIMITS, ticker = systemTicker } = options
    this.#options = options
    this.#ticker = ticker
    this.#admission = new Admission(limits, ticker.now())
  }

  /** Stands before what the server does with a connection so far. */
  guard(server: Server): void {
    const takers = server.listeners('connection')
    server.removeAllListeners('connection')
    server.on('connection', (socket: Socket) => {
      if (!this.#admit(socket)) return
      for (const take of takers) Reflect.apply(take, server, [socket])
    })
    server.on('secureConnection', (socket: TLSSocket) => {
      this.#handshakes.delete(nameOf(socket))
    })
  }

  /** Forgets the addresses that nothing is to be remembered of. */
  sweep(): void {
    this.#admission.sweep(this.#ticker.now())
  }

  /** Ends every connection, handshakes included. */
  clear(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #admit(socket: Socket): boolean {
    const { remoteAddress } = socket
    // Without an address the peer is gone already.
    if (remoteAddress === undefined) {
      socket.destroy()
      return false
    }
    const source = sourceOf(remoteAddress)
    const overload = this.#admission.enter(source, this.#handshakes.size, this.#ticker.now())
    if (overload !== undefined) {
      this.#options.refused(socket, overload)
      socket.destroy()
      return false
    }
    const name = nameOf(socket)
    this.#handshakes.add(name)
    this.#sockets.add(socket)
    socket.once('close', () => {
      this.#admission.leave(source)
      this.#handshakes.delete(name)
      this.#sockets.delete(socket)
    })
    return true
  }
}

function nameOf({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
