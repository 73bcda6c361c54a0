import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { attributeByTitle } from '../../src/spec/attribute.ts'
import { Tag } from '../../src/spec/tag.ts'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { normalise, STANDARDS } from './standard.ts'

const VECTORS = join(import.meta.dirname, '../../../shared/vectors')
const FOLDERS = ['profiles-1.4', 'profiles-2.0', 'testcases-1.4']

function text(tag: number, value: string): Item {
  return { tag, type: ItemType.TextString, value: new TextEncoder().encode(value) }
}

describe('names of tags', () => {
  test('are given both ways', () => {
    expect(vocabulary.tagName(0x42002a)).toBe('CryptographicLength')
    expect(vocabulary.tagNumber('CryptographicLength')).toBe(0x42002a)
  })

  test('are undefined for what the standard does not name', () => {
    expect(vocabulary.tagName(0x540001)).toBeUndefined()
    expect(vocabulary.tagNumber('toString')).toBeUndefined()
  })
})

describe('names of enumeration values', () => {
  test.each([
    ['CryptographicAlgorithm', 2, 'DES3'],
    ['HashingAlgorithm', 6, 'SHA_256'],
    ['MaskGeneratorHashingAlgorithm', 6, 'SHA_256'],
    ['KeyFormatType', 3, 'PKCS_1'],
    ['RecommendedCurve', 7, 'P_256'],
    ['SplitKeyMethod', 4, 'PolynomialSharingGF2_8'],
    ['UniqueIdentifier', 1, 'IDPlaceholder'],
    ['AttributeReference', 0x420053, 'Name'],
  ])('[KMIP encodings 4.1.3] %s %i is %s', (tagName, value, name) => {
    const tag = vocabulary.tagNumber(tagName) ?? 0
    expect(vocabulary.enumerationName(tag, value)).toBe(name)
    expect(vocabulary.enumerationValue(tag, name)).toBe(value)
  })

  test('are understood in the spelling of another edition', () => {
    const { HashingAlgorithm, DigitalSignatureAlgorithm, MaskGenerator } = Tag
    expect(vocabulary.enumerationValue(HashingAlgorithm.number, 'SHA_3_256')).toBe(0x0f)
    expect(
      vocabulary.enumerationValue(
        DigitalSignatureAlgorithm.number,
        'SHA_256WithRSAEncryptionPKCS_1V1_5',
      ),
    ).toBe(5)
    expect(vocabulary.enumerationValue(MaskGenerator.number, 'MFG1')).toBe(1)
    expect(vocabulary.enumerationValue(HashingAlgorithm.number, 'constructor')).toBeUndefined()
  })

  test('are undefined for extensions and for tags of another type', () => {
    expect(vocabulary.enumerationName(Tag.ObjectType.number, 0x80000001)).toBeUndefined()
    expect(vocabulary.enumerationName(Tag.BatchCount.number, 1)).toBeUndefined()
  })
})

describe('masks', () => {
  test('name each bit', () => {
    const tag = Tag.CryptographicUsageMask.number
    expect(vocabulary.isMask(tag)).toBe(true)
    expect(vocabulary.bitName(tag, 0x200)).toBe('DeriveKey')
    expect(vocabulary.bitValue(tag, 'MACGenerate')).toBe(0x80)
    expect(vocabulary.bitValue(tag, 'ContentCommitment')).toBe(0x400)
  })

  test('are not what other integers are', () => {
    expect(vocabulary.isMask(Tag.CryptographicLength.number)).toBe(false)
    expect(vocabulary.bitName(Tag.CryptographicLength.number, 1)).toBeUndefined()
  })
})

describe('the meaning of an Attribute Value', () => {
  const value = Tag.AttributeValue.number

  test('[KMIP 1.4 2.1.1] is that of the Attribute Name before it', () => {
    const before = [text(Tag.AttributeName.number, 'Cryptographic Algorithm')]
    expect(vocabulary.meaningOf(value, before)).toBe(Tag.CryptographicAlgorithm.number)
    expect(attributeByTitle('Cryptographic Algorithm')?.name).toBe('CryptographicAlgorithm')
  })

  test('is its own where the name is a custom one', () => {
    expect(vocabulary.meaningOf(value, [text(Tag.AttributeName.number, 'x-State')])).toBe(value)
    expect(vocabulary.meaningOf(value, [])).toBe(value)
  })

  test('[KMIP 2.1 4.60] is its own where a vendor chose a name of the standard', () => {
    const before = [
      text(Tag.VendorIdentification.number, 'acme'),
      text(Tag.AttributeName.number, 'State'),
    ]
    expect(vocabulary.meaningOf(value, before)).toBe(value)
  })

  test('of any other tag is the tag', () => {
    expect(vocabulary.meaningOf(Tag.State.number, [])).toBe(Tag.State.number)
  })
})

