import { generateKeyPairSync } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import {
  attribute1,
  Bench,
  createAes,
  find,
  findAll,
  identifierOf,
  identifiersOf,
  name2,
  textOf,
  uid,
} from './harness.ts'
import { MISSING } from './refusal-case.ts'
import { KEY, mode, NO_ENCODING, register, WRAPPED, wrapper, wrapping } from './wrapping/sample.ts'

const SECRET = '00010203040506070809'
const METHODS = ['XOR', 'PolynomialSharingGF2_8', 'PolynomialSharingGF2_16'] as const

interface Wanted {
  readonly key?: string
  readonly parts?: number
  readonly threshold?: number
  readonly method?: string
  readonly attributes?: string
  readonly type?: string
  readonly more?: string
}

/** The payload of Create Split Key, in KMIP 2.x. */
const splitting = (wanted: Wanted): string => {
  const { key, parts = 3, threshold = 3, method = 'XOR', attributes = '', type, more = '' } = wanted
  return `<ObjectType type="Enumeration" value="${type ?? 'SplitKey'}"/>${key === undefined ? '' : uid(key)}
    <SplitKeyParts type="Integer" value="${parts}"/>
    <SplitKeyThreshold type="Integer" value="${threshold}"/>
    <SplitKeyMethod type="Enumeration" value="${method}"/>${more}
    <Attributes>${attributes}</Attributes>`
}
const joining = (parts: readonly string[], type = 'SymmetricKey', more = ''): string =>
  `<ObjectType type="Enumeration" value="${type}"/>${parts.map(uid).join('')}${more}`

let bench: Bench

beforeEach(async () => {
  bench = await Bench.open()
})

const split = async (wanted: Wanted) =>
  identifiersOf(await bench.ask('2.1', 'CreateSplitKey', splitting(wanted)))
const attributesOf = async (key: string) =>
  (await bench.ask('2.1', 'GetAttributes', uid(key))).payload
const hex = (item: Item | undefined) =>
  item?.type === ItemType.ByteString ? Buffer.from(item.value).toString('hex') : undefined
const materialOf = async (key: string) =>
  hex(find((await bench.ask('2.1', 'Get', uid(key))).payload, Tag.KeyMaterial))
const registerSecret = async (material = SECRET, attributes = '') =>
  identifierOf(
    await bench.ask(
      '2.1',
      'Register',
      `<ObjectType type="Enumeration" value="SecretData"/><Attributes>
        <CryptographicUsageMask type="Integer" value="DeriveKey"/>${attributes}</Attributes>
        <SecretData><SecretDataType type="Enumeration" value="Password"/><KeyBlock>
        <KeyFormatType type="Enumeration" value="Opaque"/><KeyValue>
        <KeyMaterial type="ByteString" value="${material}"/></KeyValue></KeyBlock></SecretData>`,
    ),
  )

