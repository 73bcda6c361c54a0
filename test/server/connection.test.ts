import { describe, expect, test } from 'vitest'
import type { MessageHandler, Peer } from '../../src/server/handler.ts'
import { DEFAULT_TRANSPORT_LIMITS } from '../../src/server/limits.ts'
import { failingAt, FAILURES } from './failing-handler.fixture.ts'
import {
  alice,
  authority,
  closed,
  closeReasons,
  message,
  receive,
  settle,
  startBench,
  until,
} from './listener.fixture.ts'
import { tapRecords } from './record-tap.fixture.ts'

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const

/** A handler whose answers are given by hand, in any order. */
function createManualHandler() {
  const waiting: { request: Uint8Array; answer: (close?: boolean) => Uint8Array }[] = []
  const handler: MessageHandler = {
    handle: async (request) =>
      new Promise((resolve) => {
        const answer = (close = false): Uint8Array => {
          const bytes = Uint8Array.from(request)
          resolve({ bytes, close })
          return bytes
        }
        waiting.push({ request, answer })
      }),
  }
  return { handler, waiting }
}

describe('messages', () => {
  test.each(VERSIONS)('a request over %s gets its answer', async (version) => {
    await using bench = await startBench()
    const socket = await bench.connect({ minVersion: version, maxVersion: version })
    const sent = message(64, 0x5a)
    socket.write(sent)
    expect(await receive(socket, 64)).toEqual(sent)
    expect(socket.getProtocol()).toBe(version)
    expect(bench.listener.status()).toMatchObject({ connections: 1, handshakes: 1, requests: 1 })
  })

  test('a request that comes byte by byte is one request', async () => {
    await using bench = await startBench()
    const socket = await bench.connect()
    const sent = message(40, 7)
    for (const byte of sent) {
      socket.write(Buffer.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await receive(socket, 40)).toEqual(sent)
    expect(bench.listener.status().requests).toBe(1)
  })

  test('a message of the largest size allowed goes through, and the next one too', async () => {
    await using bench = await startBench()
    const socket = await bench.connect()
    const largest = message(DEFAULT_TRANSPORT_LIMITS.message.messageBytes, 0xa5)
    const small = message(16, 1)
    socket.write(Buffer.concat([largest, small]))
    expect(
      (await receive(socket, largest.length + 16)).equals(Buffer.concat([largest, small])),
    ).toBe(true)
  })

  test.each(VERSIONS)(
    'requests in one write over %s are answered in order, each in a record of its own',
    async (version) => {
      await using bench = await startBench()
      await using tap = await tapRecords(bench.port)
      const socket = await bench.connect({
        port: tap.port,
        minVersion: version,
        maxVersion: version,
      })
      socket.write(message(16))
      await receive(socket, 16)
      const before = tap.records
      const sent = Buffer.concat(
        Array.from({ length: 50 }, (_, index) => message(16 + 8 * index, index)),
      )
      socket.write(sent)
      expect((await receive(socket, sent.length)).equals(sent)).toBe(true)
      expect(tap.records - before).toBe(50)
    },
  )

  test('an answer of 16 KiB is one record', async () => {
    await using bench = await startBench()
    await using tap = await tapRecords(bench.port)
    const socket = await bench.connect({ port: tap.port, maxVersion: 'TLSv1.2' })
    socket.write(message(16_384))
    await receive(socket, 16_384)
    expect(tap.records).toBe(1)
  })

  test('eight requests in flight reach the handler one at a time and are answered in order', async () => {
    let atOnce = 0
    let most = 0
    const handler: MessageHandler = {
      async handle(request) {
        atOnce += 1
        most = Math.max(most, atOnce)
        // Later requests are quicker.
        await new Promise((resolve) => setTimeout(resolve, 10 - (request[8] ?? 0)))
        atOnce -= 1
        return { bytes: Uint8Array.from(request), close: false }
      },
    }
    await using bench = await startBench({ handler })
    const socket = await bench.connect()
    const sent = Array.from({ length: 8 }, (_, index) => message(24, index))
    for (const one of sent) socket.write(one)
    expect(await receive(socket, 8 * 24)).toEqual(Buffer.concat(sent))
    expect(most).toBe(1)
  })

  test('the handler is told who asks and over which connection', async () => {
    const peers: Peer[] = []
    const handler: MessageHandler = {
      async handle(request, peer) {
        peers.push(peer)
        return Promise.resolve({ bytes: Uint8Array.from(request), close: false })
      },
    }
    await using bench = await startBench({ handler })
    for (const socket of [await bench.connect(), await bench.connect()]) {
      socket.write(message(16))
      await receive(socket, 16)
    }
    expect(peers.map(({ identity }) => identity.name)).toEqual(['alice', 'alice'])
    expect(new Set(peers.map(({ connection }) => connection)).size).toBe(2)
  })

  test('request and answer are zeroed once the answer is sent, and not before', async () => {
    const { handler, waiting } = createManualHandler()
    await using bench = await startBench({ handler })
    const socket = await bench.connect()
    socket.write(message(32, 9))
    await until(() => waiting.length === 1)
    const request = waiting[0]?.request
    expect(request).toEqual(message(32, 9))
    const reply = waiting[0]?.answer()
    expect(reply?.[31]).toBe(9)
    await receive(socket, 32)
    await until(() => request?.every((byte) => byte === 0) === true)
    expect(reply?.every((byte) => byte === 0)).toBe(true)
  })

  test('an answer for a client that was cut off is zeroed and goes nowhere', async () => {
    const { handler, waiting } = createManualHandler()
    await using bench = await startBench({ handler })
    const socket = await bench.connect()
    socket.write(message(32, 9))
    await until(() => waiting.length === 1)
    bench.clients.remove(alice, authority)
    bench.listener.sweep()
    await closed(socket)
    await until(() => bench.listener.status().connections === 0)
    expect(waiting[0]?.request[31]).toBe(9)
    const reply = waiting[0]?.answer()
    await until(() => reply?.every((byte) => byte === 0) === true)
    expect(waiting[0]?.request.every((byte) => byte === 0)).toBe(true)
  })

  test('a client that asks on without reading is not read on', async () => {
    const { handler, waiting } = createManualHandler()
    await using bench = await startBench({ handler })
    const socket = await bench.connect()
    const flood = message(65_536)
    let taken = 0
    const pour = (): void => {
      for (let count = 0; count < 16; count += 1) socket.write(flood, () => (taken += 1))
    }
    for (let round = 0; round < 20; round += 1) {
      pour()
      await settle()
    }
    expect(waiting.length).toBe(1)
    // What is left over is in the buffers of the kernel and of the client itself.
    expect(taken).toBeLessThan(300)
    expect(socket.writableLength).toBeGreaterThan(0)
  })

  test('a socket that was not read on is read again once the answers have caught up', async () => {
    await using bench = await startBench({ limits: { waitingBytes: 64 } })
    const socket = await bench.connect()
    const sent = Buffer.concat(Array.from({ length: 400 }, (_, index) => message(1_000, index)))
    const answers = receive(socket, sent.length)
    for (let at = 0; at < sent.length; at += 5_000) socket.write(sent.subarray(at, at + 5_000))
    expect((await answers).equals(sent)).toBe(true)
  })
})

describe('the end of a connection', () => {
  test('what was asked before the client closed its side is answered, and then ours is closed', async () => {
    await using bench = await startBench()
    const socket = await bench.connect({ allowHalfOpen: true })
    const sent = Buffer.concat([message(16, 1), message(16, 2), message(16, 3)])
    socket.end(sent)
    expect(await receive(socket)).toEqual(sent)
    await until(() => bench.listener.status().connections === 0)
    expect(await closeReasons(bench)).toEqual(['closed by the client'])
  })

  test('a client that closes in the middle of a message is let go', async () => {
    await using bench = await startBench()
    const socket = await bench.connect()
    socket.end(message(64).subarray(0, 20))
    await until(() => bench.listener.status().connections === 0)
    expect(bench.listener.status().requests).toBe(0)
  })

  test('an answer may ask for the connection to be closed after it', async () => {
    const { handler, waiting } = createManualHandler()
    await using bench = await startBench({ handler })
    const socket = await bench.connect()
    socket.write(Buffer.concat([message(16, 1), message(16, 2)]))
    await until(() => waiting.length === 1)
    waiting[0]?.answer(true)
    expect(await receive(socket)).toEqual(message(16, 1))
    expect(waiting.length).toBe(1)
    expect(await closeReasons(bench)).toEqual(['closed after an answer'])
  })

  test('a last answer is not lost when the client is still sending, and what it sends is dropped', async () => {
    const { handler, waiting } = createManualHandler()
    await using bench = await startBench({ handler })
    const socket = await bench.connect()
    socket.write(message(16, 1))
    await until(() => waiting.length === 1)
    const answer = receive(socket, 16)
    for (let count = 0; count < 100; count += 1) socket.write(message(10_000))
    await settle()
    waiting[0]?.answer(true)
    expect(await answer).toEqual(message(16, 1))
    socket.write(message(16, 2))
    socket.end()
    await until(() => bench.listener.status().connections === 0)
    expect(waiting.length).toBe(1)
  })

  test('a message that cannot be answered closes the connection', async () => {
    await using bench = await startBench({
      handler: { handle: async () => Promise.resolve(undefined) },
    })
    const socket = await bench.connect()
    socket.write(message(16))
    expect(await receive(socket)).toEqual(Buffer.alloc(0))
    expect(await closeReasons(bench)).toEqual(['cannot be answered'])
  })

  test.each(FAILURES)(
    'a handler that %s costs its own connection and no other',
    async (_, fail) => {
      await using bench = await startBench({ handler: failingAt(8, fail) })
      const [good, bad] = [await bench.connect(), await bench.connect()]
      bad.write(message(16, 1))
      await closed(bad)
      good.write(message(16, 2))
      expect(await receive(good, 16)).toEqual(message(16, 2))
      const line = bench.log.lines.find(({ level }) => level === 'error')
      expect(line?.fields).toMatchObject({ name: 'TypeError' })
      expect(JSON.stringify(bench.log.lines)).not.toContain('secret')
    },
  )

  test('opening and closing are logged with the connection, the client and the way it came', async () => {
    await using bench = await startBench()
    const socket = await bench.connect()
    socket.end()
    await until(() => bench.log.reasons('connection closed').length === 1)
    const [opened, gone] = bench.log.lines
    expect(opened?.fields).toEqual({
      connection: 'c-1',
      peer: '127.0.0.1',
      port: expect.any(Number) as number,
      client: 'alice',
      protocol: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      resumed: false,
    })
    expect(gone?.fields).toMatchObject({ connection: 'c-1' })
  })
})

describe('bad input', () => {
  test.each([
    ['a length of 2^32 - 1', Buffer.from('42007801ffffffff', 'hex'), 'MALFORMED_MESSAGE'],
    ['a length of 2^32 - 8', Buffer.from('42007801fffffff8', 'hex'), 'SERVER_LIMIT'],
    ['a length of 2^31', Buffer.from('4200780180000000', 'hex'), 'SERVER_LIMIT'],
    ['one byte group over the limit', Buffer.from('4200780100100000', 'hex'), 'SERVER_LIMIT'],
    [
      'a length that is no multiple of eight',
      Buffer.from('4200780100000009', 'hex'),
      'MALFORMED_MESSAGE',
    ],
    ['an Integer', Buffer.from('4200780200000004', 'hex'), 'MALFORMED_MESSAGE'],
  ])('%s closes the connection, and the log says why', async (_, bytes, code) => {
    await using bench = await startBench()
    const socket = await bench.connect()
    socket.write(bytes)
    expect(await receive(socket)).toEqual(Buffer.alloc(0))
    const refused = bench.log.lines.filter(({ event }) => event === 'message refused')
    expect(refused.map(({ fields }) => fields)).toEqual([{ connection: 'c-1', code }])
    expect(bench.listener.status().requests).toBe(0)
  })

  test('requests before a bad one are answered', async () => {
    await using bench = await startBench()
    const socket = await bench.connect()
    socket.write(Buffer.concat([message(16, 1), message(16, 2), Buffer.alloc(16)]))
    expect(await receive(socket)).toEqual(Buffer.concat([message(16, 1), message(16, 2)]))
  })
})

describe('deadlines', () => {
  test('a header that does not get complete closes the connection, each byte of it in vain', async () => {
    await using bench = await startBench()
    const socket = await bench.connect()
    for (let byte = 0; byte < 4; byte += 1) {
      socket.write(message(16).subarray(byte, byte + 1))
      await settle()
      bench.ticker.advance(4_000)
    }
    await closed(socket)
    expect(await closeReasons(bench)).toEqual(['slow header'])
  })

  test('a body that does not get complete closes the connection', async () => {
    await using bench = await startBench({ limits: { bodyRate: { perSecond: 0, afterMs: 0 } } })
    const socket = await bench.connect()
    socket.write(message(64).subarray(0, 40))
    await settle()
    bench.ticker.advance(29_000)
    await settle()
    expect(bench.log.reasons('connection closed')).toEqual([])
    bench.ticker.advance(2_000)
    await closed(socket)
    expect(await closeReasons(bench)).toEqual(['slow body'])
  })

  test('a body that only trickles in closes the connection early', async () => {
    await using bench = await startBench()
    const socket = await bench.connect()
    socket.write(message(65_536).subarray(0, 2_000))
    await settle()
    // 2000 bytes are enough for five seconds of grace and not quite two more.
    bench.ticker.advance(6_900)
    await settle()
    expect(bench.log.reasons('connection closed')).toEqual([])
    bench.ticker.advance(1_100)
    await closed(socket)
    expect(await closeReasons(bench)).toEqual(['slow body'])
  })

  test('an idle connection is closed after five minutes, counted from the last answer', async () => {
    await using bench = await startBench()
    const socket = await bench.connect()
    bench.ticker.advance(200_000)
    socket.write(message(16))
    await receive(socket, 16)
    // The server learns a little later that its answer is sent.
    await settle()
    bench.ticker.advance(200_000)
    await settle()
    expect(bench.log.reasons('connection closed')).toEqual([])
    bench.ticker.advance(101_000)
    await closed(socket)
    expect(await closeReasons(bench)).toEqual(['idle'])
  })

  test('a request under way has no deadline', async () => {
    const { handler, waiting } = createManualHandler()
    await using bench = await startBench({ handler })
    const socket = await bench.connect()
    socket.write(message(16, 3))
    await until(() => waiting.length === 1)
    bench.ticker.advance(10_000_000)
    waiting[0]?.answer()
    expect(await receive(socket, 16)).toEqual(message(16, 3))
  })

  test('a client that does not read its answer is closed', async () => {
    const handler: MessageHandler = {
      handle: async () =>
        Promise.resolve({ bytes: new Uint8Array(message(16_777_216)), close: false }),
    }
    await using bench = await startBench({ handler })
    const socket = await bench.connect()
    socket.pause()
    socket.write(message(16))
    await until(() => bench.listener.status().requests === 1)
    await settle()
    bench.ticker.advance(29_000)
    expect(bench.log.reasons('connection closed')).toEqual([])
    bench.ticker.advance(2_000)
    await until(() => bench.log.reasons('connection closed').length === 1)
    expect(await closeReasons(bench)).toEqual(['answer not read'])
  })

  test('a client that does not close its side after we closed ours is cut off', async () => {
    const handler: MessageHandler = {
      handle: async (request) => Promise.resolve({ bytes: Uint8Array.from(request), close: true }),
    }
    await using bench = await startBench({ handler })
    const socket = await bench.connect({ allowHalfOpen: true })
    socket.write(message(16))
    await receive(socket, 16)
    await settle()
    expect(bench.listener.status().connections).toBe(1)
    bench.ticker.advance(6_000)
    await until(() => bench.listener.status().connections === 0)
  })
})
