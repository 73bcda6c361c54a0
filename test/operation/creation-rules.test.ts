import { beforeEach, describe, expect, test } from 'vitest'
import { Operation } from '../../src/spec/enum/operation.ts'
import { Tag } from '../../src/spec/tag.ts'
import { Bench, find, findAll, identifierOf, name2, textOf, uid } from './harness.ts'

let bench: Bench

beforeEach(async () => {
  bench = await Bench.open()
})

const AES_256 = `<CryptographicAlgorithm type="Enumeration" value="AES"/>
  <CryptographicLength type="Integer" value="256"/>
  <CryptographicUsageMask type="Integer" value="Encrypt Decrypt"/>`

function defaults(type: string, attributes: string, groups: readonly string[] = []): string {
  return `<ObjectDefaults><ObjectType type="Enumeration" value="${type}"/>
    <Attributes>${attributes}</Attributes>${objectGroups(groups)}</ObjectDefaults>`
}

function objectGroups(groups: readonly string[]): string {
  const list = groups.map((each) => `<ObjectGroup type="TextString" value="${each}"/>`)
  return groups.length === 0 ? '' : `<ObjectGroups>${list.join('')}</ObjectGroups>`
}

function constraint(types: readonly string[], attributes: string, groups: readonly string[] = []) {
  const list = types.map((each) => `<ObjectType type="Enumeration" value="${each}"/>`)
  const typesText = types.length === 0 ? '' : `<ObjectTypes>${list.join('')}</ObjectTypes>`
  return `<Constraint>${typesText}${objectGroups(groups)}<Attributes>${attributes}</Attributes></Constraint>`
}

async function setDefaults(all: string, as = 'alice') {
  const payload = `<DefaultsInformation>${all}</DefaultsInformation>`
  return bench.ask('2.1', 'SetDefaults', payload, as)
}

async function setConstraints(all: string, as = 'alice') {
  return bench.ask('2.1', 'SetConstraints', `<Constraints>${all}</Constraints>`, as)
}

function created(attributes: string, type = 'SymmetricKey'): string {
  return `<ObjectType type="Enumeration" value="${type}"/><Attributes>${attributes}</Attributes>`
}

/** The numbers that an object has for two attributes and its comment. */
async function factsOf(identifier: string): Promise<readonly unknown[]> {
  const { payload } = await bench.ask('2.1', 'GetAttributes', uid(identifier))
  const number = (tag: { readonly number: number }) => {
    const item = find(payload, tag)
    return item !== undefined && 'value' in item && typeof item.value === 'number'
      ? item.value
      : undefined
  }
  return [
    number(Tag.CryptographicLength),
    number(Tag.CryptographicUsageMask),
    textOf(find(payload, Tag.Comment)),
  ]
}

