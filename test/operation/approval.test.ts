import { beforeEach, describe, expect, test } from 'vitest'
import type { Identity } from '../../src/model/identity.ts'
import { operationsOf } from '../../src/model/permission/operation-class.ts'
import { CompiledPolicy } from '../../src/model/permission/permission.ts'
import { EMPTY_POLICY } from '../../src/model/permission/policy.ts'
import { namePattern } from '../../src/model/permission/selector.ts'
import { PolicyInForce } from '../../src/server/policy-in-force.ts'
import { Tag } from '../../src/spec/tag.ts'
import { approveAll, named, Officers, Rules, settled, voteOf } from './approval.fixture.ts'
import { AES2, derivation2, hash, registerKey } from './derive-key.fixture.ts'
import {
  Bench,
  createAes,
  find,
  identifierOf,
  name2,
  uid,
  type AnswerItem,
  type BatchItemText,
} from './harness.ts'
import { mask2, QUICK2 } from './key-pair.fixture.ts'
import { registerText } from './wrapping/sample.ts'

const OPTIONAL = '<AsynchronousIndicator type="Enumeration" value="Optional"/>'
const MANDATORY = '<AsynchronousIndicator type="Enumeration" value="Mandatory"/>'
const PROHIBITED = '<AsynchronousIndicator type="Enumeration" value="Prohibited"/>'
const UNDO = '<BatchErrorContinuationOption type="Enumeration" value="Undo"/>'
const CONTINUE = '<BatchErrorContinuationOption type="Enumeration" value="Continue"/>'

/** XML of a Key Wrapping Specification. */
const wrappedBy = (kek: string): string => `<KeyWrappingSpecification>
  <WrappingMethod type="Enumeration" value="Encrypt"/><EncryptionKeyInformation>${uid(kek)}
  <CryptographicParameters><BlockCipherMode type="Enumeration" value="NISTKeyWrap"/>
  </CryptographicParameters></EncryptionKeyInformation></KeyWrappingSpecification>`

let bench: Bench
let rules: Rules
let officers: Officers
let clients: Map<string, Identity>

beforeEach(async () => {
  rules = new Rules().set('Destroy', { isAbout: named('master-') })
  officers = new Officers('olga', 'oskar', 'otto')
  clients = new Map(['alice', 'bob'].map((id) => [id, { id, name: id, role: 'client' }]))
  bench = await Bench.open({
    jobs: {},
    approvals: { rules, electorate: officers, clientOf: (id) => clients.get(id) },
  })
})

const create = async (name: string, as = 'alice') =>
  identifierOf(await bench.ask('2.1', 'Create', createAes(name2(name)), as))
const send = async (items: readonly BatchItemText[], header = OPTIONAL, as = 'alice') =>
  (await bench.send('2.1', items, { header }, as)).items
const destroy = (id: string): BatchItemText => ({ operation: 'Destroy', payload: uid(id) })
const submit = async (item: BatchItemText, header = OPTIONAL): Promise<AnswerItem> => {
  const [answer] = await send([item], header)
  await settled()
  if (answer === undefined) throw new TypeError('nothing was answered')
  return answer
}
const correlation = (value: string | undefined) =>
  `<AsynchronousCorrelationValue type="ByteString" value="${value ?? ''}"/>`
const poll = async ({ correlation: value }: AnswerItem, as = 'alice') =>
  bench.ask('2.1', 'Poll', correlation(value), as)
const isThere = async (id: string) => (await bench.ask('2.1', 'Get', uid(id))).status === 'Success'
/** An Import in the place of an object, under another name. */
const importOf = (id: string, name: string) => {
  const object = registerText('00112233445566778899aabbccddeeff', { attributes: name2(name) })
  return `${uid(id)}<ObjectType type="Enumeration" value="SymmetricKey"/>
    <ReplaceExisting type="Boolean" value="true"/>${object.slice(object.indexOf('<Attributes>'))}`
}
const only = () => {
  const [approval] = bench.book.list()
  if (approval === undefined) throw new TypeError('nothing was asked for')
  return approval
}

