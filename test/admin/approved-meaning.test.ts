import { beforeEach, describe, expect, test } from 'vitest'
import {
  createAuthority,
  createKeyPair,
  type IssueDeps,
} from '../../src/adapter/certificate-authority.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { revocationFiles } from '../../src/adapter/revocation-file.ts'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import { CallApprovals } from '../../src/admin/call-approvals.ts'
import type { AdminCaller } from '../../src/admin/caller.ts'
import { createAdminService, type AdminService } from '../../src/admin/service.ts'
import type { ApprovalBook } from '../../src/repository/approval-book.ts'
import { openAuthorityBook } from '../../src/repository/authority-book.ts'
import { openClientRegistry, type ClientRegistry } from '../../src/repository/client-registry.ts'
import {
  openNamespaceRegistry,
  type NamespaceRegistry,
} from '../../src/repository/namespace-registry.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'
import { openOffice } from '../fixtures/policy-office.ts'
import { anyOfficersBook, ballot, person } from './approval.fixture.ts'
import { EPOCHS, objects, REPORT } from './service.fixture.ts'

const NOW = 1_800_000_000
const issue: IssueDeps = { clock: { now: () => NOW }, random: nodeRandom }
const authority = createAuthority(issue)
const olga = person('olga')

let clients: ClientRegistry
let namespaces: NamespaceRegistry
let book: ApprovalBook
let service: AdminService
/** What has the one identifier that there is. */
let described: string
let named: Map<string, string>
let count: number

beforeEach(async () => {
  described = 'SymmetricKey of a'
  named = new Map([['app-1', 'id-app-1']])
  count = 0
  const place = () => ({ store: memoryStore(), sealer: plainSealer() })
  clients = await openClientRegistry({ ...place(), ...issue })
  namespaces = await openNamespaceRegistry({
    ...{ ...place(), ...issue },
    keys: { begin: async () => Promise.resolve(2), end: async () => Promise.resolve() },
  })
  book = await anyOfficersBook(issue.clock)
  service = createAdminService({
    ...issue,
    ...{ clients, namespaces, authority },
    approvals: book,
    callApprovals: new CallApprovals({
      book,
      ruleOf: () => ({ approvers: 1, expires: 900 }),
    }),
    authorities: await openAuthorityBook(place()),
    lists: revocationFiles,
    objects: { ...objects, describe: async () => Promise.resolve([described]) },
    usageOf: async () => Promise.resolve({ objects: 1, bytes: 2 }),
    clear: async () => Promise.resolve(),
    give: async () => Promise.resolve({ owner: 'a' }),
    policies: await openOffice({
      names: { client: (name) => named.get(name), namespace: () => 'ns-1' },
    }),
    verify: async () => Promise.resolve(REPORT),
    prune: async (before) => Promise.resolve({ segments: 1, entries: 2, first: before }),
    backup: () => {
      throw new TypeError('no backup is made here')
    },
    keys: {
      rotate: async () => Promise.resolve(5),
      status: () => ({ epochs: EPOCHS, moved: 0 }),
    },
    status: () => {
      throw new TypeError('nobody asks here')
    },
  })
})

/** Has a call asked for and approved; gives what it is then made as. */
async function approved(call: (by?: AdminCaller) => Promise<unknown>): Promise<AdminCaller> {
  await expect(call()).rejects.toMatchObject({ code: 'APPROVAL_NEEDED' })
  const approval = book.list().at(-1)
  if (approval === undefined) throw new TypeError('nothing was asked for')
  const { id } = approval.statement
  await service['approval.vote'](ballot(olga, id, approval.hash), olga.caller)
  return { kind: 'local', approval: id }
}

const newKey = (): string => Buffer.from(createKeyPair().publicKey).toString('base64')

async function addClient(name: string): Promise<void> {
  count += 1
  const key = { issuer: 'aa', subject: `${count}`.repeat(64), notAfter: NOW + 9 }
  const spare = { issuer: 'aa', subject: `${count}`.repeat(63) + 'f', notAfter: NOW + 9 }
  const { id } = await clients.add({ name, role: 'user', key })
  await clients.change(id, (client) => ({ ...client, keys: [key, spare] }))
  await clients.change(id, (client) => ({
    ...client,
    accounts: [{ id: `account-${count}`, name: 'ann', role: 'user', verifier: VERIFIER, added: 1 }],
  }))
}

/** Another client has the name from then on. */
async function rebindClient(): Promise<void> {
  await clients.remove(clients.named('web')?.id ?? '')
  await addClient('web')
}

async function rebindNamespace(): Promise<void> {
  await namespaces.remove('payments', async () => Promise.resolve())
  await namespaces.add('payments', {})
}

const VERIFIER = {
  kdf: 'scrypt' as const,
  cost: 16_384,
  blockSize: 8,
  parallelization: 1,
  salt: 'A'.repeat(24),
  derived: 'A'.repeat(44),
}
const LIMITS = { objects: 5 }
const POLICY = `version: 1
namespaces:
  payments:
    allow:
      - operations: [Locate]
        to: { clients: [app-1] }
`