describe('a key that is split and joined again', () => {
  test.each(METHODS)('is the same, by %s (1.4 sections 4.38, 4.39)', async (method) => {
    const key = await bench.createKey()
    const threshold = method === 'XOR' ? 4 : 2
    const parts = await split({ key, parts: 4, threshold, method })
    expect(parts).toHaveLength(4)
    const some = method === 'XOR' ? parts : [parts[3] ?? '', parts[1] ?? '']
    const joined = identifierOf(await bench.ask('2.1', 'JoinSplitKey', joining(some)))
    expect(await materialOf(joined)).toBe(await materialOf(key))
    expect(find(await attributesOf(joined), Tag.CryptographicAlgorithm)).toMatchObject({ value: 3 })
  })

  test.each([...METHODS, 'PolynomialSharingPrimeField'])(
    'may be a secret of any length that begins with zeros, by %s',
    async (method) => {
      // 2^89 - 1, a prime above the secret
      const more = '<PrimeFieldSize type="BigInteger" value="0000000001ffffffffffffffffffffff"/>'
      for (const material of [SECRET, '0000ff', '00']) {
        const key = await registerSecret(material)
        const prime = method.endsWith('Field') ? more : ''
        const parts = await split({ key, method, more: prime })
        const joined = identifierOf(
          await bench.ask('2.1', 'JoinSplitKey', joining(parts, 'SecretData')),
        )
        expect(await materialOf(joined)).toBe(material)
      }
    },
  )

  test.each(METHODS)('may be a private key, by %s', async (method) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const der = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('hex')
    const key = identifierOf(
      await bench.ask(
        '2.1',
        'Register',
        `<ObjectType type="Enumeration" value="PrivateKey"/><Attributes>
          <CryptographicUsageMask type="Integer" value="Sign"/></Attributes><PrivateKey><KeyBlock>
          <KeyFormatType type="Enumeration" value="PKCS_8"/>
          <KeyValue><KeyMaterial type="ByteString" value="${der}"/></KeyValue>
          <CryptographicAlgorithm type="Enumeration" value="EC"/>
          <CryptographicLength type="Integer" value="256"/></KeyBlock></PrivateKey>`,
      ),
    )
    const parts = await split({ key, method })
    const joined = identifierOf(
      await bench.ask('2.1', 'JoinSplitKey', joining(parts, 'PrivateKey')),
    )
    expect(await materialOf(joined)).toBe(der)
    // Two keys' parts make no key at all.
    const others = await split({ key: joined, method: 'PolynomialSharingGF2_8', threshold: 2 })
    const strangers = await split({ key: joined, method: 'PolynomialSharingGF2_8', threshold: 2 })
    const mixed = [others[0] ?? '', strangers[1] ?? '']
    const { reason } = await bench.ask('2.1', 'JoinSplitKey', joining(mixed, 'PrivateKey'))
    expect(reason).toBe('CryptographicFailure')
  })

  test('XORs to the secret (1.4 section 2.2.5)', async () => {
    const key = await registerSecret('a0b1c2d3')
    const parts = await Promise.all((await split({ key })).map(materialOf))
    const sum = parts.reduce((left, part) => left ^ Number.parseInt(part ?? '', 16), 0)
    expect((sum >>> 0).toString(16)).toBe('a0b1c2d3')
  })
})