describe('a request that needs approval', () => {
  test('is pending, then done once enough officers have approved, and shown to Poll', async () => {
    const id = await create('master-1')
    const pending = await submit(destroy(id))
    expect(pending).toMatchObject({ status: 'OperationPending' })
    await approveAll(bench, 'olga')
    expect(await poll(pending), 'after one of two').toMatchObject({ status: 'OperationPending' })
    expect(await isThere(id)).toBe(true)
    await approveAll(bench, 'oskar')
    expect(await poll(pending)).toMatchObject({ status: 'Success', operation: 0x14 })
    expect(await isThere(id)).toBe(false)
    expect(only().ending).toBe('used')
  })

  test('is refused where the client takes no answer later, and nothing waits', async () => {
    const id = await create('master-1')
    for (const header of ['', PROHIBITED]) {
      const [answer] = await send([destroy(id)], header)
      expect(answer).toMatchObject({ reason: 'PermissionDenied' })
      expect(answer?.message).toMatch(/approval of 2 officers.*asynchronously/)
    }
    const old = await bench.ask('1.4', 'Destroy', uid(id))
    expect(old).toMatchObject({ status: 'OperationFailed', reason: 'PermissionDenied' })
    expect(bench.book.list()).toEqual([])
    expect(await isThere(id)).toBe(true)
  })

  test('is pending for clients of 1.x that set the Asynchronous Indicator', async () => {
    const id = await create('master-1')
    const header = '<AsynchronousIndicator type="Boolean" value="true"/>'
    const { items } = await bench.send('1.2', [destroy(id)], { header })
    expect(items[0]).toMatchObject({ status: 'OperationPending' })
    await settled()
    await approveAll(bench, 'olga', 'oskar')
    const done = await bench.ask('1.2', 'Poll', correlation(items[0]?.correlation))
    expect(done.status).toBe('Success')
  })

  test('is none where the object is not among those of the rule', async () => {
    const id = await create('other-1')
    expect((await send([destroy(id)]))[0]).toMatchObject({ status: 'Success' })
  })

  test('is shown as it is: object, name, state, and no key material', async () => {
    const id = await create('master-1&quot;&#10;&#x202e;')
    await submit(destroy(id))
    const { statement } = only()
    expect(statement).toMatchObject({ name: 'Destroy', kind: 'operation', approvers: 2 })
    expect(statement.requester).toEqual({ id: 'alice', name: 'alice' })
    expect(statement.shown).toContain(
      String.raw`object ${id}: SymmetricKey, PreActive, Name "master-1\"\n\u202e"`,
    )
    expect(statement.shown.every((line) => /^[ -~]*$/.test(line))).toBe(true)
  })

  test('keeps the rest of its batch behind it, the ID Placeholder included', async () => {
    const items = await send([
      { operation: 'Create', payload: createAes(name2('master-1')) },
      { operation: 'Destroy' },
      { operation: 'GetAttributes' },
    ])
    expect(items.map(({ status }) => status)).toEqual([
      'Success',
      'OperationPending',
      'OperationPending',
    ])
    await settled()
    await approveAll(bench, 'olga', 'otto')
    const [created, gone, state] = items
    if (created === undefined || gone === undefined || state === undefined) throw new TypeError()
    expect(identifierOf(await poll(gone))).toBe(identifierOf(created))
    const polled = await poll(state)
    expect(polled.status).toBe('Success')
    expect(find(polled.payload, Tag.State)).toMatchObject({ value: 5 })
  })

  test('that is denied is told of to the end in the audit', async () => {
    const id = await create('master-1')
    const pending = await submit(destroy(id))
    bench.audit.lines.length = 0
    const { statement } = only()
    await bench.book.vote(statement.id, voteOf('olga', bench.now, { verdict: 'deny' }))
    await settled()
    expect((await poll(pending)).reason).toBe('PermissionDenied')
    expect(bench.audit.entries).toMatchObject([
      { operation: 'Destroy', result: 'failed', reason: 'PermissionDenied' },
      { operation: 'Poll' },
    ])
  })

  test.each([
    ['canceled under Stop', '', 'OperationCanceledByRequester'],
    ['done under Continue', CONTINUE, undefined],
  ])('that is denied has what is behind it %s', async (_, option, reason) => {
    const id = await create('master-1')
    const items = await send([destroy(id), { operation: 'Ping' }], OPTIONAL + option)
    await settled()
    await bench.book.vote(only().statement.id, voteOf('olga', bench.now, { verdict: 'deny' }))
    await settled()
    const [denied, behind] = items
    if (denied === undefined || behind === undefined) throw new TypeError()
    expect(await poll(denied)).toMatchObject({
      reason: 'PermissionDenied',
      message: 'An officer has denied the request',
    })
    expect((await poll(behind)).reason).toBe(reason)
    expect(await isThere(id)).toBe(true)
  })

  test.each([
    ['optional', OPTIONAL],
    ['mandatory', MANDATORY],
  ])('is refused in a batch with Undo, which is undone (%s)', async (name, header) => {
    const id = await create('master-1')
    const other = await create('other-1')
    const items = await send([destroy(other), destroy(id)], header + UNDO)
    await settled()
    const answers =
      name === 'optional' ? items : await Promise.all(items.map(async (item) => poll(item)))
    expect(answers[1]).toMatchObject({ reason: 'PermissionDenied' })
    expect(answers[1]?.message).toMatch(/Undo/)
    expect(await isThere(other)).toBe(true)
    expect(bench.book.list()).toEqual([])
  })

  test('that is mandatorily asynchronous waits as well', async () => {
    const id = await create('master-1')
    const pending = await submit(destroy(id), MANDATORY)
    expect(await poll(pending)).toMatchObject({ status: 'OperationPending' })
    await approveAll(bench, 'olga', 'oskar')
    expect(await poll(pending)).toMatchObject({ status: 'Success' })
  })

  test('takes no place of those that work, however long it waits', async () => {
    bench = await Bench.open({
      jobs: { atOnce: 1 },
      approvals: { rules, electorate: officers, clientOf: (id) => clients.get(id) },
    })
    const id = await create('master-1')
    await submit(destroy(id))
    const other = await submit({ operation: 'Ping' }, MANDATORY)
    expect(await poll(other)).toMatchObject({ status: 'Success' })
  })

  test('is not hastened by Process, which does not wait for it either', async () => {
    const id = await create('master-1')
    const pending = await submit(destroy(id))
    const answer = await bench.ask('2.1', 'Process', correlation(pending.correlation))
    expect(answer).toMatchObject({ reason: 'PermissionDenied' })
    expect(await isThere(id)).toBe(true)
  })
})

