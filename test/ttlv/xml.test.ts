import { describe, expect, test } from 'vitest'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { decodeXml, encodeXml } from '../../src/ttlv/xml.ts'
import { codeOf, faultOf } from './code-of.ts'
import { smallVocabulary } from './small-vocabulary.ts'
import { bytesOf } from './spec-examples.ts'

const read = (xml: string): Item => decodeXml(xml, smallVocabulary)
const write = (item: Item): string => new TextDecoder().decode(encodeXml(item, smallVocabulary))
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** 2001-01-01T10:00:00+10:00, which is midnight UTC. */
const MIDNIGHT = BigInt(Date.UTC(2001, 0, 1) / 1000)
const ACTIVATION: Item = { tag: 0x420001, type: ItemType.DateTime, value: MIDNIGHT }
const version = (major: number, minor: number): Item => ({
  tag: 0x420069,
  type: ItemType.Structure,
  value: [
    { tag: 0x42006a, type: ItemType.Integer, value: major },
    { tag: 0x42006b, type: ItemType.Integer, value: minor },
  ],
})

describe('[encodings 6.1] the examples of the standard', () => {
  const mask = (value: number): Item => ({ tag: 0x42002c, type: ItemType.Integer, value })
  const examples: [string, Item][] = [
    ['<TTLV tag="0x420001" name="ActivationDate" type="DateTime" value="2001-01-01T10:00:00+10:00"/>', ACTIVATION],
    ['<TTLV tag="0x420001" type="DateTime" value="2001-01-01T10:00:00+10:00"/>', ACTIVATION],
    ['<ActivationDate type="DateTime" value="2001-01-01T10:00:00+10:00"/>', ACTIVATION],
    ['<TTLV tag="0x54FFFF" name="SomeExtension" type="DateTime" value="2001-01-01T10:00:00+10:00"/>', { ...ACTIVATION, tag: 0x54ffff }],
    ['<ActivationDate xmlns="urn:oasis:tc:kmip:xmlns" type="DateTime" value="2001-01-01T10:00:00+10:00"/>', ACTIVATION],
    ['<IVCounterNonce type="ByteString" value="a1b2c3d4"/>', { tag: 0x42003d, type: ItemType.ByteString, value: bytesOf('a1b2c3d4') }],
    ['<PrivateKeyTemplateAttribute type="Structure"/>', { tag: 0x420065, type: ItemType.Structure, value: [] }],
    ['<TTLV tag="0x545352" name="SomeExtension" type="TextString" value="This is an extension"/>', { tag: 0x545352, type: ItemType.TextString, value: utf8('This is an extension') }],
    ['<ProtocolVersion type="Structure">\n\n  <ProtocolVersionMajor type="Integer" value="1"/>\n\n  <ProtocolVersionMinor type="Integer" value="0"/>\n\n</ProtocolVersion>', version(1, 0)],
    ['<ProtocolVersion>\n\n  <ProtocolVersionMajor type="Integer" value="1"/>\n\n  <ProtocolVersionMinor type="Integer" value="0"/>\n\n</ProtocolVersion>', version(1, 0)],
    ['<BatchCount type="Integer" value="10"/>', { tag: 0x42000d, type: ItemType.Integer, value: 10 }],
    ['<CryptographicUsageMask type="Integer" value="0x0000100c"/>', mask(0x100c)],
    ['<CryptographicUsageMask type="Integer" value="Encrypt Decrypt CertificateSign"/>', mask(0x100c)],
    ['<CryptographicUsageMask type="Integer" value="CertificateSign 0x00000004 0x0000008"/>', mask(0x100c)],
    ['<CryptographicUsageMask type="Integer" value="CertificateSign 0x0000000c"/>', mask(0x100c)],
    ['<x540001 type="LongInteger" value="-2"/>', { tag: 0x540001, type: ItemType.LongInteger, value: -2n }],
    ['<UsageLimitsCount type="LongInteger" value="1152921504606846976"/>', { tag: 0x420096, type: ItemType.LongInteger, value: 1n << 60n }],
    ['<Modulus type="BigInteger" value="0000000000000000"/>', { tag: 0x420052, type: ItemType.BigInteger, value: new Uint8Array(8) }],
    ['<ObjectType type="Enumeration" value="0x00000002"/>', { tag: 0x420057, type: ItemType.Enumeration, value: 2 }],
    ['<ObjectType type="Enumeration" value="SymmetricKey"/>', { tag: 0x420057, type: ItemType.Enumeration, value: 2 }],
    ['<BatchOrderOption type="Boolean" value="true"/>', { tag: 0x420010, type: ItemType.Boolean, value: true }],
    ['<AttributeName type="TextString" value="Cryptographic Algorithm"/>', { tag: 0x42000a, type: ItemType.TextString, value: utf8('Cryptographic Algorithm') }],
    ['<MACSignature type="ByteString" value="C50F77"/>', { tag: 0x42004d, type: ItemType.ByteString, value: bytesOf('c50f77') }],
    ['<ArchiveDate type="DateTime" value="2001-01-01T10:00:00+10:00"/>', { ...ACTIVATION, tag: 0x420005 }],
    ['<LeaseTime type="Interval" value="27"/>', { tag: 0x420049, type: ItemType.Interval, value: 27 }],
  ] // prettier-ignore
  for (const [xml, item] of examples) {
    test(`${xml.replaceAll(/\s+/g, ' ')} decodes, and comes back from what we write of it`, () => {
      expect(read(xml)).toEqual(item)
      expect(read(write(item))).toEqual(item)
    })
  }
})

