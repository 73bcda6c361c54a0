import { describe, expect, test } from 'vitest'
import { createObjectCatalogue } from '../../src/admin/object-catalogue.ts'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import {
  Bench,
  createAes,
  find,
  identifierOf,
  identifiersOf,
  START,
  uid,
  type AnswerItem,
} from './harness.ts'
import { ACTIVE, mode, NO_ENCODING, register, registerText, wrapping } from './wrapping/sample.ts'

const SENSITIVE = '<Sensitive type="Boolean" value="true"/>'
const OPEN = '<Sensitive type="Boolean" value="false"/><Extractable type="Boolean" value="true"/>'
const LOCKED = '<Extractable type="Boolean" value="false"/>'
const KEY = '00112233445566778899aabbccddeeff'
const mask = (bits: string) => `<CryptographicUsageMask type="Integer" value="${bits}"/>`

/** The payload of Create for an AES key of these uses, in KMIP 2.x. */
function aes(bits: string, attributes = '', length = 128): string {
  return `<ObjectType type="Enumeration" value="SymmetricKey"/><Attributes>
    <CryptographicAlgorithm type="Enumeration" value="AES"/>
    <CryptographicLength type="Integer" value="${length}"/>${mask(bits)}${attributes}</Attributes>`
}

function flag(answer: AnswerItem, tag: { readonly number: number }): boolean | undefined {
  const item = find(answer.payload, tag)
  return item?.type === ItemType.Boolean ? item.value : undefined
}

async function protection(bench: Bench, identifier: string) {
  const answer = await bench.ask('2.1', 'GetAttributes', uid(identifier))
  const { Sensitive, AlwaysSensitive, Extractable, NeverExtractable } = Tag
  return [Sensitive, AlwaysSensitive, Extractable, NeverExtractable].map((tag) => flag(answer, tag))
}

async function trust(bench: Bench, identifier: string, trusts = true): Promise<boolean> {
  const clock = { now: () => START }
  const catalogue = createObjectCatalogue({
    objects: bench.repository,
    clock,
    ownerName: () => undefined,
    namespaceName: () => undefined,
  })
  return catalogue.trust(identifier, trusts)
}

