import { once } from 'node:events'
import { createServer } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { describe, expect, test } from 'vitest'
import type { KmipFault } from '../../src/fault/fault.ts'
import type { MessageHandler } from '../../src/server/handler.ts'
import { Secret } from '../../src/secret/secret.ts'
import { type CertificateWish, createTestAuthority } from '../fixtures/authority.ts'
import {
  alice,
  authority,
  type Bench,
  closed,
  closeReasons,
  dialTcp,
  type DialOptions,
  echo,
  materialOf,
  message,
  receive,
  serverCredential,
  settle,
  startBench,
  tryRequest,
  until,
} from './listener.fixture.ts'

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const

describe('who is let in', () => {
  const strangers: readonly [string, RegExp, (bench: Bench) => DialOptions][] = [
    ['no certificate', /DID_NOT_RETURN_A_CERTIFICATE/, () => ({ key: undefined, cert: undefined })],
    [
      'a certificate of another authority',
      /SIGNATURE|ISSUER/,
      () => other.issue({ name: 'alice', usage: ['client'] }),
    ],
    [
      'a certificate that nobody registered',
      /^not registered$/,
      () => authority.issue({ name: 'alice' }),
    ],
    ['a certificate that has expired', /EXPIRED/, (bench) => registered(bench, { days: [-9, -1] })],
    [
      'a certificate that is not valid yet',
      /NOT_YET_VALID/,
      (bench) => registered(bench, { days: [1, 9] }),
    ],
    [
      'a certificate for servers only',
      /PURPOSE/,
      (bench) => registered(bench, { usage: ['server'] }),
    ],
    [
      'an RSA key of 1024 bits',
      /TOO_SMALL|TOO_WEAK|UNSPECIFIED|^weak key$/,
      (bench) => weak(registered(bench, { key: 'RSA-1024' })),
    ],
    [
      'a signature with SHA-1',
      /MD_TOO_WEAK|UNSPECIFIED/,
      (bench) => weak(registered(bench, { hash: 'sha1' })),
    ],
  ]
  const other = createTestAuthority('Test authority')
  const weak = (options: DialOptions): DialOptions => ({
    ...options,
    ciphers: 'DEFAULT:@SECLEVEL=0',
    maxVersion: 'TLSv1.2',
  })

  function registered(bench: Bench, wish: Partial<CertificateWish>): DialOptions {
    const credential = authority.issue({ name: 'odd', usage: ['client'], ...wish })
    bench.clients.add(credential, authority, 'odd')
    return credential
  }

  test.each(strangers)('a client with %s is not', async (_, reason, options) => {
    await using bench = await startBench()
    expect(await tryRequest(bench, options(bench))).toEqual(Buffer.alloc(0))
    await until(() => bench.listener.status().connections === 0)
    expect(bench.listener.status().requests).toBe(0)
    const { failedHandshakes, refused } = bench.listener.status()
    expect(failedHandshakes + refused).toBe(1)
    const said = bench.log.lines.filter(({ level }) => level === 'warn')
    expect(said.map(({ fields }) => [fields['peer'], fields['reason']])).toEqual([
      ['127.0.0.1', expect.stringMatching(reason)],
    ])
  })

  const welcome: readonly [string, Partial<CertificateWish>][] = [
    ['an RSA key of 2048 bits', { key: 'RSA-2048' }],
    ['a key on P-384', { key: 'P-384' }],
    ['an Ed25519 key', { key: 'Ed25519' }],
    ['no extended key usage at all', { usage: [] }],
  ]

  test.each(welcome)('a registered client with %s is', async (_, wish) => {
    await using bench = await startBench()
    expect(await tryRequest(bench, registered(bench, wish))).toEqual(message(16, 1))
  })

  test('the same key certified by another trusted authority is another client', async () => {
    await using bench = await startBench({ tls: { ca: authority.cert + other.cert } })
    bench.clients.remove(alice, authority)
    bench.clients.add(alice, other, 'alice of the other')
    expect(await tryRequest(bench, {})).toEqual(Buffer.alloc(0))
    expect(bench.log.reasons('client refused')).toEqual(['not registered'])
  })

  test('a client of an intermediate authority is when that stands in the bundle too', async () => {
    const between = authority.intermediate('Between')
    const client = between.issue({ name: 'bob', usage: ['client'] })
    const chain = { key: client.key, cert: client.cert + between.cert }
    for (const [ca, answer] of [
      [authority.cert + between.cert, message(16, 1)],
      [authority.cert, Buffer.alloc(0)],
    ] as const) {
      await using bench = await startBench({ tls: { ca } })
      bench.clients.add(client, between, 'bob')
      expect(await tryRequest(bench, chain)).toEqual(answer)
    }
  })

  test('TLS 1.1 is refused', async () => {
    await using bench = await startBench()
    const old = {
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    } as const
    expect(await tryRequest(bench, old)).toEqual(Buffer.alloc(0))
    expect(bench.listener.status().handshakes).toBe(0)
  })
})

