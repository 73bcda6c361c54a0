import { once } from 'node:events'
import { Agent, request } from 'node:https'
import { createSecureContext } from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callsOver } from '../../src/admin/client.ts'
import type { AdminCaller } from '../../src/admin/caller.ts'
import { serveRemoteAdmin, type RemoteAdmin } from '../../src/admin/remote.ts'
import { ADMIN_CALLS, BACKUP_CALL } from '../../src/admin/schema.ts'
import type { AdminService } from '../../src/admin/service.ts'
import { KmipFault } from '../../src/fault/fault.ts'
import type { Identity } from '../../src/model/identity.ts'
import type { PeerCertificate } from '../../src/server/identify.ts'
import { createTestAuthority, type Credential } from '../fixtures/authority.ts'
import { refusalTeller } from '../../src/admin/audited-service.ts'
import { ConnectionAudit } from '../../src/server/audit/connection-audit.ts'
import { MemoryAudit } from '../fixtures/memory-audit.ts'
import { MemoryLog, materialOf } from '../server/listener.fixture.ts'

const authority = createTestAuthority('Admin test')
const server = authority.issue({ name: 'server', usage: ['server'] })

const ROLES = ['crypto-officer', 'operator', 'auditor', 'user', 'reader', 'of-a-policy'] as const
type Role = (typeof ROLES)[number]

const credentials = new Map(ROLES.map((role) => [role, authority.issue({ name: role })]))
const stranger = authority.issue({ name: 'crypto-officer' })

/** Who may call what, as docs/authorisation.md has it: officers clients and objects, operators the store and its keys. */
const EXPECTED: Readonly<Record<string, readonly Role[]>> = {
  status: ['crypto-officer', 'operator', 'auditor'],
  'client.add': ['crypto-officer'],
  'client.list': ['crypto-officer', 'auditor'],
  'client.register': ['crypto-officer'],
  'client.show': ['crypto-officer', 'auditor'],
  'client.limit': ['crypto-officer'],
  'client.remove': ['crypto-officer'],
  'client.suspend': ['crypto-officer'],
  'client.resume': ['crypto-officer'],
  'client.key.add': ['crypto-officer'],
  'client.key.remove': ['crypto-officer'],
  'authority.add': ['crypto-officer'],
  'authority.list': ['crypto-officer', 'auditor'],
  'authority.remove': ['crypto-officer'],
  'authority.reload': ['crypto-officer', 'operator'],
  'account.add': ['crypto-officer'],
  'account.list': ['crypto-officer', 'auditor'],
  'account.remove': ['crypto-officer'],
  'object.list': ['crypto-officer'],
  'object.show': ['crypto-officer'],
  'object.trust': ['crypto-officer'],
  'object.give': ['crypto-officer'],
  'namespace.add': ['crypto-officer'],
  'namespace.list': ['crypto-officer', 'auditor'],
  'namespace.show': ['crypto-officer', 'auditor'],
  'namespace.limit': ['crypto-officer'],
  'namespace.defaults.show': ['crypto-officer', 'auditor'],
  'namespace.defaults.set': ['crypto-officer'],
  'namespace.remove': ['crypto-officer'],
  'kek.rotate': ['operator'],
  'kek.status': ['operator'],
  'audit.prune': ['crypto-officer'],
  'store.verify': ['operator'],
  'policy.check': ['crypto-officer'],
  'policy.apply': ['crypto-officer'],
  'policy.show': ['crypto-officer'],
  'policy.explain': ['crypto-officer'],
  'approval.list': ['crypto-officer', 'operator', 'auditor'],
  'approval.show': ['crypto-officer', 'operator', 'auditor'],
  'approval.vote': ['crypto-officer'],
  'approval.withdraw': ['crypto-officer', 'operator'],
  'approval.request': ['operator'],
  backup: ['operator'],
}

const log = new MemoryLog()
const told = new MemoryAudit()
let callers: (AdminCaller | undefined)[] = []
let removed = new Set<string>()
let admin: RemoteAdmin
/** Names by the hash of the key that is shown: filled when a certificate is seen first. */
const known = new Map<string, Role>()

/** Every call notes who makes it and then fails with a fault that nothing else gives. */
const service = new Proxy({} as AdminService, {
  get: () => (_: unknown, by?: AdminCaller) => {
    callers.push(by)
    throw new KmipFault('CONFLICT', 'it was called')
  },
})

function identify({ key }: PeerCertificate): Identity | undefined {
  const role = known.get(key.subject)
  return role === undefined || removed.has(role)
    ? undefined
    : { id: `id-${role}`, name: role, role }
}

beforeAll(async () => {
  const { X509Certificate } = await import('node:crypto')
  const { hashPublicKey } = await import('../../src/server/identify.ts')
  for (const [role, { cert }] of credentials) {
    known.set(hashPublicKey(new X509Certificate(cert).publicKey), role)
  }
  const tls = materialOf(authority, server)
  const address = { host: '127.0.0.1', port: 0 }
  const audit = new ConnectionAudit(told.trail)
  const refused = refusalTeller(told.trail)
  admin = await serveRemoteAdmin({ address, tls, identify, service, log, audit, refused })
})

afterAll(async () => {
  await admin.close()
})

beforeEach(() => {
  callers = []
  removed = new Set()
  told.lines.length = 0
})

const agentOf = ({ key, cert }: Credential): Agent =>
  new Agent({ key, cert, ca: authority.cert, keepAlive: true, maxSockets: 1 })