describe('what is protected stays so', () => {
  test.each<[string, string, string]>([
    ['Sensitive', SENSITIVE, '<Sensitive type="Boolean" value="false"/>'],
    ['Extractable', LOCKED, '<Extractable type="Boolean" value="true"/>'],
  ])('%s is not turned back by any operation on attributes', async (name, closed, opened) => {
    const bench = await Bench.open()
    const key = await bench.createKey(closed)
    const attribute = `<NewAttribute>${opened}</NewAttribute>`
    const reference = `<AttributeReference type="Enumeration" value="${name}"/>`
    const negate = '<AdjustmentType type="Enumeration" value="Negate"/>'
    const asked = [
      await bench.ask('2.1', 'SetAttribute', uid(key) + attribute),
      await bench.ask('2.1', 'ModifyAttribute', uid(key) + attribute),
      await bench.ask('2.1', 'AdjustAttribute', uid(key) + reference + negate),
      await bench.ask('2.1', 'DeleteAttribute', uid(key) + reference),
      await bench.ask('2.1', 'AddAttribute', uid(key) + attribute),
    ]
    expect(asked.map(({ reason }) => reason)).toEqual([
      'ReadOnlyAttribute',
      'AttributeReadOnly',
      'ReadOnlyAttribute',
      'AttributeReadOnly',
      'AttributeSingleValued',
    ])
    expect((await bench.ask('2.1', 'Get', uid(key))).status).toBe('OperationFailed')
  })

  test('Re-key makes a key that is as protected, whatever is asked for', async () => {
    const bench = await Bench.open()
    const key = await bench.createKey(SENSITIVE + LOCKED)
    const next = await bench.ask('2.1', 'ReKey', `${uid(key)}<Attributes>${OPEN}</Attributes>`)
    expect(await protection(bench, identifierOf(next))).toEqual([true, true, false, true])
  })

  test('Re-key Key Pair makes halves that are as protected as those before', async () => {
    const bench = await Bench.open()
    const made = await bench.ask(
      '2.1',
      'CreateKeyPair',
      `<CommonAttributes><CryptographicAlgorithm type="Enumeration" value="EC"/>
       <CryptographicLength type="Integer" value="256"/></CommonAttributes>
       <PrivateKeyAttributes>${mask('Sign')}${SENSITIVE}</PrivateKeyAttributes>
       <PublicKeyAttributes>${mask('Verify')}</PublicKeyAttributes>`,
    )
    const half = find(made.payload, Tag.PrivateKeyUniqueIdentifier)
    const id = half?.type === ItemType.TextString ? new TextDecoder().decode(half.value) : ''
    const next = await bench.ask(
      '2.1',
      'ReKeyKeyPair',
      `<PrivateKeyUniqueIdentifier type="TextString" value="${id}"/>
       <PrivateKeyAttributes>${OPEN}</PrivateKeyAttributes>`,
    )
    const nextHalf = find(next.payload, Tag.PrivateKeyUniqueIdentifier)
    const nextId =
      nextHalf?.type === ItemType.TextString ? new TextDecoder().decode(nextHalf.value) : ''
    expect(await protection(bench, nextId)).toEqual([true, true, true, false])
  })

  test('Import puts nothing less protected in the place of an object', async () => {
    const bench = await Bench.open()
    const key = await bench.createKey(SENSITIVE)
    const object = registerText(KEY, { attributes: OPEN }).replace(
      '</Attributes>',
      '<AlwaysSensitive type="Boolean" value="true"/></Attributes>',
    )
    const replace = '<ReplaceExisting type="Boolean" value="true"/>'
    const type = '<ObjectType type="Enumeration" value="SymmetricKey"/>'
    const payload = uid(key) + type + replace + object.slice(object.indexOf('<Attributes>'))
    expect((await bench.ask('2.1', 'Import', payload)).status).toBe('Success')
    expect(await protection(bench, key)).toEqual([true, false, true, false])
    expect((await bench.ask('2.1', 'Get', uid(key))).reason).toBe('Sensitive')
  })

  test('nothing less protected is saved, whatever would save it', async () => {
    const bench = await Bench.open()
    const key = await bench.createKey(SENSITIVE)
    const unit = bench.repository.begin({ owner: 'alice', now: START })
    const object = await unit.load(key)
    const opened = { ...object, attributes: object.attributes.with('Sensitive', false) }
    await expect(unit.save(opened)).rejects.toMatchObject({ code: 'ATTRIBUTE_READ_ONLY' })
  })
})

describe('policy.usageMask: shrink', () => {
  const shrink = { policy: { usageMask: 'shrink' } } as const
  const more = `<Attributes>${mask('Encrypt Decrypt MACGenerate')}</Attributes>`
  const fewer = `<Attributes>${mask('Encrypt')}</Attributes>`

  test('a replacement has no use that the key had not', async () => {
    const bench = await Bench.open(shrink)
    const key = await bench.createKey()
    expect((await bench.ask('2.1', 'ReKey', uid(key) + more)).reason).toBe('InvalidField')
    expect((await bench.ask('2.1', 'ReKey', uid(key) + fewer)).status).toBe('Success')
    const free = await Bench.open()
    const other = await free.createKey()
    expect((await free.ask('2.1', 'ReKey', uid(other) + more)).status).toBe('Success')
  })

  test('what is imported over a key has no use that the key had not', async () => {
    const bench = await Bench.open(shrink)
    const key = await bench.createKey()
    const object = registerText(KEY, { mask: 'Encrypt Sign' })
    const head = `${uid(key)}<ObjectType type="Enumeration" value="SymmetricKey"/>
      <ReplaceExisting type="Boolean" value="true"/>`
    const payload = head + object.slice(object.indexOf('<Attributes>'))
    expect((await bench.ask('2.1', 'Import', payload)).reason).toBe('InvalidAttributeValue')
  })

  test('a key without a mask gets none', async () => {
    const add = `<NewAttribute>${mask('Encrypt')}</NewAttribute>`
    for (const [policy, status] of [
      ['shrink', 'OperationFailed'],
      ['free', 'Success'],
    ] as const) {
      const bench = await Bench.open({ policy: { usageMask: policy } })
      const bare = registerText(KEY).replace(/<CryptographicUsageMask[^>]*>/u, '')
      const key = identifierOf(await bench.ask('2.1', 'Register', bare))
      expect((await bench.ask('2.1', 'AddAttribute', uid(key) + add)).status).toBe(status)
    }
  })

  test.each(['free', 'shrink'] as const)(
    'sensitive parts join to a key of their uses alone, under %s',
    async (usageMask) => {
      const bench = await Bench.open({ policy: { usageMask } })
      const key = await bench.createKey(SENSITIVE)
      const parts = identifiersOf(
        await bench.ask(
          '2.1',
          'CreateSplitKey',
          `<ObjectType type="Enumeration" value="SplitKey"/>${uid(key)}
           <SplitKeyParts type="Integer" value="2"/><SplitKeyThreshold type="Integer" value="2"/>
           <SplitKeyMethod type="Enumeration" value="XOR"/><Attributes/>`,
        ),
      )
      const join = async (attributes: string) =>
        bench.ask(
          '2.1',
          'JoinSplitKey',
          `<ObjectType type="Enumeration" value="SymmetricKey"/>${parts.map(uid).join('')}${attributes}`,
        )
      expect((await join(more)).reason).toBe('InvalidAttributeValue')
      expect((await join(fewer)).status).toBe('Success')
    },
  )
})

