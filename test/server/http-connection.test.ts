import { connect as connectTcp } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import type { MessageHandler } from '../../src/server/handler.ts'
import { DEFAULT_TRANSPORT_LIMITS } from '../../src/server/limits.ts'
import { failingAt, FAILURES } from './failing-handler.fixture.ts'
import { HttpAnswers, namingEcho, rawHead, requestOf } from './http.fixture.ts'
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

const { deadlines, message: limits } = DEFAULT_TRANSPORT_LIMITS

const LENGTH_0 = 'Content-Length: 0'

/** Bytes in use once everything that is not is gone. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc()')
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** A handler whose answers are given by hand. */
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

describe('time', () => {
  test('a client that sends nothing is closed as idle', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const answers = new HttpAnswers(await bench.connect())
    await answers.ask({ body: 'text' })
    await settle()
    bench.ticker.advance(deadlines.idle)
    await settle()
    expect(bench.listener.status().connections).toBe(1)
    bench.ticker.advance(1_000)
    expect(await closeReasons(bench)).toEqual(['idle'])
  })

  test.each(['the first', 'the second'])(
    'headers of %s request may not take long',
    async (which) => {
      await using bench = await startBench({ handler: namingEcho })
      const socket = await bench.connect()
      const answers = new HttpAnswers(socket)
      if (which === 'the second') await answers.ask({ body: 'text' })
      socket.write('POST /kmip HTTP/1.1\r\n')
      await settle()
      // A header now and then does not help.
      for (let elapsed = 0; elapsed < deadlines.header; elapsed += 5_000) {
        bench.ticker.advance(5_000)
        socket.write('X: y\r\n')
        await settle()
        expect(bench.listener.status().connections).toBe(1)
      }
      bench.ticker.advance(1_000)
      expect(await closeReasons(bench)).toEqual(['slow header'])
    },
  )

  test('a body may not take long, however steadily it comes', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const socket = await bench.connect()
    const lines = ['POST /kmip HTTP/1.1', 'Host: x', 'Content-Type: text/xml']
    socket.write(rawHead([...lines, `Content-Length: ${limits.messageBytes}`]))
    for (let elapsed = 0; elapsed < deadlines.body; elapsed += 5_000) {
      socket.write('x'.repeat(10_000))
      await settle()
      bench.ticker.advance(5_000)
      await settle()
      expect(bench.listener.status().connections).toBe(1)
    }
    bench.ticker.advance(1_000)
    expect(await closeReasons(bench)).toEqual(['slow body'])
  })

  test('a body in chunks may not trickle', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const socket = await bench.connect()
    const lines = ['POST /kmip HTTP/1.1', 'Host: x', 'Content-Type: text/xml']
    socket.write(rawHead([...lines, 'Transfer-Encoding: chunked']))
    for (let count = 0; count < 6; count += 1) {
      socket.write('1\r\nx\r\n')
      await settle()
      bench.ticker.advance(1_000)
    }
    expect(await closeReasons(bench)).toEqual(['slow body'])
  })

  test('a client that does not read its answer is closed', async () => {
    await using bench = await startBench({
      handler: {
        handle: async () => Promise.resolve({ bytes: Buffer.alloc(32 << 20), close: false }),
      },
    })
    const socket = await bench.connect()
    socket.pause()
    socket.write(requestOf({ body: 'text' }))
    await until(() => bench.listener.status().requests === 1)
    await settle()
    bench.ticker.advance(deadlines.unsent + 1_000)
    expect(await closeReasons(bench)).toEqual(['answer not read'])
  })

  test('a client that sends on after a refusal is let go after a while', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const socket = await bench.connect({ allowHalfOpen: true })
    const answers = new HttpAnswers(socket)
    const length = `Content-Length: ${limits.messageBytes + 1}`
    const lines = ['POST /kmip HTTP/1.1', 'Host: x', 'Content-Type: text/xml', length]
    socket.write(Buffer.concat([rawHead(lines), Buffer.alloc(500_000)]))
    expect((await answers.next()).status).toBe(413)
    socket.write(Buffer.alloc(100_000))
    await settle()
    expect(bench.listener.status().connections).toBe(1)
    bench.ticker.advance(deadlines.linger + 1_000)
    await until(() => bench.listener.status().connections === 0)
  })
})

