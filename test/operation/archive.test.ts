import { beforeEach, describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import { attribute1, Bench, createAes, find, identifierOf, identifiersOf, uid } from './harness.ts'
import { MISSING, REASON } from './refusal-case.ts'

let bench: Bench
let key: string

beforeEach(async () => {
  bench = await Bench.open()
  key = await bench.createKey()
})

const archive = async (version = '1.4') => bench.ask(version, 'Archive', uid(key))
const locate = async (mask: string) =>
  identifiersOf(
    await bench.ask('2.1', 'Locate', `<StorageStatusMask type="Integer" value="${mask}"/>`),
  )
const dateOf = async (name: string) => {
  const { payload } = await bench.ask('2.1', 'GetAttributes', uid(key))
  const found = find(payload, name === 'ArchiveDate' ? Tag.ArchiveDate : Tag.LastChangeDate)
  return found?.type === ItemType.DateTime ? Number(found.value) : undefined
}

/** What each operation on an object needs behind the identifier, in KMIP 1.4 and 2.1. */
const ON_OBJECTS: readonly (readonly [operation: string, rest1: string, rest2: string])[] = [
  ['Get', '', ''],
  ['GetAttributes', '', ''],
  ['GetAttributeList', '', ''],
  [
    'AddAttribute',
    attribute1('x-A', 'TextString', 'a'),
    '<NewAttribute><Comment type="TextString" value="a"/></NewAttribute>',
  ],
  [
    'ModifyAttribute',
    attribute1('Contact Information', 'TextString', 'a'),
    '<NewAttribute><ContactInformation type="TextString" value="a"/></NewAttribute>',
  ],
  [
    'DeleteAttribute',
    '<AttributeName type="TextString" value="Contact Information"/>',
    '<AttributeReference type="Enumeration" value="ContactInformation"/>',
  ],
  ['Check', '', ''],
  ['ObtainLease', '', ''],
  [
    'GetUsageAllocation',
    '<UsageLimitsCount type="LongInteger" value="1"/>',
    '<UsageLimitsCount type="LongInteger" value="1"/>',
  ],
  ['Activate', '', ''],
  ['Revoke', REASON, REASON],
  ['Destroy', '', ''],
  ['Archive', '', ''],
]

describe('an archived object', () => {
  test.each(ON_OBJECTS)(
    'is refused to %s and nothing is stored (1.4 section 11)',
    async (...of) => {
      const [operation, rest1, rest2] = of
      await archive()
      const before = await bench.dump()
      const old = await bench.ask('1.4', operation, uid(key) + rest1)
      const recent = await bench.ask('2.1', operation, uid(key) + rest2)
      expect([old.reason, recent.reason]).toEqual(['ObjectArchived', 'ObjectArchived'])
      expect(await bench.dump()).toEqual(before)
    },
  )

  test('is found where archived objects are asked for, and nowhere else (1.4 section 4.9)', async () => {
    const other = await bench.createKey()
    await archive()
    expect(await locate('OnLineStorage')).toEqual([other])
    expect(await locate('ArchivalStorage')).toEqual([key])
    expect(await locate('OnLineStorage ArchivalStorage')).toEqual([other, key])
    expect(identifiersOf(await bench.ask('2.1', 'Locate'))).toEqual([other])
  })

  test('answers as before once it is recovered, without an Archive Date (1.4 section 3.32)', async () => {
    await archive()
    bench.now += 10
    const recovered = await bench.ask('1.4', 'Recover', uid(key))
    expect(identifierOf(recovered)).toBe(key)
    expect(await dateOf('ArchiveDate')).toBeUndefined()
    expect(await dateOf('LastChangeDate')).toBe(bench.now)
    expect((await bench.ask('1.4', 'Get', uid(key))).status).toBe('Success')
    expect(await locate('OnLineStorage')).toEqual([key])
  })
})

test('Archive becomes of every version, and answers with the identifier (1.4 section 4.22)', async () => {
  for (const version of ['1.0', '1.4', '2.0', '2.1']) {
    expect(identifierOf(await archive(version))).toBe(key)
    expect(identifierOf(await bench.ask(version, 'Recover', uid(key)))).toBe(key)
  }
})

test('Recover leaves an object that is on-line as it is', async () => {
  const before = await bench.dump()
  expect((await bench.ask('2.1', 'Recover', uid(key))).status).toBe('Success')
  expect(await bench.dump()).toEqual(before)
})

test.each(['Archive', 'Recover'])('%s does not name what there is not', async (operation) => {
  await bench.ask('2.1', 'Destroy', uid(key))
  const foreign = await bench.createKey('', 'bob')
  const reasons = async (version: string) => {
    const answers = [MISSING, foreign, key].map(async (each) =>
      bench.ask(version, operation, uid(each)),
    )
    return (await Promise.all(answers)).map(({ reason }) => reason)
  }
  expect(await reasons('1.4')).toEqual(['ItemNotFound', 'ItemNotFound', 'PermissionDenied'])
  expect(await reasons('2.1')).toEqual(['ObjectNotFound', 'ObjectNotFound', 'PermissionDenied'])
})

test('an archived Template is not taken attributes from (1.4 section 11.2)', async () => {
  const name = `<NameValue type="TextString" value="t"/>
    <NameType type="Enumeration" value="UninterpretedTextString"/>`
  const template = identifierOf(
    await bench.ask(
      '1.2',
      'Register',
      `<ObjectType type="Enumeration" value="Template"/><TemplateAttribute><Attribute>
        <AttributeName type="TextString" value="Name"/><AttributeValue>${name}</AttributeValue>
        </Attribute></TemplateAttribute><Template>
        ${attribute1('Cryptographic Length', 'Integer', '128')}</Template>`,
    ),
  )
  await bench.ask('1.2', 'Archive', uid(template))
  const { reason } = await bench.ask(
    '1.2',
    'Create',
    `<ObjectType type="Enumeration" value="SymmetricKey"/><TemplateAttribute><Name>${name}</Name>
      ${attribute1('Cryptographic Algorithm', 'Enumeration', 'AES')}
      ${attribute1('Cryptographic Usage Mask', 'Integer', 'Encrypt')}</TemplateAttribute>`,
  )
  expect(reason).toBe('ObjectArchived')
})

test('dates go on changing the state of an archived object (1.4 section 3.22)', async () => {
  key = identifierOf(
    await bench.ask(
      '2.1',
      'Create',
      createAes('<ActivationDate type="DateTime" value="2023-11-14T23:13:20Z"/>'),
    ),
  )
  await archive()
  bench.now += 7_200
  await bench.ask('1.4', 'Recover', uid(key))
  const { payload } = await bench.ask('2.1', 'GetAttributes', uid(key))
  expect(find(payload, Tag.State)).toMatchObject({ value: 2 })
})
