import { describe, expect, test } from 'vitest'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { decodeJson, encodeJson } from '../../src/ttlv/json.ts'
import { DEFAULT_LIMITS } from '../../src/ttlv/limits.ts'
import { codeOf, faultOf } from './code-of.ts'
import { smallVocabulary } from './small-vocabulary.ts'
import { bytesOf } from './spec-examples.ts'

const read = (json: string): Item => decodeJson(json, smallVocabulary)
const write = (item: Item): string => new TextDecoder().decode(encodeJson(item, smallVocabulary))
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** 2001-01-01T10:00:00+10:00, which is midnight UTC. */
const MIDNIGHT = BigInt(Date.UTC(2001, 0, 1) / 1000)

describe('[encodings 4.1] the examples of the standard', () => {
  const activation: Item = { tag: 0x420001, type: ItemType.DateTime, value: MIDNIGHT }
  const archive: Item = { ...activation, tag: 0x420005 }
  const mask = (value: number): Item => ({ tag: 0x42002c, type: ItemType.Integer, value })
  const count: Item = { tag: 0x42000d, type: ItemType.Integer, value: 10 }
  const objectType: Item = { tag: 0x420057, type: ItemType.Enumeration, value: 2 }
  const order: Item = { tag: 0x420010, type: ItemType.Boolean, value: true }
  const lease: Item = { tag: 0x420049, type: ItemType.Interval, value: 27 }
  const modulus: Item = { tag: 0x420052, type: ItemType.BigInteger, value: new Uint8Array(8) }
  const version: Item = {
    tag: 0x420069,
    type: ItemType.Structure,
    value: [
      { tag: 0x42006a, type: ItemType.Integer, value: 1 },
      { tag: 0x42006a, type: ItemType.Integer, value: 0 },
    ],
  }
  const long = (tag: number, value: bigint): Item => ({ tag, type: ItemType.LongInteger, value })
  const examples: [string, Item][] = [
    ['{"tag": "ActivationDate", "type":"DateTime", "value":"2001-01-01T10:00:00+10:00"}', activation],
    ['{"tag": "0x54FFFF", "name":"SomeExtension", "type":"Integer", "value":"0x00000001"}', { tag: 0x54ffff, type: ItemType.Integer, value: 1 }],
    ['{"tag": "0x420001", "type":"DateTime", "value":"2001-01-01T10:00:00+10:00"}', activation],
    ['{"tag": "IVCounterNonce", "type":"ByteString", "value":"a1b2c3d4"}', { tag: 0x42003d, type: ItemType.ByteString, value: bytesOf('a1b2c3d4') }],
    ['{"tag": "PrivateKeyTemplateAttribute", "type":"Structure", "value":[]}', { tag: 0x420065, type: ItemType.Structure, value: [] }],
    ['{"tag": "PrivateKeyTemplateAttribute", "value":null}', { tag: 0x420065, type: ItemType.Structure, value: [] }],
    ['{"tag": "0x545352", "type":"TextString", "value":"This is an extension"}', { tag: 0x545352, type: ItemType.TextString, value: utf8('This is an extension') }],
    ['{"tag": "ProtocolVersion", "type":"Structure", "value":[\n\n  {"tag": "ProtocolVersionMajor", "type":"Integer", "value":1},\n\n  {"tag": "ProtocolVersionMajor", "type":"Integer", "value":0}\n\n]}', version],
    ['{"tag": "ProtocolVersion", "value":[\n\n  {"tag": "ProtocolVersionMajor", "type":"Integer", "value":1},\n\n   {"tag": "ProtocolVersionMajor", "type":"Integer", "value":0}\n\n]}', version],
    ['{"tag": "BatchCount", "type":"Integer", "value":10}', count],
    ['{"tag": "BatchCount", "type":"Integer", "value":"0x0000000A"}', count],
    ['{"tag": "CryptographicUsageMask", "type":"Integer", "value": "0x0000100c"}', mask(0x100c)],
    ['{"tag": "CryptographicUsageMask", "type":"Integer", "value": "Encrypt|Decrypt|CertificateSign"}', mask(0x100c)],
    ['{"tag": "CryptographicUsageMask", "type":"Integer", "value": "CertificateSign|0x00000004|0x0000008"}', mask(0x100c)],
    ['{"tag": "CryptographicUsageMask", "type":"Integer", "value": "CertificateSign|0x0000000c"}', mask(0x100c)],
    ['{"tag": "0x540001", "type":"LongInteger", "value":"0xfffffffffffffffe"}', long(0x540001, -2n)],
    ['{"tag": "0x540001", "type":"LongInteger", "value":-2}', long(0x540001, -2n)],
    ['{"tag": "UsageLimitsCount", "type":"LongInteger", "value":"0x1000000000000000"}', long(0x420096, 1n << 60n)],
    ['{"tag": "Modulus", "type":"BigInteger", "value":0}', modulus],
    ['{"tag": "Modulus", "type":"BigInteger", "value":"0x0000000000000000"}', modulus],
    ['{"tag": "0x420057", "type":"Enumeration", "value":2}', objectType],
    ['{"tag": "ObjectType", "type":"Enumeration", "value":"0x00000002"}', objectType],
    ['{"tag": "ObjectType", "type":"Enumeration", "value":"SymmetricKey"}', objectType],
    ['{"tag": "BatchOrderOption", "type":"Boolean", "value":true}', order],
    ['{"tag": "BatchOrderOption", "type":"Boolean", "value":"0x0000000000000001"}', order],
    ['{"tag": "AttributeName", "type":"TextString", "value":"Cryptographic Algorithm"}', { tag: 0x42000a, type: ItemType.TextString, value: utf8('Cryptographic Algorithm') }],
    ['{"tag": "MACSignature", "type":"ByteString", "value":"C50F77"}', { tag: 0x42004d, type: ItemType.ByteString, value: bytesOf('c50f77') }],
    ['{"tag": "ArchiveDate", "type":"DateTime", "value":"0x000000003a505520"}', { ...archive, value: 0x3a505520n }],
    ['{"tag": "ArchiveDate", "type":"DateTime", "value":"2001-01-01T10:00:00+10:00"}', archive],
    ['{"tag": "LeaseTime", "type":"Interval", "value":27}', lease],
    ['{"tag": "LeaseTime", "type":"Interval", "value":"0x0000001b"}', lease],
  ] // prettier-ignore
  for (const [json, item] of examples) {
    test(`${json.replaceAll(/\s+/g, ' ')} decodes, and comes back from what we write of it`, () => {
      expect(read(json)).toEqual(item)
      expect(read(write(item))).toEqual(item)
    })
  }
})

