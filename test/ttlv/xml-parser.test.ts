import { describe, expect, test } from 'vitest'
import { parseXml } from '../../src/ttlv/xml-parser.ts'
import { DEFAULT_LIMITS } from '../../src/ttlv/limits.ts'
import { codeOf } from './code-of.ts'

const attribute = (xml: string): string | undefined => parseXml(xml).attributes.get('a')

describe('well-formed XML', () => {
  test('elements, attributes, comments and white space', () => {
    const root = parseXml(`<?xml version="1.0" encoding="UTF-8"?>
      <!-- before --><KMIP >
        <One a="1" b='2'/><!-- < & -between- --><Two><Three></Three ></Two>
      </KMIP> <!-- after -->
    `)
    expect(root.name).toBe('KMIP')
    expect(root.children.map(({ name }) => name)).toEqual(['One', 'Two'])
    expect([...(root.children[0]?.attributes ?? [])]).toEqual([['a', '1'], ['b', '2']]) // prettier-ignore
    expect(root.children[1]?.children[0]?.children).toEqual([])
  })

  test('bytes with a byte order mark', () => {
    expect(parseXml(Uint8Array.of(0xef, 0xbb, 0xbf, 0x3c, 0x61, 0x2f, 0x3e)).name).toBe('a')
  })

  test('a quotation mark of the other kind inside a value', () => {
    expect(attribute(`<x a='"'/>`)).toBe('"')
    expect(attribute(`<x a="'>"/>`)).toBe(`'>`)
  })

  test('references are resolved once', () => {
    expect(attribute('<x a="&amp;lt;&#38;#60;"/>')).toBe('&lt;&#60;')
  })

  test('a default namespace is not an attribute', () => {
    expect(parseXml('<x xmlns="urn:oasis:tc:kmip:xmlns"/>').attributes.size).toBe(0)
  })
})

describe('whatever else XML has is refused', () => {
  const refused: [string, string][] = [
    ['nothing', ''],
    ['white space alone', '  '],
    ['a document type', '<!DOCTYPE x><x/>'],
    ['an entity bomb', '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x a="&b;"/>'],
    ['a processing instruction', '<?php ?><x/>'],
    ['a processing instruction inside', '<x><?go?></x>'],
    ['a declaration that is late', ' <?xml version="1.0"?><x/>'],
    ['a declaration of another encoding', '<?xml version="1.0" encoding="UTF-16"?><x/>'],
    ['a declaration of version 1.1', '<?xml version="1.1"?><x/>'],
    ['CDATA', '<x><![CDATA[y]]></x>'],
    ['text', '<x>y</x>'],
    ['a character in place of an angle bracket', '<x>!y/></x>'],
    ['a reference as text', '<x>&#32;</x>'],
    ['two elements', '<x/><x/>'],
    ['text behind', '<x/>y'],
    ['an element that does not end', '<x>'],
    ['an end tag too many', '<x/></x>'],
    ['crossed tags', '<x><y></x></y>'],
    ['an end tag alone', '</x>'],
    ['a tag cut short', '<x a="1"'],
    ['a name with a prefix', '<k:x xmlns:k="urn:oasis:tc:kmip:xmlns"/>'],
    ['an attribute with a prefix', '<x k:a="1"/>'],
    ['another namespace', '<x xmlns="urn:other"/>'],
    ['an attribute twice', '<x a="1" a="1"/>'],
    ['the namespace twice', '<x xmlns="urn:oasis:tc:kmip:xmlns" xmlns="urn:oasis:tc:kmip:xmlns"/>'],
    ['an attribute without a value', '<x a/>'],
    ['a value without quotation marks', '<x a=1/>'],
    ['attributes without a space between', '<x a="1"b="2"/>'],
    ['a value that does not end', '<x a="1/>'],
    ['an angle bracket in a value', '<x a="<"/>'],
    ['a bare ampersand', '<x a="&"/>'],
    ['an entity that is not known', '<x a="&nbsp;"/>'],
    ['an entity without a semicolon', '<x a="&amp"/>'],
    ['a reference to NUL', '<x a="&#0;"/>'],
    ['a reference to a surrogate', '<x a="&#xD800;"/>'],
    ['a reference to a noncharacter', '<x a="&#xFFFF;"/>'],
    ['a reference beyond Unicode', '<x a="&#x110000;"/>'],
    ['a reference without digits', '<x a="&#;"/>'],
    ['a control character', '<x a="\u0001"/>'],
    ['a lone surrogate', '<x a="\ud800"/>'],
    ['a comment that does not end', '<x/><!-- '],
    ['a comment with two hyphens inside', '<x/><!-- a -- b -->'],
    ['a comment that ends in something else', '<x><!-- a --!<y/></x>'],
    ['a comment that ends in three hyphens', '<x/><!-- a --->'],
    ['a name that begins with a digit', '<1x/>'],
    ['a space before the name', '< x/>'],
  ]
  for (const [what, xml] of refused) {
    test(what, () => {
      expect(codeOf(() => parseXml(xml))).toBe('MALFORMED_MESSAGE')
    })
  }

  test('bytes that are not UTF-8', () => {
    const latin1 = Uint8Array.from('<x a="\u00e9"/>', (character) => character.charCodeAt(0))
    expect(codeOf(() => parseXml(latin1))).toBe('MALFORMED_MESSAGE')
  })
})

describe('limits', () => {
  const nested = (depth: number): string => '<x>'.repeat(depth) + '</x>'.repeat(depth)

  test('elements may stand one deeper than structures', () => {
    expect(parseXml(nested(33)).name).toBe('x')
    expect(codeOf(() => parseXml(nested(34)))).toBe('SERVER_LIMIT')
  })

  test('130,000 levels end at the limit', () => {
    expect(codeOf(() => parseXml('<x>'.repeat(130_000)))).toBe('SERVER_LIMIT')
  })

  test('130,000 levels parse where they are allowed', () => {
    const limits = { messageBytes: 1e9, depth: 1e9, items: 1e9 }
    expect(parseXml(nested(130_000), limits).name).toBe('x')
  })

  test('elements are counted', () => {
    const items = (count: number): string => `<x>${'<y/>'.repeat(count - 1)}</x>`
    expect(parseXml(items(10_000)).children).toHaveLength(9_999)
    expect(codeOf(() => parseXml(items(10_001)))).toBe('SERVER_LIMIT')
  })

  test('the size of the source is bounded', () => {
    const xml = `<x a="${'1'.repeat(DEFAULT_LIMITS.messageBytes)}"/>`
    expect(codeOf(() => parseXml(xml))).toBe('SERVER_LIMIT')
  })

  test('a mebibyte of anything is read or refused without harm', () => {
    const limits = { ...DEFAULT_LIMITS, messageBytes: 1e9 }
    const much = 4_000_000
    for (const long of [
      `<x a="${'1'.repeat(much)}"/>`,
      `<x a="${'&amp;'.repeat(much / 5)}"/>`,
      `<${'x'.repeat(much)}/>`,
      `<x>${' '.repeat(much)}</x>`,
      `<x><!--${'- '.repeat(much / 2)}--></x>`,
      `<?xml version="1.0"${' '.repeat(much)}?><x/>`,
    ]) {
      expect(codeOf(() => parseXml(long, limits))).toBeUndefined()
      expect(codeOf(() => parseXml(long.slice(0, -6), limits))).toBe('MALFORMED_MESSAGE')
    }
  })
})