describe('policy.conflictingUsage: refuse', () => {
  const refuse = { policy: { conflictingUsage: 'refuse' } } as const

  test.each<[string, string, string | undefined]>([
    ['Create', aes('WrapKey Decrypt'), 'InvalidAttributeValue'],
    ['Create', aes('Encrypt Decrypt'), undefined],
    ['Register', registerText(KEY, { mask: 'DeriveKey Encrypt' }), 'InvalidAttributeValue'],
    ['Register', registerText(KEY, { mask: 'WrapKey UnwrapKey' }), undefined],
  ])('%s %#', async (operation, payload, reason) => {
    const bench = await Bench.open(refuse)
    expect((await bench.ask('2.1', operation, payload)).reason).toBe(reason)
    const free = await Bench.open()
    expect((await free.ask('2.1', operation, payload)).reason).toBeUndefined()
  })

  test('a mask that is added is held to it', async () => {
    const bench = await Bench.open(refuse)
    const bare = registerText(KEY).replace(/<CryptographicUsageMask[^>]*>/u, '')
    const key = identifierOf(await bench.ask('2.1', 'Register', bare))
    const add = `${uid(key)}<NewAttribute>${mask('Sign Decrypt')}</NewAttribute>`
    expect((await bench.ask('2.1', 'AddAttribute', add)).reason).toBe('InvalidField')
  })
})