describe('what values may look like', () => {
  const value = (type: string, json: string): Item['value'] =>
    read(`{"tag":"0x540001","type":"${type}","value":${json}}`).value
  const good: [string, string, Item['value']][] = [
    ['Integer', '-2147483648', -2147483648],
    ['Integer', '"0xffffffff"', -1],
    ['LongInteger', '4503599627370495', 2n ** 52n - 1n],
    ['LongInteger', '-4503599627370495', 1n - 2n ** 52n],
    ['BigInteger', '-1', bytesOf('ffffffffffffffff')],
    [
      'BigInteger',
      '"0x000000000000000080000000000000AB"',
      bytesOf('000000000000000080000000000000ab'),
    ],
    ['Enumeration', '2147483649', 0x80000001],
    ['Boolean', '"0x0000000000000000"', false],
    ['Interval', '4294967295', 4294967295],
    ['TextString', '"\\u0391\\ud83d\\udd11\\u0000\\n"', utf8('Α🔑\u0000\n')],
    ['ByteString', '""', new Uint8Array(0)],
    ['DateTimeExtended', '"2001-01-01T00:00:00.000001Z"', MIDNIGHT * 1_000_000n + 1n],
    ['DateTimeExtended', '"0xffffffffffffffff"', -1n],
  ]
  for (const [type, json, expected] of good) {
    test(`${type} ${json}`, () => {
      expect(value(type, json)).toEqual(expected)
    })
  }

  const bad: [string, string][] = [
    ['Integer', '1.5'],
    ['Integer', '"1"'],
    ['Integer', '2147483648'],
    ['Integer', '"0x1"'],
    ['Integer', '"Encrypt"'],
    ['Integer', 'null'],
    ['Integer', 'true'],
    ['LongInteger', '4503599627370496'],
    ['LongInteger', '-4503599627370496'],
    ['LongInteger', '1e400'],
    ['LongInteger', '"0xff"'],
    ['BigInteger', '"0x"'],
    ['BigInteger', '"0000000000000000"'],
    ['BigInteger', '"0x00"'],
    ['BigInteger', '4503599627370496'],
    ['Enumeration', '-1'],
    ['Enumeration', '4294967296'],
    ['Boolean', '1'],
    ['Boolean', '"true"'],
    ['Boolean', '"0x0000000000000002"'],
    ['TextString', '1'],
    ['TextString', '"\\ud800"'],
    ['ByteString', '"0x00"'],
    ['ByteString', '"0"'],
    ['DateTime', '0'],
    ['DateTime', '"2001-02-30T00:00:00Z"'],
    ['Interval', '-1'],
    ['Structure', '{}'],
    ['Structure', '""'],
    ['Structure', '[1]'],
    ['Structure', '[[]]'],
    ['Teapot', '1'],
  ]
  for (const [type, json] of bad) {
    test(`${type} ${json} is refused`, () => {
      expect(codeOf(() => value(type, json))).toBe('MALFORMED_MESSAGE')
    })
  }

  test('a name of no enumeration value is an unknown enumeration', () => {
    const json = '{"tag":"ObjectType","type":"Enumeration","value":"Teapot"}'
    expect(codeOf(() => read(json))).toBe('UNKNOWN_ENUMERATION')
  })
})

