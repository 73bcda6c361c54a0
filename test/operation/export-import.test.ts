import { beforeEach, describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { encodeXml } from '../../src/ttlv/xml.ts'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { attribute1, Bench, find, findAll, identifierOf, name1, name2, uid } from './harness.ts'
import { MISSING } from './refusal-case.ts'
import {
  KEK,
  KEY,
  NO_ENCODING,
  register,
  valueOf,
  wrapper,
  wrapping,
  WRAPPED,
} from './wrapping/sample.ts'

let bench: Bench

beforeEach(async () => {
  bench = await Bench.open()
})

const OWN = '11111111-2222-4333-8444-555555555555'
const SAID = `<CryptographicAlgorithm type="Enumeration" value="AES"/>
  <CryptographicLength type="Integer" value="128"/>`
const KEY_TEXT = `<SymmetricKey><KeyBlock><KeyFormatType type="Enumeration" value="Raw"/>
  <KeyValue><KeyMaterial type="ByteString" value="${KEY}"/></KeyValue>${SAID}
  </KeyBlock></SymmetricKey>`
const wrappedText = (kek: string): string => `<SymmetricKey><KeyBlock>
  <KeyFormatType type="Enumeration" value="Raw"/><KeyValue type="ByteString" value="${WRAPPED}"/>
  ${SAID}${wrapping({ encryption: [kek], rest: NO_ENCODING }, 'KeyWrappingData')}
  </KeyBlock></SymmetricKey>`
const REPLACE = '<ReplaceExisting type="Boolean" value="true"/>'
const NOT_WRAPPED = '<KeyWrapType type="Enumeration" value="NotWrapped"/>'

interface ImportText {
  readonly identifier?: string
  readonly rest?: string
  readonly attributes?: string
  readonly object?: string
}

interface ImportRefusal {
  readonly what: string
  readonly v1: readonly [reason: string, text: ImportText]
  readonly v2?: readonly [reason: string, text: ImportText]
}

const import1 = (text: ImportText = {}): string => {
  const { identifier = OWN, rest = '', attributes = '', object = KEY_TEXT } = text
  return uid(identifier) + rest + attributes + object
}
const import2 = (text: ImportText = {}): string => {
  const { identifier = OWN, rest = '', attributes = '', object = KEY_TEXT } = text
  return `${uid(identifier)}<ObjectType type="Enumeration" value="SymmetricKey"/>${rest}
    <Attributes>${attributes}</Attributes>${object}`
}

/** XML of the children of an answer's payload, for a request to send them back. */
function childrenText(payload: Item | undefined, tags: readonly { readonly number: number }[]) {
  const children = payload?.type === ItemType.Structure ? payload.value : []
  return children
    .filter(({ tag }) => tags.some(({ number }) => number === tag))
    .map(xmlOf)
    .join('')
}

async function attributesOf(identifier: string, as = 'alice') {
  const { payload } = await bench.ask('2.1', 'GetAttributes', uid(identifier), as)
  return find(payload, Tag.Attributes)
}

describe('Export (KMIP 1.4 section 4.40, KMIP 2.1 section 6.1.18)', () => {
  test.each(['1.4', '2.1'])('gives an object with all its attributes in %s', async (version) => {
    const key = await register(bench, KEY, {
      attributes: `${name2('exported')}<Comment type="TextString" value="a"/>`,
    })
    const answer = await bench.ask(version, 'Export', uid(key))
    expect(valueOf(answer)).toBe(KEY)
    expect(identifierOf(answer)).toBe(key)
    const all = await bench.ask(version, 'GetAttributes', uid(key))
    const holder = version === '2.1' ? Tag.Attributes : Tag.Attribute
    expect(findAll(answer.payload, holder)).toEqual(findAll(all.payload, holder))
  })

  test('leaves a fresh object fresh', async () => {
    const key = await register(bench, KEY)
    await bench.ask('2.1', 'Export', uid(key))
    expect(find(await attributesOf(key), Tag.Fresh)).toMatchObject({ value: true })
  })

  test('wraps as Get does', async () => {
    const kek = await wrapper(bench)
    const key = await register(bench, KEY)
    const text = wrapping({ encryption: [kek], rest: NO_ENCODING })
    expect(valueOf(await bench.ask('1.4', 'Export', uid(key) + text))).toBe(WRAPPED)
  })

  test('gives the attributes of a destroyed object and nothing else', async () => {
    const key = await register(bench, KEY)
    await bench.ask('2.1', 'Destroy', uid(key))
    const { payload, status } = await bench.ask('2.1', 'Export', uid(key))
    expect(status).toBe('Success')
    expect(find(payload, Tag.SymmetricKey)).toBeUndefined()
    expect(find(payload, Tag.DestroyDate)).toBeDefined()
  })

  test('sets the ID Placeholder', async () => {
    const key = await register(bench, KEY)
    const { items } = await bench.send('2.1', [
      { operation: 'Export', payload: uid(key) },
      { operation: 'GetAttributeList' },
    ])
    expect(items.map(({ status }) => status)).toEqual(['Success', 'Success'])
  })

  test.each([
    ['1.4', 'ItemNotFound'],
    ['2.1', 'ObjectNotFound'],
  ])('in %s knows no object of another client', async (version, reason) => {
    const key = await register(bench, KEY)
    for (const identifier of [key, MISSING]) {
      expect((await bench.ask(version, 'Export', uid(identifier), 'bob')).reason).toBe(reason)
    }
  })

  test.each(['1.4', '2.1'])('in %s gives nothing that must not leave', async (version) => {
    const sensitive = await register(bench, KEY, {
      attributes: '<Sensitive type="Boolean" value="true"/>',
    })
    const locked = await register(bench, KEY, {
      attributes: '<Extractable type="Boolean" value="false"/>',
    })
    for (const key of [sensitive, locked]) {
      const { reason, payload } = await bench.ask(version, 'Export', uid(key))
      expect([reason, payload]).toEqual(['PermissionDenied', undefined])
    }
  })
})

describe('Import (KMIP 1.4 section 4.41, KMIP 2.1 section 6.1.25)', () => {
  test.each([
    ['1.4', import1()],
    ['2.1', import2()],
  ])('in %s keeps an object under the identifier it comes with', async (version, payload) => {
    expect(identifierOf(await bench.ask(version, 'Import', payload))).toBe(OWN)
    expect(valueOf(await bench.ask(version, 'Get', uid(OWN)))).toBe(KEY)
  })

  test('takes what only a server sets as it is, and gives what is missing', async () => {
    const date = '2001-02-03T04:05:06Z'
    const attributes = `<State type="Enumeration" value="Compromised"/>
      <InitialDate type="DateTime" value="${date}"/><CompromiseDate type="DateTime" value="${date}"/>
      <Fresh type="Boolean" value="false"/><Sensitive type="Boolean" value="false"/>
      <NeverExtractable type="Boolean" value="false"/>
      <UsageLimits><UsageLimitsTotal type="LongInteger" value="9"/>
        <UsageLimitsCount type="LongInteger" value="4"/>
        <UsageLimitsUnit type="Enumeration" value="Object"/></UsageLimits>`
    await bench.ask('2.1', 'Import', import2({ attributes }))
    const kept = await attributesOf(OWN)
    expect(find(kept, Tag.State)).toMatchObject({ value: 4 })
    expect(find(kept, Tag.InitialDate)).toMatchObject({ value: 981_173_106n })
    expect(find(kept, Tag.Fresh)).toMatchObject({ value: false })
    expect(find(kept, Tag.UsageLimitsCount)).toMatchObject({ value: 4n })
    expect(find(kept, Tag.LeaseTime)).toBeDefined()
    expect(find(kept, Tag.Digest)).toBeDefined()
    expect(find(kept, Tag.CryptographicAlgorithm)).toMatchObject({ value: 3 })
  })

  test.each(['1.4', '2.1'])(
    'in %s gives back what Export has given, attribute by attribute',
    async (version) => {
      const key = await register(bench, KEY, {
        attributes: `${name2('moved')}<Comment type="TextString" value="a"/>
          <ActivationDate type="DateTime" value="2020-01-01T00:00:00Z"/>`,
      })
      const { payload } = await bench.ask(version, 'Export', uid(key))
      const holders = [Tag.Attribute, Tag.Attributes, Tag.SymmetricKey]
      const type = version === '2.1' ? '<ObjectType type="Enumeration" value="SymmetricKey"/>' : ''
      const back = uid(key) + type + childrenText(payload, holders)
      const before = await attributesOf(key)
      bench.now += 10
      expect((await bench.ask(version, 'Import', back)).status).toBe('OperationFailed')
      expect((await bench.ask(version, 'Import', back + REPLACE)).status).toBe('Success')
      const after = await attributesOf(key)
      expect(sorted(after)).toEqual(sorted(before))
      expect((await bench.ask(version, 'Import', back)).reason).toBe('ObjectAlreadyExists')
    },
  )

  test('replaces an object of its own where it is asked to, and gives up its names', async () => {
    await bench.ask('2.1', 'Import', import2({ attributes: name2('one') }))
    const again = { attributes: name2('two'), rest: REPLACE }
    expect((await bench.ask('2.1', 'Import', import2(again))).status).toBe('Success')
    const named = async (name: string) =>
      findAll(
        (await bench.ask('2.1', 'Locate', `<Attributes>${name2(name)}</Attributes>`)).payload,
        Tag.UniqueIdentifier,
      ).length
    expect([await named('one'), await named('two')]).toEqual([0, 1])
  })

  test('takes no object of another client away, and does not touch it', async () => {
    const foreign = await register(bench, 'ee'.repeat(16))
    const before = await bench.dump()
    for (const rest of ['', REPLACE]) {
      const text = import2({ identifier: foreign, rest })
      expect((await bench.ask('2.1', 'Import', text, 'bob')).status).toBe('Success')
    }
    expect(await bench.dump()).toEqual(expect.arrayContaining([...before]))
    expect(valueOf(await bench.ask('2.1', 'Get', uid(foreign), 'bob'))).toBe(KEY)
    expect(valueOf(await bench.ask('2.1', 'Get', uid(foreign)))).toBe('ee'.repeat(16))
  })

  test('unwraps where it is asked to, and otherwise keeps the object as provided', async () => {
    const kek = await wrapper(bench, undefined, { material: KEK })
    const object = wrappedText(kek)
    await bench.ask('1.4', 'Import', import1({ object, rest: NOT_WRAPPED }))
    expect(valueOf(await bench.ask('1.4', 'Get', uid(OWN)))).toBe(KEY)
    await bench.ask('1.4', 'Import', import1({ object, identifier: MISSING }))
    expect(valueOf(await bench.ask('1.4', 'Get', uid(MISSING)))).toBe(WRAPPED)
  })

  test('keeps the key that it has unwrapped beyond the message', async () => {
    const kek = await wrapper(bench)
    const object = wrappedText(kek)
    await bench.ask('2.1', 'Import', import2({ object, rest: NOT_WRAPPED }))
    for (let times = 0; times < 3; times += 1) {
      expect(valueOf(await bench.ask('2.1', 'Get', uid(OWN)))).toBe(KEY)
    }
  })

  test('is undone with its batch', async () => {
    const undo = '<BatchErrorContinuationOption type="Enumeration" value="Undo"/>'
    const before = await bench.dump()
    await bench.send(
      '2.1',
      [
        { operation: 'Import', payload: import2(), id: '01' },
        { operation: 'Get', payload: uid(MISSING), id: '02' },
      ],
      { header: undo },
    )
    expect(await bench.dump()).toEqual(before)
  })

  const REFUSALS: readonly ImportRefusal[] = [
    {
      what: 'an empty identifier',
      v1: ['InvalidField', { identifier: '' }],
      v2: ['InvalidField', { identifier: '' }],
    },
    {
      what: 'an endless identifier',
      v1: ['InvalidField', { identifier: 'a'.repeat(129) }],
      v2: ['InvalidField', { identifier: 'a'.repeat(129) }],
    },
    {
      what: 'no object',
      v1: ['InvalidMessage', { object: '' }],
      v2: ['InvalidMessage', { object: '' }],
    },
    {
      what: 'an identifier among the attributes that is another',
      v1: ['InvalidField', { attributes: attribute1('Unique Identifier', 'TextString', MISSING) }],
      v2: ['InvalidAttributeValue', { attributes: uid(MISSING) }],
    },
    {
      what: 'another algorithm than the key has',
      v1: [
        'InvalidField',
        { attributes: attribute1('Cryptographic Algorithm', 'Enumeration', 'DES') },
      ],
      v2: [
        'InvalidAttributeValue',
        { attributes: '<CryptographicAlgorithm type="Enumeration" value="DES"/>' },
      ],
    },
    {
      what: 'a state in which nothing is left of it',
      v1: ['InvalidField', { attributes: attribute1('State', 'Enumeration', 'Destroyed') }],
      v2: [
        'InvalidAttributeValue',
        { attributes: '<State type="Enumeration" value="Destroyed"/>' },
      ],
    },
    {
      what: 'a single attribute twice',
      v1: ['InvalidField', { attributes: attribute1('State', 'Enumeration', 'Active').repeat(2) }],
      v2: [
        'AttributeSingleValued',
        { attributes: '<State type="Enumeration" value="Active"/>'.repeat(2) },
      ],
    },
    {
      what: 'one index twice',
      v1: ['InvalidField', { attributes: attribute1('x-A', 'TextString', 'a', 1).repeat(2) }],
    },
    {
      what: 'an attribute of certificates',
      v1: ['InvalidField', { attributes: attribute1('Certificate Length', 'Integer', '7') }],
      v2: ['InvalidAttribute', { attributes: '<CertificateLength type="Integer" value="7"/>' }],
    },
    {
      what: 'the name of another object',
      v1: ['InvalidField', { attributes: name1('taken') }],
      v2: ['NonUniqueNameAttribute', { attributes: name2('taken') }],
    },
    {
      what: 'a wrapping key that is not there',
      v1: ['InvalidField', { object: wrappedText(MISSING), rest: NOT_WRAPPED }],
      v2: ['InvalidField', { object: wrappedText(MISSING), rest: NOT_WRAPPED }],
    },
    {
      what: 'a Key Wrap Type that is not known',
      v1: [
        'FeatureNotSupported',
        { object: wrappedText(MISSING), rest: NOT_WRAPPED.replace('NotWrapped', '0x80000001') },
      ],
      v2: [
        'InvalidField',
        { object: wrappedText(MISSING), rest: NOT_WRAPPED.replace('NotWrapped', '0x80000001') },
      ],
    },
  ]

  const CASES = REFUSALS.flatMap(({ what, v1, v2 }) => [
    { version: '1.4', what, reason: v1[0], payload: import1(v1[1]) },
    ...(v2 === undefined ? [] : [{ version: '2.0', what, reason: v2[0], payload: import2(v2[1]) }]),
  ])

  test.each(CASES)('in $version refuses $what', async ({ version, reason, payload }) => {
    await register(bench, KEY, { attributes: name2('taken') })
    const before = await bench.dump()
    expect((await bench.ask(version, 'Import', payload)).reason).toBe(reason)
    expect(await bench.dump()).toEqual(before)
  })

  test('of 2.x states the Object Type, and truly', async () => {
    const text = import2()
    const missing = text.replace(/<ObjectType[^>]*>/u, '')
    expect((await bench.ask('2.1', 'Import', missing)).reason).toBe('InvalidMessage')
    const wrong = text.replace('value="SymmetricKey"', 'value="SecretData"')
    expect((await bench.ask('2.1', 'Import', wrong)).reason).toBe('InvalidField')
  })
})

/** The attributes of an object in an order that does not depend on the one in which they were set. */
function sorted(attributes: Item | undefined): readonly string[] {
  const children = attributes?.type === ItemType.Structure ? attributes.value : []
  return children.map(xmlOf).sort()
}

function xmlOf(item: Item): string {
  return new TextDecoder().decode(encodeXml(item, vocabulary))
}
