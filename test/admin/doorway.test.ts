import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { DOORWAY_LIMITS } from '../../src/admin/doorway.ts'
import { serveRemoteAdmin, type RemoteAdmin } from '../../src/admin/remote.ts'
import type { AdminService } from '../../src/admin/service.ts'
import type { AdmissionLimits } from '../../src/server/admission.ts'
import { ConnectionAudit } from '../../src/server/audit/connection-audit.ts'
import { createTestAuthority } from '../fixtures/authority.ts'
import { MemoryAudit } from '../fixtures/memory-audit.ts'
import { MemoryLog, materialOf } from '../server/listener.fixture.ts'

const authority = createTestAuthority('Doorway test')
const server = authority.issue({ name: 'server', usage: ['server'] })
const officer = authority.issue({ name: 'officer' })

const log = new MemoryLog()
let told: MemoryAudit
let admin: RemoteAdmin
const opened: Socket[] = []

async function serve(limits?: Partial<AdmissionLimits['caps']>): Promise<void> {
  told = new MemoryAudit()
  admin = await serveRemoteAdmin({
    address: { host: '0.0.0.0', port: 0 },
    tls: materialOf(authority, server),
    identify: () => ({ id: 'id', name: 'officer', role: 'crypto-officer' }),
    service: {} as AdminService,
    log,
    audit: new ConnectionAudit(told.trail),
    limits: limits && { ...DOORWAY_LIMITS, caps: { ...DOORWAY_LIMITS.caps, ...limits } },
  })
}

/** A TCP connection from one of the addresses of the loopback interface that says nothing. */
async function enter(localAddress: string): Promise<Socket> {
  const { port } = admin.address
  const socket = connectTcp({ host: '127.0.0.1', port, localAddress })
  opened.push(socket)
  await once(socket, 'connect')
  return socket.on('error', () => undefined)
}

/** Whether a handshake is done with one who comes from an address. */
async function isServed(localAddress: string): Promise<boolean> {
  const socket: TLSSocket = connectTls({
    ...{ host: '127.0.0.1', port: admin.address.port, localAddress, servername: 'localhost' },
    ...{ key: officer.key, cert: officer.cert, ca: authority.cert },
    // In TLS 1.3 the client is done before the server has seen its certificate.
    maxVersion: 'TLSv1.2',
  })
  opened.push(socket)
  return new Promise((resolve) => {
    socket.once('secureConnect', () => {
      resolve(true)
    })
    socket.on('error', () => {
      resolve(false)
    })
    socket.once('close', () => {
      resolve(false)
    })
  })
}

const reasons = () => told.entries.map(({ detail }) => detail?.['reason'])

afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy()
  await admin.close()
})

describe('the doorway of the admin API', () => {
  test('closes connections of one address above its share, before TLS, and serves another', async () => {
    await serve({ perAddress: 3 })
    const held = [await enter('127.0.0.1'), await enter('127.0.0.1'), await enter('127.0.0.1')]
    expect(await isServed('127.0.0.1')).toBe(false)
    expect(await isServed('127.0.0.2')).toBe(true)
    expect(held.map(({ destroyed }) => destroyed)).toEqual([false, false, false])
    expect(reasons()).toEqual(['admin: too many connections from the address'])
    expect(told.entries[0]).toMatchObject({ operation: 'Connect', result: 'failed' })
    expect(told.entries[0]?.address).toMatch(/^127\.0\.0\.1:\d+$/)
  })

  test('has room for others however many come from one address', async () => {
    await serve()
    for (let count = 0; count < DOORWAY_LIMITS.caps.perAddress + 50; count += 1) {
      await enter('127.0.0.1')
    }
    expect(await isServed('127.0.0.1')).toBe(false)
    expect(await isServed('127.0.0.2')).toBe(true)
  })

  test('gives room back when a connection ends', async () => {
    await serve({ perAddress: 1 })
    const first = await enter('127.0.0.1')
    expect(await isServed('127.0.0.1')).toBe(false)
    first.destroy()
    // The server hears of the end a moment later.
    let isIn = false
    for (let tries = 0; tries < 50 && !isIn; tries += 1) isIn = await isServed('127.0.0.1')
    expect(isIn).toBe(true)
  })

  test('does not count handshakes that are done among those under way', async () => {
    await serve({ handshaking: 1 })
    expect(await isServed('127.0.0.1')).toBe(true)
    expect(await isServed('127.0.0.1')).toBe(true)
    await enter('127.0.0.1')
    expect(await isServed('127.0.0.2')).toBe(false)
    expect(reasons()).toEqual(['admin: too many handshakes'])
  })

  test('closes handshakes under way when it closes, long before they are late', async () => {
    await serve()
    const waiting = await enter('127.0.0.1')
    const ended = once(waiting.resume(), 'close')
    await admin.close()
    await ended
    expect(waiting.destroyed).toBe(true)
    await serve()
  }, 5_000)
})