describe('policy.wrapping: trusted', () => {
  const trusted = { policy: { wrapping: 'trusted' } } as const
  const WRAPS = 'WrapKey UnwrapKey'
  const under = (kek: string, by = mode('NISTKeyWrap')) =>
    wrapping({ encryption: [kek, by], rest: NO_ENCODING })

  async function wrappingKey(bench: Bench, attributes = SENSITIVE + LOCKED): Promise<string> {
    return identifierOf(await bench.ask('2.1', 'Create', aes(WRAPS, ACTIVE + attributes)))
  }

  test('a sensitive key leaves under a marked key, and under no other', async () => {
    const bench = await Bench.open(trusted)
    const key = await bench.createKey(SENSITIVE)
    const kek = await wrappingKey(bench)
    const get = async () => bench.ask('2.1', 'Get', uid(key) + under(kek))
    expect((await get()).reason).toBe('PermissionDenied')
    expect(await trust(bench, kek)).toBe(true)
    expect((await get()).status).toBe('Success')
    const byCbc = uid(key) + under(kek, mode('CBC', 'PKCS5'))
    expect((await bench.ask('2.1', 'Get', byCbc)).reason).toBe('PermissionDenied')
    await trust(bench, kek, false)
    expect((await get()).reason).toBe('PermissionDenied')
  })

  test('other keys leave under any', async () => {
    const bench = await Bench.open(trusted)
    const key = await bench.createKey()
    const kek = await wrappingKey(bench)
    expect((await bench.ask('2.1', 'Get', uid(key) + under(kek))).status).toBe('Success')
  })

  test('what comes back wrapped is sensitive, registered or imported', async () => {
    const bench = await Bench.open(trusted)
    const key = await bench.createKey(SENSITIVE)
    const kek = await wrappingKey(bench)
    await trust(bench, kek)
    const left = find((await bench.ask('2.1', 'Get', uid(key) + under(kek))).payload, Tag.KeyValue)
    const bytes = left?.type === ItemType.ByteString ? Buffer.from(left.value).toString('hex') : ''
    const data = wrapping(
      { encryption: [kek, mode('NISTKeyWrap')], rest: NO_ENCODING },
      'KeyWrappingData',
    )
    const value = `<KeyValue type="ByteString" value="${bytes}"/>`
    const text = { attributes: OPEN, length: 128, behind: data }
    const back = await register(bench, value, text)
    const plain = '<KeyWrapType type="Enumeration" value="NotWrapped"/>'
    expect((await bench.ask('2.1', 'Get', uid(back) + plain)).reason).toBe('Sensitive')
    expect((await bench.ask('2.1', 'Get', uid(back))).status).toBe('Success')
    const object = registerText(value, text)
    const payload = `${uid('brought')}<ObjectType type="Enumeration" value="SymmetricKey"/>${plain}
      ${object.slice(object.indexOf('<Attributes>'))}`
    expect((await bench.ask('2.1', 'Import', payload)).status).toBe('Success')
    expect((await bench.ask('2.1', 'Get', uid('brought'))).reason).toBe('Sensitive')
  })

  test('no client sets, brings or keeps the mark', async () => {
    const bench = await Bench.open(trusted)
    const kek = await wrappingKey(bench)
    const MARK = `<Attribute><VendorIdentification type="TextString" value="y"/>
      <AttributeName type="TextString" value="Wrapping Trust"/>
      <AttributeValue type="TextString" value="trusted"/></Attribute>`
    const isMarked = async (identifier: string) => {
      const unit = bench.repository.begin({ owner: 'alice', now: START })
      const { attributes } = await unit.load(identifier)
      return attributes.has({ vendor: 'y', name: 'Wrapping Trust' })
    }
    const add = `${uid(kek)}<NewAttribute>${MARK}</NewAttribute>`
    const refused = [
      await bench.ask('2.1', 'AddAttribute', add),
      await bench.ask('2.1', 'SetAttribute', add),
      await bench.ask('2.1', 'Create', aes(WRAPS, MARK)),
    ]
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 'OperationFailed'))
    const object = registerText(KEY, { mask: WRAPS, attributes: MARK })
    const payload = `${uid('brought')}<ObjectType type="Enumeration" value="SymmetricKey"/>
      ${object.slice(object.indexOf('<Attributes>'))}`
    expect((await bench.ask('2.1', 'Import', payload)).status).toBe('Success')
    expect(await isMarked('brought')).toBe(false)
    await trust(bench, kek)
    expect(await isMarked(kek)).toBe(true)
    expect(await isMarked(identifierOf(await bench.ask('2.1', 'ReKey', uid(kek))))).toBe(false)
  })

  test('only a key that was hidden from the start is marked', async () => {
    const bench = await Bench.open(trusted)
    for (const attributes of ['', SENSITIVE, LOCKED]) {
      const kek = await wrappingKey(bench, attributes)
      await expect(trust(bench, kek)).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
    }
    const both = identifierOf(
      await bench.ask('2.1', 'Create', aes(`${WRAPS} Decrypt`, SENSITIVE + LOCKED)),
    )
    await expect(trust(bench, both)).rejects.toMatchObject({ code: 'NOT_PERMITTED' })
    expect(await trust(bench, 'none')).toBe(false)
    expect((await bench.ask('2.1', 'Create', createAes())).status).toBe('Success')
  })
})
