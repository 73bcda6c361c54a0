import { describe, expect, test } from 'vitest'
import { compile } from '../../src/schema/codec.ts'
import type { Version } from '../../src/schema/version.ts'
import type { Fields, StructCodec } from '../../src/schema/struct.ts'
import { Secret } from '../../src/secret/secret.ts'
import { BlockCipherMode } from '../../src/spec/enum/block-cipher-mode.ts'
import { CryptographicParametersStruct } from '../../src/spec/structure/cryptographic-parameters.ts'
import { ExtensionInformationStruct } from '../../src/spec/structure/extension-information.ts'
import {
  TransparentDSAPublicKeyStruct,
  TransparentRSAPrivateKeyStruct,
} from '../../src/spec/structure/transparent-key.ts'
import { VendorAttributeStruct } from '../../src/spec/structure/vendor-attribute.ts'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType, type Item, type ItemOf } from '../../src/ttlv/item.ts'
import { normalise, STANDARDS, type FieldFacts } from './standard.ts'
import { structures } from './structures.ts'

interface Shape {
  readonly name: string
  readonly required: boolean
  readonly repeated: boolean
}

/** The fields that a structure writes in a version. */
function shapeOf(struct: StructCodec<Fields>, version: Version): Shape[] {
  return Object.values(struct.fields).flatMap((field) => {
    const bound = field.bind(version)
    if (bound?.written !== true) return []
    const { presence } = field
    const name = bound.tags[0]?.name ?? ''
    return [{ name, required: presence === 'required', repeated: presence === 'repeated' }]
  })
}

const SPELLINGS: Readonly<Record<string, string>> = {
  'Alternative failover endpoints': 'Alternate Failover Endpoints',
  Timestamp: 'Time Stamp',
}

function shapeInText(fields: readonly FieldFacts[]): Shape[] {
  return fields.map(({ name, required, repeated }) => ({
    name: normalise(SPELLINGS[name] ?? name),
    required: required && !repeated,
    repeated,
  }))
}

describe.each(STANDARDS)('structures of KMIP $version', ({ version, structures: inText }) => {
  const known = Object.entries(inText).filter(([title]) => structures[title] !== undefined)

  test.each(known)('%s has the fields of its table in their order', (title, facts) => {
    const struct = structures[title]
    const leftOut = LEFT_OUT[title] ?? []
    const isCompared = ({ name }: Shape) => !leftOut.includes(name)
    const actual = struct === undefined ? [] : shapeOf(struct, version)
    const mended = actual.map((field) => {
      const key = `${title}.${field.name}`
      return { ...field, ...PRESENCE[key], ...(version === '1.4' ? PRESENCE_IN_1[key] : {}) }
    })
    expect(mended.filter(isCompared)).toEqual(shapeInText(facts).filter(isCompared))
    expect(actual.length).toBeGreaterThan(0)
  })

  test('are described, or left to the folder that knows their dialect', () => {
    const missing = Object.keys(inText).filter((title) => structures[title] === undefined)
    expect(missing.filter((title) => !ELSEWHERE.includes(title))).toEqual([])
  })
})

/** Fields that a table has and the structure has not. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  // The dialects name attributes differently.
  'Key Wrapping Specification': ['AttributeName'],
  // One Object Type or several: two fields here.
  'Object Defaults': ['ObjectType_ObjectTypes', 'ObjectType', 'ObjectTypes'],
  // Whatever a vendor adds.
  'Server Information': ['VendorSpecific'],
  // 1.4 gives PBKDF2 a table of its own, which holds these two as well.
  'Derivation Parameters': ['Salt', 'IterationCount'],
}

/** What a table says of a field's presence where the structure says otherwise, since the table sets a condition. */
const PRESENCE: Readonly<Record<string, Partial<Shape>>> = {
  // Not of PGP certificates.
  'Certificate Identifier.SerialNumber': { required: true },
  'Digest.DigestValue': { required: true },
  'Digest.KeyFormatType': { required: true },
  // Clients give the total and the unit alone.
  'Usage Limits.UsageLimitsCount': { required: true },
  // The table forgets that it is a list.
  'Asynchronous Correlation Values.AsynchronousCorrelationValue': { repeated: false },
}

