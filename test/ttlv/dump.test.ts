import { describe, expect, test } from 'vitest'
import { dump } from '../../src/ttlv/dump.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { smallVocabulary } from './small-vocabulary.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const canary = utf8('canary-of-the-test')

describe('the text tree', () => {
  test('shows names, types and values', () => {
    const item: Item = {
      tag: 0x420078,
      type: ItemType.Structure,
      value: [
        { tag: 0x42000d, type: ItemType.Integer, value: 1 },
        { tag: 0x42002c, type: ItemType.Integer, value: 12 },
        { tag: 0x420057, type: ItemType.Enumeration, value: 2 },
        { tag: 0x420001, type: ItemType.DateTime, value: 6n },
        { tag: 0x420010, type: ItemType.Boolean, value: true },
        { tag: 0x42004d, type: ItemType.ByteString, value: Uint8Array.of(0, 255) },
        { tag: 0x420055, type: ItemType.TextString, value: utf8('key') },
      ],
    }
    expect(dump(item, smallVocabulary)).toBe(
      [
        'RequestMessage',
        '  BatchCount Integer 1',
        '  CryptographicUsageMask Integer Encrypt|Decrypt',
        '  ObjectType Enumeration SymmetricKey',
        '  ActivationDate DateTime 1970-01-01T00:00:06Z',
        '  BatchOrderOption Boolean true',
        '  MACSignature ByteString 00ff',
        '  NameValue TextString "key"',
      ].join('\n'),
    )
  })

  test('a text can neither forge a line nor turn the terminal', () => {
    const value = utf8('a\nBatchCount Integer 2\u001b[31m\u202e"')
    const text = dump({ tag: 0x420055, type: ItemType.TextString, value }, smallVocabulary)
    expect(text).toMatch(/^[ -~]*$/)
    expect(text).toContain('\\nBatchCount')
  })

  test('long values are cut', () => {
    const value = new Uint8Array(1000).fill(0xab)
    const text = dump({ tag: 0x42004d, type: ItemType.ByteString, value }, smallVocabulary)
    expect(text).toBe(`MACSignature ByteString ${'ab'.repeat(64)} … (1000 bytes)`)
  })
})

describe('secrets', () => {
  test('a value under a secret tag shows its type and length alone', () => {
    for (const type of [ItemType.TextString, ItemType.ByteString] as const) {
      const text = dump({ tag: 0x4200a1, type, value: canary }, smallVocabulary)
      expect(text).toMatch(/^Password \w+ \(18 bytes\)$/)
    }
  })

  test('all within a secret structure is hidden, and what follows it is not', () => {
    const item: Item = {
      tag: 0x420040,
      type: ItemType.Structure,
      value: [
        {
          tag: 0x420045,
          type: ItemType.Structure,
          value: [
            {
              tag: 0x420043,
              type: ItemType.Structure,
              value: [
                { tag: 0x420055, type: ItemType.TextString, value: canary },
                { tag: 0x42000d, type: ItemType.Integer, value: 424242 },
              ],
            },
            { tag: 0x420096, type: ItemType.LongInteger, value: 424242n },
          ],
        },
        { tag: 0x42000d, type: ItemType.Integer, value: 7 },
      ],
    }
    const text = dump(item, smallVocabulary)
    expect(text).not.toMatch(/canary|424242/)
    expect(text.split('\n')).toContain('      NameValue TextString (18 bytes)')
    expect(text.split('\n')).toContain('      BatchCount Integer (4 bytes)')
    expect(text.split('\n')).toContain('    UsageLimitsCount LongInteger (8 bytes)')
    expect(text.split('\n')).toContain('  BatchCount Integer 7')
  })

  test('a value under a tag that is not known is hidden', () => {
    const item: Item = { tag: 0x540001, type: ItemType.ByteString, value: canary }
    expect(dump(item, smallVocabulary)).toBe('0x540001 ByteString (18 bytes)')
  })
})
