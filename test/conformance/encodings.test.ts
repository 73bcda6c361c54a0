import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { Bindings } from '../../conformance/runner/bindings.ts'
import { caseOf } from '../../conformance/runner/case.ts'
import { JSON_ENCODING, XML } from '../../conformance/runner/encoding.ts'
import { findCases } from '../../conformance/runner/files.ts'
import { elementOfJson, jsonOfElement } from '../../conformance/runner/json-form.ts'
import { fillInText, fillWithAnything } from '../../conformance/runner/placeholder.ts'
import { itemOfElement } from '../../conformance/runner/read-element.ts'
import { elementOfText, UnreadableAnswer } from '../../conformance/runner/read-xml.ts'
import { VECTORS, warnOfMissingVectors } from '../../conformance/vectors.ts'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { encode } from '../../src/ttlv/encode.ts'
import type { Item } from '../../src/ttlv/item.ts'
import { decodeJson, encodeJson } from '../../src/ttlv/json.ts'
import { encodeXml, itemFromXml } from '../../src/ttlv/xml.ts'
import { parseXml } from '../../src/ttlv/xml-parser.ts'
import { ask, request, response, success, uid } from './sample.ts'

const hexOf = (item: Item): string => Buffer.from(encode(item)).toString('hex')

if (VECTORS === undefined) warnOfMissingVectors()

const own = fileURLToPath(new URL('../../spec-vectors/operations', import.meta.url))

// Two codecs, written apart from each other, over every message of the official files and of our own.
describe("the runner's reader and the product's writer agree", () => {
  const folders = VECTORS === undefined ? [own] : [own, VECTORS]
  test.each(findCases(folders))('about $id', ({ steps }) => {
    for (const message of steps.flatMap((step) => [step.request, step.response])) {
      const element = fillWithAnything(message)
      const item = itemFromXml(element, vocabulary)
      const bytes = hexOf(item)
      expect(hexOf(XML.read(encodeXml(item, vocabulary)))).toBe(bytes)
      expect(hexOf(JSON_ENCODING.read(encodeJson(item, vocabulary)))).toBe(bytes)
      expect(hexOf(decodeJson(JSON.stringify(jsonOfElement(element)), vocabulary))).toBe(bytes)
    }
  })
})

describe('a question', () => {
  const source = request([ask('Activate', uid('$UNIQUE_IDENTIFIER_0'))]).replaceAll('/>', ' />')
  const answer = response([success('Activate', uid('$UNIQUE_IDENTIFIER_0'))])

  test('goes out in XML as the file writes it, but for its names', () => {
    const [step] = caseOf('f/A-1', `<KMIP>${source}${answer}</KMIP>`).steps
    const bindings = new Bindings(0)
    bindings.bind('$UNIQUE_IDENTIFIER_0', `a "b" & <c>`)
    expect(fillInText(step?.text ?? '', bindings)).toBe(
      source.replace('$UNIQUE_IDENTIFIER_0', 'a &#34;b&#34; &#38; &#60;c&#62;'),
    )
  })

  test('keeps a text that begins as a name does', () => {
    const text = '<A type="TextString" value="$5"/>'
    expect(fillInText(text, new Bindings(0))).toBe(text)
  })

  test.each([
    ['<BatchCount type="Integer" value="10"/>', { tag: 'BatchCount', type: 'Integer', value: 10 }],
    [
      '<CryptographicUsageMask type="Integer" value="Encrypt Decrypt"/>',
      { tag: 'CryptographicUsageMask', type: 'Integer', value: 'Encrypt|Decrypt' },
    ],
    [
      '<UsageLimitsCount type="LongInteger" value="1152921504606846976"/>',
      { tag: 'UsageLimitsCount', type: 'LongInteger', value: '0x1000000000000000' },
    ],
    [
      '<x540001 type="LongInteger" value="-2"/>',
      { tag: '0x540001', type: 'LongInteger', value: -2 },
    ],
    [
      '<X type="BigInteger" value="0000000000000000"/>',
      { tag: 'X', type: 'BigInteger', value: '0x0000000000000000' },
    ],
    [
      '<TTLV tag="0x420057" type="Enumeration" value="0x00000002"/>',
      { tag: '0x420057', type: 'Enumeration', value: '0x00000002' },
    ],
    [
      '<BatchOrderOption type="Boolean" value="true"/>',
      { tag: 'BatchOrderOption', type: 'Boolean', value: true },
    ],
    [
      '<ProtocolVersion><ProtocolVersionMajor type="Integer" value="1"/></ProtocolVersion>',
      {
        tag: 'ProtocolVersion',
        value: [{ tag: 'ProtocolVersionMajor', type: 'Integer', value: 1 }],
      },
    ],
  ])('%s goes out in JSON as encodings 4.1.6 has it', (xml, json) => {
    expect(jsonOfElement(parseXml(xml))).toEqual(json)
  })
})

