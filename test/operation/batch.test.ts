import { beforeEach, describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { encode } from '../../src/ttlv/encode.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import {
  attribute1,
  Bench,
  createAes,
  find,
  findAll,
  identifierOf,
  identifiersOf,
  messageOf,
  name2,
  textOf,
  uid,
  type Answer,
  type BatchItemText,
} from './harness.ts'

const NEVER = 'ffffffff-0000-4000-8000-000000000000'
const option = (name: string): string =>
  `<BatchErrorContinuationOption type="Enumeration" value="${name}"/>`
const create = (name: string): BatchItemText => ({
  operation: 'Create',
  payload: createAes(name2(name)),
})
const FAILS: BatchItemText = { operation: 'Get', payload: uid(NEVER) }
const statuses = ({ items }: Answer) => items.map(({ status, reason }) => reason ?? status)

const numberOf = (item: Item | undefined) =>
  item?.type === ItemType.Integer ? item.value : undefined

/** The same message with the fields of its header the other way round. */
function withFieldsReversed(item: Item): Item {
  if (item.type !== ItemType.Structure) return item
  const turned = item.value.map((child) =>
    child.tag === Tag.RequestHeader.number && child.type === ItemType.Structure
      ? { ...child, value: child.value.toReversed() }
      : child,
  )
  return { ...item, value: turned }
}

let bench: Bench

beforeEach(async () => {
  bench = await Bench.open()
})

const located = async (filter: string) =>
  identifiersOf(await bench.ask('2.1', 'Locate', `<Attributes>${filter}</Attributes>`))

const QUERY: BatchItemText = {
  operation: 'Query',
  payload: '<QueryFunction type="Enumeration" value="QueryServerInformation"/>',
}

describe('a batch that fails in its middle', () => {
  const items = [create('a'), FAILS, create('b')]

  test.each([
    ['Stop by default', '', 'OperationCanceledByRequester'],
    ['Stop', option('Stop'), 'OperationCanceledByRequester'],
    ['Continue', option('Continue'), 'Success'],
  ])('%s: as many items come back as were sent', async (_name, header, last) => {
    const answer = await bench.send('2.1', items, { header })
    expect(statuses(answer)).toEqual(['Success', 'ObjectNotFound', last])
    expect(await located(name2('a'))).toHaveLength(1)
    expect(await located(name2('b'))).toHaveLength(last === 'Success' ? 1 : 0)
    expect(find(answer.item, Tag.BatchCount)?.value).toBe(3)
    expect(answer.items.map(({ operation }) => operation)).toEqual([1, 10, 1])
  })

  test('Undo: nothing is stored, and the names are free again', async () => {
    const before = await bench.dump()
    const answer = await bench.send('2.1', items, { header: option('Undo') })
    expect(answer.items.map(({ status }) => status)).toEqual([
      'OperationUndone',
      'OperationFailed',
      'OperationFailed',
    ])
    expect(answer.items.map(({ reason }) => reason)).toEqual([
      undefined,
      'ObjectNotFound',
      'OperationCanceledByRequester',
    ])
    expect(await bench.dump()).toEqual(before)
    expect((await bench.send('2.1', [create('a')])).items[0]?.status).toBe('Success')
  })

  test('Undo: a Get before the failure does not use the object up (1.4 section 3.34)', async () => {
    const key = await bench.createKey()
    const items = [{ operation: 'Get', payload: uid(key) }, FAILS]
    await bench.send('2.1', items, { header: option('Undo') })
    const fresh = await bench.ask(
      '2.1',
      'GetAttributes',
      `${uid(key)}<AttributeReference type="Enumeration" value="Fresh"/>`,
    )
    expect(find(fresh.payload, Tag.Fresh)?.value).toBe(true)
  })

  test('Undo: everything is stored when nothing fails', async () => {
    const answer = await bench.send('2.1', [create('a'), create('b')], { header: option('Undo') })
    expect(statuses(answer)).toEqual(['Success', 'Success'])
    expect(await located(name2('a'))).toHaveLength(1)
    expect(await located(name2('b'))).toHaveLength(1)
  })

  test('Undo: the same name twice is refused before anything is stored', async () => {
    const before = await bench.dump()
    const answer = await bench.send('2.1', [create('a'), create('a')], { header: option('Undo') })
    expect(answer.items[1]?.reason).toBe('NonUniqueNameAttribute')
    expect(await bench.dump()).toEqual(before)
  })
})

