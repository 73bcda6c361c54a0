import { describe, expect, test } from 'vitest'
import { adjustAttribute } from '../../src/model/attribute-adjustment.ts'
import {
  addAttribute,
  deleteAttribute,
  modifyAttribute,
  setAttribute,
} from '../../src/model/attribute-change.ts'
import { checkApplies } from '../../src/model/attribute-rules.ts'
import { newObject } from '../../src/model/new-object.ts'
import { Attribute, type AttributeName } from '../../src/spec/attribute.ts'
import { ObjectType } from '../../src/spec/enum/object-type.ts'
import { AdjustmentType } from '../../src/spec/enum/adjustment-type.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import { normalise, standardOf, type AttributeFacts } from '../spec/standard.ts'
import { NAMES, sampleOf, typeFor } from './attribute-sample.ts'
import { codeOf, entry, keyContent, keyIn, NOW, objectOf } from './sample.ts'

/** What the text of a version says of an attribute; the parts of a certificate's names share one section. */
function factsIn(version: '1.4' | '2.1', name: AttributeName): AttributeFacts | undefined {
  const sections = Object.entries(standardOf(version).attributes)
  const title = /^Certificate(Subject|Issuer)[A-Z]/u.test(name) ? 'CertificateAttributes' : name
  return (sections.find(([key]) => normalise(key) === name) ??
    sections.find(([key]) => normalise(key) === title))?.[1]
}

/** 2.1 says what holds for every version; attributes that it has no more are those of 1.4. */
function factsOf(name: AttributeName): AttributeFacts {
  const facts = factsIn('2.1', name) ?? factsIn('1.4', name)
  if (facts === undefined) throw new TypeError(`no text has ${name}`)
  return facts
}

const refusalUnless = (isAllowed: boolean): string | undefined =>
  isAllowed ? undefined : 'ATTRIBUTE_READ_ONLY'

/**
 * Attributes that the server sets by their tables, and that a client names all the same when it creates or registers
 * an object (KMIP 1.4 sections 4.1, 4.3; KMIP 2.1 sections 6.1.8, 6.1.43).
 */
const NAMED_AT_CREATION: readonly AttributeName[] = [
  'CryptographicAlgorithm',
  'CryptographicLength',
  'CertificateType',
  'CertificateLength',
  'DigitalSignatureAlgorithm',
  'KeyFormatType',
]

/** Types that can be counted up and down, or negated (KMIP 2.1 section 6.1.3). */
const COUNTED: readonly (number | undefined)[] = [
  ItemType.Integer,
  ItemType.LongInteger,
  ItemType.Interval,
  ItemType.DateTime,
]

describe.each(NAMES)('a client and %s', (name) => {
  const facts = factsOf(name)
  const isSetByClient = facts.setBy.includes('Client')
  const sample = sampleOf(name)
  const bare = objectOf(typeFor(name))
  const holding = {
    ...bare,
    attributes: bare.attributes.without({ name }).adding({ name }, sample.value),
  }
  const without = { ...bare, attributes: bare.attributes.without({ name }) }

  test('creating: as the text says who sets it first', () => {
    const isNamed = NAMED_AT_CREATION.includes(name)
    // The object is a key whatever the attribute is for: what it may have is another test's business.
    if (!Attribute[name].appliesTo.includes('SymmetricKey')) return
    const create = () =>
      newObject({
        uniqueIdentifier: 'key-1',
        owner: 'client-1',
        content: keyContent(),
        requested: [sample],
        shortUniqueIdentifier: new Uint8Array(4),
        digest: undefined,
        leaseTime: 1,
        rules: { usageMask: 'free', conflictingUsage: 'allow' },
        now: NOW,
      })
    expect(codeOf(create)).toBe(refusalUnless(isSetByClient || isNamed))
  })

  test('adding: as the text says who sets it first', () => {
    expect(codeOf(() => addAttribute(without, sample, NOW))).toBe(refusalUnless(isSetByClient))
  })

  test('setting what is not there: as adding', () => {
    expect(codeOf(() => setAttribute(without, sample, NOW))).toBe(refusalUnless(isSetByClient))
  })

  test('modifying: as the text says', () => {
    const modify = () => modifyAttribute(holding, sample, { by: 'only' }, NOW)
    expect(codeOf(modify)).toBe(refusalUnless(facts.clientModifies))
  })

  test('setting what is there: as modifying', () => {
    expect(codeOf(() => setAttribute(holding, sample, NOW))).toBe(
      refusalUnless(facts.clientModifies),
    )
  })

  test('deleting: as the text says', () => {
    const remove = () => deleteAttribute(holding, { name }, { by: 'all' }, NOW)
    expect(codeOf(remove)).toBe(refusalUnless(facts.clientDeletes))
  })

  test('adjusting: what can be counted or negated, as modifying', () => {
    const type = Attribute[name].codec.itemType
    const isFlag = type === ItemType.Boolean
    const adjustmentType = isFlag ? AdjustmentType.Negate : AdjustmentType.Increment
    const adjust = () => adjustAttribute(holding, { reference: { name }, adjustmentType }, NOW)
    const isCounted = isFlag || COUNTED.includes(type)
    expect(codeOf(adjust)).toBe(
      isCounted ? refusalUnless(facts.clientModifies) : 'INVALID_DATA_TYPE',
    )
  })

  test('adding another: as the text says of multiple instances', () => {
    if (!isSetByClient || name === 'OperationPolicyName') return
    const other = name === 'Name' ? entry('Name', { nameValue: 'other', nameType: 1 }) : undefined
    const add = () => addAttribute(holding, other ?? { ...sample, value: 'other' }, NOW)
    if (!facts.multiple) expect(codeOf(add)).toBe('ATTRIBUTE_EXISTS')
    else expect(add().object.attributes.instances({ name })).toHaveLength(2)
  })

  test('the same value again is refused', () => {
    if (!isSetByClient || name === 'OperationPolicyName') return
    expect(codeOf(() => addAttribute(holding, sample, NOW))).toBe('ATTRIBUTE_EXISTS')
  })
})

