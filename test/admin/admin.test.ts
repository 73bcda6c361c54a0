import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  createAuthority,
  createKeyPair,
  type IssueDeps,
} from '../../src/adapter/certificate-authority.ts'
import { certificateKeyOf } from '../../src/adapter/certificate-read.ts'
import { revocationFiles } from '../../src/adapter/revocation-file.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import type { BackupPiece } from '../../src/adapter/backup/create.ts'
import { CallApprovals, type CallRule } from '../../src/admin/call-approvals.ts'
import { connectAdmin } from '../../src/admin/client.ts'
import { serveAdmin, type AdminServer } from '../../src/admin/server.ts'
import type { BackupRequest } from '../../src/admin/schema.ts'
import { createAdminService, type AdminService } from '../../src/admin/service.ts'
import { KmipFault } from '../../src/fault/fault.ts'
import type { Log } from '../../src/port/log.ts'
import type { ApprovalBook } from '../../src/repository/approval-book.ts'
import { openAuthorityBook } from '../../src/repository/authority-book.ts'
import { openClientRegistry, type ClientRegistry } from '../../src/repository/client-registry.ts'
import { openNamespaceRegistry } from '../../src/repository/namespace-registry.ts'
import { openOffice } from '../fixtures/policy-office.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'
import { anyOfficersBook, person } from './approval.fixture.ts'
import { EPOCHS, KEYS, objects, REPORT, SAME_KEY } from './service.fixture.ts'

const NOW = 1_800_000_000
const issue: IssueDeps = { clock: { now: () => NOW }, random: nodeRandom }
const authority = createAuthority(issue)

let home: string
let socket: string
let clients: ClientRegistry
let service: AdminService
let server: AdminServer | undefined
let logged: string[]

const log: Log = {
  debug: (event) => logged.push(event),
  info: (event) => logged.push(event),
  warn: (event) => logged.push(event),
  error: (event, fields) => logged.push(`${event} ${JSON.stringify(fields)}`),
  with: () => log,
}

/** What the next backup is made of. */
let pieces: () => AsyncIterable<BackupPiece>
/** How calls are to be approved. */
let rule: CallRule | undefined
let approvals: ApprovalBook

const HEADER: BackupPiece = { kind: 'header', bytes: Uint8Array.of(1, 2, 3) }
const CHUNK: BackupPiece = { kind: 'chunk', bytes: new Uint8Array(70_000).fill(7) }
const PROGRESS: BackupPiece = { kind: 'progress', entries: 5, of: 5_000_000_000 }

async function* anyPieces(): AsyncGenerator<BackupPiece> {
  yield await Promise.resolve(HEADER)
  for (let round = 0; round < 20; round += 1) yield CHUNK
  yield PROGRESS
}

beforeEach(async () => {
  pieces = anyPieces
  home = mkdtempSync(join(tmpdir(), 'kmipd-admin-'))
  socket = join(home, 'admin.sock')
  logged = []
  clients = await openClientRegistry({
    store: memoryStore(),
    sealer: plainSealer(),
    clock: issue.clock,
    random: nodeRandom,
  })
  const namespaces = await openNamespaceRegistry({
    ...{ store: memoryStore(), sealer: plainSealer(), clock: issue.clock, random: nodeRandom },
    keys: { begin: async () => Promise.resolve(2), end: async () => Promise.resolve() },
  })
  rule = undefined
  approvals = await anyOfficersBook(issue.clock)
  service = createAdminService({
    ...issue,
    approvals,
    callApprovals: new CallApprovals({ book: approvals, ruleOf: () => rule }),
    clients,
    authorities: await openAuthorityBook({ store: memoryStore(), sealer: plainSealer() }),
    lists: revocationFiles,
    objects,
    authority,
    namespaces,
    usageOf: async () => Promise.resolve({ objects: 1, bytes: 2 }),
    clear: async () => Promise.resolve(),
    give: async (id) => Promise.resolve({ owner: id }),
    policies: await openOffice(),
    verify: async () => Promise.resolve(REPORT),
    prune: async (before) => Promise.resolve({ segments: 1, entries: 2, first: before }),
    backup: () => pieces(),
    keys: {
      rotate: async (line) => {
        if (line === 'default') return Promise.resolve(5)
        throw new KmipFault('OBJECT_NOT_FOUND', `There is no namespace ${line}`)
      },
      status: () => ({ epochs: EPOCHS, moved: 7, moving: { moved: 7, left: 8 } }),
    },
    status: () => ({
      version: '1',
      uptime: 2,
      process: 3,
      listening: '127.0.0.1:5696',
      clients: clients.list().length,
      generation: 0,
      counters: { requests: 4 },
      certificateEnds: NOW,
      state: 'read-only' as const,
      reason: 'the store is damaged',
      keys: KEYS,
      audit: { verified: { entries: 7, at: 1_700_000_000 }, problem: 'y' },
      revocation: [{ authority: 'ab', problem: 'x' }],
    }),
  })
})