describe('[KMIP 2.1 6.1.53] Set Defaults', () => {
  test('gives new objects what their requests do not say, and leaves what they say', async () => {
    const comment = '<Comment type="TextString" value="by default"/>'
    expect(await setDefaults(defaults('SymmetricKey', AES_256 + comment))).toMatchObject({
      status: 'Success',
    })
    const bare = identifierOf(await bench.ask('2.1', 'Create', created('')))
    expect(await factsOf(bare)).toEqual([256, 12, 'by default'])
    const said = `<CryptographicLength type="Integer" value="128"/>
      <Comment type="TextString" value="my own"/>`
    const spoken = identifierOf(await bench.ask('2.1', 'Create', created(said)))
    expect(await factsOf(spoken)).toEqual([128, 12, 'my own'])
  })

  test('holds for one client alone, for the types it names alone, and in every version', async () => {
    const comment = '<Comment type="TextString" value="by default"/>'
    await setDefaults(defaults('SymmetricKey', AES_256 + comment))
    expect(await bench.ask('2.1', 'Create', created(''), 'bob')).toMatchObject({
      reason: 'InvalidAttributeValue',
    })
    const secret = identifierOf(await bench.ask('2.1', 'Create', created('', 'SecretData')))
    expect(await factsOf(secret)).toEqual([256, undefined, undefined])
    const old = `<ObjectType type="Enumeration" value="SymmetricKey"/><TemplateAttribute/>`
    expect(await bench.ask('1.4', 'Create', old)).toMatchObject({ status: 'Success' })
  })

  test('[KMIP 2.1 7.22] for groups hold for objects of those groups, and before those for all', async () => {
    const special = '<CryptographicLength type="Integer" value="192"/>'
    await setDefaults(
      defaults('SymmetricKey', special, ['vault', 'cellar']) + defaults('SymmetricKey', AES_256),
    )
    const group = '<ObjectGroup type="TextString" value="vault"/>'
    const inGroup = identifierOf(await bench.ask('2.1', 'Create', created(group)))
    const outside = identifierOf(await bench.ask('2.1', 'Create', created('')))
    expect((await factsOf(inGroup))[0]).toBe(192)
    expect((await factsOf(outside))[0]).toBe(256)
  })

  test('[KMIP 2.1 7.22] may be for several Object Types, and reach both halves of a pair', async () => {
    const types = ['PrivateKey', 'PublicKey'].map(
      (each) => `<ObjectType type="Enumeration" value="${each}"/>`,
    )
    await setDefaults(`<ObjectDefaults><ObjectTypes>${types.join('')}</ObjectTypes><Attributes>
      <CryptographicAlgorithm type="Enumeration" value="EC"/>
      <CryptographicDomainParameters>
        <RecommendedCurve type="Enumeration" value="P_256"/></CryptographicDomainParameters>
      <CryptographicUsageMask type="Integer" value="Sign Verify"/></Attributes></ObjectDefaults>`)
    const made = await bench.ask('2.1', 'CreateKeyPair')
    expect(made.status).toBe('Success')
    const half = textOf(find(made.payload, Tag.PublicKeyUniqueIdentifier)) ?? ''
    expect((await factsOf(half))[0]).toBe(256)
  })

  test('say nothing of a key that is registered and tells of itself', async () => {
    await setDefaults(defaults('SymmetricKey', AES_256))
    const key = `<ObjectType type="Enumeration" value="SymmetricKey"/><Attributes/>
      <SymmetricKey><KeyBlock><KeyFormatType type="Enumeration" value="Raw"/>
      <KeyValue><KeyMaterial type="ByteString" value="${'ab'.repeat(16)}"/></KeyValue>
      </KeyBlock></SymmetricKey>`
    const registered = await bench.ask('2.1', 'Register', key)
    // The algorithm is by default, the length is the key's own.
    expect((await factsOf(identifierOf(registered)))[0]).toBe(128)
  })

  test('without Defaults Information removes them', async () => {
    await setDefaults(defaults('SymmetricKey', AES_256))
    await bench.ask('2.1', 'SetDefaults')
    expect(await bench.ask('2.1', 'Create', created(''))).toMatchObject({
      reason: 'InvalidAttributeValue',
    })
  })

  test('[KMIP 2.1 6.1.40] is told by Query, for each type, and only to its client', async () => {
    const function_ = '<QueryFunction type="Enumeration" value="QueryDefaultsInformation"/>'
    const told = async (version: string, as?: string) =>
      findAll((await bench.ask(version, 'Query', function_, as)).payload, Tag.ObjectDefaults).length
    expect(await told('2.1')).toBe(0)
    await setDefaults(
      defaults('SymmetricKey', AES_256) +
        defaults('SecretData', '<Comment type="TextString" value="c"/>', ['vault']),
    )
    expect(await told('2.1')).toBe(2)
    // KMIP 2.0 section 7.18 has no groups.
    expect(await told('2.0')).toBe(1)
    expect(await told('2.1', 'bob')).toBe(0)
  })
})