describe('what objects may look like', () => {
  const refused: [string, string, string][] = [
    ['nothing', '', 'MALFORMED_MESSAGE'],
    ['a number', '1', 'MALFORMED_MESSAGE'],
    ['null', 'null', 'MALFORMED_MESSAGE'],
    ['an array', '[]', 'MALFORMED_MESSAGE'],
    ['a trailing comma', '{"tag":"BatchCount","value":null,}', 'MALFORMED_MESSAGE'],
    ['two objects', '{"tag":"BatchCount","value":null}{}', 'MALFORMED_MESSAGE'],
    ['no tag', '{"type":"Integer","value":1}', 'MALFORMED_MESSAGE'],
    ['a tag that is a number', '{"tag":4325376,"type":"Integer","value":1}', 'MALFORMED_MESSAGE'],
    ['a tag that is not known', '{"tag":"Teapot","type":"Integer","value":1}', 'UNKNOWN_FIELD'],
    ['a tag out of range', '{"tag":"0x430000","type":"Integer","value":1}', 'UNKNOWN_FIELD'],
    ['a type that is a number', '{"tag":"BatchCount","type":2,"value":1}', 'MALFORMED_MESSAGE'],
    ['no value', '{"tag":"BatchCount","type":"Integer"}', 'MALFORMED_MESSAGE'],
    ['no value of a structure', '{"tag":"BatchCount"}', 'MALFORMED_MESSAGE'],
    ['a property that is not known', '{"tag":"BatchCount","type":"Integer","value":1,"x":1}', 'MALFORMED_MESSAGE'],
    ['a prototype', '{"tag":"BatchCount","type":"Integer","value":1,"__proto__":{}}', 'MALFORMED_MESSAGE'],
    ['a name twice', '{"tag":"BatchCount","type":"Integer","value":1,"value":2}', 'MALFORMED_MESSAGE'],
    ['a name twice, once escaped', '{"tag":"BatchCount","type":"Integer","value":1,"v\\u0061lue":2}', 'MALFORMED_MESSAGE'],
    ['a name twice with a space before the colon', '{"tag":"BatchCount","type":"Integer","value" :1,"value"\\n:2}', 'MALFORMED_MESSAGE'],
  ] // prettier-ignore
  for (const [what, json, code] of refused) {
    test(`${what} is refused`, () => {
      expect(codeOf(() => read(json))).toBe(code)
    })
  }

  test('a string that equals a name, and names that recur in other objects, are no duplicates', () => {
    const json =
      '{"tag":"KeyBlock","value":[{"tag":"NameValue","type":"TextString","value":"tag"},{"tag":"NameValue","type":"TextString","value":"a\\\\\\"tag\\":"}]}'
    expect(read(json).value).toHaveLength(2)
  })

  test('quotation marks that are escaped do not end a string', () => {
    const json = String.raw`{"tag":"NameValue","type":"TextString","value":"\",\"tag\":\"\",\"tag\":\""}`
    expect(read(json).value).toEqual(utf8('","tag":"","tag":"'))
  })

  test('a fault quotes nothing of the message', () => {
    for (const json of [
      '{"tag":"KeyMaterial","type":"ByteString","value":"736563',
      '{"tag":"KeyMaterial","type":"ByteString","value":"73656x"}',
    ]) {
      const fault = faultOf(() => read(json))
      expect(fault?.code).toBe('MALFORMED_MESSAGE')
      expect([fault?.message, fault?.detail, String(fault?.cause)].join(' ')).not.toContain('7365')
    }
  })
})