afterEach(async () => {
  await server?.close()
  server = undefined
  rmSync(home, { recursive: true, force: true })
})

/** A connection over which calls are made under the only approval there is, once an officer has approved it. */
async function connectedUnderApproval(): Promise<AdminService> {
  const [id = ''] = approvals.list().map(({ statement }) => statement.id)
  const { id: officer, name, key } = person('olga').caller
  const verdict = 'approve' as const
  await approvals.vote(id, {
    ...{ id: officer, name, key, verdict, publicKey: '', signature: '', at: NOW },
  })
  const client = await connectAdmin(socket, id)
  if (client === undefined) throw new Error('the server does not answer')
  return client
}

async function connected(): Promise<AdminService> {
  server = await serveAdmin(socket, service, { log })
  const client = await connectAdmin(socket)
  if (client === undefined) throw new Error('the server does not answer')
  return client
}

const newKey = (): string => Buffer.from(createKeyPair().publicKey).toString('base64')

describe('the admin API', () => {
  test('answers the same over its socket as without one', async () => {
    const client = await connected()
    expect(await client.status({})).toEqual(await service.status({}))
    const page = { limit: 5, after: '10' }
    expect(await client['object.list'](page)).toEqual(await service['object.list'](page))
    expect(await client['object.list']({ limit: 5 })).toMatchObject({ next: '5' })
    const id = { id: 'there/is one?' }
    expect(await client['object.show'](id)).toEqual(await service['object.show'](id))
    const trusts = { id: id.id, trusts: false }
    expect(await client['object.trust'](trusts)).toEqual({ id: id.id, trusted: false })
    expect(await client['client.list']({})).toEqual({ clients: [] })
    expect(await client['kek.status']({})).toEqual(KEYS)
    const pruned = await client['audit.prune']({ before: 1_700_000_000 })
    expect(pruned).toEqual({ segments: 1, entries: 2, first: 1_700_000_000 })
    expect(await client['kek.rotate']({ namespace: 'default' })).toEqual({
      namespace: 'default',
      epoch: 5,
    })
  })

  test.each<[string, (admin: AdminService) => Promise<unknown>]>([
    ['kek.rotate', async (admin) => admin['kek.rotate']({ namespace: 'default' })],
    ['audit.prune', async (admin) => admin['audit.prune']({ before: 1_700_000_000 })],
    [
      'client.add',
      async (admin) => admin['client.add']({ name: 'web', role: 'reader', publicKey: SAME_KEY }),
    ],
    [
      'backup',
      async (admin) => {
        for await (const piece of admin.backup({})) if (piece.kind === 'progress') return
      },
    ],
  ])('has %s approved where the policy says so, for one call', async (_, call) => {
    rule = { approvers: 1, expires: 900 }
    const client = await connected()
    await expect(call(client)).rejects.toMatchObject({ code: 'APPROVAL_NEEDED' })
    const approved = await connectedUnderApproval()
    await call(approved)
    await expect(call(approved)).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
  })

  test('has clients removed and registered only once that is approved', async () => {
    rule = { approvers: 1, expires: 900 }
    const wait = { code: 'APPROVAL_NEEDED' }
    const asked = { role: 'crypto-officer', certificate: 'AAAA' }
    const key = { issuer: 'aa', subject: 'bb', notAfter: NOW }
    await clients.add({ name: 'web', role: 'user', key })
    await expect(service['client.register'](asked)).rejects.toMatchObject(wait)
    await expect(service['client.remove']({ name: 'web' })).rejects.toMatchObject(wait)
    const names = approvals.list().map(({ statement }) => statement.name)
    expect(names).toEqual(['client.add', 'client.remove'])
  })

  test('adds a client whose certificate is for the key that was sent, and registers that key', async () => {
    const client = await connected()
    const publicKey = newKey()
    const added = await client['client.add']({ name: 'web', role: 'reader', publicKey })
    const certificate = new X509Certificate(added.certificate)
    expect(certificate.subject).toBe('CN=web')
    expect(certificate.publicKey.export({ format: 'der', type: 'spki' }).toString('base64')).toBe(
      publicKey,
    )
    expect(certificate.checkIssued(new X509Certificate(added.authority))).toBe(true)
    const key = certificateKeyOf(certificate.raw, authority.certificate)
    const identity = { id: added.id, name: 'web', role: 'reader', credential: key }
    expect(clients.directory.identify(key)).toEqual(identity)
    expect(await client['client.list']({})).toMatchObject({
      clients: [
        { id: added.id, name: 'web', role: 'reader', added: NOW, notAfter: added.notAfter },
      ],
    })
  })

  test('refuses with a code and a sentence for people', async () => {
    const client = await connected()
    await client['client.add']({ name: 'web', role: 'user', publicKey: newKey() })
    const cases = [
      [client['client.add']({ name: 'web', role: 'user', publicKey: newKey() }), 'NAME_TAKEN'],
      [client['client.add']({ name: 'a/b', role: 'user', publicKey: newKey() }), 'INVALID_FIELD'],
      [client['client.add']({ name: 'x', role: 'user', publicKey: 'AAAA' }), 'INVALID_FIELD'],
      [client['object.show']({ id: 'none' }), 'OBJECT_NOT_FOUND'],
      [client['object.trust']({ id: 'none', trusts: true }), 'OBJECT_NOT_FOUND'],
      [client['object.list']({ limit: 0 }), 'INVALID_FIELD'],
      [client['kek.rotate']({ namespace: 'none' }), 'OBJECT_NOT_FOUND'],
      [client['kek.rotate']({ namespace: '' }), 'INVALID_FIELD'],
    ] as const
    for (const [call, code] of cases) await expect(call).rejects.toMatchObject({ code })
    expect(clients.list()).toHaveLength(1)
  })

  test('refuses a public key that is too weak', async () => {
    const client = await connected()
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const weak = publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
    const call = client['client.add']({ name: 'weak', role: 'user', publicKey: weak })
    await expect(call).rejects.toMatchObject({ code: 'INVALID_FIELD' })
  })

  test('tells a caller nothing of a bug but that there was one', async () => {
    const client = await connected()
    const call = client['object.list']({ limit: 1, after: 'broken' })
    await expect(call).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await expect(call).rejects.not.toThrow(/5ec2e7/)
    expect(logged.join('\n')).toContain('admin call failed {"error":"TypeError"}')
    expect(logged.join('\n')).not.toContain('5ec2e7')
  })

  test('shows a fault of the core by its sentence and keeps its detail', async () => {
    const detail = 'internal detail'
    const failing = {
      ...service,
      status: async () => Promise.reject(new KmipFault('UNAVAILABLE', 'Down', { detail })),
    }
    server = await serveAdmin(socket, failing, { log })
    const answer = await send('GET', '/v1/status')
    expect(answer).toEqual({ status: 503, body: '{"code":"UNAVAILABLE","message":"Down"}' })
  })

  test.each([
    ['a call that is none', 'GET', '/v1/nothing', undefined, 404],
    ['another method', 'DELETE', '/v1/status', undefined, 404],
    ['a body that is not JSON', 'POST', '/v1/clients', '{', 400],
    ['a body that is a list', 'POST', '/v1/clients', '[]', 400],
    ['no body', 'POST', '/v1/clients', '', 400],
    [
      'an unknown key',
      'POST',
      '/v1/clients',
      '{"name":"a","role":"user","publicKey":"AA==","x":1}',
      400,
    ],
    [
      'an unknown role',
      'POST',
      '/v1/clients',
      '{"name":"a","role":"king","publicKey":"AA=="}',
      400,
    ],
    [
      'a prototype',
      'POST',
      '/v1/clients',
      '{"__proto__":{"name":"a"},"role":"user","publicKey":"AA=="}',
      400,
    ],
    ['a constructor', 'POST', '/v1/clients', '{"constructor":{"prototype":{"x":1}}}', 400],
    ['a body that is too long', 'POST', '/v1/clients', `{"name":"${'a'.repeat(70_000)}"}`, 413],
    ['an unknown query', 'GET', '/v1/status?x=1', undefined, 400],
    ['a limit that is no number', 'GET', '/v1/objects?limit=ten', undefined, 400],
    ['a limit that is too high', 'GET', '/v1/objects?limit=1001', undefined, 400],
    ['an identifier that is too long', 'GET', `/v1/objects/${'a'.repeat(900)}`, undefined, 400],
  ])('refuses %s', async (...row) => {
    const [, method, path, body, status] = row
    server = await serveAdmin(socket, service, { log })
    const answer = await send(method, path, body)
    expect(answer.status).toBe(status)
    expect(Object.keys(JSON.parse(answer.body) as object)).toEqual(['code', 'message'])
    expect(clients.list()).toEqual([])
    expect({}).not.toHaveProperty('x')
  })
})

