import { expect, test } from 'vitest'
import { phraseOf } from '../../src/admin/phrase.ts'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { dump } from '../../src/ttlv/dump.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'

const text = (tag: number, value: string): Item => ({
  tag,
  type: ItemType.TextString,
  value: new TextEncoder().encode(value),
})
const enumeration = (tag: number, value: number): Item => ({
  tag,
  type: ItemType.Enumeration,
  value,
})
const structure = (tag: number, ...value: Item[]): Item => ({
  tag,
  type: ItemType.Structure,
  value,
})

// Tags of KMIP 1.4 section 9.1.3.1.
test.each<[string, Item, string]>([
  ['a number', { tag: 0x42002a, type: ItemType.Integer, value: 256 }, '256'],
  ['a mask', { tag: 0x42002c, type: ItemType.Integer, value: 0x0c }, 'Encrypt|Decrypt'],
  ['an enumeration', enumeration(0x42008d, 2), 'Active'],
  ['a text of several words', text(0x420094, 'a b c'), '"a b c"'],
  [
    'a structure',
    structure(0x420053, text(0x420055, 'my key'), enumeration(0x420054, 1)),
    'NameValue "my key", NameType UninterpretedTextString',
  ],
  [
    'a text with line ends, which stays one line',
    structure(0x420053, text(0x420055, 'a\nb TextString "c"'), enumeration(0x420054, 1)),
    'NameValue "a\\nb TextString \\"c\\"", NameType UninterpretedTextString',
  ],
])('%s is said in one line without its wire type', (_what, item, expected) => {
  expect(phraseOf(dump(item, vocabulary))).toBe(expected)
})

test('key material is not said at all', () => {
  const keyMaterial: Item = {
    tag: 0x420043,
    type: ItemType.ByteString,
    value: Uint8Array.of(0xde, 0xad, 0xbe, 0xef),
  }
  expect(phraseOf(dump(keyMaterial, vocabulary))).not.toMatch(/dead/i)
})