describe('an approval', () => {
  test('counts for one request alone, even for another one of the same words', async () => {
    const id = await create('master-1')
    const first = await submit(destroy(id))
    await approveAll(bench, 'olga', 'oskar')
    expect(await poll(first)).toMatchObject({ status: 'Success' })
    const again = await submit(destroy(id))
    expect(again).toMatchObject({ status: 'OperationPending' })
    expect(bench.book.list()).toHaveLength(2)
  })

  test('is withdrawn by Cancel, and what was approved before is not done after', async () => {
    const id = await create('master-1')
    const pending = await submit(destroy(id))
    await approveAll(bench, 'olga')
    const canceled = await bench.ask('2.1', 'Cancel', correlation(pending.correlation))
    expect(find(canceled.payload, Tag.CancellationResult)).toMatchObject({ value: 1 })
    await settled()
    expect(only().ending).toBe('withdrawn')
    const late = bench.book.vote(only().statement.id, voteOf('oskar', bench.now))
    await expect(late).rejects.toMatchObject({ code: 'WRONG_STATE' })
    expect(await poll(pending)).toMatchObject({ reason: 'OperationCanceledByRequester' })
    expect(await isThere(id)).toBe(true)
  })

  test('does nothing any more once its time is over', async () => {
    const id = await create('master-1')
    const pending = await submit(destroy(id))
    await approveAll(bench, 'olga')
    bench.now += 900
    const late = bench.book.vote(only().statement.id, voteOf('oskar', bench.now))
    await expect(late).rejects.toMatchObject({ code: 'WRONG_STATE' })
    await bench.book.sweep()
    await settled()
    expect(await poll(pending)).toMatchObject({
      reason: 'PermissionDenied',
      message: 'The request was not approved in time',
    })
    expect(await isThere(id)).toBe(true)
  })

  test('is nothing where the object was replaced since', async () => {
    const id = await create('master-1')
    const pending = await submit(destroy(id))
    await approveAll(bench, 'olga')
    await bench.ask(
      '2.1',
      'ModifyAttribute',
      `${uid(id)}<NewAttribute>${name2('master-2')}</NewAttribute>`,
    )
    await approveAll(bench, 'oskar')
    expect(await poll(pending)).toMatchObject({
      reason: 'PermissionDenied',
      message: 'The object is not the one that was approved',
    })
    expect(await isThere(id)).toBe(true)
  })

  test('is not enough where the policy asks for more by now', async () => {
    const id = await create('master-1')
    const pending = await submit(destroy(id))
    rules.set('Destroy', { isAbout: named('master-'), approvers: 3 })
    await approveAll(bench, 'olga', 'oskar')
    expect(await poll(pending)).toMatchObject({ reason: 'PermissionDenied' })
    expect(await isThere(id)).toBe(true)
  })

  test('is nothing where the client may not ask any more', async () => {
    const id = await create('master-1')
    const pending = await submit(destroy(id))
    clients.set('alice', { id: 'alice', name: 'alice', role: 'nobody' })
    await approveAll(bench, 'olga', 'oskar')
    expect(await poll(pending)).toMatchObject({ reason: 'PermissionDenied' })
    clients.delete('alice')
    const second = await submit(destroy(id))
    await approveAll(bench, 'olga', 'oskar')
    expect(await poll(second)).toMatchObject({ reason: 'PermissionDenied' })
    expect(await isThere(id)).toBe(true)
  })

  test('is limited in number, by client', async () => {
    bench = await Bench.open({
      jobs: {},
      approvals: { rules, electorate: officers, limits: { perClient: 2, pending: 3 } },
    })
    const ids = [await create('master-1'), await create('master-2'), await create('master-3')]
    const statuses: unknown[] = []
    for (const id of ids) statuses.push((await submit(destroy(id))).reason)
    expect(statuses).toEqual([undefined, undefined, 'ServerLimitExceeded'])
  })
})

