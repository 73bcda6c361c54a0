import { describe, expect, test } from 'vitest'
import { DEFAULT_TRANSPORT_LIMITS } from '../../src/server/limits.ts'
import {
  authority,
  closed,
  dialTcp,
  message,
  settle,
  startBench,
  tryRequest,
  until,
} from './listener.fixture.ts'

describe('handshakes', () => {
  test('a client that says nothing is closed after ten seconds', async () => {
    await using bench = await startBench()
    const socket = dialTcp(bench)
    await until(() => bench.listener.status().handshaking === 1)
    bench.ticker.advance(9_000)
    expect(bench.listener.status().handshaking).toBe(1)
    bench.ticker.advance(2_000)
    await closed(socket)
    await until(() => bench.listener.status().connections === 0)
    expect(bench.listener.status()).toMatchObject({ handshaking: 0, failedHandshakes: 1 })
    const failed = bench.log.lines.filter(({ event }) => event === 'handshake failed')
    expect(failed.map(({ fields }) => fields)).toEqual([{ peer: '127.0.0.1', reason: 'too slow' }])
  })

  test('a client that drips its first flight is closed all the same', async () => {
    await using bench = await startBench()
    const socket = dialTcp(bench)
    await until(() => bench.listener.status().handshaking === 1)
    for (const byte of [0x16, 0x03, 0x01, 0x01]) {
      socket.write(Buffer.of(byte))
      await settle()
      bench.ticker.advance(4_000)
    }
    await closed(socket)
  })

  test.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a record of TLS that is none', Buffer.from('160301ffff', 'hex')],
    ['noise', Buffer.alloc(4_000, 0x9e)],
  ])('%s instead of a handshake only closes the connection', async (_, bytes) => {
    await using bench = await startBench()
    const socket = dialTcp(bench)
    socket.end(bytes)
    await closed(socket)
    await until(() => bench.listener.status().connections === 0)
    expect(await tryRequest(bench, {})).toEqual(message(16, 1))
  })

  test('clients that come and go in every bad way leave nothing behind', async () => {
    await using bench = await startBench()
    const sockets = Array.from({ length: 60 }, (_, index) => {
      const socket = index % 4 < 2 ? dialTcp(bench) : bench.dial()
      if (index % 4 === 0) socket.once('connect', () => socket.resetAndDestroy())
      else if (index % 2 === 1) socket.end(Buffer.alloc(index * 10, index))
      else setTimeout(() => socket.destroy(), index % 10)
      return socket
    })
    await Promise.all(sockets.map(closed))
    await until(() => bench.listener.status().connections === 0)
    expect(bench.listener.status().handshaking).toBe(0)
    expect(await tryRequest(bench, {})).toEqual(message(16, 1))
  })
})

describe('caps', () => {
  const { caps, arrivals } = DEFAULT_TRANSPORT_LIMITS

  test.each([
    ['all connections', { ...caps, connections: 2 }, 'too many connections'],
    ['one address', { ...caps, perAddress: 2 }, 'too many connections from the address'],
  ])('connections over the cap of %s are closed before TLS', async (_, changed, reason) => {
    await using bench = await startBench({ limits: { caps: changed } })
    const first = await bench.connect()
    await bench.connect()
    expect(await tryRequest(bench, {})).toEqual(Buffer.alloc(0))
    expect(bench.log.reasons('connection refused')).toEqual([reason])
    expect(bench.listener.status()).toMatchObject({ overloaded: 1, handshakes: 2 })
    first.destroy()
    await until(() => bench.listener.status().connections === 1)
    expect(await tryRequest(bench, {})).toEqual(message(16, 1))
  })

  test('handshakes over the cap are closed before TLS', async () => {
    await using bench = await startBench({ limits: { caps: { ...caps, handshaking: 1 } } })
    const silent = dialTcp(bench)
    await until(() => bench.listener.status().handshaking === 1)
    expect(await tryRequest(bench, {})).toEqual(Buffer.alloc(0))
    expect(bench.log.reasons('connection refused')).toEqual(['too many handshakes'])
    silent.destroy()
    await until(() => bench.listener.status().handshaking === 0)
    expect(await tryRequest(bench, {})).toEqual(message(16, 1))
  })

  test('connections over the cap of one client are closed, others are not', async () => {
    await using bench = await startBench({ limits: { caps: { ...caps, perIdentity: 1 } } })
    const bob = authority.issue({ name: 'bob', usage: ['client'] })
    bench.clients.add(bob, authority, 'bob')
    const first = await bench.connect()
    expect(await tryRequest(bench, {})).toEqual(Buffer.alloc(0))
    expect(await tryRequest(bench, bob)).toEqual(message(16, 1))
    first.destroy()
    await until(() => bench.log.reasons('connection closed').length >= 1)
    expect(await tryRequest(bench, {})).toEqual(message(16, 1))
  })

  test('an address that connects too fast is closed before TLS until tokens have come in', async () => {
    const perAddress = { perSecond: 1, burst: 2 }
    await using bench = await startBench({ limits: { arrivals: { ...arrivals, perAddress } } })
    expect(await tryRequest(bench, {})).toEqual(message(16, 1))
    expect(await tryRequest(bench, {})).toEqual(message(16, 1))
    expect(await tryRequest(bench, {})).toEqual(Buffer.alloc(0))
    expect(bench.log.reasons('connection refused')).toEqual(['connecting too fast'])
    bench.ticker.advance(1_000)
    expect(await tryRequest(bench, {})).toEqual(message(16, 1))
  })
})