describe('memory', () => {
  test('a client that asks on without reading is not read on', async () => {
    const { handler, waiting } = createManualHandler()
    await using bench = await startBench({ handler })
    const socket = await bench.connect()
    const flood = requestOf({ body: Buffer.alloc(65_536) })
    let taken = 0
    for (let round = 0; round < 20; round += 1) {
      for (let count = 0; count < 16; count += 1) socket.write(flood, () => (taken += 1))
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
    const answers = new HttpAnswers(socket)
    const bodies = Array.from({ length: 200 }, (_, index) => Buffer.alloc(500, index))
    const sent = Buffer.concat(bodies.map((body) => requestOf({ body })))
    for (let at = 0; at < sent.length; at += 3_000) socket.write(sent.subarray(at, at + 3_000))
    for (const body of bodies) expect((await answers.next()).body.equals(body)).toBe(true)
  })

  test('bytes that come one by one take no more room than others', async () => {
    const { handler, waiting } = createManualHandler()
    await using bench = await startBench({ handler })
    const socket = await bench.connect()
    const lines = ['POST /kmip HTTP/1.1', 'Host: x', 'Content-Type: text/xml']
    socket.write(rawHead([...lines, 'Transfer-Encoding: chunked']))
    await settle()
    const before = memoryInUse()
    for (let sent = 0; sent < 500_000; sent += 20_000) {
      await new Promise((resolve) => socket.write('1\r\nx\r\n'.repeat(20_000), resolve))
    }
    await settle()
    expect(memoryInUse() - before).toBeLessThan(15_000_000)
    socket.write('0\r\n\r\n')
    await until(() => waiting.length === 1)
    expect(waiting[0]?.request.every((byte) => byte === 0x78)).toBe(true)
    expect(waiting[0]?.request.length).toBe(500_000)
  })

  test('requests that wait take no more room than the bytes that they come in', async () => {
    const { handler, waiting } = createManualHandler()
    await using bench = await startBench({ handler })
    const sockets = await Promise.all(Array.from({ length: 20 }, async () => bench.connect()))
    await settle()
    const before = memoryInUse()
    const request = rawHead(['POST /kmip HTTP/1.1', 'Host: x', 'Content-Type: text/xml', LENGTH_0])
    for (const socket of sockets) socket.write(Buffer.concat(Array(700).fill(request)))
    await until(() => waiting.length === sockets.length)
    await settle()
    // Requests that are answered make room for those that wait behind them.
    for (let answered = 0; answered < 40; answered += 1) {
      await until(() => waiting.length > answered)
      waiting[answered]?.answer()
    }
    await settle()
    expect(memoryInUse() - before).toBeLessThan(15_000_000)
  })

  test('request and answer are zeroed once the answer is sent, and not before', async () => {
    const { handler, waiting } = createManualHandler()
    await using bench = await startBench({ handler })
    const socket = await bench.connect()
    const answers = new HttpAnswers(socket)
    socket.write(requestOf({ body: Buffer.alloc(32, 9) }))
    await until(() => waiting.length === 1)
    const request = waiting[0]?.request
    expect(request).toEqual(Buffer.alloc(32, 9))
    const reply = waiting[0]?.answer()
    expect(reply?.[31]).toBe(9)
    await answers.next()
    await until(() => request?.every((byte) => byte === 0) === true)
    expect(reply?.every((byte) => byte === 0)).toBe(true)
  })

  test('an answer for a client that was cut off is zeroed and goes nowhere', async () => {
    const { handler, waiting } = createManualHandler()
    await using bench = await startBench({ handler })
    const socket = await bench.connect()
    socket.write(requestOf({ body: Buffer.alloc(32, 9) }))
    await until(() => waiting.length === 1)
    bench.clients.remove(alice, authority)
    bench.listener.sweep()
    await closed(socket)
    await until(() => bench.listener.status().connections === 0)
    const request = waiting[0]?.request
    expect(request?.[0]).toBe(9)
    const reply = waiting[0]?.answer()
    await settle()
    expect(request?.every((byte) => byte === 0)).toBe(true)
    expect(reply?.every((byte) => byte === 0)).toBe(true)
  })

  test('an answer whose client is cut off while it waits for others is zeroed', async () => {
    const { handler, waiting } = createManualHandler()
    await using bench = await startBench({ handler })
    const socket = await bench.connect()
    socket.write(requestOf({ body: Buffer.alloc(32, 9) }))
    await until(() => waiting.length === 1)
    await new Promise((resolve) => setImmediate(resolve))
    const reply = waiting[0]?.answer()
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
    // Closed in this turn of the event loop, while what waits is sent in the next.
    bench.clients.remove(alice, authority)
    bench.listener.sweep()
    await until(() => bench.listener.status().connections === 0)
    await settle()
    expect(reply?.every((byte) => byte === 0)).toBe(true)
  })

  test('a body in pieces is zeroed when its client is cut off in the middle', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const socket = await bench.connect()
    socket.write(requestOf({ body: Buffer.alloc(100_000, 9) }).subarray(0, 50_000))
    await settle()
    socket.destroy()
    await until(() => bench.listener.status().connections === 0)
    expect(bench.listener.status().requests).toBe(0)
  })

  test('the head and the body of an answer are one record', async () => {
    await using bench = await startBench({ handler: namingEcho })
    await using tap = await tapRecords(bench.port)
    const answers = new HttpAnswers(await bench.connect({ port: tap.port, maxVersion: 'TLSv1.2' }))
    await answers.ask({ body: 'x'.repeat(8_000) })
    expect(tap.records).toBe(1)
  })
})

