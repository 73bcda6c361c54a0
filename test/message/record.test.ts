import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyBlockOf } from '../../src/model/content.ts'
import type { AttributeEntry } from '../../src/model/attribute-set.ts'
import { AttributeSet, vendorItem } from '../../src/model/attribute-set.ts'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import { attributesOfObject } from '../../src/message/attributes.ts'
import { decodeRecord, encodeRecord } from '../../src/message/record.ts'
import { compile } from '../../src/schema/codec.ts'
import { struct } from '../../src/schema/struct.ts'
import { VERSIONS, type Version } from '../../src/schema/version.ts'
import { Secret } from '../../src/secret/secret.ts'
import { ObjectType } from '../../src/spec/enum/object-type.ts'
import { SecretDataType } from '../../src/spec/enum/secret-data-type.ts'
import { KeyFormatType } from '../../src/spec/enum/key-format-type.ts'
import { Tag } from '../../src/spec/tag.ts'
import { decode } from '../../src/ttlv/decode.ts'
import { encode } from '../../src/ttlv/encode.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { NAMES, sampleOf } from '../model/attribute-sample.ts'
import { entry, keyIn, textItem, vendorEntry } from '../model/sample.ts'
import { arbitraryItem } from '../ttlv/arbitrary-item.ts'

const entriesOf = ({ attributes }: ManagedObject) => [...attributes.entries()]

/** What is left of an object once it was written, read, and the bytes it was read from are zeroed. */
function throughRecord(object: ManagedObject, sequence = 7n): ManagedObject {
  const bytes = encodeRecord({ object, sequence })
  const read = decodeRecord(bytes)
  bytes.fill(0)
  expect(read.sequence).toBe(sequence)
  return read.object
}

const material = (object: ManagedObject) =>
  object.content &&
  keyBlockOf(object.content)?.keyValue?.material.expose((bytes) => Buffer.from(bytes).toString())

describe('the record of an object', () => {
  test('may hold more than one message may: an object grows over many', () => {
    const many = Array.from({ length: 4_000 }, (_, at) => vendorEntry('x', `a${at}`, 'text'))
    const object = { ...keyIn('Active'), attributes: AttributeSet.from(many) }
    expect(entriesOf(throughRecord(object))).toHaveLength(4_000)
  })

  test('keeps every attribute of the standard', () => {
    const object = { ...keyIn('Active'), attributes: AttributeSet.from(NAMES.map(sampleOf)) }
    const read = throughRecord(object)
    expect(entriesOf(read)).toEqual(entriesOf(object))
    expect(read).toMatchObject({ owner: 'client-1', uniqueIdentifier: 'key-1', objectType: 2 })
  })

  test('keeps indices with their gaps (KMIP 1.4 section 2.1.1)', () => {
    const group = { name: 'ObjectGroup' } as const
    const key = keyIn('Active', ...['a', 'b', 'c'].map((each) => entry('ObjectGroup', each)))
    const gapped = { ...key, attributes: key.attributes.removing(group, 1) }
    expect(throughRecord(gapped).attributes.instances(group)).toEqual([
      { index: 0, value: 'a' },
      { index: 2, value: 'c' },
    ])
  })

  test('keeps vendor attributes of any type beyond the bytes they were read from', () => {
    const tag = Tag.AttributeValue.number
    fc.assert(
      fc.property(arbitraryItem({ tags: [tag], xmlText: false }), (item) => {
        const site = { vendor: 'x', name: 'Site' }
        const value = { ...item, tag }
        const read = throughRecord(keyIn('Active', { reference: site, value }))
        expect(read.attributes.instances(site)).toEqual([{ index: 0, value }])
      }),
      { numRuns: 200 },
    )
  })

  test('keeps key material beyond the bytes it was read from', () => {
    const object: ManagedObject = {
      ...keyIn('Active'),
      objectType: ObjectType.SecretData,
      content: {
        objectType: ObjectType.SecretData,
        secretDataType: SecretDataType.Password,
        keyBlock: {
          keyFormatType: KeyFormatType.Opaque,
          keyValue: {
            form: 'bytes',
            material: Secret.copyOf(Buffer.from('swordfish')),
            attributes: [],
          },
        },
      },
    }
    expect(material(throughRecord(object))).toBe('swordfish')
  })

  test('of a destroyed object has its attributes and no content', () => {
    const read = throughRecord(keyIn('Destroyed', vendorEntry('x', 'Site', 'here')))
    expect(read.content).toBeUndefined()
    expect(entriesOf(read)).toEqual(entriesOf(keyIn('Destroyed', vendorEntry('x', 'Site', 'here'))))
  })

  test.each([
    [[]],
    [[entry('CryptographicLength', 128), vendorEntry('x', 'A', 'b')]],
    // Whatever was kept must be read: one such template would hide every object of its client from Locate.
    [[vendorEntry('', 'no name of 1.x', 'b')]],
  ])(
    'of a template keeps what is in it (KMIP 1.4 section 2.2.6): %#',
    (attributes: readonly AttributeEntry[]) => {
      const content = { objectType: ObjectType.Template, attributes } as const
      const read = throughRecord({
        ...keyIn('PreActive'),
        objectType: ObjectType.Template,
        content,
      })
      expect(read.content).toEqual({
        ...content,
        attributes: attributes.map((each) => ({ ...each, index: 0 })),
      })
    },
  )

  test('that is cut off or is no record is refused', () => {
    const bytes = encodeRecord({ object: keyIn('Active'), sequence: 1n })
    expect(() => decodeRecord(bytes.subarray(0, -8))).toThrow(
      expect.objectContaining({ code: 'MALFORMED_MESSAGE' }),
    )
  })
})