describe('the ID Placeholder (KMIP 1.4 section 4)', () => {
  const get: BatchItemText = { operation: 'GetAttributeList' }

  test('goes from Create to what comes behind it, and not beyond the message', async () => {
    const answer = await bench.send('1.4', [
      {
        operation: 'Create',
        payload: `<ObjectType type="Enumeration" value="SymmetricKey"/><TemplateAttribute>
          ${attribute1('Cryptographic Algorithm', 'Enumeration', 'AES')}</TemplateAttribute>`,
      },
      { operation: 'Activate' },
      get,
      { operation: 'Get', payload: uid('') },
    ])
    expect(statuses(answer)).toEqual(['Success', 'Success', 'Success', 'Success'])
    expect(new Set(answer.items.map(identifierOf)).size).toBe(1)
    expect((await bench.ask('1.4', 'GetAttributeList')).reason).toBe('ItemNotFound')
  })

  test.each([0, 1, 2])('after a Locate of %i objects', async (count) => {
    for (let made = 0; made < count; made += 1) {
      await bench.createKey('<ObjectGroup type="TextString" value="g"/>')
    }
    const group = '<Attributes><ObjectGroup type="TextString" value="g"/></Attributes>'
    const answer = await bench.send('2.1', [
      create('before'),
      { operation: 'Locate', payload: group },
      get,
    ])
    expect(answer.items[2]?.reason ?? 'Success').toBe(count === 1 ? 'Success' : 'ObjectNotFound')
  })

  test('is one of several names for what came before (KMIP 2.1 section 4.58)', async () => {
    const named = (value: string, type = 'Enumeration'): BatchItemText => ({
      operation: 'GetAttributeList',
      payload: `<UniqueIdentifier type="${type}" value="${value}"/>`,
    })
    const answer = await bench.send('2.1', [
      create('a'),
      create('b'),
      named('IDPlaceholder'),
      named('Create'),
      named('0', 'Integer'),
      named('-1', 'Integer'),
      named('Register'),
    ])
    const [a, b] = answer.items.map(({ payload }) => textOf(find(payload, Tag.UniqueIdentifier)))
    const found = answer.items
      .slice(2)
      .map(({ payload, reason }) => reason ?? textOf(find(payload, Tag.UniqueIdentifier)))
    // What the answers name counts, also where it was not made there: the last before -1 has named a.
    expect(found).toEqual([b, b, a, a, 'ObjectNotFound'])
  })
})

describe('a batch item', () => {
  test('has its Unique Batch Item ID back, byte for byte, or none', async () => {
    const ids = ['00', 'ff'.repeat(16), '', undefined]
    const answer = await bench.send(
      '1.4',
      ids.map((id) => ({ operation: 'Query', ...(id === undefined ? {} : { id }) })),
      { header: option('Continue') },
    )
    expect(answer.items.map(({ uniqueBatchItemID }) => uniqueBatchItemID)).toEqual(ids)
  })

  test('has it back on failures too, as its operation', async () => {
    const items = [
      { ...FAILS, id: '01' },
      { operation: '0x00000777', id: '02' },
      { operation: 'Activate', payload: '<UniqueIdentifier type="Integer" value="1"/>', id: '03' },
    ]
    const answer = await bench.send('1.4', items, { header: option('Continue') })
    expect(answer.items.map((item) => item.uniqueBatchItemID)).toEqual(['01', '02', '03'])
    expect(answer.items.map((item) => item.operation)).toEqual([10, 0x777, 18])
    expect(answer.items[1]?.reason).toBe('OperationNotSupported')
  })

  test('of another major version is not supported', async () => {
    expect((await bench.ask('1.4', 'SetAttribute')).reason).toBe('OperationNotSupported')
    expect((await bench.ask('1.0', 'DiscoverVersions')).status).toBe('Success')
  })

  test.each([
    ['1.4', true, 'FeatureNotSupported'],
    ['2.1', true, 'UnknownMessageExtension'],
    ['1.4', false, undefined],
    ['2.1', false, undefined],
  ])('KMIP %s with a message extension, critical %s: %s', async (version, critical, reason) => {
    const behind = `<MessageExtension><VendorIdentification type="TextString" value="v"/>
      <CriticalityIndicator type="Boolean" value="${critical}"/><VendorExtension/></MessageExtension>`
    const answer = await bench.send(version, [{ ...QUERY, behind }])
    expect(answer.items[0]?.reason).toBe(reason)
  })
})

