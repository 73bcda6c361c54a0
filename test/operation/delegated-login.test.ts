import { beforeEach, describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { Bench, createAes, find, identifiersOf, uid } from './harness.ts'
import {
  askWithTicket,
  groups,
  interval,
  objects,
  operations,
  right,
  rights,
  ticketCredential,
  ticketOf,
  usage,
} from './ticket.fixture.ts'

const MANDATORY = '<AsynchronousIndicator type="Enumeration" value="Mandatory"/>'
const MISSING = 'ffffffff-0000-4000-8000-000000000000'

let bench: Bench

beforeEach(async () => {
  bench = await Bench.open({ jobs: {} })
})

const delegate = async (payload: string, extra = '') =>
  ticketOf(await bench.ask('2.1', 'DelegatedLogin', extra + rights(payload)))
const askWith = async (ticket: string, operation: string, payload = '') =>
  askWithTicket(bench, ticket, { operation, payload })

describe('Delegated Login (2.1 sections 6.1.12, 7.34)', () => {
  let keys: readonly [string, string]

  beforeEach(async () => {
    const group = '<ObjectGroup type="TextString" value="red"/>'
    keys = [await bench.createKey(group), await bench.createKey()]
  })
  const reasonOf = async (ticket: string, operation: string, payload = '') =>
    (await askWith(ticket, operation, payload)).reason

  test('permits all where a right restricts nothing, and nothing where there is none', async () => {
    const [all, none] = [await delegate(right('')), await delegate('')]
    expect(await reasonOf(all, 'Get', uid(keys[0]))).toBeUndefined()
    expect(await reasonOf(none, 'Get', uid(keys[0]))).toBe('PermissionDenied')
    expect(await reasonOf(await delegate(right(operations())), 'Ping')).toBe('PermissionDenied')
  })

  test('permits the operations of its rights, to every batch item', async () => {
    const ticket = await delegate(right(operations('Get')) + right(operations('Locate')))
    expect(await reasonOf(ticket, 'Get', uid(keys[0]))).toBeUndefined()
    expect(await reasonOf(ticket, 'Locate')).toBeUndefined()
    const stored = await bench.dump()
    const { items } = await bench.send(
      '2.1',
      [
        { operation: 'Get', id: '01', payload: uid(keys[0]) },
        { operation: 'Destroy', id: '02', payload: uid(keys[0]) },
      ],
      { header: ticketCredential(ticket) },
    )
    expect(items.map(({ reason }) => reason)).toEqual([undefined, 'PermissionDenied'])
    expect(await bench.dump()).toEqual(stored)
  })

  test('permits the objects of its rights, and tells nothing of others', async () => {
    const ticket = await delegate(right(objects(keys[0])))
    expect(await reasonOf(ticket, 'GetAttributes', uid(keys[0]))).toBeUndefined()
    expect(await reasonOf(ticket, 'GetAttributes', uid(keys[1]))).toBe('PermissionDenied')
    expect(await reasonOf(ticket, 'GetAttributes', uid(MISSING))).toBe('PermissionDenied')
    expect(identifiersOf(await askWith(ticket, 'Locate'))).toEqual([keys[0]])
    expect(await reasonOf(ticket, 'Create', createAes())).toBe('PermissionDenied')
    expect(await reasonOf(ticket, 'Ping'), 'without an object').toBeUndefined()
  })

  test('permits an object that is gone to be missed', async () => {
    const ticket = await delegate(right(objects(MISSING)))
    expect(await reasonOf(ticket, 'Get', uid(MISSING))).toBe('ObjectNotFound')
  })

  test('permits the Object Groups of its rights, for new objects too', async () => {
    const ticket = await delegate(right(groups('red')))
    expect(await reasonOf(ticket, 'Get', uid(keys[0]))).toBeUndefined()
    expect(await reasonOf(ticket, 'Get', uid(keys[1]))).toBe('PermissionDenied')
    expect(await reasonOf(ticket, 'Get', uid(MISSING))).toBe('PermissionDenied')
    const red = '<ObjectGroup type="TextString" value="red"/>'
    const made = await askWith(ticket, 'Create', createAes(red))
    expect(identifiersOf(await askWith(ticket, 'Locate'))).toEqual([
      ...identifiersOf(made),
      keys[0],
    ])
    expect(await reasonOf(ticket, 'Create', createAes())).toBe('PermissionDenied')
    const reference = '<AttributeReference type="Enumeration" value="ObjectGroup"/>'
    const stored = await bench.dump()
    expect(await reasonOf(ticket, 'DeleteAttribute', uid(keys[0]) + reference)).toBe(
      'PermissionDenied',
    )
    expect(await bench.dump()).toEqual(stored)
  })

  test('lets nobody replace an object that is not permitted by one that is', async () => {
    const ticket = await delegate(right(groups('red')))
    const bring = (key: string) => `${uid(key)}<ObjectType type="Enumeration" value="SymmetricKey"/>
      <ReplaceExisting type="Boolean" value="true"/><Attributes>
      <CryptographicUsageMask type="Integer" value="Encrypt Decrypt"/>
      <ObjectGroup type="TextString" value="red"/></Attributes>
      <SymmetricKey><KeyBlock><KeyFormatType type="Enumeration" value="Raw"/><KeyValue>
      <KeyMaterial type="ByteString" value="${'00'.repeat(16)}"/></KeyValue>
      <CryptographicAlgorithm type="Enumeration" value="AES"/>
      <CryptographicLength type="Integer" value="128"/></KeyBlock></SymmetricKey>`
    const stored = await bench.dump()
    expect(await reasonOf(ticket, 'Import', bring(keys[1]))).toBe('PermissionDenied')
    expect(await bench.dump()).toEqual(stored)
    expect(await reasonOf(ticket, 'Import', bring(keys[0]))).toBeUndefined()
  })

  test('lets nobody lay down rules for all new objects who has a right for some', async () => {
    const ticket = await delegate(right(objects(keys[0])) + right(groups('red')))
    const stored = await bench.dump()
    expect(await reasonOf(ticket, 'SetDefaults')).toBe('PermissionDenied')
    expect(await bench.dump()).toEqual(stored)
    const other = await delegate(right(objects(keys[0])) + right(operations('SetDefaults')))
    expect(await reasonOf(other, 'SetDefaults')).toBeUndefined()
  })

  test('never adds up two rights for one operation', async () => {
    const ticket = await delegate(
      right(operations('Get') + objects(keys[0])) + right(operations('Destroy') + objects(keys[1])),
    )
    expect(await reasonOf(ticket, 'Get', uid(keys[1]))).toBe('PermissionDenied')
    expect(await reasonOf(ticket, 'Destroy', uid(keys[0]))).toBe('PermissionDenied')
    expect(await reasonOf(ticket, 'Get', uid(keys[0]))).toBeUndefined()
    expect(await reasonOf(ticket, 'Destroy', uid(keys[1]))).toBeUndefined()
  })

  test('counts by the Usage Limits of the right that permits', async () => {
    const ticket = await delegate(
      right(objects(keys[0]) + usage(1, 'Object')) + right(objects(keys[1]) + usage(2, 'Object')),
    )
    const get = async (at: 0 | 1) => reasonOf(ticket, 'Get', uid(keys[at]))
    expect([await get(0), await get(0)]).toEqual([undefined, 'PermissionDenied'])
    expect([await get(1), await get(1), await get(1)]).toEqual([
      undefined,
      undefined,
      'UsageLimitExceeded',
    ])
  })

  test('uses a right without Usage Limits before one with them', async () => {
    const ticket = await delegate(right(usage(1, 'Object')) + right(operations('Ping')))
    for (let time = 0; time < 3; time += 1) expect(await reasonOf(ticket, 'Ping')).toBeUndefined()
    expect(await reasonOf(ticket, 'DiscoverVersions')).toBeUndefined()
    expect(await reasonOf(ticket, 'DiscoverVersions')).toBe('UsageLimitExceeded')
  })

  test('shares the last of its Usage Limits with nobody', async () => {
    const ticket = await delegate(right(usage(3, 'Object')))
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () => reasonOf(ticket, 'Create', createAes())),
    )
    expect(answers.filter((reason) => reason === undefined)).toHaveLength(3)
    expect(identifiersOf(await bench.ask('2.1', 'Locate'))).toHaveLength(5)
  })

  test('narrows what a ticket permits that it was asked for with, its lease and its counts', async () => {
    const parent = await delegate(
      right(operations('Get', 'Login', 'DelegatedLogin')),
      interval(60) + '<RequestCount type="Integer" value="6"/>',
    )
    const child = ticketOf(await askWith(parent, 'Login'))
    const narrow = ticketOf(
      await askWith(parent, 'DelegatedLogin', rights(right(operations('Get', 'Destroy')))),
    )
    expect(await reasonOf(child, 'Get', uid(keys[0]))).toBeUndefined()
    expect(await reasonOf(child, 'Destroy', uid(keys[0]))).toBe('PermissionDenied')
    expect(await reasonOf(narrow, 'Destroy', uid(keys[0]))).toBe('PermissionDenied')
    expect(await reasonOf(narrow, 'Get', uid(keys[0]))).toBeUndefined()
    expect(await reasonOf(child, 'Get', uid(keys[0])), 'the seventh').toBe('UsageLimitExceeded')
    bench.now += 60
    expect(await reasonOf(child, 'Get', uid(keys[0]))).toBe('InvalidTicket')
  })

  test('narrows what is done later, and what is told of it', async () => {
    const ticket = await delegate(
      right(
        operations('Get', 'Create', 'Poll', 'Cancel', 'Process', 'QueryAsynchronousRequests') +
          objects(keys[0]),
      ),
    )
    const header = MANDATORY + ticketCredential(ticket)
    const submit = async (payload: string, head: string) =>
      (await bench.send('2.1', [{ operation: 'Get', payload }], { header: head })).items[0]
        ?.correlation
    const mine = await submit(uid(keys[1]), header)
    const other = await submit(uid(keys[1]), MANDATORY)
    await new Promise((resolve) => setTimeout(resolve, 5))
    const value = (correlation: string | undefined) =>
      `<AsynchronousCorrelationValue type="ByteString" value="${correlation}"/>`
    const told = await askWith(ticket, 'QueryAsynchronousRequests')
    expect(find(told.payload, Tag.AsynchronousCorrelationValue)).toMatchObject({
      value: Uint8Array.from(Buffer.from(mine ?? '', 'hex')),
    })
    for (const operation of ['Poll', 'Process']) {
      expect(await reasonOf(ticket, operation, value(other))).toBe(
        'InvalidAsynchronousCorrelationValue',
      )
    }
    expect(await reasonOf(ticket, 'Poll', value(mine))).toBe('PermissionDenied')
    expect((await bench.ask('2.1', 'Poll', value(other))).status).toBe('Success')
  })

  test('takes the objects of the batch before it', async () => {
    const { items } = await bench.send('2.1', [
      { operation: 'Create', id: '01', payload: createAes() },
      {
        operation: 'DelegatedLogin',
        id: '02',
        payload: rights(
          right('<Objects><UniqueIdentifier type="Enumeration" value="IDPlaceholder"/></Objects>'),
        ),
      },
    ])
    const [made, delegated] = items
    if (made === undefined || delegated === undefined) throw new TypeError('two items are missing')
    const ticket = ticketOf(delegated)
    expect(await reasonOf(ticket, 'Get', uid(identifiersOf(made)[0] ?? ''))).toBeUndefined()
    expect(await reasonOf(ticket, 'Get', uid(keys[0]))).toBe('PermissionDenied')
  })

  test.each([
    ['', 'InvalidMessage'],
    [rights(right(operations('0x00000099'))), 'UnknownEnumeration'],
    [
      rights(
        right('<Objects><UniqueIdentifier type="Enumeration" value="IDPlaceholder"/></Objects>'),
      ),
      'ObjectNotFound',
    ],
    [rights(right(usage(-1, 'Byte'))), 'InvalidField'],
    [rights(right('').repeat(101)), 'ServerLimitExceeded'],
    [rights(right(groups(...Array<string>(1_001).fill('g')))), 'ServerLimitExceeded'],
    [rights('') + interval(0), 'InvalidField'],
  ])('is refused (%#)', async (payload, reason) => {
    expect((await bench.ask('2.1', 'DelegatedLogin', payload)).reason).toBe(reason)
  })
})