describe('what values may look like', () => {
  const value = (type: string, text: string): Item['value'] =>
    read(`<TTLV tag="0x540001" type="${type}" value="${text}"/>`).value
  const good: [string, string, Item['value']][] = [
    ['Integer', '-2147483648', -2147483648],
    ['Integer', '+0002147483647', 2147483647],
    ['Integer', '0xffffffff', -1],
    ['Integer', '0x00000001', 1],
    ['LongInteger', '-9223372036854775808', -(2n ** 63n)],
    ['LongInteger', '0xFFFFFFFFFFFFFFFE', -2n],
    ['Enumeration', '0x80000001', 0x80000001],
    ['Boolean', '0', false],
    ['Boolean', '1', true],
    ['Boolean', 'false', false],
    ['Interval', '4294967295', 4294967295],
    ['Interval', '0x0000001b', 27],
    ['TextString', '', utf8('')],
    ['ByteString', '', new Uint8Array(0)],
    ['TextString', ' two  spaces ', utf8(' two  spaces ')],
    ['TextString', '&lt;&gt;&amp;&quot;&apos;&#913;&#x1F511;', utf8(`<>&"'Α🔑`)],
    ['TextString', 'a\tb\r\nc\nd&#9;&#10;&#13;', utf8('a b c d\t\n\r')],
    ['DateTime', '2001-01-01T00:00:00Z', MIDNIGHT],
    ['DateTime', '2001-01-01T00:00:00', MIDNIGHT],
    ['DateTime', '2001-01-01T00:00:00.999999Z', MIDNIGHT],
    ['DateTime', '2000-12-31T24:00:00Z', MIDNIGHT],
    ['DateTime', '2000-12-31T10:00:00-14:00', MIDNIGHT],
    ['DateTime', '1970-01-01T00:00:06+00:00', 6n],
    ['DateTime', '1969-12-31T23:59:59.5Z', -1n],
    ['DateTime', '0x000000003a50552a', 0x3a50552an],
    ['DateTimeExtended', '2001-01-01T00:00:00.1234567Z', MIDNIGHT * 1_000_000n + 123456n],
    ['DateTimeExtended', '1969-12-31T23:59:59.999999Z', -1n],
  ]
  for (const [type, text, expected] of good) {
    test(`${type} ${JSON.stringify(text)}`, () => {
      expect(value(type, text)).toEqual(expected)
    })
  }

  const bad: [string, string][] = [
    ['Integer', ''],
    ['Integer', ' 1'],
    ['Integer', '1.0'],
    ['Integer', '1e3'],
    ['Integer', '2147483648'],
    ['Integer', '0x1'],
    ['Integer', '0x100000000'],
    ['Integer', 'Encrypt'],
    ['LongInteger', '9223372036854775808'],
    ['LongInteger', '0xff'],
    ['BigInteger', ''],
    ['BigInteger', '00'],
    ['BigInteger', '0x0000000000000000'],
    ['Boolean', 'TRUE'],
    ['Boolean', '2'],
    ['ByteString', '0x00'],
    ['ByteString', '0'],
    ['ByteString', '0g'],
    ['Interval', '-1'],
    ['Interval', '4294967296'],
    ['DateTime', '2001-02-29T00:00:00Z'],
    ['DateTime', '1900-02-29T00:00:00Z'],
    ['DateTime', '2001-13-01T00:00:00Z'],
    ['DateTime', '2001-00-01T00:00:00Z'],
    ['DateTime', '2001-01-00T00:00:00Z'],
    ['DateTime', '2001-01-01T24:00:01Z'],
    ['DateTime', '2001-01-01T24:00:00.1Z'],
    ['DateTime', '2001-01-01T00:60:00Z'],
    ['DateTime', '2001-01-01T00:00:60Z'],
    ['DateTime', '2001-01-01T00:00:00+14:01'],
    ['DateTime', '2001-01-01 00:00:00Z'],
    ['DateTime', '2001-01-01'],
    ['DateTime', '292277026597-01-01T00:00:00Z'],
  ]
  for (const [type, text] of bad) {
    test(`${type} ${JSON.stringify(text)} is refused`, () => {
      expect(codeOf(() => value(type, text))).toBe('MALFORMED_MESSAGE')
    })
  }

  test('a name of no enumeration value is an unknown enumeration', () => {
    expect(codeOf(() => read('<ObjectType type="Enumeration" value="Teapot"/>'))).toBe(
      'UNKNOWN_ENUMERATION',
    )
    expect(codeOf(() => read('<ObjectType type="Enumeration" value="2"/>'))).toBe(
      'UNKNOWN_ENUMERATION',
    )
  })

  test('a mask of a name that is no bit is refused', () => {
    const xml = '<CryptographicUsageMask type="Integer" value="Encrypt Teapot"/>'
    expect(codeOf(() => read(xml))).toBe('MALFORMED_MESSAGE')
  })

  test('an Attribute Value of KMIP 1.x is read by the Attribute Name before it', () => {
    const attribute = (name: string, type: string, value: string): string =>
      `<Attribute><AttributeName type="TextString" value="${name}"/><AttributeValue type="${type}" value="${value}"/></Attribute>`
    expect(read(attribute('Cryptographic Algorithm', 'Enumeration', 'AES'))).toMatchObject({
      value: [{}, { tag: 0x42000b, type: ItemType.Enumeration, value: 3 }],
    })
    expect(read(attribute('Cryptographic Usage Mask', 'Integer', 'Decrypt Encrypt'))).toMatchObject(
      {
        value: [{}, { tag: 0x42000b, type: ItemType.Integer, value: 12 }],
      },
    )
    expect(codeOf(() => read(attribute('Object Type', 'Enumeration', 'AES')))).toBe(
      'UNKNOWN_ENUMERATION',
    )
  })
})

