import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** The record type of application data (RFC 5246 section 6.2.1, RFC 8446 section 5.1). */
const APPLICATION_DATA = 23

export interface RecordTap extends AsyncDisposable {
  readonly port: number
  /** Records of application data that the server has sent so far; TLS 1.3 counts parts of its handshake in. */
  readonly records: number
}

/** Passes bytes between a client and a server and counts the TLS records of the server on the way. */
export async function tapRecords(port: number): Promise<RecordTap> {
  let records = 0
  const sockets: Socket[] = []
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    sockets.push(client, upstream)
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
    client.pipe(upstream)
    let rest = Buffer.alloc(0)
    upstream.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      while (rest.length >= 5 && rest.length >= 5 + rest.readUInt16BE(3)) {
        if (rest[0] === APPLICATION_DATA) records += 1
        rest = rest.subarray(5 + rest.readUInt16BE(3))
      }
      client.write(chunk)
    })
    upstream.on('end', () => client.end())
    client.on('close', () => upstream.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: own } = server.address() as AddressInfo
  return {
    port: own,
    get records() {
      return records
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
