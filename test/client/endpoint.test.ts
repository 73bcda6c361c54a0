import { createSecureContext, createServer, type Server, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Endpoint } from '../../src/client/endpoint.ts'
import { KmipFault } from '../../src/fault/fault.ts'
import { SocketRequester } from '../../src/client/requester.ts'
import type { ServerRequest } from '../../src/message/server-request.ts'
import { Secret } from '../../src/secret/secret.ts'
import { KeyFormatType } from '../../src/spec/enum/key-format-type.ts'
import { ObjectType } from '../../src/spec/enum/object-type.ts'
import { PutFunction } from '../../src/spec/enum/put-function.ts'
import { SecretDataType } from '../../src/spec/enum/secret-data-type.ts'
import { createTestAuthority } from '../fixtures/authority.ts'
import { MemoryLog } from '../server/listener.fixture.ts'

const authority = createTestAuthority('Authority of the client')
const { key, cert } = authority.issue({ name: 'client.test', usage: ['server'] })
const own = authority.issue({ name: 'kmipd' })
const secureContext = createSecureContext({ ...own, ca: authority.cert })
/** An empty message. */
const MESSAGE = Buffer.from('42007b0100000000', 'hex')

let server: Server
let sockets: TLSSocket[]

beforeEach(async () => {
  sockets = []
  server = createServer({ key, cert, ca: authority.cert, requestCert: true })
  server.on('secureConnection', (socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
})

function address() {
  const at = server.address()
  const port = typeof at === 'object' && at !== null ? at.port : 0
  return { host: '127.0.0.1', port, serverName: 'localhost' }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000 && !isSo(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('a connection to a client', () => {
  test('takes an answer, and closes on what it has not asked for', async () => {
    const requester = await SocketRequester.connect(address(), secureContext)
    await until(() => sockets.length > 0)
    sockets[0]?.once('data', () => sockets[0]?.write(MESSAGE))
    const answer = await requester.exchange(MESSAGE, async () => Promise.resolve(true))
    expect(answer && Buffer.from(answer)).toEqual(MESSAGE)
    expect(requester.isOver).toBe(false)
    sockets[0]?.write(MESSAGE)
    await until(() => requester.isOver)
    expect(requester.isOver).toBe(true)
  })
})

describe('what waits for a client', () => {
  const request = (): ServerRequest => ({
    operation: 'Put',
    payload: {
      uniqueIdentifier: 'x',
      putFunction: PutFunction.New,
      object: {
        objectType: ObjectType.SecretData,
        secretDataType: SecretDataType.Password,
        keyBlock: {
          keyFormatType: KeyFormatType.Raw,
          keyValue: {
            form: 'bytes',
            material: Secret.take(new Uint8Array(1_000_000)),
            attributes: [],
          },
        },
      },
      attributes: [],
    },
  })

  test('is not sent where the audit could not be told of it', async () => {
    const log = new MemoryLog()
    const endpoint = new Endpoint({
      address: address(),
      secureContext,
      version: '1.4',
      encoding: 'ttlv',
      log,
    })
    const before = sockets.length
    endpoint.send(request(), {
      told: Promise.reject(new KmipFault('UNAVAILABLE', 'It cannot be told')),
    })
    const isDropped = () => log.lines.some(({ event }) => event.includes('audit cannot be written'))
    await until(isDropped)
    expect(isDropped()).toBe(true)
    expect(sockets).toHaveLength(before)
    endpoint.close()
  })

  test.each(['ttlv', 'json'] as const)(
    'is not sent once it is wanted no more: %s',
    async (encoding) => {
      const log = new MemoryLog()
      const options = { address: address(), secureContext, version: '1.4', encoding, log } as const
      const endpoint = new Endpoint(options)
      const asked: number[] = []
      let connections = 0
      let received = 0
      server.on('connection', () => {
        connections += 1
      })
      server.on('secureConnection', (socket) => {
        socket.on('data', (chunk: Buffer) => {
          received += chunk.length
        })
      })
      const isWanted = async () => {
        asked.push(connections)
        return Promise.resolve(false)
      }
      endpoint.send(request(), { isWanted })
      endpoint.send(request(), { isWanted })
      const dropped = () =>
        log.lines.filter(({ event }) => event.includes('may not be told')).length
      await until(() => dropped() === 2)
      expect([dropped(), received]).toEqual([2, 0])
      // It is asked once the client is there to be told, and no attempt is made again.
      expect(asked).toHaveLength(2)
      expect(asked[0]).toBe(1)
      endpoint.close()
    },
  )

  test('is asked about again before it is tried again', async () => {
    const log = new MemoryLog()
    const options = { address: address(), secureContext, log } as const
    const endpoint = new Endpoint({ ...options, version: '1.4', encoding: 'ttlv' })
    server.on('secureConnection', (socket) => socket.once('data', () => socket.destroy()))
    let count = 0
    endpoint.send(request(), {
      isWanted: async () => {
        count += 1
        return Promise.resolve(count === 1)
      },
    })
    const isDropped = () => log.lines.some(({ event }) => event.includes('may not be told'))
    await until(isDropped)
    expect([isDropped(), count]).toEqual([true, 2])
    endpoint.close()
  })

  test('is limited in bytes, and what is more is dropped', () => {
    const log = new MemoryLog()
    const endpoint = new Endpoint({
      address: address(),
      secureContext,
      version: '1.4',
      encoding: 'ttlv',
      log,
    })
    for (let index = 0; index < 20; index += 1) endpoint.send(request())
    const dropped = log.lines.filter(({ event }) => event === 'message to a client dropped')
    // One is on its way, sixteen wait.
    expect(dropped).toHaveLength(3)
    endpoint.close()
  })
})