describe('what elements may look like', () => {
  const refused: [string, string, string][] = [
    ['a name that is not known', '<Teapot type="Integer" value="1"/>', 'UNKNOWN_FIELD'],
    ['TTLV without a tag', '<TTLV type="Integer" value="1"/>', 'UNKNOWN_FIELD'],
    ['a tag that is none', '<TTLV tag="0x430001" type="Integer" value="1"/>', 'UNKNOWN_FIELD'],
    ['a tag that is none as a name', '<x430001 type="Integer" value="1"/>', 'UNKNOWN_FIELD'],
    ['a type that is not known', '<BatchCount type="Number" value="1"/>', 'MALFORMED_MESSAGE'],
    ['a structure with a value', '<BatchCount value="1"/>', 'MALFORMED_MESSAGE'],
    ['a value that is missing', '<BatchCount type="Integer"/>', 'MALFORMED_MESSAGE'],
    ['a value with elements in it', '<KeyBlock type="TextString" value=""><KeyBlock/></KeyBlock>', 'MALFORMED_MESSAGE'],
    ['an attribute that is not known', '<BatchCount type="Integer" value="1" id="7"/>', 'MALFORMED_MESSAGE'],
    ['a tag beside a name', '<BatchCount tag="0x42000d" type="Integer" value="1"/>', 'MALFORMED_MESSAGE'],
  ] // prettier-ignore
  for (const [what, xml, code] of refused) {
    test(`${what} is refused`, () => {
      expect(codeOf(() => read(xml))).toBe(code)
    })
  }

  test('structures may be nested as deep as in bytes', () => {
    const nested = (depth: number): string =>
      '<KeyBlock>'.repeat(depth) + '</KeyBlock>'.repeat(depth)
    expect(read(nested(32)).tag).toBe(0x420040)
    expect(codeOf(() => read(nested(33)))).toBe('SERVER_LIMIT')
  })

  test('a fault names the tags on the way and shows no value', () => {
    const xml =
      '<KeyBlock><KeyValue><KeyMaterial type="ByteString" value="73656372657x"/></KeyValue></KeyBlock>'
    const fault = faultOf(() => read(xml))
    expect(fault?.path).toEqual(['0x420040', '0x420045'])
    expect(`${fault?.message ?? ''} ${fault?.detail ?? ''}`).not.toContain('7365')
  })
})

describe('what we write', () => {
  test('names, masks, enumerations and dates as the official cases have them', () => {
    const item: Item = {
      tag: 0x420078,
      type: ItemType.Structure,
      value: [
        { tag: 0x42002c, type: ItemType.Integer, value: 12 },
        { tag: 0x420057, type: ItemType.Enumeration, value: 2 },
        { tag: 0x420001, type: ItemType.DateTime, value: 6n },
        { tag: 0x540001, type: ItemType.Boolean, value: false },
      ],
    }
    expect(write(item)).toBe(`<RequestMessage>
  <CryptographicUsageMask type="Integer" value="Encrypt Decrypt"/>
  <ObjectType type="Enumeration" value="SymmetricKey"/>
  <ActivationDate type="DateTime" value="1970-01-01T00:00:06Z"/>
  <TTLV tag="0x540001" type="Boolean" value="false"/>
</RequestMessage>
`)
  })

  test('a text that XML has no characters for is refused', () => {
    for (const text of ['\u0000', 'a\u001fb', '\ufffe', 'a\uffff']) {
      const item: Item = { tag: 0x420055, type: ItemType.TextString, value: utf8(text) }
      expect(codeOf(() => write(item))).toBe('INVALID_FIELD')
    }
  })

  test('the last and the first second of a 64-bit clock', () => {
    // Years of the proleptic Gregorian calendar as GNU date 9.1 gives them for @9223372036854775807.
    const item = (value: bigint): Item => ({ tag: 0x420001, type: ItemType.DateTime, value })
    for (const value of [2n ** 63n - 1n, -(2n ** 63n)])
      expect(read(write(item(value)))).toEqual(item(value))
  })
})