describe('vendor attributes (KMIP 2.1 section 4.60)', () => {
  const value = { tag: 0x42_00_0b, type: ItemType.Integer, value: 5 } as const
  const custom = { vendor: 'x', name: 'Site' }
  const serverOwn = { vendor: 'y', name: 'Rack' }
  const key = keyIn('PreActive', { reference: serverOwn, value }, { reference: custom, value })

  test('of the vendor x are the clients to set, change and delete', () => {
    const next = { ...value, value: 6 }
    const changed = modifyAttribute(key, { reference: custom, value: next }, { by: 'only' }, NOW)
    expect(changed.object.attributes.instances(custom)).toEqual([{ index: 0, value: next }])
    const gone = deleteAttribute(key, custom, { by: 'all' }, NOW)
    expect(gone.object.attributes.has(custom)).toBe(false)
    const added = addAttribute(key, { reference: custom, value: next }, NOW)
    expect(added.object.attributes.instances(custom)).toHaveLength(2)
  })

  test('of the vendor y are the server alone to change', () => {
    const item = { reference: serverOwn, value }
    const all = { by: 'all' } as const
    expect(codeOf(() => addAttribute(key, item, NOW))).toBe('ATTRIBUTE_READ_ONLY')
    expect(codeOf(() => setAttribute(key, item, NOW))).toBe('ATTRIBUTE_READ_ONLY')
    expect(codeOf(() => modifyAttribute(key, item, all, NOW))).toBe('ATTRIBUTE_READ_ONLY')
    expect(codeOf(() => deleteAttribute(key, serverOwn, all, NOW))).toBe('ATTRIBUTE_READ_ONLY')
  })

  test('that have no vendor are unknown names, which no object has', () => {
    const unknown = { vendor: '', name: 'Colour' }
    expect(codeOf(() => addAttribute(key, { reference: unknown, value }, NOW))).toBe(
      'UNSUPPORTED_ATTRIBUTE',
    )
  })
})

describe('what an attribute applies to', () => {
  test.each([
    ['CertificateType', 'SymmetricKey'],
    ['CryptographicDomainParameters', 'SymmetricKey'],
    ['OpaqueDataType', 'SecretData'],
    ['CertificateSubjectCN', 'PublicKey'],
  ] as const)('%s is refused for a %s', (name, type) => {
    expect(
      codeOf(() => {
        checkApplies({ name }, ObjectType[type])
      }),
    ).toBe('UNSUPPORTED_ATTRIBUTE')
    expect(codeOf(() => addAttribute(objectOf(type), sampleOf(name), NOW))).toBe(
      'UNSUPPORTED_ATTRIBUTE',
    )
  })
})