describe('what is subject to approval', () => {
  test('an operation by itself, before it is begun', async () => {
    rules.set('Create', { approvers: 1 })
    const pending = await submit({ operation: 'Create', payload: createAes() })
    expect(pending.status).toBe('OperationPending')
    await approveAll(bench, 'otto')
    expect(await poll(pending)).toMatchObject({ status: 'Success' })
  })

  test('a new object, as it will be', async () => {
    rules.set('Create', { isAbout: named('master-') })
    const [free] = await send([{ operation: 'Create', payload: createAes(name2('other')) }])
    expect(free?.status).toBe('Success')
    const pending = await submit({ operation: 'Create', payload: createAes(name2('master-9')) })
    expect(pending.status).toBe('OperationPending')
    await approveAll(bench, 'olga', 'otto')
    expect(await poll(pending)).toMatchObject({ status: 'Success' })
  })

  test('a change that makes an object one of them', async () => {
    rules.set('AddAttribute', { isAbout: named('master-') })
    const id = await create('other')
    const payload = `${uid(id)}<NewAttribute>${name2('master-9')}</NewAttribute>`
    const pending = await submit({ operation: 'AddAttribute', payload })
    expect(pending.status).toBe('OperationPending')
    await approveAll(bench, 'olga', 'otto')
    expect(await poll(pending)).toMatchObject({ status: 'Success' })
  })

  test('an object that is replaced by another of its kind', async () => {
    rules.set('ReKey', { isAbout: named('master-') })
    rules.set('Import', { isAbout: named('master-') })
    const id = await create('master-1')
    const newer = await submit({ operation: 'ReKey', payload: uid(id) })
    expect(newer.status).toBe('OperationPending')
    await approveAll(bench, 'olga', 'otto')
    expect(await poll(newer)).toMatchObject({ status: 'Success' })
    const payload = importOf(await create('master-2'), 'master-3')
    const pending = await submit({ operation: 'Import', payload })
    expect(pending.status).toBe('OperationPending')
    await approveAll(bench, 'olga', 'otto')
    expect(await poll(pending)).toMatchObject({ status: 'Success' })
  })

  test('new objects beside those that were there, under the Names of the request', async () => {
    rules.set('DeriveKey', { isAbout: () => true })
    const material = '00112233445566778899aabbccddeeff'
    const base = await registerKey(bench, { material })
    const derivation = (name: string) =>
      derivation2({
        from: [base],
        method: 'HASH',
        cryptographic: hash('SHA_256'),
        attributes: AES2 + mask2('Encrypt') + (name === '' ? '' : name2(name)),
      })
    for (const name of ['master-2', '']) {
      const pending = await submit({ operation: 'DeriveKey', payload: derivation(name) })
      expect(pending.status).toBe('OperationPending')
      await approveAll(bench, 'olga', 'otto')
      expect(await poll(pending), name).toMatchObject({ status: 'Success' })
    }
    rules.set('CreateKeyPair', { isAbout: () => true })
    const pair = await submit({ operation: 'CreateKeyPair', payload: QUICK2 })
    await approveAll(bench, 'olga', 'otto')
    expect(await poll(pair)).toMatchObject({ status: 'Success' })
  })

  test('keys as they are, and not what is wrapped', async () => {
    rules.set('Get', { plaintext: true, isAbout: named('master-') })
    const id = await create('master-1')
    const kek = identifierOf(
      await bench.ask(
        '2.1',
        'Create',
        createAes(name2('kek')).replace('Encrypt Decrypt', 'WrapKey UnwrapKey'),
      ),
    )
    await bench.ask('2.1', 'Activate', uid(kek))
    const [wrapped] = await send([{ operation: 'Get', payload: uid(id) + wrappedBy(kek) }])
    expect(wrapped).toMatchObject({ status: 'Success' })
    const pending = await submit({ operation: 'Get', payload: uid(id) })
    expect(pending.status).toBe('OperationPending')
    await approveAll(bench, 'olga', 'otto')
    const answer = await poll(pending)
    expect(find(answer.payload, Tag.KeyMaterial)).toBeDefined()
  })

  test('nothing that Import does not replace', async () => {
    rules.set('Import', { isAbout: named('master-') })
    const id = await create('master-1')
    const key = `<SymmetricKey><KeyBlock><KeyFormatType type="Enumeration" value="Raw"/><KeyValue>
      <KeyMaterial type="ByteString" value="${'00'.repeat(16)}"/></KeyValue>
      <CryptographicAlgorithm type="Enumeration" value="AES"/>
      <CryptographicLength type="Integer" value="128"/></KeyBlock></SymmetricKey>`
    const type = '<ObjectType type="Enumeration" value="SymmetricKey"/>'
    const text = (rest: string) => `${uid(id)}${type}${rest}<Attributes/>${key}`
    const [taken] = await send([{ operation: 'Import', payload: text('') }])
    expect(taken).toMatchObject({ status: 'OperationFailed', reason: 'ObjectAlreadyExists' })
    const replace = '<ReplaceExisting type="Boolean" value="true"/>'
    const pending = await submit({ operation: 'Import', payload: text(replace) })
    expect(pending.status).toBe('OperationPending')
  })
})