describe('suites', () => {
  const rsa = authority.issue({ name: 'server', key: 'RSA-2048', usage: ['server'] })
  const second = { key: Secret.copyOf(Buffer.from(rsa.key)), cert: rsa.cert }

  async function suiteOf(bench: Bench, ciphers: string): Promise<string | undefined> {
    const socket = bench.dial({ ciphers, maxVersion: 'TLSv1.2' })
    socket.write(message(16))
    const answer = await receive(socket, 16)
    return answer.length === 16 ? socket.getCipher().name : undefined
  }

  test.each([
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES128-GCM-SHA256',
  ])('%s is offered over TLS 1.2', async (suite) => {
    await using bench = await startBench({ tls: { second } })
    expect(await suiteOf(bench, suite)).toBe(suite)
  })

  test.each([
    'ECDHE-ECDSA-AES256-SHA384',
    'ECDHE-ECDSA-AES128-SHA256',
    'ECDHE-RSA-AES128-SHA256',
    'AES256-SHA256',
    'AES128-SHA256',
  ])('%s is offered only to those who ask for legacy suites', async (suite) => {
    await using bench = await startBench({ tls: { second } })
    await using legacy = await startBench({ tls: { second, legacySuites: true } })
    expect(await suiteOf(bench, suite)).toBeUndefined()
    expect(await suiteOf(legacy, suite)).toBe(suite)
  })

  test.each([
    'AES128-SHA',
    'ECDHE-RSA-AES128-SHA',
    'AES128-GCM-SHA256',
    'DHE-RSA-AES128-GCM-SHA256',
  ])('%s is never offered', async (suite) => {
    await using legacy = await startBench({ tls: { second, legacySuites: true } })
    expect(await suiteOf(legacy, suite)).toBeUndefined()
  })
})