describe('secrets', () => {
  test.each([
    'KeyMaterial',
    'KeyValue',
    'Key',
    'D',
    'X',
    'P',
    'Q',
    'PrivateExponent',
    'PrimeExponentP',
    'PrimeExponentQ',
    'CRTCoefficient',
    'Password',
    'OneTimePassword',
    'HashedPassword',
    'TicketValue',
    'Data',
    'DerivationData',
    'OpaqueDataValue',
    'PKCS_11InputParameters',
    'PKCS_11OutputParameters',
  ])('%s is one', (name) => {
    expect(vocabulary.isSecret(vocabulary.tagNumber(name) ?? 0)).toBe(true)
  })

  test.each([
    'CertificateValue',
    'Modulus',
    'PublicExponent',
    'Y',
    'NameValue',
    'UniqueIdentifier',
  ])('%s is none', (name) => {
    expect(vocabulary.isSecret(vocabulary.tagNumber(name) ?? 0)).toBe(false)
  })
})

/** Element, type and value of each element of a case; attribute names stand before attribute values. */
function* elementsOf(xml: string): Generator<{ name: string; type: string; value: string }> {
  for (const [, name = '', rest = ''] of xml.matchAll(/<([A-Za-z_][\w]*)\b([^>]*)>/gu)) {
    const type = /\btype="([^"]*)"/u.exec(rest)?.[1] ?? 'Structure'
    const value = /\bvalue="([^"]*)"/u.exec(rest)?.[1] ?? ''
    yield { name, type, value }
  }
}

function unknownValue(tag: number, type: string, value: string): boolean {
  if (/^(0x|-?\d|\$|$)/u.test(value)) return false
  if (type === 'Enumeration') return vocabulary.enumerationValue(tag, value) === undefined
  if (type !== 'Integer') return false
  return value.split(/[ |]/u).some((bit) => vocabulary.bitValue(tag, bit) === undefined)
}

function unknownNamesIn(xml: string): string[] {
  const unknown: string[] = []
  let title = ''
  for (const { name, type, value } of elementsOf(xml)) {
    if (name === 'KMIP') continue
    if (name === 'AttributeName') title = value
    const own = vocabulary.tagNumber(name)
    const meant = name === 'AttributeValue' ? attributeByTitle(title)?.tag.number : own
    if (own === undefined) unknown.push(name)
    else if (unknownValue(meant ?? own, type, value)) unknown.push(`${name}=${value}`)
  }
  return unknown
}

describe.skipIf(!existsSync(VECTORS))(
  'the official cases (skipped where they are not there)',
  () => {
    test.each(FOLDERS)('of %s use no name that is not known', (folder) => {
      const files = readdirSync(join(VECTORS, folder)).filter((file) => file.endsWith('.xml'))
      const unknown = files.flatMap((file) => {
        const xml = readFileSync(join(VECTORS, folder, file), 'utf8').replace(/<!--.*?-->/gsu, '')
        return unknownNamesIn(xml).map((name) => `${file}: ${name}`)
      })
      expect(files.length).toBeGreaterThan(50)
      expect(unknown).toEqual([])
    })
  },
)

/** What 1.4 calls otherwise; official cases of 1.4 write the first and the last kind as 2.1 does. */
const RENAMED =
  /^(DigitalSignatureAlgorithm .*PKCS_1V|HashingAlgorithm SHA_3_|MaskGenerator MFG1$)/u

describe('every name of every edition', () => {
  test.each(STANDARDS)(
    '$version is read as its number, and written but for those renamed',
    (edition) => {
      const unread: string[] = []
      const unwritten: string[] = []
      for (const [title, { members }] of Object.entries(edition.numbers)) {
        const table = normalise(title)
        for (const [member, value] of Object.entries(members)) {
          const name = normalise(member)
          const [number, written] =
            table === 'Tag' ? tagBothWays(name, value) : bothWays(table, name, value)
          if (number !== value) unread.push(`${table} ${name}`)
          if (written !== name && !RENAMED.test(`${table} ${name}`))
            unwritten.push(`${table} ${name}`)
        }
      }
      expect(unread.filter((each) => !each.startsWith('ItemType '))).toEqual([])
      expect(unwritten.filter((each) => !each.startsWith('ItemType '))).toEqual([])
    },
  )
})

type BothWays = readonly [number: number | undefined, name: string | undefined]

function tagBothWays(name: string, value: number): BothWays {
  return [vocabulary.tagNumber(name), vocabulary.tagName(value)]
}

function bothWays(table: string, name: string, value: number): BothWays {
  const tag = vocabulary.tagNumber(table) ?? 0
  return vocabulary.isMask(tag)
    ? [vocabulary.bitValue(tag, name), vocabulary.bitName(tag, value)]
    : [vocabulary.enumerationValue(tag, name), vocabulary.enumerationName(tag, value)]
}