describe('[KMIP 2.1 6.1.52] Set Constraints', () => {
  const only256 = constraint(['SymmetricKey'], '<CryptographicLength type="Integer" value="256"/>')
  const aes = (length: number, more = '') =>
    created(`<CryptographicAlgorithm type="Enumeration" value="AES"/>
      <CryptographicLength type="Integer" value="${length}"/>
      <CryptographicUsageMask type="Integer" value="Encrypt Decrypt"/>${more}`)

  test('refuses new objects that break one, and stores nothing of them', async () => {
    await setConstraints(only256)
    const before = await bench.dump()
    expect(await bench.ask('2.1', 'Create', aes(128))).toMatchObject({
      reason: 'ConstraintViolation',
    })
    // KMIP 2.0 has no such reason.
    expect(await bench.ask('2.0', 'Create', aes(128))).toMatchObject({ reason: 'PermissionDenied' })
    expect(await bench.dump()).toEqual(before)
    expect(await bench.ask('2.1', 'Create', aes(256))).toMatchObject({ status: 'Success' })
  })

  test('holds registered, imported, derived and replaced objects to it as well', async () => {
    const old = await bench.createKey(name2('old'))
    await setConstraints(only256)
    const block = `<SymmetricKey><KeyBlock><KeyFormatType type="Enumeration" value="Raw"/>
      <KeyValue><KeyMaterial type="ByteString" value="${'ab'.repeat(16)}"/></KeyValue>
      <CryptographicAlgorithm type="Enumeration" value="AES"/>
      <CryptographicLength type="Integer" value="128"/></KeyBlock></SymmetricKey>`
    const type = '<ObjectType type="Enumeration" value="SymmetricKey"/>'
    const asked = [
      await bench.ask('2.1', 'Register', `${type}<Attributes/>${block}`),
      await bench.ask('2.1', 'Import', `${uid('brought')}${type}<Attributes/>${block}`),
      await bench.ask('2.1', 'ReKey', uid(old)),
    ]
    expect(asked.map(({ reason }) => reason)).toEqual(Array(3).fill('ConstraintViolation'))
  })

  test('several values of an attribute are a choice, and several attributes all hold', async () => {
    await setConstraints(
      constraint(
        ['SymmetricKey'],
        `<CryptographicLength type="Integer" value="192"/>
         <CryptographicLength type="Integer" value="256"/>
         <CryptographicUsageMask type="Integer" value="Encrypt Decrypt WrapKey"/>`,
      ),
    )
    const reasons = [aes(128), aes(192), aes(256), aes(256).replace('Encrypt', 'Sign')].map(
      async (payload) => (await bench.ask('2.1', 'Create', payload)).reason,
    )
    expect(await Promise.all(reasons)).toEqual([
      'ConstraintViolation',
      undefined,
      undefined,
      'ConstraintViolation',
    ])
  })

  test('fields that a structure leaves out may be anything', async () => {
    const parameters = (mode: string, more = '') => `<CryptographicParameters>
      <BlockCipherMode type="Enumeration" value="${mode}"/>${more}</CryptographicParameters>`
    await setConstraints(constraint([], parameters('GCM')))
    const tag = '<TagLength type="Integer" value="16"/>'
    expect(await bench.ask('2.1', 'Create', aes(256, parameters('GCM', tag)))).toMatchObject({
      status: 'Success',
    })
    expect(await bench.ask('2.1', 'Create', aes(256, parameters('CBC')))).toMatchObject({
      reason: 'ConstraintViolation',
    })
  })

  test('[KMIP 2.1 7.6] concerns the types and groups it names, and one client', async () => {
    await setConstraints(
      constraint(['SymmetricKey'], '<CryptographicLength type="Integer" value="256"/>', ['vault']),
    )
    const group = '<ObjectGroup type="TextString" value="vault"/>'
    expect(await bench.ask('2.1', 'Create', aes(128))).toMatchObject({ status: 'Success' })
    expect(await bench.ask('2.1', 'Create', aes(128, group))).toMatchObject({
      reason: 'ConstraintViolation',
    })
    expect(await bench.ask('2.1', 'Create', aes(128, group), 'bob')).toMatchObject({
      status: 'Success',
    })
  })

  test('is undone with the batch that it is in, and holds for what is behind it', async () => {
    const undo = { header: '<BatchErrorContinuationOption type="Enumeration" value="Undo"/>' }
    const items = [
      { operation: 'SetConstraints', payload: `<Constraints>${only256}</Constraints>`, id: '01' },
      { operation: 'Create', payload: aes(128), id: '02' },
    ]
    const answer = await bench.send('2.1', items, undo)
    expect(answer.items[1]).toMatchObject({ reason: 'ConstraintViolation' })
    expect(await bench.ask('2.1', 'Create', aes(128))).toMatchObject({ status: 'Success' })
  })

  test('[KMIP 2.1 6.1.22] is told by Get Constraints as it was set, and an empty set ends it', async () => {
    await setConstraints(only256 + constraint([], '<Comment type="TextString" value="c"/>', ['g']))
    const told = await bench.ask('2.1', 'GetConstraints')
    expect(findAll(told.payload, Tag.Constraint)).toHaveLength(2)
    expect(find(told.payload, Tag.ObjectTypes)).toBeDefined()
    expect(textOf(find(told.payload, Tag.ObjectGroup))).toBe('g')
    const others = await bench.ask('2.1', 'GetConstraints', '', 'bob')
    expect(find(others.payload, Tag.Constraints)).toBeDefined()
    expect(findAll(others.payload, Tag.Constraint)).toHaveLength(0)
    await setConstraints('')
    expect(await bench.ask('2.1', 'Create', aes(128))).toMatchObject({ status: 'Success' })
  })
})