describe('the admin socket', () => {
  test('belongs to its owner alone', async () => {
    server = await serveAdmin(socket, service, { log })
    expect(statSync(socket).mode & 0o777).toBe(0o600)
  })

  test('is not taken from a server that answers', async () => {
    const client = await connected()
    await expect(serveAdmin(socket, service, { log })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
    expect(await client.status({})).toMatchObject({ version: '1' })
  })

  test('is taken over when nobody answers', async () => {
    await leaveSocket(socket)
    expect(await connectAdmin(socket)).toBeUndefined()
    expect(await (await connected()).status({})).toMatchObject({ version: '1' })
  })

  test('is made where its path is too long for the system, and gone when the server is', async () => {
    const { mkdirSync, existsSync } = await import('node:fs')
    socket = join(home, 'd'.repeat(120), 'admin.sock')
    mkdirSync(join(home, 'd'.repeat(120)))
    expect(await (await connected()).status({})).toMatchObject({ version: '1' })
    await server?.close()
    expect(existsSync(socket)).toBe(false)
  })

  test('cannot be made where there is no directory', async () => {
    const nowhere = join(home, 'none', 'admin.sock')
    await expect(serveAdmin(nowhere, service, { log })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
  })
})

interface Answer {
  readonly status: number
  readonly body: string
}

async function send(method: string, path: string, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const outgoing = httpRequest({ socketPath: socket, method, path, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, body: text })
      })
    })
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}