type Case = readonly [
  what: string,
  call: (by?: AdminCaller) => Promise<unknown>,
  rebind: () => Promise<void>,
]
const web = { name: 'web' }
const CASES: readonly Case[] = [
  ['client.suspend', async (by) => service['client.suspend'](web, by), rebindClient],
  ['client.resume', async (by) => service['client.resume'](web, by), rebindClient],
  ['client.remove', async (by) => service['client.remove'](web, by), rebindClient],
  ['client.limit', async (by) => service['client.limit']({ ...web, ...LIMITS }, by), rebindClient],
  [
    'account.add',
    async (by) =>
      service['account.add']({ client: 'web', name: 'bob', role: 'user', verifier: VERIFIER }, by),
    rebindClient,
  ],
  [
    'account.remove',
    async (by) => service['account.remove']({ client: 'web', name: 'ann' }, by),
    rebindClient,
  ],
  [
    'object.give',
    async (by) => service['object.give']({ id: 'there/is one?', client: 'web' }, by),
    rebindClient,
  ],
  [
    'object.trust',
    async (by) => service['object.trust']({ id: 'there/is one?', trusts: true }, by),
    async () => {
      described = 'SymmetricKey of a, digest 00'
      return Promise.resolve()
    },
  ],
  [
    'namespace.remove',
    async (by) => service['namespace.remove']({ name: 'payments' }, by),
    rebindNamespace,
  ],
  [
    'namespace.limit',
    async (by) => service['namespace.limit']({ name: 'payments', ...LIMITS }, by),
    rebindNamespace,
  ],
  [
    'namespace.defaults.set',
    async (by) => service['namespace.defaults.set']({ name: 'payments', text: '' }, by),
    rebindNamespace,
  ],
  [
    'kek.rotate',
    async (by) => service['kek.rotate']({ namespace: 'payments' }, by),
    rebindNamespace,
  ],
  [
    'policy.apply',
    async (by) => service['policy.apply']({ text: POLICY, name: 'p' }, by),
    async () => {
      named.set('app-1', 'id-of-another')
      return Promise.resolve()
    },
  ],
]

describe('an approved call about something that has a name', () => {
  beforeEach(async () => {
    await addClient('web')
    await namespaces.add('payments', {})
  })

  test.each(CASES)('%s is made for what had the name when it was asked for', async (_, call) => {
    const by = await approved(call)
    await call(by)
  })

  test.each(CASES)('%s is not made for what has the name since', async (_, call, rebind) => {
    const by = await approved(call)
    await rebind()
    await expect(call(by)).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
  })

  test('shows the officers which client is meant', async () => {
    await approved(async (by) => service['client.suspend'](web, by))
    const shown = book.list().at(-1)?.statement.shown ?? []
    expect(shown).toContain(`identifier of the client: ${clients.named('web')?.id ?? ''}`)
  })

  test('takes away the key that was meant, and no other that begins so', async () => {
    const [key = ''] = clients.named('web')?.keys.map(({ subject }) => subject) ?? []
    const start = '2'.repeat(8)
    expect(key.startsWith(start)).toBe(false)
    await clients.change(clients.named('web')?.id ?? '', (client) => ({
      ...client,
      keys: [...client.keys, { issuer: 'aa', subject: start.repeat(8), notAfter: NOW + 9 }],
    }))
    const call = async (by?: AdminCaller) =>
      service['client.key.remove']({ name: 'web', subject: start }, by)
    const by = await approved(call)
    await clients.change(clients.named('web')?.id ?? '', (client) => ({
      ...client,
      keys: [
        ...client.keys.slice(0, -1),
        { issuer: 'aa', subject: `${start.repeat(7)}${'3'.repeat(8)}`, notAfter: NOW + 9 },
      ],
    }))
    await expect(call(by)).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
  })

  test('is not asked for where nothing has the name', async () => {
    const call = service['client.suspend']({ name: 'nobody' })
    await expect(call).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' })
    expect(book.list()).toEqual([])
  })
})

test('a backup is approved with who is to open it', async () => {
  const shares = { setId: 'AAAAAAAAAAA=', threshold: 2, parts: 5 }
  const pieces = service.backup({ shares })[Symbol.asyncIterator]()
  await expect(pieces.next()).rejects.toMatchObject({ code: 'APPROVAL_NEEDED' })
  const shown = book.list().at(-1)?.statement.shown ?? []
  expect(shown.filter((line) => line.startsWith('opened by: '))).toEqual([
    'opened by: the root of trust of the store, or any 2 of 5 shares without it',
  ])
})

describe('an approved client.add', () => {
  test('is for the key that was sent when it was asked for', async () => {
    const publicKey = newKey()
    const add = (key: string) => async (by?: AdminCaller) =>
      service['client.add']({ name: 'web', role: 'user', publicKey: key }, by)
    const by = await approved(add(publicKey))
    await expect(add(newKey())(by)).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
    expect(clients.list()).toEqual([])
    await add(publicKey)(by)
    expect(clients.list()).toHaveLength(1)
  })

  test('is for the namespace that had the name when it was asked for', async () => {
    await namespaces.add('payments', {})
    const request = { name: 'web', role: 'user', publicKey: newKey(), namespace: 'payments' }
    const call = async (by?: AdminCaller) => service['client.add'](request, by)
    const by = await approved(call)
    await rebindNamespace()
    await expect(call(by)).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
  })
})