const LONG = '<ContactInformation type="TextString" value="{}"/>'.replace('{}', 'a'.repeat(70_000))
const REFUSED: readonly (readonly [
  operation: 'SetDefaults' | 'SetConstraints',
  what: string,
  reason: string,
  inside: string,
])[] = [
  [
    'SetDefaults',
    'an attribute that only the server sets',
    'InvalidField',
    defaults('SymmetricKey', '<InitialDate type="DateTime" value="2026-01-01T00:00:00Z"/>'),
  ],
  [
    'SetDefaults',
    'an attribute that the type has not',
    'InvalidField',
    defaults('SymmetricKey', '<OpaqueDataType type="Enumeration" value="0x80000001"/>'),
  ],
  ['SetDefaults', 'a name', 'InvalidField', defaults('SymmetricKey', name2('all the same'))],
  [
    'SetDefaults',
    'two values of an attribute that has one',
    'InvalidField',
    defaults('SymmetricKey', AES_256 + AES_256),
  ],
  [
    'SetDefaults',
    'neither one Object Type nor several',
    'InvalidField',
    `<ObjectDefaults><Attributes/></ObjectDefaults>`,
  ],
  [
    'SetDefaults',
    'no attributes',
    'InvalidMessage',
    '<ObjectDefaults><ObjectType type="Enumeration" value="SymmetricKey"/></ObjectDefaults>',
  ],
  [
    'SetDefaults',
    'an Object Type that is none',
    'UnknownEnumeration',
    defaults('0x000000ff', AES_256),
  ],
  ['SetDefaults', 'too much', 'InvalidField', defaults('SymmetricKey', LONG)],
  ['SetDefaults', 'too many', 'InvalidField', defaults('SymmetricKey', AES_256).repeat(101)],
  ['SetConstraints', 'nothing to hold to', 'InvalidField', constraint(['SymmetricKey'], '')],
  [
    'SetConstraints',
    'an attribute that the type has not',
    'InvalidField',
    constraint(['SecretData'], '<CertificateLength type="Integer" value="1"/>'),
  ],
  [
    'SetConstraints',
    'an Object Type that is none',
    'UnknownEnumeration',
    constraint(['0x000000ff'], AES_256),
  ],
  ['SetConstraints', 'too many', 'InvalidField', constraint([], AES_256).repeat(101)],
]

test.each(REFUSED)(
  '[KMIP 2.1 6.1.52, 6.1.53] %s refuses %s',
  async (operation, _, reason, inside) => {
    const before = await bench.dump()
    const set = operation === 'SetDefaults' ? setDefaults : setConstraints
    expect(await set(inside)).toMatchObject({ status: 'OperationFailed', reason })
    expect(await bench.dump()).toEqual(before)
  },
)

test('[KMIP 2.1 6.1.52] Constraints may not be left out', async () => {
  expect(await bench.ask('2.1', 'SetConstraints')).toMatchObject({ reason: 'InvalidMessage' })
})

test('Query tells of Set Defaults, Set Constraints and Get Constraints in 2.1 alone', async () => {
  const operations = async (version: string) => {
    const asked = '<QueryFunction type="Enumeration" value="QueryOperations"/>'
    const { payload } = await bench.ask(version, 'Query', asked)
    return findAll(payload, Tag.Operation).map((item) => ('value' in item ? item.value : undefined))
  }
  const { SetDefaults, SetConstraints, GetConstraints } = Operation
  const newest = [SetDefaults, SetConstraints, GetConstraints]
  expect(await operations('2.1')).toEqual(expect.arrayContaining(newest))
  expect((await operations('2.0')).filter((each) => newest.some((own) => own === each))).toEqual([])
})
