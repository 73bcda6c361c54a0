import type { AddressInfo } from 'node:net'
import { createServer, type TlsOptions } from 'node:tls'

export interface Echo extends AsyncDisposable {
  readonly port: number
}

/**
 * The least that a server over node:tls can do, to compare with: for every `requestBytes` received it writes the same
 * `responseBytes`, which begin with the header of a TTLV message. It neither parses, nor times, nor limits anything.
 */
export async function startEcho(
  tls: TlsOptions,
  requestBytes: number,
  responseBytes: number,
): Promise<Echo> {
  const response = createMessage(responseBytes)
  const server = createServer({ ...tls, noDelay: true }, (socket) => {
    let received = 0
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length
      for (; received >= requestBytes; received -= requestBytes) socket.write(response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has an address of this kind.
  const { port } = server.address() as AddressInfo
  return {
    port,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A message of so many bytes, at least 8 and a multiple of 8: a header that says so, and zeros. */
export function createMessage(bytes: number): Buffer {
  const message = Buffer.alloc(bytes)
  message.writeUInt32BE(0x42_00_78_01, 0)
  message.writeUInt32BE(bytes - 8, 4)
  return message
}
