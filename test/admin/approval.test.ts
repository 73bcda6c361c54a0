import { createPublicKey, constants, verify } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { approvalCalls } from '../../src/admin/approvals.ts'
import { CallApprovals } from '../../src/admin/call-approvals.ts'
import type { ApprovableCall } from '../../src/model/approval/approvable-call.ts'
import { LOCAL, type AdminCaller } from '../../src/admin/caller.ts'
import { KmipFault } from '../../src/fault/fault.ts'
import { openApprovalBook, type ApprovalBook } from '../../src/repository/approval-book.ts'
import type { Store } from '../../src/port/store.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'
import { ballot, person, sha256, type Person } from './approval.fixture.ts'

let store: Store
let book: ApprovalBook
let now: number
let calls: ReturnType<typeof approvalCalls>
let callApprovals: CallApprovals
let officers: Map<string, Person>
let approvers: number

const olga = person('olga')
const oskar = person('oskar', 'crypto-officer', 'RSA-2048')
const edda = person('edda', 'crypto-officer', 'Ed25519')
const operator = person('opal', 'operator')

async function open(generation = 0): Promise<void> {
  book = await openApprovalBook({
    ...{ store, sealer: plainSealer(), generation, random: nodeRandom, digest: sha256 },
    clock: { now: () => now },
    electorate: {
      isOfficer: (id, key) => {
        const found = officers.get(id)?.caller
        return found?.role === 'crypto-officer' && found.key === key
      },
      keysOf: (id) => {
        const found = officers.get(id)
        return found === undefined ? [] : [found.caller.key]
      },
    },
    limits: { perClient: 5, pending: 8 },
  })
  const ruleOf = (call: ApprovableCall) =>
    call === 'client.remove' ? undefined : { approvers, expires: 900 }
  callApprovals = new CallApprovals({ book, ruleOf })
  calls = approvalCalls({ approvals: book, callApprovals, clock: { now: () => now } })
}

beforeEach(async () => {
  store = memoryStore()
  now = 1_700_000_000
  approvers = 2
  officers = new Map([olga, oskar, edda, operator].map((one) => [one.caller.id, one]))
  await open()
})

const attempt = async (by: AdminCaller = LOCAL, namespace = 'default') =>
  callApprovals.check('kek.rotate', { namespace }, by)
const under = (approval: string, by: AdminCaller = LOCAL): AdminCaller => ({ ...by, approval })

/** Asks for it and gives the number and hash of the approval. */
async function asked(by: AdminCaller = LOCAL): Promise<{ id: string; hash: string }> {
  await expect(attempt(by)).rejects.toMatchObject({ code: 'APPROVAL_NEEDED' })
  const approval = book.list().at(-1)
  if (approval === undefined) throw new TypeError('nothing was asked for')
  return { id: approval.statement.id, hash: approval.hash }
}

const approve = async (who: Person, { id, hash }: { id: string; hash: string }) =>
  calls['approval.vote'](ballot(who, id, hash), who.caller)