/** The status with which a call is answered; undefined where the connection is closed instead. */
async function call(
  agent: Agent,
  { method, path }: { readonly method: string; readonly path: string },
  body = '{}',
): Promise<number | undefined> {
  const { host, port } = admin.address
  const outgoing = request({ host, port, agent, method, path: path.replace(':id', 'x') })
  if (method === 'POST') outgoing.setHeader('content-type', 'application/json').end(body)
  else outgoing.end()
  return new Promise((resolve) => {
    outgoing.once('error', () => {
      resolve(undefined)
    })
    outgoing.once('response', (response) => {
      response.resume().once('end', () => {
        resolve(response.statusCode)
      })
    })
  })
}

const CALLS = Object.entries<{ readonly method: string; readonly path: string }>({
  ...ADMIN_CALLS,
  backup: BACKUP_CALL,
})

describe('the admin API over mutual TLS', () => {
  test.each(ROLES)(
    'answers a client of the role %s as its role says, call by call',
    async (role) => {
      const agent = agentOf(credentials.get(role) ?? stranger)
      for (const [name, about] of CALLS) {
        const isAllowed = EXPECTED[name]?.includes(role) === true
        const status = await call(agent, about)
        // What is allowed goes on to be refused for its empty body, or is carried out; nothing else may be.
        expect([name, status === 403]).toEqual([name, !isAllowed])
        expect([name, status === 401 || status === undefined]).toEqual([name, false])
      }
      agent.destroy()
    },
  )

  test('has a row for every call that there is in the expectations here', () => {
    const open = CALLS.map(([name]) => name).filter((name) => !(name in EXPECTED))
    expect(open).toEqual([])
  })

  test('tells the service who calls, with the key that the certificate is for', async () => {
    const agent = agentOf(credentials.get('operator') ?? stranger)
    await call(agent, ADMIN_CALLS['kek.status'])
    expect(callers).toMatchObject([{ kind: 'client', id: 'id-operator', role: 'operator' }])
    agent.destroy()
  })

  test('refuses whoever is not registered, or shows a certificate of a namesake', async () => {
    const other = createTestAuthority('Admin test').issue({ name: 'crypto-officer' })
    for (const credential of [stranger, other]) {
      const agent = agentOf(credential)
      expect(await call(agent, ADMIN_CALLS.status)).toBeUndefined()
      agent.destroy()
    }
    expect(callers).toEqual([])
  })

  test('refuses a client from the moment it is removed, on the connection it has', async () => {
    const agent = agentOf(credentials.get('auditor') ?? stranger)
    expect(await call(agent, ADMIN_CALLS.status)).toBe(500)
    removed.add('auditor')
    expect(await call(agent, ADMIN_CALLS.status)).not.toBe(500)
    expect(callers).toHaveLength(1)
    agent.destroy()
  })

  test('closes a connection in a sweep once its client is removed', async () => {
    const agent = agentOf(credentials.get('auditor') ?? stranger)
    await call(agent, ADMIN_CALLS.status)
    const [[socket] = []] = Object.values(agent.freeSockets)
    const closed = socket && once(socket, 'close')
    removed.add('auditor')
    admin.sweep()
    await closed
    expect(socket?.destroyed).toBe(true)
    agent.destroy()
  })

  test('is what the command line speaks to', async () => {
    const { key, cert } = credentials.get('operator') ?? stranger
    const secureContext = createSecureContext({ key, cert, ca: authority.cert })
    const calls = callsOver({ kind: 'tls', ...admin.address, secureContext })
    await expect(calls['kek.status']({})).rejects.toMatchObject({ code: 'CONFLICT' })
    await expect(calls['client.list']({})).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
    expect(callers).toHaveLength(1)
  })

  test('tells of whoever is not let in, and of what each may not do', async () => {
    const refusals = () =>
      told.entries.map(({ operation, result, detail }) => [operation, result, detail?.['reason']])
    const unknown = agentOf(stranger)
    await call(unknown, ADMIN_CALLS.status)
    expect(refusals()).toEqual([['Connect', 'failed', 'admin: not registered']])
    const nobody = new Agent({ ca: authority.cert })
    await call(nobody, ADMIN_CALLS.status)
    expect(refusals()).toHaveLength(2)
    expect(refusals()[1]?.[2]).toMatch(/^admin: handshake failed: /)
    const auditor = agentOf(credentials.get('auditor') ?? stranger)
    expect(await call(auditor, ADMIN_CALLS['kek.status'])).toBe(403)
    expect(told.entries[2]).toMatchObject({
      ...{ client: 'id-auditor', operation: 'admin kek.status', result: 'failed' },
      reason: 'NOT_PERMITTED',
    })
    for (const agent of [unknown, nobody, auditor]) agent.destroy()
  })

  test('does not say that something is not permitted before that is told', async () => {
    const auditor = agentOf(credentials.get('auditor') ?? stranger)
    await call(auditor, ADMIN_CALLS.status)
    // The line is taken in, and cannot be written.
    told.failing = { from: told.calls + 2, times: 1 }
    expect(await call(auditor, ADMIN_CALLS['kek.status'])).toBe(503)
    told.failing = undefined
    auditor.destroy()
  })

  test('does not answer before TLS, nor without a certificate', async () => {
    const agent = new Agent({ ca: authority.cert })
    expect(await call(agent, ADMIN_CALLS.status)).toBeUndefined()
    agent.destroy()
  })
})
