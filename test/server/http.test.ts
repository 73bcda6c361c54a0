import { describe, expect, test } from 'vitest'
import { HttpAnswers, namingEcho, requestOf } from './http.fixture.ts'
import { message, receive, startBench } from './listener.fixture.ts'

const TYPES = [
  ['application/octet-stream', 'ttlv'],
  ['text/xml', 'xml'],
  ['application/json', 'json'],
] as const

describe('POST /kmip', () => {
  test.each(TYPES)(
    '[encodings 2.5] a body of %s is answered in kind, with its length, and not to be cached',
    async (type, encoding) => {
      await using bench = await startBench({ handler: namingEcho })
      const answers = new HttpAnswers(await bench.connect())
      const { status, headers, body } = await answers.ask({ type, body: 'a message' })
      expect(status).toBe(200)
      expect(body.toString()).toBe(`${encoding}:a message`)
      expect(headers.get('content-type')).toBe(type)
      expect(headers.get('content-length')).toBe(String(body.length))
      expect(headers.get('cache-control')).toBe('no-cache')
      expect(bench.listener.status()).toMatchObject({ connections: 1, handshakes: 1, requests: 1 })
    },
  )

  test('requests follow one another on one connection, each in an encoding of its own', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const answers = new HttpAnswers(await bench.connect())
    for (const [type, encoding] of [...TYPES, ...TYPES]) {
      const { body } = await answers.ask({ type, body: type })
      expect(body.toString()).toBe(`${encoding}:${type}`)
    }
    expect(bench.listener.status()).toMatchObject({ handshakes: 1, requests: 6 })
  })

  test('a request that comes byte by byte is one request', async () => {
    await using bench = await startBench({ handler: namingEcho })
    const socket = await bench.connect()
    const answers = new HttpAnswers(socket)
    for (const byte of requestOf({ body: 'slowly' })) {
      socket.write(Buffer.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect((await answers.next()).body.toString()).toBe('xml:slowly')
    expect(bench.listener.status().requests).toBe(1)
  })

  test('requests in one write reach the handler one at a time and are answered in order', async () => {
    let atOnce = 0
    let most = 0
    await using bench = await startBench({
      handler: {
        async handle(request) {
          atOnce += 1
          most = Math.max(most, atOnce)
          // Later requests are quicker.
          await new Promise((resolve) => setTimeout(resolve, 10 - (request[0] ?? 0)))
          atOnce -= 1
          return { bytes: Uint8Array.from(request), close: false }
        },
      },
    })
    const socket = await bench.connect()
    const answers = new HttpAnswers(socket)
    const sent = Array.from({ length: 8 }, (_, index) => Uint8Array.of(index))
    socket.write(Buffer.concat(sent.map((body) => requestOf({ body }))))
    for (const body of sent) expect((await answers.next()).body).toEqual(Buffer.from(body))
    expect(most).toBe(1)
  })

  test('TTLV without HTTP is answered as ever on the same port', async () => {
    await using bench = await startBench()
    const [plain, http] = [await bench.connect(), await bench.connect()]
    const answers = new HttpAnswers(http)
    expect((await answers.ask({ body: 'text' })).status).toBe(200)
    plain.write(message(64, 0x5a))
    expect(await receive(plain, 64)).toEqual(message(64, 0x5a))
  })
})