/** A socket file that nobody listens on, as a killed server leaves it. */
async function leaveSocket(path: string): Promise<void> {
  const { renameSync } = await import('node:fs')
  const server_ = createServer()
  await new Promise<void>((resolve) => server_.listen(`${path}.other`, resolve))
  renameSync(`${path}.other`, path)
  server_.close()
  await once(server_, 'close')
}

describe('a backup over the admin API', () => {
  async function received(
    client: AdminService,
    request: BackupRequest = {},
  ): Promise<readonly BackupPiece[]> {
    const all: BackupPiece[] = []
    for await (const piece of client.backup(request)) {
      all.push(
        piece.kind === 'progress' ? piece : { ...piece, bytes: Uint8Array.from(piece.bytes) },
      )
    }
    return all
  }

  test('comes in the pieces that it is made in', async () => {
    const client = await connected()
    const chunks = Array.from({ length: 20 }, () => CHUNK)
    expect(await received(client)).toEqual([HEADER, ...chunks, PROGRESS])
  })

  test('ends with the reason where it cannot go on, and another can be made', async () => {
    const client = await connected()
    pieces = async function* () {
      yield await Promise.resolve(HEADER)
      throw new KmipFault('UNAVAILABLE', 'The store is unavailable', { detail: 'its disk broke' })
    }
    await expect(received(client)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: 'The store is unavailable: its disk broke',
    })
    pieces = anyPieces
    expect(await received(client)).toHaveLength(22)
  })

  test('says nothing of a bug', async () => {
    const client = await connected()
    pieces = async function* () {
      yield await Promise.resolve(HEADER)
      throw new TypeError('a bug that says 5ec2e7')
    }
    await expect(received(client)).rejects.toMatchObject({ message: /its log says more/ })
    expect(logged.join()).not.toContain('5ec2e7')
  })

  test('is one at a time, and ends when its caller goes away', async () => {
    const client = await connected()
    let isEnded = false
    pieces = async function* () {
      try {
        for (;;) yield await Promise.resolve(CHUNK)
      } finally {
        isEnded = true
      }
    }
    for await (const piece of client.backup({})) {
      expect(piece.kind).toBe('chunk')
      const second = received(client)
      await expect(second).rejects.toMatchObject({ message: 'Another backup is being made' })
      break
    }
    await expect.poll(() => isEnded, { timeout: 20_000 }).toBe(true)
    pieces = anyPieces
    expect(await received(client)).toHaveLength(22)
  })

  test('is refused before it begins for a request that is none', async () => {
    const client = await connected()
    const shares = { setId: 'AAAAAAAAAAA=', threshold: 1, parts: 300 }
    await expect(received(client, { shares })).rejects.toMatchObject({ code: 'INVALID_FIELD' })
  })

  test('that the server leaves in the middle is not taken for a whole one', async () => {
    const client = await connected()
    pieces = async function* () {
      yield await Promise.resolve(HEADER)
      yield CHUNK
      await server?.close()
      yield CHUNK
    }
    await expect(received(client)).rejects.toMatchObject({ code: 'UNREACHABLE' })
  })
})