describe('the end of a connection', () => {
  test('what was asked before the client closed its side is answered, and then ours is closed', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const socket = await bench.connect({ allowHalfOpen: true })
    const answers = new HttpAnswers(socket)
    socket.end(Buffer.concat(['one', 'two', 'three'].map((body) => requestOf({ body }))))
    for (const body of ['xml:one', 'xml:two', 'xml:three']) {
      expect((await answers.next()).body.toString()).toBe(body)
    }
    await until(() => bench.listener.status().connections === 0)
    expect(await closeReasons(bench)).toEqual(['closed by the client'])
  })

  test.each([
    ['before it has said anything', 0],
    ['in the middle of the headers', 20],
    ['in the middle of the body', -2],
  ])('a client that closes %s is let go', async (_, end) => {
    await using bench = await startBench({ handler: namingEcho })
    const socket = await bench.connect()
    socket.end(requestOf({ body: 'text' }).subarray(0, end))
    await until(() => bench.listener.status().connections === 0)
    expect(bench.listener.status().requests).toBe(0)
    expect(await closeReasons(bench)).toEqual(['closed by the client'])
  })

  test('a request under way is answered when the server stops, and the connection then closes', async () => {
    const { handler, waiting } = createManualHandler()
    await using bench = await startBench({ handler })
    const socket = await bench.connect()
    const answers = new HttpAnswers(socket)
    socket.write(requestOf({ body: 'one' }))
    await until(() => waiting.length === 1)
    const stopped = bench.listener.close({ graceMs: 10_000 })
    socket.write(requestOf({ body: 'two' }))
    await settle()
    waiting[0]?.answer()
    const { body, headers } = await answers.next()
    expect([body.toString(), headers.get('connection')]).toEqual(['one', 'close'])
    socket.end()
    await stopped
    expect(waiting.length).toBe(1)
  })

  test('a client that is gone behind a CONNECT takes nobody along', async () => {
    const bugs: unknown[] = []
    const note = (bug: unknown): void => void bugs.push(bug)
    process.on('uncaughtException', note)
    const { handler, waiting } = createManualHandler()
    await using bench = await startBench({ handler })
    const tcp = connectTcp(bench.port, '127.0.0.1')
    const socket = await bench.connect({ socket: tcp })
    const connect = rawHead(['CONNECT kmip.example:443 HTTP/1.1', 'Host: x'])
    socket.write(Buffer.concat([requestOf({ body: 'text' }), connect]))
    await until(() => waiting.length === 1)
    await settle()
    // The reset is there before the answer is written, and is read behind it.
    tcp.resetAndDestroy()
    setImmediate(() => waiting[0]?.answer())
    expect(await closeReasons(bench)).toEqual(['ECONNRESET'])
    await settle()
    process.off('uncaughtException', note)
    expect(bugs).toEqual([])
  })

  test('idle connections close when the server stops', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const socket = await bench.connect()
    await new HttpAnswers(socket).ask({ body: 'text' })
    await bench.listener.close({ graceMs: 10_000 })
    await closed(socket)
    expect(await closeReasons(bench)).toEqual(['server stops'])
  })

  test('a client that is known no more is answered no more', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const socket = await bench.connect()
    const answers = new HttpAnswers(socket)
    await answers.ask({ body: 'text' })
    bench.clients.remove(alice, authority)
    socket.write(requestOf({ body: 'text' }))
    expect((await answers.rest()).toString()).toBe('')
    expect(await closeReasons(bench)).toEqual(['client no longer known'])
    expect(bench.listener.status().requests).toBe(1)
  })

  test('a message that cannot be answered in KMIP is answered in HTTP', async () => {
    await using bench = await startBench({
      handler: { handle: async () => Promise.resolve(undefined) },
    })
    const answers = new HttpAnswers(await bench.connect())
    expect((await answers.ask({ type: 'application/octet-stream', body: 'x' })).status).toBe(400)
    expect(await closeReasons(bench)).toEqual(['refused in HTTP'])
  })

  test('what cannot be told in the audit is answered as nothing that is wrong with the request', async () => {
    await using bench = await startBench({
      handler: { handle: async () => Promise.resolve(undefined), isMute: true },
    })
    const answers = new HttpAnswers(await bench.connect())
    expect((await answers.ask({ type: 'application/octet-stream', body: 'x' })).status).toBe(503)
    expect(await closeReasons(bench)).toEqual(['refused in HTTP'])
  })

  test('an answer may ask for the connection to be closed after it', async () => {
    const { handler, waiting } = createManualHandler()
    await using bench = await startBench({ handler })
    const socket = await bench.connect()
    const answers = new HttpAnswers(socket)
    socket.write(Buffer.concat([requestOf({ body: 'one' }), requestOf({ body: 'two' })]))
    await until(() => waiting.length === 1)
    waiting[0]?.answer(true)
    expect((await answers.next()).headers.get('connection')).toBe('close')
    expect((await answers.rest()).toString()).toBe('')
    expect(waiting.length).toBe(1)
  })

  test.each(FAILURES)(
    'a handler that %s costs its own connection and no other',
    async (_, fail) => {
      await using bench = await startBench({ handler: failingAt(0, fail) })
      const [good, bad] = [await bench.connect(), await bench.connect()]
      bad.write(requestOf({ body: Uint8Array.of(1) }))
      await closed(bad)
      expect((await new HttpAnswers(good).ask({ body: 'text' })).body.toString()).toBe('text')
      const line = bench.log.lines.find(({ level }) => level === 'error')
      expect(line?.fields).toMatchObject({ name: 'TypeError' })
      expect(JSON.stringify(bench.log.lines)).not.toContain('secret')
    },
  )
})