describe('a header', () => {
  const query: readonly BatchItemText[] = [QUERY]

  test.each([0, 2, 3, 101])('with Batch Count %i for one item is refused', async (batchCount) => {
    const answer = await bench.send('1.4', query, { batchCount })
    expect(statuses(answer)).toEqual(['InvalidMessage'])
  })

  test.each([
    [100, 'Success'],
    [101, 'GeneralFailure'],
  ])('with %i batch items: %s', async (count, expected) => {
    const items = Array.from({ length: count }, (): BatchItemText => ({ operation: 'Query' }))
    const answer = await bench.send('1.4', items)
    expect(new Set(statuses(answer))).toEqual(new Set([expected]))
  })

  test.each([
    ['0.9', '1.0', 'InvalidMessage'],
    ['1.5', '1.4', undefined],
    ['2.2', '2.1', undefined],
    ['3.0', '2.1', 'UnsupportedProtocolVersion'],
    ['255.255', '2.1', 'UnsupportedProtocolVersion'],
    ['-1.0', '1.0', 'InvalidMessage'],
    ['1.-1', '2.1', 'UnsupportedProtocolVersion'],
  ])('of version %s is answered in %s', async (asked, spoken, reason) => {
    const answer = await bench.send(asked, query)
    const [major, minor] = [Tag.ProtocolVersionMajor, Tag.ProtocolVersionMinor].map((tag) =>
      String(numberOf(find(answer.header, tag))),
    )
    expect(`${major}.${minor}`).toBe(spoken)
    expect(answer.items[0]?.reason).toBe(reason)
  })

  test.each(['1.0', '1.1', '1.2', '1.3', '1.4', '2.0', '2.1'])(
    'with a Client Correlation Value in %s has a Server Correlation Value back in 1.4 alone',
    async (version) => {
      const header = '<ClientCorrelationValue type="TextString" value="me"/>'
      const withValue = await bench.send(version, query, { header })
      expect(find(withValue.item, Tag.ServerCorrelationValue) !== undefined).toBe(version === '1.4')
      expect(find(withValue.item, Tag.ClientCorrelationValue)).toBeUndefined()
      const without = await bench.send(version, query)
      expect(find(without.item, Tag.ServerCorrelationValue)).toBeUndefined()
    },
  )

  test.each([
    ['1.4', 'Boolean', 'false', undefined],
    ['1.4', 'Boolean', 'true', undefined],
    ['1.4', 'Enumeration', 'Mandatory', 'InvalidMessage'],
    ['2.1', 'Enumeration', 'Mandatory', 'FeatureNotSupported'],
    ['2.1', 'Enumeration', 'Optional', undefined],
    ['2.1', 'Enumeration', 'Prohibited', undefined],
    ['2.1', 'Boolean', 'true', 'InvalidMessage'],
  ])(
    'KMIP %s with an Asynchronous Indicator %s %s: %s',
    async (...[version, type, value, reason]) => {
      const header = `<AsynchronousIndicator type="${type}" value="${value}"/>`
      expect((await bench.send(version, query, { header })).items[0]?.reason).toBe(reason)
    },
  )

  test('with a password is taken: the certificate is what counts', async () => {
    const header = `<Authentication><Credential>
      <CredentialType type="Enumeration" value="UsernameAndPassword"/>
      <CredentialValue><Username type="TextString" value="u"/>
      <Password type="TextString" value="p"/></CredentialValue></Credential></Authentication>`
    expect((await bench.send('1.4', query, { header })).items[0]?.status).toBe('Success')
  })

  test('may have its fields in any order (1.4 section 11.1), but none twice', async () => {
    const item = messageOf('1.4', query, {
      header:
        '<MaximumResponseSize type="Integer" value="9999"/><TimeStamp type="DateTime" value="2001-01-01T00:00:00Z"/>',
    })
    const answer = await bench.sendItem(withFieldsReversed(item))
    expect(answer.items[0]?.status).toBe('Success')
    const twice = '<MaximumResponseSize type="Integer" value="9999"/>'.repeat(2)
    expect(statuses(await bench.send('1.4', query, { header: twice }))).toEqual(['InvalidMessage'])
  })

  test('that cannot be read at all is not answered', async () => {
    expect(await bench.sendBytes(new Uint8Array(8))).toBeUndefined()
    const cut = encode(messageOf('1.4', query, {})).subarray(0, -8)
    expect((await bench.sendBytes(cut))?.items[0]?.reason).toBe('InvalidMessage')
  })
})

