import { createServer, type Server, type TLSSocket } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { openChannel, type Target } from '../../conformance/runner/connection.ts'
import { createTestAuthority } from '../fixtures/authority.ts'

const authority = createTestAuthority('Runner authority')
const server = authority.issue({ name: 'localhost', usage: ['server'] })
const client = authority.issue({ name: 'client', usage: ['client'] })
const question = Buffer.from('4200780100000000', 'hex')
const answer = Buffer.from('42007b010000000842000d0200000000', 'hex')

const servers: Server[] = []
const sockets: TLSSocket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const running of servers.splice(0)) running.close()
})

/** A server that does this when it is sent something. */
async function serve(react: (socket: TLSSocket) => void): Promise<Target> {
  const running = createServer({ ...server, ca: authority.cert, requestCert: true })
  servers.push(running)
  running.on('secureConnection', (socket) => {
    sockets.push(socket)
    socket.on('data', () => {
      react(socket)
    })
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => running.listen(0, '127.0.0.1', resolve))
  const address = running.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    host: '127.0.0.1',
    port,
    credentials: { ca: authority.cert, ...client },
    timeout: 300,
  }
}

async function ask(target: Target): Promise<Uint8Array> {
  const channel = await openChannel(target)
  try {
    return await channel.exchange(question)
  } finally {
    channel.close()
  }
}

describe('an answer', () => {
  test('is read', async () => {
    const target = await serve((socket) => socket.write(answer))
    expect(Buffer.from(await ask(target)).toString('hex')).toBe(answer.toString('hex'))
  })

  test('[clients T1] of more records than it fills is refused', async () => {
    const target = await serve((socket) => {
      socket.write(answer.subarray(0, 8), () => {
        socket.write(answer.subarray(8))
      })
    })
    await expect(ask(target)).rejects.toThrow('an answer of 16 bytes in 2 TLS records')
  })

  test('of the records that it fills is read', async () => {
    const long = Buffer.alloc(16_384 + 8)
    long.set(Buffer.from('42007b0100004000', 'hex'))
    const target = await serve((socket) => socket.write(long))
    expect((await ask(target)).length).toBe(16_392)
  })

  test('that never ends is given up', async () => {
    const target = await serve((socket) => socket.write(answer.subarray(0, 15)))
    await expect(ask(target)).rejects.toThrow('no answer within')
  })

  test('that the server cuts off is given up', async () => {
    const target = await serve((socket) => {
      socket.end(answer.subarray(0, 15))
    })
    await expect(ask(target)).rejects.toThrow('closed')
  })

  test('that claims an absurd length is given up', async () => {
    const target = await serve((socket) => socket.write(Buffer.from('42007b01ffffffff', 'hex')))
    await expect(ask(target)).rejects.toThrow('4294967303 bytes')
  })

  test('that nobody asked for is an error at the next question', async () => {
    const target = await serve((socket) => {
      socket.write(Buffer.concat([answer, answer]))
    })
    const channel = await openChannel(target)
    await channel.exchange(question)
    await expect(channel.exchange(question)).rejects.toThrow('nobody asked')
    channel.close()
  })
})

test('a server of another authority is refused', async () => {
  const target = await serve(() => undefined)
  const other = createTestAuthority('Other authority')
  const credentials = { ...target.credentials, ca: other.cert }
  await expect(openChannel({ ...target, credentials })).rejects.toThrow('cannot connect')
})