describe('a call that needs approval', () => {
  test('is refused with the number of its approval, and made under it once', async () => {
    const approval = await asked()
    await expect(attempt(under(approval.id)), 'too early').rejects.toMatchObject({
      code: 'NOT_PERMITTED',
    })
    await approve(olga, approval)
    expect(await approve(oskar, approval)).toMatchObject({ state: 'approved', approved: 2 })
    await attempt(under(approval.id))
    await expect(attempt(under(approval.id)), 'again').rejects.toMatchObject({
      code: 'NOT_PERMITTED',
    })
  })

  test('that needs none goes through', async () => {
    await callApprovals.check('client.remove', { id: 'x' }, LOCAL)
    expect(book.list()).toEqual([])
  })

  test('is made by one of many who use its approval at once', async () => {
    const approval = await asked()
    await approve(olga, approval)
    await approve(edda, approval)
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, async () => attempt(under(approval.id))),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test.each([
    ['another request', async (id: string) => attempt(under(id), 'other')],
    [
      'another call',
      async (id: string) => callApprovals.check('root.rotate', { namespace: 'default' }, under(id)),
    ],
    ['another caller', async (id: string) => attempt(under(id, operator.caller))],
  ])('is not made by an approval for %s', async (_, use) => {
    const approval = await asked()
    await approve(olga, approval)
    await approve(oskar, approval)
    await expect(use(approval.id)).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
    await attempt(under(approval.id))
  })

  test('outlives the server, votes included, and not a restored backup', async () => {
    const approval = await asked()
    await approve(olga, approval)
    await open()
    await approve(oskar, approval)
    await open(1)
    await expect(attempt(under(approval.id))).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
    await open()
    await attempt(under(approval.id))
    await open()
    await expect(attempt(under(approval.id)), 'used before').rejects.toMatchObject({
      code: 'NOT_PERMITTED',
    })
  })

  test('needs officers who still are', async () => {
    const approval = await asked()
    await approve(olga, approval)
    await approve(oskar, approval)
    officers.delete('oskar')
    await expect(attempt(under(approval.id))).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
    await approve(edda, approval)
    await attempt(under(approval.id))
  })

  test('is in time to its last second and not after', async () => {
    const first = await asked()
    const second = await asked()
    for (const approval of [first, second]) {
      await approve(olga, approval)
      await approve(oskar, approval)
    }
    now += 899
    await attempt(under(first.id))
    now += 1
    await expect(attempt(under(second.id))).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
  })

  test('is limited in number, by who asks', async () => {
    for (let count = 0; count < 5; count += 1) await asked()
    await expect(attempt()).rejects.toMatchObject({ code: 'SERVER_LIMIT' })
    for (let count = 0; count < 3; count += 1) await asked(operator.caller)
    await expect(attempt(operator.caller)).rejects.toMatchObject({ code: 'SERVER_LIMIT' })
    now += 900
    await asked()
  })
})

test('what clients ask for takes no room of what officers ask for', async () => {
  const requestOf = async (id: string) =>
    book.request({
      ...{ kind: 'operation', name: 'Destroy', requester: { id, name: id } },
      ...{ subject: new Uint8Array(1), shown: [], approvers: 1, seconds: 900 },
    })
  for (let count = 0; count < 8; count += 1) await requestOf(`app-${count}`)
  await expect(requestOf('app-9')).rejects.toMatchObject({ code: 'SERVER_LIMIT' })
  await asked(olga.caller)
})

test('the clients of one tenant leave room for those of others', async () => {
  const requestOf = async (id: string, tenant: string) =>
    book.request({
      ...{ kind: 'operation', name: 'Destroy', requester: { id, name: id }, tenant },
      ...{ subject: new Uint8Array(1), shown: [], approvers: 1, seconds: 900 },
    })
  for (let count = 0; count < 5; count += 1) await requestOf(`app-${count}`, 'payments')
  const full = { code: 'SERVER_LIMIT' }
  await expect(requestOf('app-5', 'payments')).rejects.toMatchObject(full)
  for (let count = 0; count < 3; count += 1) await requestOf(`web-${count}`, 'shop')
  await expect(requestOf('web-3', 'shop'), 'of all').rejects.toMatchObject(full)
})

describe('an officer', () => {
  test('decides once, and not by another officer with the same key', async () => {
    const twin: Person = { key: olga.key, caller: { ...olga.caller, id: 'twin', name: 'twin' } }
    officers.set('twin', twin)
    const approval = await asked()
    await approve(olga, approval)
    for (const who of [olga, twin]) {
      await expect(approve(who, approval)).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
    }
    expect(book.find(approval.id)?.votes).toHaveLength(1)
  })

  test('does not approve a request of their own, by whichever client with their key', async () => {
    const approval = await asked(olga.caller)
    await expect(approve(olga, approval)).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
    const twin: Person = { key: olga.key, caller: { ...olga.caller, id: 'twin', name: 'twin' } }
    officers.set('twin', twin)
    await expect(approve(twin, approval)).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
  })

  test('ends a request by denying it', async () => {
    const approval = await asked()
    await approve(olga, approval)
    const denied = await calls['approval.vote'](
      ballot(oskar, approval.id, approval.hash, 'deny'),
      oskar.caller,
    )
    expect(denied.state).toBe('denied')
    await expect(approve(edda, approval)).rejects.toMatchObject({ code: 'WRONG_STATE' })
    await expect(attempt(under(approval.id))).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
  })

  test.each<[string, (approval: { id: string; hash: string }) => Promise<unknown>, string]>([
    [
      'over the Unix socket',
      async ({ id, hash }) => calls['approval.vote'](ballot(olga, id, hash), LOCAL),
      'NOT_PERMITTED',
    ],
    [
      'with the signature of another key',
      async ({ id, hash }) => calls['approval.vote'](ballot(oskar, id, hash), olga.caller),
      'NOT_PERMITTED',
    ],
    [
      'with a signature over another hash',
      async ({ id, hash }) =>
        calls['approval.vote'](
          {
            ...ballot(
              olga,
              id,
              hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
            ),
            hash,
          },
          olga.caller,
        ),
      'NOT_PERMITTED',
    ],
    [
      'with a signature that denies',
      async ({ id, hash }) =>
        calls['approval.vote'](
          { ...ballot(olga, id, hash, 'deny'), verdict: 'approve' },
          olga.caller,
        ),
      'NOT_PERMITTED',
    ],
    [
      'another request than that of the hash',
      async ({ id }) => calls['approval.vote'](ballot(olga, id, 'ab'.repeat(32)), olga.caller),
      'INVALID_FIELD',
    ],
    [
      'what is not there',
      async ({ hash }) => calls['approval.vote'](ballot(olga, 'nothing', hash), olga.caller),
      'OBJECT_NOT_FOUND',
    ],
    ['as an operator', async (approval) => approve(operator, approval), 'NOT_PERMITTED'],
  ])('does not approve %s', async (_, act, code) => {
    const approval = await asked()
    await expect(act(approval)).rejects.toMatchObject({ code })
    expect(book.find(approval.id)?.votes).toEqual([])
  })
})

describe('whoever asked', () => {
  test('takes it back, and nobody else does', async () => {
    const approval = await asked(operator.caller)
    for (const by of [LOCAL, olga.caller, oskar.caller]) {
      const withdrawal = calls['approval.withdraw']({ id: approval.id }, by)
      await expect(withdrawal).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
    }
    const ended = await calls['approval.withdraw']({ id: approval.id }, operator.caller)
    expect(ended.state).toBe('withdrawn')
    await expect(approve(olga, approval)).rejects.toMatchObject({ code: 'WRONG_STATE' })
  })
})

test('of 1,000 unauthorised approvals and withdrawals none succeeds', async () => {
  const approval = await asked(operator.caller)
  const strangers = Array.from({ length: 50 }, (_, index) =>
    person(`stranger-${index}`, index % 2 === 0 ? 'user' : 'crypto-officer'),
  )
  let refused = 0
  for (let round = 0; round < 1_000; round += 1) {
    const who = strangers[round % strangers.length] ?? operator
    const act =
      round % 4 === 0
        ? calls['approval.withdraw']({ id: approval.id }, who.caller)
        : calls['approval.vote'](
            ballot(who, approval.id, approval.hash, round % 4 === 1 ? 'deny' : 'approve'),
            who.caller,
          )
    refused += await act.then(
      () => 0,
      (error: unknown) => (error instanceof KmipFault && error.code === 'NOT_PERMITTED' ? 1 : 0),
    )
  }
  expect(refused).toBe(1_000)
  const left = await calls['approval.show']({ id: approval.id })
  expect(left).toMatchObject({ votes: [], state: 'pending' })
})

test.each([olga, oskar, edda])('what $caller.name signs is checked without kmipd', async (who) => {
  const approval = await asked()
  const { votes } = await approve(who, approval)
  const [vote] = votes
  if (vote === undefined) throw new TypeError('there is no vote')
  const publicKey = createPublicKey({
    key: Buffer.from(vote.publicKey, 'base64'),
    format: 'der',
    type: 'spki',
  })
  const isRsa = publicKey.asymmetricKeyType === 'rsa'
  const padding = isRsa ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {}
  const isSigned = verify(
    publicKey.asymmetricKeyType === 'ed25519' ? null : 'sha256',
    Buffer.from(`kmipd approval 1: approve ${approval.hash}`),
    { key: publicKey, ...padding },
    Buffer.from(vote.signature, 'base64'),
  )
  expect(isSigned).toBe(true)
})