describe('Maximum Response Size (KMIP 1.4 section 6.3)', () => {
  const size = (most: number) => ({
    header: `<MaximumResponseSize type="Integer" value="${most}"/>`,
  })

  test.each(['Get', 'GetAttributes', 'GetAttributeList', 'Query', 'Locate', 'DiscoverVersions'])(
    '%s: exactly its size is enough, a byte less is not',
    async (operation) => {
      const key = await bench.createKey()
      const queries = '<QueryFunction type="Enumeration" value="QueryOperations"/>'
      const payloads: Readonly<Record<string, string>> = {
        Query: queries,
        Locate: '',
        DiscoverVersions: '',
      }
      const item = { operation, payload: payloads[operation] ?? uid(key) }
      await bench.send('1.4', [item])
      const whole = await bench.send('1.4', [item])
      const exact = await bench.send('1.4', [item], size(whole.bytes.length))
      expect(exact.bytes).toEqual(whole.bytes)
      const less = await bench.send('1.4', [item], size(whole.bytes.length - 1))
      expect(statuses(less)).toEqual(['ResponseTooLarge'])
      expect(less.items[0]?.operation).toBe(whole.items[0]?.operation)
      expect(less.items[0]?.payload).toBeUndefined()
    },
  )

  test.each([0, 1, 8, 100])('of %i: the refusal comes all the same', async (most) => {
    const answer = await bench.send('1.4', [{ operation: 'Query' }, FAILS], size(most))
    expect(statuses(answer)).toEqual(['ResponseTooLarge', 'ItemNotFound'])
  })

  test('what is small still arrives beside what is too large', async () => {
    const answer = await bench.send('2.1', [create('a'), { operation: 'GetAttributes' }], size(500))
    expect(statuses(answer)).toEqual(['Success', 'ResponseTooLarge'])
    expect(findAll(answer.items[0]?.payload, Tag.UniqueIdentifier)).toHaveLength(1)
  })
})

test('64 clients that change one object at once all do so', async () => {
  const bench = await Bench.open()
  const id = await bench.createKey()
  const answers = await Promise.all(
    Array.from({ length: 64 }, async (_, at) =>
      bench.ask(
        '1.4',
        'AddAttribute',
        `<UniqueIdentifier type="TextString" value="${id}"/><Attribute>
          <AttributeName type="TextString" value="x-Racer${at}"/>
          <AttributeValue type="TextString" value="here"/></Attribute>`,
      ),
    ),
  )
  expect(answers.filter(({ status }) => status !== 'Success')).toEqual([])
})