describe('the parts of a key', () => {
  test('are numbered from one and know what they are parts of', async () => {
    const key = await bench.createKey()
    const parts = await split({ key, attributes: name2('parts') })
    const shown = await Promise.all(
      parts.map(async (part) => (await bench.ask('2.1', 'Get', uid(part))).payload),
    )
    expect(shown.map((each) => find(each, Tag.KeyPartIdentifier))).toMatchObject([
      { value: 1 },
      { value: 2 },
      { value: 3 },
    ])
    const links = async (part: string | undefined) =>
      findAll(await attributesOf(part ?? ''), Tag.LinkedObjectIdentifier).map(textOf)
    expect(await links(parts[0])).toEqual([key])
    expect(await links(parts[2])).toEqual([key, parts[1]])
    const named = await bench.ask('2.1', 'Locate', `<Attributes>${name2('parts')}</Attributes>`)
    expect(identifiersOf(named)).toEqual([parts[0]])
  })

  test('give the first part to the batch items behind (1.4 section 4.38)', async () => {
    const { items } = await bench.send('1.4', [
      {
        operation: 'CreateSplitKey',
        id: '01',
        payload: splitting({}).replace(
          '<Attributes></Attributes>',
          `<TemplateAttribute>${attribute1('Cryptographic Algorithm', 'Enumeration', 'AES')}
            ${attribute1('Cryptographic Usage Mask', 'Integer', 'Encrypt')}</TemplateAttribute>`,
        ),
      },
      { operation: 'Get', id: '02' },
    ])
    const [made, got] = items
    expect(made?.status).toBe('Success')
    expect(got && identifierOf(got)).toBe(made && identifiersOf(made)[0])
    expect(find(got?.payload, Tag.CryptographicLength)).toMatchObject({ value: 256 })
  })

  test('are parts of the key itself where it is kept wrapped (RFC 3394 section 4.1)', async () => {
    const kek = await wrapper(bench)
    const behind = wrapping({ encryption: [kek], rest: NO_ENCODING }, 'KeyWrappingData')
    const value = `<KeyValue type="ByteString" value="${WRAPPED}"/>`
    const key = await register(bench, value, { behind, length: 128 })
    const parts = await split({ key })
    const joined = await bench.ask('2.1', 'JoinSplitKey', joining(parts))
    expect(await materialOf(identifierOf(joined))).toBe(KEY)
  })

  test('are not made of a wrapped key that cannot be unwrapped', async () => {
    const kek = await wrapper(bench, [mode('NISTKeyWrap')], { mask: 'Encrypt' })
    const behind = wrapping({ encryption: [kek], rest: NO_ENCODING }, 'KeyWrappingData')
    const value = `<KeyValue type="ByteString" value="${WRAPPED}"/>`
    const key = await register(bench, value, { behind, length: 128 })
    const before = await bench.dump()
    const refused = await bench.ask('2.1', 'CreateSplitKey', splitting({ key }))
    expect(refused.reason).toBe('IncompatibleCryptographicUsageMask')
    expect(await bench.dump()).toEqual(before)
  })

  test('are as protected as the key is, and so is what they join to', async () => {
    const key = await bench.createKey('<Sensitive type="Boolean" value="true"/>')
    const locked = await bench.createKey('<Extractable type="Boolean" value="false"/>')
    const open = '<Sensitive type="Boolean" value="false"/>'
    const parts = await split({ key, attributes: open })
    expect((await bench.ask('2.1', 'Get', uid(parts[0] ?? ''))).reason).toBe('Sensitive')
    const [other] = await split({ key: locked })
    expect((await bench.ask('2.1', 'Get', uid(other ?? ''))).reason).toBe('NotExtractable')
    const joined = await bench.ask(
      '2.1',
      'JoinSplitKey',
      joining(parts, 'SymmetricKey', `<Attributes>${open}</Attributes>`),
    )
    expect((await bench.ask('2.1', 'Get', uid(identifierOf(joined)))).reason).toBe('Sensitive')
  })

  test('join to what may be used no longer than any key that they say they are of', async () => {
    const at = (name: string, year: number) =>
      `<${name} type="DateTime" value="${year}-01-01T00:00:00Z"/>`
    const key = await bench.createKey(
      at('ProcessStartDate', 2024) + at('ProtectStopDate', 2034) + at('DeactivationDate', 2040),
    )
    const other = await bench.createKey(
      at('ProcessStartDate', 2026) + at('ProtectStopDate', 2036) + at('DeactivationDate', 2038),
    )
    const parts = await split({ key })
    const [first = ''] = parts
    const links = '<AttributeReference type="Enumeration" value="Link"/>'
    await bench.ask('2.1', 'DeleteAttribute', uid(first) + links)
    const parent = `<NewAttribute><Link><LinkType type="Enumeration" value="ParentLink"/>
      <LinkedObjectIdentifier type="TextString" value="${other}"/></Link></NewAttribute>`
    expect((await bench.ask('2.1', 'AddAttribute', uid(first) + parent)).reason).toBeUndefined()
    const joined = identifierOf(await bench.ask('2.1', 'JoinSplitKey', joining(parts)))
    const found = await attributesOf(joined)
    const seconds = (year: number) => ({ value: BigInt(Date.UTC(year, 0) / 1000) })
    expect(find(found, Tag.ProcessStartDate)).toMatchObject(seconds(2026))
    expect(find(found, Tag.ProtectStopDate)).toMatchObject(seconds(2034))
    expect(find(found, Tag.DeactivationDate)).toMatchObject(seconds(2038))
  })

  test('have what the key says, whatever the request does (1.4 section 4.38)', async () => {
    const key = await bench.createKey()
    const attributes = `<CryptographicUsageMask type="Integer" value="Sign"/>`
    const [part] = await split({ key, attributes })
    const found = await attributesOf(part ?? '')
    expect(find(found, Tag.CryptographicUsageMask)).toMatchObject({ value: 0x0c })
    expect(find(found, Tag.CryptographicLength)).toMatchObject({ value: 128 })
  })
})