describe('an answer in XML', () => {
  const read = (text: string): Item => itemOfElement(elementOfText(text))

  test.each([
    ['<X type="BigInteger" value="0000000000000001"/>', '42009f04000000080000000000000001'],
    ['<BatchCount type="Integer" value="-1"/>', '42000d0200000004ffffffff00000000'],
    ['<Nonce/>', '4200c80100000000'],
    [
      "<?xml version='1.0'?><!-- a --><NameValue type='TextString' value='&#x41;&amp;&lt;\n'/>",
      '420055070000000441263c2000000000',
    ],
    [
      '<TTLV tag="0x420001" name="ActivationDate" type="DateTime" value="1970-01-01T01:00:01+01:00"/>',
      '42000109000000080000000000000001',
    ],
    [
      '<CryptographicUsageMask type="Integer" value="CertificateSign 0x0000000c"/>',
      '42002c02000000040000100c00000000',
    ],
    ['<Offset type="Interval" value="27"/>', '4200580a000000040000001b00000000'],
  ])('%s is read', (text, hex) => {
    expect(hexOf(read(text))).toBe(hex)
  })

  test.each([
    ['an element that does not end', '<ResponseMessage>'],
    ['an end without a beginning', '</ResponseMessage>'],
    ['two elements', '<Nonce/><Nonce/>'],
    ['text between elements', '<Nonce>a</Nonce>'],
    ['a document type', '<!DOCTYPE a><Nonce/>'],
    ['an entity of its own', '<NameValue type="TextString" value="&other;"/>'],
    ['an ampersand', '<NameValue type="TextString" value="a & b"/>'],
    ['an attribute twice', '<NameValue type="TextString" type="TextString" value="a"/>'],
    ['an attribute of its own', '<NameValue type="TextString" value="a" more="b"/>'],
    ['a tag that nobody knows', '<NoSuchTag type="TextString" value="a"/>'],
    ['a type that nobody knows', '<NameValue type="String" value="a"/>'],
    ['a value that is missing', '<NameValue type="TextString"/>'],
    ['a structure with a value', '<Nonce value="1"/>'],
    ['an integer in hexadecimal', '<BatchCount type="Integer" value="0x00000001"/>'],
    ['a long integer in hexadecimal', '<UsageLimitsCount type="LongInteger" value="0x01"/>'],
    ['an enumeration as a number', '<ObjectType type="Enumeration" value="2"/>'],
    ['an enumeration that nobody knows', '<ObjectType type="Enumeration" value="Thing"/>'],
    ['bits with the line of JSON', '<CryptographicUsageMask type="Integer" value="Sign|Verify"/>'],
    ['a big integer of seven bytes', '<X type="BigInteger" value="00000000000000"/>'],
    ['bytes of half a byte', '<Data type="ByteString" value="abc"/>'],
    ['a date without a zone', '<ActivationDate type="DateTime" value="2001-01-01T10:00:00"/>'],
    ['a boolean of words', '<BatchOrderOption type="Boolean" value="yes"/>'],
    ['an interval below zero', '<Offset type="Interval" value="-1"/>'],
  ])('is not read that has %s', (_, text) => {
    expect(() => read(text)).toThrow(UnreadableAnswer)
  })
})

describe('an answer in JSON', () => {
  const read = (json: unknown): Item => itemOfElement(elementOfJson(json))

  test.each([
    [
      { tag: 'BatchCount', type: 'Integer', value: '0x0000000A' },
      '42000d02000000040000000a00000000',
    ],
    [
      { tag: 'BatchCount', type: 'Integer', value: '0xffffffff' },
      '42000d0200000004ffffffff00000000',
    ],
    [
      { tag: 'CryptographicUsageMask', type: 'Integer', value: 'Encrypt|0x00000008' },
      '42002c02000000040000000c00000000',
    ],
    [
      { tag: '0x540001', type: 'LongInteger', value: '0xfffffffffffffffe' },
      '5400010300000008fffffffffffffffe',
    ],
    [{ tag: 'X', type: 'BigInteger', value: -1 }, '42009f0400000008ffffffffffffffff'],
    [{ tag: '0x420057', type: 'Enumeration', value: 2 }, '42005705000000040000000200000000'],
    [
      { tag: 'BatchOrderOption', type: 'Boolean', value: '0x0000000000000001' },
      '42001006000000080000000000000001',
    ],
    [
      { tag: 'ArchiveDate', type: 'DateTime', value: '0x000000003a505520' },
      '4200050900000008000000003a505520',
    ],
    [{ tag: 'Offset', type: 'Interval', value: '0x0000001b' }, '4200580a000000040000001b00000000'],
    [{ tag: 'Nonce', value: null }, '4200c80100000000'],
  ])('%j is read', (json, hex) => {
    expect(hexOf(read(json))).toBe(hex)
  })

  test.each([
    ['an integer as decimal text', { tag: 'BatchCount', type: 'Integer', value: '10' }],
    ['a long integer beyond what JSON holds', { tag: 'X', type: 'LongInteger', value: 2 ** 60 }],
    ['a fraction', { tag: 'BatchCount', type: 'Integer', value: 1.5 }],
    ['a boolean in words', { tag: 'BatchOrderOption', type: 'Boolean', value: 'true' }],
    ['bytes that are a number', { tag: 'Data', type: 'ByteString', value: 10 }],
    ['a text that is a number', { tag: 'NameValue', type: 'TextString', value: 10 }],
    [
      'a big integer without its prefix',
      { tag: 'X', type: 'BigInteger', value: '0000000000000001' },
    ],
    [
      'bits with the space of XML',
      { tag: 'ObjectType', type: 'Integer', value: 'Encrypt Decrypt' },
    ],
    ['a structure that is a text', { tag: 'Nonce', value: 'a' }],
    ['a property of its own', { tag: 'Nonce', value: [], more: 1 }],
    ['no tag', { type: 'Integer', value: 1 }],
  ])('is not read that has %s', (_, json) => {
    expect(() => read(json)).toThrow()
  })
})