describe('resumption', () => {
  async function sessionOf(bench: Bench, version: (typeof VERSIONS)[number]) {
    const options = { minVersion: version, maxVersion: version } as const
    const socket = bench.dial(options)
    const session = once(socket, 'session') as Promise<[Buffer]>
    socket.write(message(16))
    await receive(socket, 16)
    return { options: { ...options, session: (await session)[0] }, socket }
  }

  async function resume(bench: Bench, options: DialOptions): Promise<[Buffer, TLSSocket]> {
    const socket = bench.dial(options)
    socket.write(message(16, 1))
    return [await receive(socket, 16), socket]
  }

  test.each(VERSIONS)(
    'a session of %s is resumed with the identity of its client',
    async (version) => {
      await using bench = await startBench()
      const { options } = await sessionOf(bench, version)
      const [answer, socket] = await resume(bench, options)
      expect(answer).toEqual(message(16, 1))
      expect(socket.isSessionReused()).toBe(true)
      expect(bench.listener.status().resumed).toBe(1)
      const opened = bench.log.lines.filter(({ event }) => event === 'connection opened')
      expect(opened.map(({ fields }) => [fields['client'], fields['resumed']])).toEqual([
        ['alice', false],
        ['alice', true],
      ])
    },
  )

  test.each(VERSIONS)(
    'a session of %s is of no use once the client was removed',
    async (version) => {
      await using bench = await startBench()
      const { options } = await sessionOf(bench, version)
      bench.clients.remove(alice, authority)
      expect((await resume(bench, options))[0]).toEqual(Buffer.alloc(0))
      expect(bench.log.reasons('client refused')).toEqual(['not registered'])
    },
  )

  test.each(VERSIONS)(
    'a session of %s is of no use once its certificate ran out',
    async (version) => {
      await using bench = await startBench()
      const { options } = await sessionOf(bench, version)
      bench.wall += 11 * 86_400
      expect((await resume(bench, options))[0]).toEqual(Buffer.alloc(0))
    },
  )

  test.each(VERSIONS)('a session of %s is not resumed across a change of keys', async (version) => {
    await using bench = await startBench()
    const { options } = await sessionOf(bench, version)
    bench.listener.renewTls(materialOf(authority, serverCredential))
    const [answer, socket] = await resume(bench, options)
    expect(answer).toEqual(message(16, 1))
    expect(socket.isSessionReused()).toBe(false)
  })
})

describe('a client that is no longer welcome', () => {
  test('loses its open connection at the next sweep', async () => {
    await using bench = await startBench()
    const socket = await bench.connect()
    bench.clients.remove(alice, authority)
    bench.ticker.advance(1_000)
    await closed(socket)
    expect(await closeReasons(bench)).toEqual(['client no longer known'])
  })

  test('is not served once more, even before the sweep', async () => {
    await using bench = await startBench()
    const socket = await bench.connect()
    bench.clients.remove(alice, authority)
    socket.write(message(16))
    expect(await receive(socket)).toEqual(Buffer.alloc(0))
    expect(bench.listener.status().requests).toBe(0)
  })

  test('loses its open connection when its certificate runs out', async () => {
    await using bench = await startBench()
    const socket = await bench.connect()
    bench.wall += 11 * 86_400
    bench.ticker.advance(1_000)
    await closed(socket)
  })

  test('does not take others with it', async () => {
    await using bench = await startBench()
    const bob = authority.issue({ name: 'bob', usage: ['client'] })
    bench.clients.add(bob, authority, 'bob')
    const sockets = { alice: await bench.connect(), bob: await bench.connect(bob) }
    bench.clients.remove(alice, authority)
    bench.listener.sweep()
    await closed(sockets.alice)
    sockets.bob.write(message(16, 2))
    expect(await receive(sockets.bob, 16)).toEqual(message(16, 2))
  })

  test('a change of its role is seen by the next request', async () => {
    const roles: string[] = []
    const handler: MessageHandler = {
      async handle(request, { identity }) {
        roles.push(identity.name)
        return echo.handle(request, { identity, connection: '' })
      },
    }
    await using bench = await startBench({ handler })
    const socket = await bench.connect()
    for (const name of ['alice', 'alice the second']) {
      bench.clients.add(alice, authority, name)
      socket.write(message(16))
      await receive(socket, 16)
    }
    expect(roles).toEqual(['alice', 'alice the second'])
  })
})