describe('a key that wraps, which its client may use for nothing else', () => {
  const kekIsNotRead = new PolicyInForce(
    new CompiledPolicy(
      EMPTY_POLICY,
      new Map([
        [
          'client',
          {
            isOfficer: false,
            allow: [{ operations: new Set(operationsOf('all')) }],
            deny: [
              { operations: new Set(['Get'] as const), objects: { names: [namePattern('kek-*')] } },
            ],
          },
        ],
      ]),
    ),
  )

  test('is among what officers are shown and what they approve', async () => {
    bench = await Bench.open({
      ...{ jobs: {}, permissions: kekIsNotRead },
      approvals: { rules, electorate: officers, clientOf: (id) => clients.get(id) },
    })
    rules.set('Get', { isAbout: named('master-') }).set('Encrypt', { isAbout: named('kek-') })
    const id = await create('master-1')
    const wraps = createAes(name2('kek-1')).replace('Encrypt Decrypt', 'WrapKey')
    const kek = identifierOf(await bench.ask('2.1', 'Create', wraps))
    await bench.ask('2.1', 'Activate', uid(kek))
    const pending = await submit({ operation: 'Get', payload: uid(id) + wrappedBy(kek) })
    expect(pending.status).toBe('OperationPending')
    expect(only().statement.shown.some((line) => line.includes(kek))).toBe(true)
    await approveAll(bench, 'olga', 'otto')
    expect(await poll(pending)).toMatchObject({ status: 'Success' })
  })
})

describe('what a client asked for that is gone', () => {
  test('needs no officer any more, and what others asked for does', async () => {
    const ids = [await create('master-1'), await create('master-2', 'bob')]
    const pending = await submit(destroy(ids[0] ?? ''))
    await send([destroy(ids[1] ?? '')], OPTIONAL, 'bob')
    await settled()
    await bench.book.sweep((id) => id === 'alice')
    expect(bench.book.list().map(({ ending }) => ending)).toEqual(['refused', undefined])
    await settled()
    expect(await poll(pending)).toMatchObject({ reason: 'PermissionDenied' })
    expect(await isThere(ids[0] ?? '')).toBe(true)
  })
})
