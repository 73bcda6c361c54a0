import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'
import { Framer } from '../../src/ttlv/framer.ts'
import { DEFAULT_LIMITS } from '../../src/ttlv/limits.ts'
import { readAnswer, type Answer } from './answer.ts'

/** PEM of a client and of the authority that signed the server. */
export interface Credentials {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** A KMIP client on one connection. */
export interface Client {
  readonly socket: TLSSocket
  /** Sends a request and waits for its answer; several may wait at once. Rejects when the connection breaks. */
  ask(request: Uint8Array): Promise<Answer>
  close(): void
}

interface Waiting {
  readonly answer: (answer: Answer) => void
  readonly fail: (error: Error) => void
}

/** Connects over mutual TLS. */
export async function connectClient(port: number, credentials: Credentials): Promise<Client> {
  const socket = connect({ host: '127.0.0.1', port, ...credentials })
  socket.setNoDelay(true)
  await once(socket, 'secureConnect')
  const waiting: Waiting[] = []
  const framer = new Framer(DEFAULT_LIMITS)
  socket.on('data', (chunk: Buffer) => {
    framer.push(chunk)
    for (let bytes = framer.next(); bytes !== undefined; bytes = framer.next()) {
      waiting.shift()?.answer(readAnswer(bytes))
    }
  })
  socket.on('error', () => undefined)
  socket.once('close', () => {
    for (const { fail } of waiting.splice(0)) fail(new Error('the connection broke'))
  })
  return {
    socket,
    async ask(request) {
      return new Promise((answer, fail) => {
        if (socket.destroyed) {
          fail(new Error('the connection is closed'))
          return
        }
        waiting.push({ answer, fail })
        socket.write(request)
      })
    },
    close: () => socket.destroy(),
  }
}