const Holder = struct({ attributes: attributesOfObject })

function written(attributes: readonly AttributeEntry[], version: Version): Item {
  return compile(Holder, version).encode(Tag.ResponsePayload.number, { attributes })
}

/** Through the bytes, so that nothing but what is encoded can come back. */
function readBack(bytes: Uint8Array, version: Version): readonly AttributeEntry[] {
  return compile(Holder, version).decode(decode(bytes)).attributes
}

describe('attributes in a message', () => {
  test.each(VERSIONS)(
    'of KMIP %s come back as they went, those that the version has',
    (version) => {
      const sent = [...NAMES.map(sampleOf), vendorEntry('x', 'Site', 'here')]
      const read = readBack(encode(written(sent, version)), version)
      const names = new Set(read.map(({ reference }) => reference.name))
      // The Digest's Key Format Type came with 1.1 (KMIP 1.4 section 3.17).
      const isWhole = (name: string) => version !== '1.0' || name !== 'Digest'
      const whole = read.filter(({ reference }) => isWhole(reference.name))
      expect(whole).toEqual(
        sent.filter(({ reference: { name } }) => names.has(name) && isWhole(name)),
      )
      expect(names.has('Site')).toBe(true)
      expect(names.size).toBeGreaterThan(20)
    },
  )

  test.each(['1.4', '2.1'] as const)('of KMIP %s outlive the message they came in', (version) => {
    const sent = [vendorEntry('x', 'Site', 'here'), sampleOf('ShortUniqueIdentifier')]
    const bytes = encode(written(sent, version))
    const read = readBack(bytes, version)
    bytes.fill(0)
    const [site, short] = read
    expect(vendorItem(site?.value)).toEqual(textItem('here'))
    if (version === '2.1') expect(short?.value).toEqual(sampleOf('ShortUniqueIdentifier').value)
    expect(vendorItem(site?.value).type).toBe(ItemType.TextString)
  })

  test.each(['1.0', '1.4'] as const)(
    'of other vendors than x and y have no name in KMIP %s (2.1 section 4.60)',
    (version) => {
      expect(written([vendorEntry('acme', 'Site', 'here')], version).value).toEqual([])
    },
  )
})
