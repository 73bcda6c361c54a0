import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import {
  createAuthority,
  issueClientCertificate,
  type IssueDeps,
} from '../../src/adapter/certificate-authority.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { revocationFiles } from '../../src/adapter/revocation-file.ts'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import type { AdminService } from '../../src/admin/admin-service.ts'
import { approvedCalls, type CallTerms } from '../../src/admin/approved-calls.ts'
import { LOCAL } from '../../src/admin/caller.ts'
import { CallApprovals } from '../../src/admin/call-approvals.ts'
import { clientCalls } from '../../src/admin/client-calls.ts'
import { callTermsOf } from '../../src/model/approval/policy-rules.ts'
import { openAuthorityBook } from '../../src/repository/authority-book.ts'
import { openClientRegistry, type ClientRegistry } from '../../src/repository/client-registry.ts'
import { openOffice } from '../fixtures/policy-office.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'
import { anyOfficersBook } from './approval.fixture.ts'

const NOW = 1_800_000_000
const issue: IssueDeps = { clock: { now: () => NOW }, random: nodeRandom }
const authority = createAuthority(issue)

let added: string[]
let clients: ClientRegistry
let calls: ReturnType<typeof clientCalls>

function certificate(): string {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const der = publicKey.export({ format: 'der', type: 'spki' })
  const issued = issueClientCertificate(issue, authority, { name: 'any', publicKey: der })
  return new X509Certificate(issued).raw.toString('base64')
}

beforeEach(async () => {
  added = []
  const place = { store: memoryStore(), sealer: plainSealer() }
  clients = await openClientRegistry({ ...place, ...issue })
  calls = clientCalls({
    clients,
    namespaces: {} as Parameters<typeof clientCalls>[0]['namespaces'],
    usageOf: async () => Promise.resolve({ objects: 0, bytes: 0 }),
    authorities: await openAuthorityBook(place),
    lists: revocationFiles,
    authority,
    ...issue,
    policies: await openOffice(),
    keyAdded: (client) => void added.push(client),
  })
  const web = { name: 'web', role: 'user', certificate: certificate() }
  await calls['client.register'](web)
})

test('a key that a client did not have is told of, and a newer certificate for one that it has is not', async () => {
  const other = { name: 'web', certificate: certificate() }
  await calls['client.key.add'](other)
  await calls['client.key.add'](other)
  expect(added).toEqual(['web'])
  expect(clients.list()[0]?.keys).toHaveLength(2)
  const nobody = { name: 'nobody', certificate: certificate() }
  await expect(calls['client.key.add'](nobody)).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' })
  expect(added).toEqual(['web'])
})

test('where clients are added by approval so are their keys, and officers see which', async () => {
  const book = await anyOfficersBook(issue.clock)
  const rules = [{ calls: new Set(['client.add']), approvers: 2, expires: 900 }]
  const approvals = new CallApprovals({ book, ruleOf: (call) => callTermsOf(rules, call) })
  const guarded = approvedCalls(calls as unknown as AdminService, {
    ...{ approvals, local: LOCAL },
    bearers: { clients } as unknown as CallTerms['bearers'],
  })
  const asked = { name: 'web', certificate: certificate() }
  await expect(guarded['client.key.add'](asked)).rejects.toMatchObject({ code: 'APPROVAL_NEEDED' })
  const [{ statement } = { statement: undefined }] = book.list()
  const digest = createHash('sha256').update(Buffer.from(asked.certificate, 'base64')).digest('hex')
  expect(statement).toMatchObject({ name: 'client.key.add', approvers: 2 })
  expect(statement?.shown).toContain(`certificate: ${digest}`)
  expect(clients.list()[0]?.keys).toHaveLength(1)
})

test('a key is approved by the most officers in the least time, of those that are asked for', () => {
  const both = [
    { calls: new Set(['client.add']), approvers: 3, expires: 900 },
    { calls: new Set(['client.key.add']), approvers: 1, expires: 60 },
  ]
  expect(callTermsOf(both, 'client.key.add')).toEqual({ approvers: 3, expires: 60 })
  expect(callTermsOf(both, 'client.add')).toEqual({ approvers: 3, expires: 900 })
  expect(callTermsOf(both, 'client.key.remove')).toBeUndefined()
})
