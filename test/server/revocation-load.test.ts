import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect, type TLSSocket } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import type { ClientDirectory } from '../../src/port/client-directory.ts'
import { hashPublicKey } from '../../src/server/identify.ts'
import { DEFAULT_TRANSPORT_LIMITS } from '../../src/server/limits.ts'
import { createListener, type Listener } from '../../src/server/listener.ts'
import { MemoryAudit } from '../fixtures/memory-audit.ts'
import {
  authority,
  echo,
  materialOf,
  MemoryLog,
  message,
  serverCredential,
} from './listener.fixture.ts'

/** Clients, and how many of them are revoked: 1,000 and 100 in the long form. */
const CLIENTS = Number(process.env['KMIPD_REVOCATION_CLIENTS'] ?? 100)
const REVOKED = CLIENTS / 10
const PATIENCE_MS = 5_000

let listener: Listener | undefined
const sockets: TLSSocket[] = []

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await listener?.close({ graceMs: 0 })
})

interface Worker {
  readonly socket: TLSSocket
  readonly serial: string
  answers: number
}

/** Asks again and again, as soon as it is answered. */
function keepAsking(worker: Worker): void {
  const ask = (): void => void worker.socket.write(message(64, 7))
  let received = 0
  worker.socket.on('data', (chunk: Buffer) => {
    received += chunk.length
    if (received < 64) return
    received -= 64
    worker.answers += 1
    ask()
  })
  ask()
}

test(`${String(REVOKED)} of ${String(CLIENTS)} busy connections are closed within 5 s of a revocation, and served nothing after`, async () => {
  const revoked = new Set<string>()
  const keys = new Set<string>()
  const clients: ClientDirectory = {
    identify: ({ subject }) =>
      keys.has(subject) ? { id: subject, name: subject.slice(0, 8), role: 'user' } : undefined,
  }
  const log = new MemoryLog()
  /** Requests of revoked clients that came to be handled. */
  let late = 0
  listener = createListener({
    trail: new MemoryAudit().trail,
    tls: materialOf(authority, serverCredential),
    handler: {
      async handle(bytes, peer) {
        // What is answered late must not be sent, either.
        await new Promise((resolve) => setTimeout(resolve, 2))
        if (peer.isKnown?.() === false) late += 1
        return echo.handle(bytes, peer)
      },
    },
    clients,
    isRevoked: ({ serial }) => revoked.has(serial),
    limits: {
      ...DEFAULT_TRANSPORT_LIMITS,
      caps: { ...DEFAULT_TRANSPORT_LIMITS.caps, perAddress: 2 * CLIENTS },
      arrivals: {
        perAddress: { perSecond: 10_000, burst: 10_000 },
        total: { perSecond: 10_000, burst: 10_000 },
      },
    },
    log,
    clock: { now: () => Date.now() / 1_000 },
  })
  const { port } = await listener.listen({ host: '127.0.0.1', port: 0 })

  const workers: Worker[] = []
  for (let index = 0; index < CLIENTS; index += 1) {
    const { key, cert } = authority.issue({ name: `client ${String(index)}` })
    const x509 = new X509Certificate(cert)
    keys.add(hashPublicKey(x509.publicKey))
    const socket = connect({ host: '127.0.0.1', port, key, cert, ca: authority.cert })
    socket.on('error', () => undefined)
    sockets.push(socket)
    await once(socket, 'secureConnect')
    workers.push({ socket, serial: x509.serialNumber.replace(/^0+/, ''), answers: 0 })
  }
  for (const worker of workers) keepAsking(worker)
  await until(() => workers.every(({ answers }) => answers > 0))

  const doomed = workers.slice(0, REVOKED)
  const others = workers.slice(REVOKED)
  for (const { serial } of doomed) revoked.add(serial)
  listener.sweep()
  const atSweep = doomed.map(({ answers }) => answers)
  const began = performance.now()
  await until(() => doomed.every(({ socket }) => socket.destroyed))
  expect(performance.now() - began).toBeLessThan(PATIENCE_MS)
  // What was in the socket's buffers already may still arrive; no more than the one answer under way can be.
  doomed.forEach(({ answers }, index) => {
    expect(answers - (atSweep[index] ?? 0)).toBeLessThanOrEqual(1)
  })
  const before = others.map(({ answers }) => answers)
  await until(() => others.every(({ answers }, index) => answers > (before[index] ?? 0) + 2))
  expect(others.filter(({ socket }) => socket.destroyed)).toEqual([])
  expect(late).toBeLessThanOrEqual(REVOKED)
  expect(listener.status().connections).toBe(CLIENTS - REVOKED)

  const { key, cert } = authority.issue({ name: 'too late' })
  revoked.add(new X509Certificate(cert).serialNumber.replace(/^0+/, ''))
  const back = connect({ host: '127.0.0.1', port, key, cert, ca: authority.cert })
  back.on('error', () => undefined)
  sockets.push(back)
  await until(() => log.reasons('client refused').length > 0)
  expect(log.reasons('client refused')).toEqual(['revoked, or its list cannot be relied on'])
}, 60_000)

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 30_000
  while (!isSo()) {
    if (performance.now() > end) throw new Error('it did not come to pass')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