describe('what we write', () => {
  test('names, masks, enumerations, dates and escapes', () => {
    const item: Item = {
      tag: 0x420078,
      type: ItemType.Structure,
      value: [
        { tag: 0x42002c, type: ItemType.Integer, value: 0x4000_000c },
        { tag: 0x420057, type: ItemType.Enumeration, value: 7 },
        { tag: 0x420055, type: ItemType.TextString, value: utf8('"\\\n\u0000Α') },
        { tag: 0x540001, type: ItemType.LongInteger, value: 2n ** 52n },
        { tag: 0x540001, type: ItemType.LongInteger, value: 2n ** 52n - 1n },
      ],
    }
    expect(write(item)).toBe(`{"tag":"RequestMessage","type":"Structure","value":[
  {"tag":"CryptographicUsageMask","type":"Integer","value":"Encrypt|Decrypt|0x40000000"},
  {"tag":"ObjectType","type":"Enumeration","value":"0x00000007"},
  {"tag":"NameValue","type":"TextString","value":"\\"\\\\\\u000a\\u0000Α"},
  {"tag":"0x540001","type":"LongInteger","value":"0x0010000000000000"},
  {"tag":"0x540001","type":"LongInteger","value":4503599627370495}
]}`)
  })
})

describe('limits', () => {
  const nested = (depth: number): string =>
    '{"tag":"KeyBlock","value":['.repeat(depth) + ']}'.repeat(depth)

  test('structures may be nested as deep as in bytes', () => {
    expect(read(nested(32)).tag).toBe(0x420040)
    expect(codeOf(() => read(nested(33)))).toBe('SERVER_LIMIT')
    const empty = '{"tag":"KeyBlock","value":null}'
    const around = (depth: number): string => nested(depth).replace('[]', `[${empty}]`)
    expect(read(around(31)).tag).toBe(0x420040)
    expect(codeOf(() => read(around(32)))).toBe('SERVER_LIMIT')
  })

  test('bombs of brackets are refused before they are parsed', () => {
    expect(codeOf(() => read('['.repeat(1_000_000)))).toBe('SERVER_LIMIT')
    expect(codeOf(() => read('{"a":'.repeat(200_000)))).toBe('SERVER_LIMIT')
  })

  test('items are counted', () => {
    const leaf = '{"tag":"BatchCount","type":"Integer","value":1}'
    const json = (count: number): string =>
      `{"tag":"KeyBlock","value":[${Array.from({ length: count - 1 }, () => leaf).join()}]}`
    expect(read(json(10_000)).value).toHaveLength(9_999)
    expect(codeOf(() => read(json(10_001)))).toBe('SERVER_LIMIT')
  })

  test('the size of the source is bounded, and what is long but allowed does no harm', () => {
    const json = `{"tag":"NameValue","type":"TextString","value":"${'\\u0041'.repeat(200_000)}"}`
    expect(codeOf(() => read(json))).toBe('SERVER_LIMIT')
    const limits = { ...DEFAULT_LIMITS, messageBytes: 1e9 }
    expect(decodeJson(json, smallVocabulary, limits).value).toHaveLength(200_000)
    expect(codeOf(() => decodeJson(json.slice(0, -2), smallVocabulary, limits))).toBe(
      'MALFORMED_MESSAGE',
    )
  })
})
