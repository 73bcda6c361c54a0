import { beforeEach, describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import type { Item } from '../../src/ttlv/item.ts'
import {
  Bench,
  createAes,
  find,
  findAll,
  identifiersOf,
  name2,
  textOf,
  uid,
  type BatchItemText,
} from './harness.ts'

const REVOKE = `<RevocationReason>
  <RevocationReasonCode type="Enumeration" value="CessationOfOperation"/></RevocationReason>`
const PAIR = `<CommonAttributes><CryptographicAlgorithm type="Enumeration" value="EC"/>
  <CryptographicDomainParameters><RecommendedCurve type="Enumeration" value="P_256"/>
  </CryptographicDomainParameters></CommonAttributes>
  <PrivateKeyAttributes><CryptographicUsageMask type="Integer" value="Sign"/></PrivateKeyAttributes>
  <PublicKeyAttributes><CryptographicUsageMask type="Integer" value="Verify"/></PublicKeyAttributes>`

let bench: Bench

beforeEach(async () => {
  bench = await Bench.open()
})

/** XML of a name by what came before, under any tag. */
function before(value: string | number, tag = 'UniqueIdentifier'): string {
  return typeof value === 'number'
    ? `<${tag} type="Integer" value="${value}"/>`
    : `<${tag} type="Enumeration" value="${value}"/>`
}

function create(attributes = ''): BatchItemText {
  return { operation: 'Create', payload: createAes(attributes) }
}

function link(value: string | number): string {
  return `<Link><LinkType type="Enumeration" value="PreviousLink"/>
    ${before(value, 'LinkedObjectIdentifier')}</Link>`
}

/** Every identifier in an answer, of pairs too. */
function namesOf({ payload }: { readonly payload: Item | undefined }): readonly string[] {
  return [Tag.PrivateKeyUniqueIdentifier, Tag.PublicKeyUniqueIdentifier, Tag.UniqueIdentifier]
    .flatMap((tag) => findAll(payload, tag))
    .map((item) => textOf(item) ?? '')
}

/** What the last item was answered, behind items that went before it in one message. */
async function lastOf(items: readonly BatchItemText[], version = '2.1') {
  const option = '<BatchErrorContinuationOption type="Enumeration" value="Stop"/>'
  const { items: answers } = await bench.send(version, items, { header: option })
  const last = answers.at(-1)
  if (last === undefined) throw new TypeError('nothing was answered')
  const earlier = answers.slice(0, -1).map(({ status, reason }) => reason ?? status)
  expect(earlier).toEqual(earlier.map(() => 'Success'))
  return { ...last, made: answers.map(namesOf) }
}

/** What is sent behind a Unique Identifier so that each operation succeeds on a new key. */
const USES: readonly (readonly [operation: string, rest: string])[] = [
  ['Activate', ''],
  ['AddAttribute', '<NewAttribute><Comment type="TextString" value="a"/></NewAttribute>'],
  ['Archive', ''],
  ['Check', ''],
  ['Destroy', ''],
  ['Export', ''],
  ['Get', ''],
  ['GetAttributeList', ''],
  ['GetAttributes', ''],
  ['ObtainLease', ''],
  ['ReKey', ''],
  ['Revoke', REVOKE.replace('CessationOfOperation', 'KeyCompromise')],
  ['SetAttribute', '<NewAttribute><Comment type="TextString" value="a"/></NewAttribute>'],
]

describe.each(['2.0', '2.1'])('in KMIP %s an object is named by what came before', (version) => {
  test.each(USES)('in %s', async (operation, rest) => {
    const names = ['', uid(''), before('IDPlaceholder'), before('Create'), before(1), before(-1)]
    for (const name of names) {
      const { made, reason } = await lastOf(
        [create(), create(), { operation, payload: name + rest }],
        version,
      )
      expect(reason, name).toBeUndefined()
      const [, [second = ''] = [], [answered = ''] = []] = made
      if (operation === 'ReKey') expect(answered).not.toBe(second)
      else expect(answered).toBe(second)
    }
  })
})

test('[KMIP 1.4 section 3.1] in 1.x it is not', async () => {
  const { reason } = await lastOf(
    [{ operation: 'Query' }, { operation: 'Get', payload: before('IDPlaceholder') }],
    '1.4',
  )
  expect(reason).toBe('InvalidMessage')
})

describe('[KMIP 2.1 section 4.58] integers count the identifiers in the response', () => {
  test('those of answers that made nothing among them, from either end', async () => {
    const key = await bench.createKey()
    const named = async (index: number) => {
      const { made, reason } = await lastOf([
        { operation: 'GetAttributeList', payload: uid(key) },
        { operation: 'CreateKeyPair', payload: PAIR },
        { operation: 'Activate', payload: before('CreateKeyPairPublicKey') },
        { operation: 'GetAttributeList', payload: before(index) },
      ])
      const [[first] = [], [secret, open] = [], , [answered] = []] = made
      expect([first, secret === open]).toEqual([key, false])
      if (answered === undefined) return reason
      return new Map([
        [key, 'key'],
        [secret ?? '', 'private'],
        [open ?? '', 'public'],
      ]).get(answered)
    }
    expect([await named(0), await named(1), await named(2), await named(3)]).toEqual([
      'key',
      'private',
      'public',
      'public',
    ])
    expect([await named(-4), await named(-3)]).toEqual(['key', 'private'])
    for (const outside of [4, -5, 0x7fffffff, -0x80000000]) {
      expect(await named(outside)).toBe('ObjectNotFound')
    }
  })

  test('and every part of a split key, of which the first is the ID Placeholder', async () => {
    const key = await bench.createKey()
    const split = {
      operation: 'CreateSplitKey',
      payload: `<ObjectType type="Enumeration" value="SplitKey"/>${uid(key)}
        <SplitKeyParts type="Integer" value="3"/><SplitKeyThreshold type="Integer" value="2"/>
        <SplitKeyMethod type="Enumeration" value="PolynomialSharingGF2_8"/><Attributes/>`,
    }
    const join = `<ObjectType type="Enumeration" value="SymmetricKey"/>${before(1)}${before(2)}`
    expect((await lastOf([split, { operation: 'JoinSplitKey', payload: join }])).reason).toBe(
      undefined,
    )
    const { made } = await lastOf([split, { operation: 'GetAttributeList' }])
    expect(made[1]).toEqual(made[0]?.slice(0, 1))
    const several = { operation: 'GetAttributeList', payload: before('CreateSplitKey') }
    expect((await lastOf([split, several])).reason).toBe('FeatureNotSupported')
  })
})

describe('[KMIP 2.1 section 11.58] an operation stands for', () => {
  test('the half of a pair that is asked for, also of the pair that replaces one', async () => {
    const pair = { operation: 'CreateKeyPair', payload: PAIR }
    const again = {
      operation: 'ReKeyKeyPair',
      payload: before('CreateKeyPairPrivateKey', 'PrivateKeyUniqueIdentifier'),
    }
    for (const [half, index] of [
      ['ReKeyKeyPairPrivateKey', 0],
      ['ReKeyKeyPairPublicKey', 1],
    ] as const) {
      const named = { operation: 'GetAttributeList', payload: before(half) }
      const { made } = await lastOf([pair, again, named])
      expect(made[2]).toEqual(made[1]?.slice(index, index + 1))
    }
  })

  test.each(['CreateKeyPair', 'Locate'])(
    'no more than one object: %s of two',
    async (operation) => {
      const group = '<ObjectGroup type="TextString" value="g"/>'
      await bench.createKey(group)
      await bench.createKey(group)
      const stored = (await bench.dump()).length
      const first = operation === 'Locate' ? `<Attributes>${group}</Attributes>` : PAIR
      const items = [
        { operation, payload: first },
        { operation: 'Destroy', payload: before(operation) },
      ]
      expect((await lastOf(items)).reason).toBe('FeatureNotSupported')
      if (operation === 'Locate') expect((await bench.dump()).length).toBe(stored)
    },
  )

  test('nothing where it was not in the message', async () => {
    const items = [create(), { operation: 'Get', payload: before('Register') }]
    expect((await lastOf(items)).reason).toBe('ObjectNotFound')
  })

  test('nothing where a vendor has added it', async () => {
    const items = [create(), { operation: 'Get', payload: before('0x80000001') }]
    expect((await lastOf(items)).reason).toBe('ObjectNotFound')
  })

  test('nothing where no standard has it', async () => {
    const items = [create(), { operation: 'Get', payload: before('0x00000077') }]
    expect((await lastOf(items)).reason).toBe('UnknownEnumeration')
  })
})

describe('[KMIP 2.1 section 4.31] a link', () => {
  test.each(['IDPlaceholder', 'Create', 0, -1])('leads to what came before: %s', async (name) => {
    const { made, reason } = await lastOf([create(), create(link(name))])
    expect(reason).toBeUndefined()
    const [first = '', second = ''] = made.flat()
    const { payload } = await bench.ask('2.1', 'GetAttributes', uid(second))
    expect(findAll(payload, Tag.LinkedObjectIdentifier).map(textOf)).toEqual([first])
  })

  test('is added, and looked for, by the same names', async () => {
    const other = await bench.createKey()
    const added = {
      operation: 'AddAttribute',
      payload: `${uid(other)}<NewAttribute>${link('Create')}</NewAttribute>`,
    }
    const wanted = { operation: 'Locate', payload: `<Attributes>${link('Create')}</Attributes>` }
    expect(identifiersOf(await lastOf([create(), added, wanted]))).toEqual([other])
  })

  test.each([
    ['Create', createAes(link('Register')), 'InvalidAttributeValue'],
    ['Locate', `<Attributes>${link(7)}</Attributes>`, 'InvalidField'],
  ])('to nothing is refused by %s', async (operation, payload, reason) => {
    const stored = await bench.dump()
    expect((await bench.ask('2.1', operation, payload)).reason).toBe(reason)
    expect(await bench.dump()).toEqual(stored)
  })
})

describe('a wrapping key (KMIP 2.1 section 7.20)', () => {
  const wrapped = (name: string | number) =>
    `${before(0)}<KeyWrappingSpecification><WrappingMethod type="Enumeration" value="Encrypt"/>
      <EncryptionKeyInformation>${before(name)}<CryptographicParameters>
      <BlockCipherMode type="Enumeration" value="NISTKeyWrap"/></CryptographicParameters>
      </EncryptionKeyInformation></KeyWrappingSpecification>`
  const wrapping = {
    operation: 'Create',
    payload: createAes('<ActivationDate type="DateTime" value="2020-01-01T00:00:00Z"/>').replace(
      'Encrypt Decrypt',
      'WrapKey',
    ),
  }

  test('is named by what came before, and its answer has the identifier', async () => {
    const get = { operation: 'Get', payload: wrapped('Create') }
    const { payload, reason, made } = await lastOf([create(), wrapping, get])
    expect(reason).toBeUndefined()
    const information = find(payload, Tag.EncryptionKeyInformation)
    expect(textOf(find(information, Tag.UniqueIdentifier))).toBe(made[1]?.[0])
  })

  test('that is named by nothing is not found', async () => {
    const get = { operation: 'Get', payload: wrapped('Register') }
    expect((await lastOf([create(), wrapping, get])).reason).toBe('WrappingObjectNotFound')
  })
})

test('an attribute by which objects are found is named so too (KMIP 2.1 section 4.58)', async () => {
  const locate = { operation: 'Locate', payload: `<Attributes>${before(0)}</Attributes>` }
  const { made } = await lastOf([create(name2('first')), create(name2('second')), locate])
  expect(made[2]).toEqual(made[0])
})