describe('a port for HTTPS alone', () => {
  test('answers HTTPS beside the other, and counts with it', async () => {
    await using bench = await startBench({ handler: namingEcho, httpsPort: 0 })
    const { port, httpsPort } = bench
    expect(httpsPort).toBeGreaterThan(0)
    expect(httpsPort).not.toBe(port)
    const apart = new HttpAnswers(await bench.connect({ port: httpsPort }))
    const both = new HttpAnswers(await bench.connect())
    expect((await apart.ask({ body: 'text' })).body.toString()).toBe('xml:text')
    expect((await both.ask({ body: 'text' })).body.toString()).toBe('xml:text')
    expect(bench.listener.status()).toMatchObject({ connections: 2, handshakes: 2, requests: 2 })
  })

  test('takes TTLV for bad HTTP', async () => {
    await using bench = await startBench({ httpsPort: 0 })
    const socket = await bench.connect({ port: bench.httpsPort })
    const answers = new HttpAnswers(socket)
    socket.write(message(16))
    expect((await answers.next()).status).toBe(400)
    expect(bench.listener.status().requests).toBe(0)
  })

  test('lets nobody in without a certificate', async () => {
    await using bench = await startBench({ handler: namingEcho, httpsPort: 0 })
    for (const port of [bench.port, bench.httpsPort]) {
      const socket = bench.dial({ port, key: undefined, cert: undefined })
      socket.write(requestOf({ body: 'text' }))
      expect(await receive(socket)).toEqual(Buffer.alloc(0))
    }
    expect(bench.listener.status().requests).toBe(0)
  })

  test('closes connections that say nothing', async () => {
    await using bench = await startBench({ httpsPort: 0 })
    await bench.connect({ port: bench.httpsPort })
    bench.ticker.advance(deadlines.idle + 1_000)
    expect(await closeReasons(bench)).toEqual(['idle'])
  })

  test('closes with the listener', async () => {
    const bench = await startBench({ httpsPort: 0 })
    await bench[Symbol.asyncDispose]()
    const socket = bench.dial({ port: bench.httpsPort })
    await new Promise((resolve) => socket.once('close', resolve))
    expect(socket.authorized).toBe(false)
  })
})