describe('new keys and certificates', () => {
  test('are used from the next handshake on, and open connections go on', async () => {
    await using bench = await startBench()
    const before = await bench.connect()
    const fresh = authority.issue({ name: 'fresh server', usage: ['server'] })
    bench.listener.renewTls(materialOf(authority, fresh))
    const after = await bench.connect()
    expect(after.getPeerCertificate().subject.CN).toBe('fresh server')
    before.write(message(16, 3))
    expect(await receive(before, 16)).toEqual(message(16, 3))
  })

  test('close the connections of an authority that is trusted no more', async () => {
    await using bench = await startBench()
    const socket = await bench.connect()
    const other = createTestAuthority('Other')
    bench.listener.renewTls(materialOf(other, serverCredential))
    await closed(socket)
    expect(await closeReasons(bench)).toEqual(['authority no longer trusted'])
  })

  test('let clients of an authority in that is new, and know them', async () => {
    await using bench = await startBench()
    const added = createTestAuthority('Added')
    const client = added.issue({ name: 'carol', usage: ['client'] })
    bench.clients.add(client, added, 'carol')
    expect(await tryRequest(bench, client)).toEqual(Buffer.alloc(0))
    const ca = authority.cert + added.cert
    bench.listener.renewTls({ ...materialOf(authority, serverCredential), ca })
    expect(await tryRequest(bench, client)).toEqual(message(16, 1))
    expect(await tryRequest(bench, {})).toEqual(message(16, 1))
  })

  const unusable: readonly [string, { key?: Secret; cert?: string; ca?: string }][] = [
    ['a key of another certificate', { key: Secret.copyOf(Buffer.from(alice.key)) }],
    ['no key', { key: Secret.copyOf(Buffer.from('no key')) }],
    ['no certificate', { cert: 'no certificate' }],
    ['no authority', { ca: '' }],
    ['an authority that is none', { ca: authority.cert.replace(/M/g, 'A') }],
  ]

  test.each(unusable)('change nothing when there is %s', async (_, change) => {
    await using bench = await startBench()
    const material = { ...materialOf(authority, serverCredential), ...change }
    expect(() => {
      bench.listener.renewTls(material)
    }).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }) as KmipFault)
    expect(await tryRequest(bench, {})).toEqual(message(16, 1))
  })
})

describe('starting and stopping', () => {
  /** A handler that answers when it is told to. */
  function createGate() {
    let open: () => void = () => undefined
    const opened = new Promise<void>((resolve) => (open = resolve))
    const handler: MessageHandler = {
      async handle(request) {
        await opened
        return { bytes: Uint8Array.from(request), close: false }
      },
    }
    return { handler, open }
  }

  test('a drain lets the request under way finish, takes no other and closes', async () => {
    const gate = createGate()
    await using bench = await startBench({ handler: gate.handler })
    const [busy, idle] = [await bench.connect(), await bench.connect()]
    busy.write(Buffer.concat([message(16, 1), message(16, 2)]))
    await until(() => bench.listener.status().requests === 1)
    const closing = bench.listener.close({ graceMs: 30_000 })
    await closed(idle)
    const answer = receive(busy)
    gate.open()
    expect(await answer).toEqual(message(16, 1))
    await closing
    expect(bench.listener.status()).toMatchObject({ connections: 0, requests: 1 })
    await expect(bench.connect()).rejects.toThrow('closed before the handshake was done')
  })

  test('a drain ends after its grace, whatever is still under way', async () => {
    await using bench = await startBench({ handler: createGate().handler })
    const socket = await bench.connect()
    socket.write(message(16, 1))
    await until(() => bench.listener.status().requests === 1)
    const closing = bench.listener.close({ graceMs: 5_000 })
    await settle()
    expect(bench.listener.status().connections).toBe(1)
    const answer = receive(socket)
    bench.ticker.advance(5_000)
    await closing
    expect(await answer).toEqual(Buffer.alloc(0))
  })

  test('a drain does not wait for handshakes', async () => {
    await using bench = await startBench()
    const silent = dialTcp(bench)
    await until(() => bench.listener.status().handshaking === 1)
    await bench.listener.close({ graceMs: 30_000 })
    await closed(silent)
  })

  test('a port that is in use is a fault with the code of the system', async () => {
    const occupant = createServer().listen(0, '127.0.0.1')
    await once(occupant, 'listening')
    const address = occupant.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    await using bench = await startBench()
    await bench.listener.close({ graceMs: 0 })
    await expect(bench.listener.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      cause: { code: 'EADDRINUSE' },
    })
    occupant.close()
  })
})