describe('is refused, and nothing is stored:', () => {
  const reasonOf = async (version: string, operation: string, payload: string) => {
    const old = payload
      .replace('<Attributes>', '<TemplateAttribute>')
      .replace('</Attributes>', '</TemplateAttribute>')
    const text = version === '1.4' ? old : payload
    return (await bench.ask(version, operation, text)).reason
  }

  test.each([
    [
      'more parts than the policy has',
      { parts: 33, threshold: 33 },
      'InvalidField',
      'ServerLimitExceeded',
    ],
    ['a threshold above the parts', { threshold: 4 }, 'InvalidField', 'InvalidField'],
    ['a threshold of one', { threshold: 1 }, 'InvalidField', 'InvalidField'],
    ['fewer parts than none', { parts: -1, threshold: -1 }, 'InvalidField', 'InvalidField'],
    ['XOR of some of the parts', { threshold: 2 }, 'InvalidField', 'InvalidField'],
    ['a method that is none', { method: '0x00000077' }, 'InvalidField', 'UnknownEnumeration'],
    ['no prime', { method: 'PolynomialSharingPrimeField' }, 'InvalidField', 'InvalidField'],
    ['another type of object', { type: 'SymmetricKey' }, 'InvalidField', 'InvalidObjectType'],
    ['a key that is not there', { key: MISSING }, 'ItemNotFound', 'ItemNotFound'],
  ] as const)('splitting with %s', async (_, wanted, v1, v2) => {
    const key = await bench.createKey()
    const before = await bench.dump()
    const payload = splitting({ key, ...wanted })
    expect(await reasonOf('1.4', 'CreateSplitKey', payload)).toBe(v1)
    expect(await reasonOf('2.1', 'CreateSplitKey', payload)).toBe(v2)
    expect(await bench.dump()).toEqual(before)
  })

  test('splitting what is not a key of the client in the clear', async () => {
    const destroyed = await bench.createKey()
    await bench.ask('2.1', 'Destroy', uid(destroyed))
    const foreign = await bench.createKey('', 'bob')
    const [part] = await split({ key: await bench.createKey() })
    const reasons = async (key: string) => [
      await reasonOf('1.4', 'CreateSplitKey', splitting({ key })),
      await reasonOf('2.1', 'CreateSplitKey', splitting({ key })),
    ]
    expect(await reasons(destroyed)).toEqual(['PermissionDenied', 'PermissionDenied'])
    expect(await reasons(foreign)).toEqual(['ItemNotFound', 'ItemNotFound'])
    expect(await reasons(part ?? '')).toEqual(['InvalidField', 'InvalidObjectType'])
  })

  test('splitting a new key of which nothing is said', async () => {
    const payload = splitting({})
    expect(await reasonOf('1.4', 'CreateSplitKey', payload)).toBe('InvalidField')
    expect(await reasonOf('2.1', 'CreateSplitKey', payload)).toBe('InvalidAttributeValue')
  })

  test('joining what does not make a key (1.4 section 11.40)', async () => {
    const key = await bench.createKey()
    const method = 'PolynomialSharingGF2_8'
    const [a = '', b = '', c = ''] = await split({ key, threshold: 2, method })
    const [other = ''] = await split({ key, parts: 4, threshold: 2, method })
    const shorter = identifierOf(
      await bench.ask('2.1', 'Create', createAes().replace('"128"', '"256"')),
    )
    const [longer = ''] = await split({ key: shorter, threshold: 2, method })
    const foreign = await bench.createKey('', 'bob')
    await bench.ask('2.1', 'Destroy', uid(c))
    const before = await bench.dump()
    const reasons = async (payload: string) => [
      await reasonOf('1.4', 'JoinSplitKey', payload),
      await reasonOf('2.1', 'JoinSplitKey', payload),
    ]
    const failure = ['CryptographicFailure', 'CryptographicFailure']
    expect(await reasons(joining([a]))).toEqual(failure)
    expect(await reasons(joining([a, a]))).toEqual(failure)
    expect(await reasons(joining([a, other]))).toEqual(failure)
    expect(await reasons(joining([a, longer]))).toEqual(failure)
    expect(await reasons(joining([a, b], 'PrivateKey'))).toEqual(failure)
    expect(await reasons(joining([a, c]))).toEqual(['PermissionDenied', 'PermissionDenied'])
    expect(await reasons(joining([a, key]))).toEqual(['InvalidField', 'InvalidObjectType'])
    expect(await reasons(joining([a, MISSING]))).toEqual(['ItemNotFound', 'ObjectNotFound'])
    expect(await reasons(joining([a, foreign]))).toEqual(['ItemNotFound', 'ObjectNotFound'])
    expect(await reasons(joining([a, b], 'Certificate'))).toEqual([
      'InvalidField',
      'InvalidObjectType',
    ])
    expect(await reasons(joining([]))).toEqual(['InvalidMessage', 'InvalidMessage'])
    const many = Array.from({ length: 33 }, () => a)
    expect(await reasons(joining(many))).toEqual(['InvalidField', 'ServerLimitExceeded'])
    const misfit = '<Attributes><CryptographicLength type="Integer" value="256"/></Attributes>'
    expect(await reasonOf('2.1', 'JoinSplitKey', joining([a, b], 'SymmetricKey', misfit))).toBe(
      'InvalidAttributeValue',
    )
    expect(await bench.dump()).toEqual(before)
  })
})