/** Conditions that 1.4 alone states: it has one Derivation Data at most, and parameters for every method but PBKDF2. */
const PRESENCE_IN_1: Readonly<Record<string, Partial<Shape>>> = {
  'Derivation Parameters.CryptographicParameters': { required: true },
  'Derivation Parameters.DerivationData': { required: true, repeated: false },
}

/** Structures whose shape depends on the dialect or on another field; `message/` describes them. */
const ELSEWHERE = [
  'Attribute',
  'Attribute Reference',
  'Attributes',
  'Authentication',
  'Certificate',
  'Certificate Request',
  'Common Attributes',
  'Credential',
  'Current Attribute',
  'Key Block',
  'Key Value',
  'Message Extension',
  'New Attribute',
  'Opaque Object',
  'PGP Key',
  'Private Key',
  'Private Key Attributes',
  'Protocol Version',
  'Public Key',
  'Public Key Attributes',
  'Request Message',
  'Response Message',
  'Secret Data',
  'Split Key',
  'Symmetric Key',
  'Template',
  'Template-Attribute',
  // The table shows the parameters of PKCS#11 as structures around fields of the same name; the payload has the fields.
  'PKCS#11 Function',
  'PKCS#11 Input Parameters',
  'PKCS#11 Interface',
  'PKCS#11 Output Parameters',
  'PKCS#11 Return Code',
]

function item<T extends ItemType>(
  row: { readonly number: number },
  type: T,
  value: ItemOf<T>['value'],
): Item {
  return { tag: row.number, type, value } as Item
}

function structureOf(value: readonly Item[]): Item {
  return item(Tag.KeyMaterial, ItemType.Structure, value)
}

describe('a structure', () => {
  const number = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7])

  test('keeps the primes of an RSA private key secret, and those of a DSA key not', () => {
    const rsa = compile(TransparentRSAPrivateKeyStruct, '1.4').decode(
      structureOf([
        item(Tag.Modulus, ItemType.BigInteger, number),
        item(Tag.P, ItemType.BigInteger, number),
      ]),
    )
    expect(rsa.p).toBeInstanceOf(Secret)
    expect(rsa.modulus).toEqual(number)
    const dsa = compile(TransparentDSAPublicKeyStruct, '1.4').decode(
      structureOf(
        [Tag.P, Tag.Q, Tag.G, Tag.Y].map((row) => item(row, ItemType.BigInteger, number)),
      ),
    )
    expect(dsa.p).toEqual(number)
  })

  test('[KMIP 1.4 2.1.9, 2.1 7.13] reads the type of an extension in either dialect', () => {
    const name = item(Tag.ExtensionName, ItemType.TextString, new TextEncoder().encode('ours'))
    const asInteger = [name, item(Tag.ExtensionType, ItemType.Integer, 7)]
    const asEnumeration = [name, item(Tag.ExtensionType, ItemType.Enumeration, 7)]
    const v1 = compile(ExtensionInformationStruct, '1.4')
    const v2 = compile(ExtensionInformationStruct, '2.1')
    expect(v1.decode(structureOf(asInteger))).toEqual({ extensionName: 'ours', extensionType: 7 })
    expect(v2.decode(structureOf(asEnumeration))).toEqual({
      extensionName: 'ours',
      extensionItemType: 7,
    })
    expect(() => v2.decode(structureOf(asInteger))).toThrow(
      expect.objectContaining({ code: 'MALFORMED_MESSAGE' }),
    )
  })

  test('[KMIP 1.4 3.6] leaves out the fields that an older version has not', () => {
    const parameters = { blockCipherMode: BlockCipherMode.GCM, tagLength: 16, saltLength: 20 }
    const tagsIn = (version: Version) => {
      const encoded = compile(CryptographicParametersStruct, version).encode(0x42002b, parameters)
      return encoded.type === ItemType.Structure ? encoded.value.map(({ tag }) => tag) : []
    }
    expect(tagsIn('1.0')).toEqual([Tag.BlockCipherMode.number])
    expect(tagsIn('1.2')).toEqual([Tag.BlockCipherMode.number, Tag.TagLength.number])
    expect(tagsIn('1.4')).toHaveLength(3)
  })

  test('[KMIP 2.1 4.60] Vendor Attribute names its vendor', () => {
    expect(shapeOf(VendorAttributeStruct, '2.1').map(({ name }) => name)).toEqual([
      'VendorIdentification',
      'AttributeName',
      'AttributeValue',
    ])
  })
})
