import { describe, expect, test } from 'vitest'
import { decode } from '../../src/ttlv/decode.ts'
import { encode, encodedLength } from '../../src/ttlv/encode.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { DEFAULT_LIMITS } from '../../src/ttlv/limits.ts'
import { codeOf, faultOf } from './code-of.ts'
import { bytesOf, EXAMPLES } from './spec-examples.ts'

const unlimited = { messageBytes: 2 ** 31, depth: 2 ** 31, items: 2 ** 31 }
const codeOfHex = (hex: string): string | undefined => codeOf(() => decode(bytesOf(hex)))

/** A request of nested structures, texts and numbers, in bytes. */
const request = encode({
  tag: 0x420078,
  type: ItemType.Structure,
  value: EXAMPLES.map(({ item }, index) => ({ ...item, tag: 0x420001 + index })),
})

describe('truncation', () => {
  test('a message that ends early is refused at every byte', () => {
    for (let length = 0; length < request.length; length += 1) {
      expect(codeOf(() => decode(request.subarray(0, length)))).toBe('MALFORMED_MESSAGE')
    }
    expect(decode(request).tag).toBe(0x420078)
  })

  test('each example of the standard is refused at every byte', () => {
    for (const { hex } of EXAMPLES) {
      const bytes = bytesOf(hex)
      for (let length = 0; length < bytes.length; length += 1) {
        expect(codeOf(() => decode(bytes.subarray(0, length)))).toBe('MALFORMED_MESSAGE')
      }
    }
  })

  test('bytes behind the item are refused', () => {
    expect(codeOfHex('42 00 20 | 08 | 00 00 00 00 | 00')).toBe('MALFORMED_MESSAGE')
    expect(codeOfHex('42 00 78 | 01 | 00 00 00 00 | 42 00 78 | 01 | 00 00 00 00')).toBe(
      'MALFORMED_MESSAGE',
    )
  })
})

describe('[KMIP 1.4 9.1.1.3] lengths that lie', () => {
  const lengths = [
    0,
    1,
    7,
    8,
    9,
    2 ** 20 - 1,
    2 ** 20,
    2 ** 20 + 1,
    2 ** 31,
    2 ** 32 - 8,
    2 ** 32 - 1,
  ]

  test('of every type, for a value of 16 bytes', () => {
    for (let type = 0; type <= 0xff; type += 1) {
      for (const length of lengths) {
        const bytes = new Uint8Array(24)
        const view = new DataView(bytes.buffer)
        view.setUint32(0, 0x42002000 + type)
        view.setUint32(4, length)
        // Bytes behind the item, or too few for it: whatever the type, 16 are right only for what says 9 to 16.
        const fits = (type === ItemType.TextString || type === ItemType.ByteString) && length === 9
        expect(codeOf(() => decode(bytes))).toBe(fits ? undefined : 'MALFORMED_MESSAGE')
      }
    }
  })

  test('a child may not be longer than what holds it', () => {
    // The structure says 16 bytes, its only child 9, which needs 16 beside its header.
    expect(
      codeOfHex(
        '42 00 20 | 01 | 00 00 00 10 | 42 00 04 | 08 | 00 00 00 09 | 00 00 00 00 00 00 00 00 | 00 00 00 00 00 00 00 00',
      ),
    ).toBe('MALFORMED_MESSAGE')
  })

  test('children must fill their structure', () => {
    const child = '42 00 04 | 05 | 00 00 00 04 | 00 00 00 fe 00 00 00 00'
    expect(codeOfHex(`42 00 20 | 01 | 00 00 00 10 | ${child}`)).toBeUndefined()
    expect(codeOfHex(`42 00 20 | 01 | 00 00 00 08 | ${child}`)).toBe('MALFORMED_MESSAGE')
    expect(codeOfHex(`42 00 20 | 01 | 00 00 00 18 | ${child}`)).toBe('MALFORMED_MESSAGE')
    expect(codeOfHex(`42 00 20 | 01 | 00 00 00 18 | ${child} | 00 00 00 00 00 00 00 00`)).toBe(
      'MALFORMED_MESSAGE',
    )
    expect(codeOfHex(`42 00 20 | 01 | 00 00 00 0c | ${child}`)).toBe('MALFORMED_MESSAGE')
  })

  test('padding may not lie outside the structure, nor outside the message', () => {
    // The Byte String of one byte ends what holds it; its seven bytes of padding come behind.
    const child = '42 00 04 | 08 | 00 00 00 01 | 61'
    for (const hex of [child, `42 00 20 | 01 | 00 00 00 09 | ${child} 00 00 00 00 00 00 00`]) {
      const fault = faultOf(() => decode(bytesOf(hex)))
      expect(fault?.code).toBe('MALFORMED_MESSAGE')
      expect(fault?.detail).toContain('padding is cut short')
    }
  })

  for (const [type, name] of [
    [ItemType.Integer, 'an Integer'],
    [ItemType.Enumeration, 'an Enumeration'],
    [ItemType.Interval, 'an Interval'],
  ] as const) {
    test(`${name} has a length of four, not of eight`, () => {
      const head = `42 00 20 | 0${type.toString(16)} | 00 00 00`
      expect(codeOfHex(`${head} 04 | 00 00 00 01 00 00 00 00`)).toBeUndefined()
      for (const length of ['00', '03', '05', '08']) {
        expect(codeOfHex(`${head} ${length} | 00 00 00 01 00 00 00 00`)).toBe('MALFORMED_MESSAGE')
      }
    })
  }

  for (const [type, name] of [
    [ItemType.LongInteger, 'a Long Integer'],
    [ItemType.Boolean, 'a Boolean'],
    [ItemType.DateTime, 'a Date-Time'],
    [ItemType.DateTimeExtended, 'a Date-Time-Extended'],
  ] as const) {
    test(`${name} has a length of eight, not of four`, () => {
      const head = `42 00 20 | 0${type.toString(16)} | 00 00 00`
      expect(codeOfHex(`${head} 08 | 00 00 00 00 00 00 00 01`)).toBeUndefined()
      for (const length of ['00', '04', '07']) {
        expect(codeOfHex(`${head} ${length} | 00 00 00 00 00 00 00 01`)).toBe('MALFORMED_MESSAGE')
      }
      expect(codeOfHex(`${head} 10 | 00 00 00 00 00 00 00 01 | 00 00 00 00 00 00 00 01`)).toBe(
        'MALFORMED_MESSAGE',
      )
    })
  }

  test('a Big Integer has a length that is a positive multiple of eight', () => {
    expect(codeOfHex('42 00 20 | 04 | 00 00 00 00')).toBe('MALFORMED_MESSAGE')
    expect(codeOfHex('42 00 20 | 04 | 00 00 00 07 | 00 00 00 00 00 00 00 00')).toBe(
      'MALFORMED_MESSAGE',
    )
    expect(codeOfHex('42 00 20 | 04 | 00 00 00 08 | 00 00 00 00 00 00 00 00')).toBeUndefined()
  })

  test('a Big Integer of 64 KiB is taken', () => {
    const value = new Uint8Array(65_536).fill(0x7f)
    const item: Item = { tag: 0x420052, type: ItemType.BigInteger, value }
    expect(decode(encode(item))).toEqual(item)
  })

  test('empty texts, bytes and structures are taken', () => {
    for (const type of ['01', '07', '08'])
      expect(codeOfHex(`42 00 20 | ${type} | 00 00 00 00`)).toBeUndefined()
  })
})

describe('[KMIP 1.4 9.1.1.1, 9.1.1.2] tags and types', () => {
  test('a tag starts with 42 or 54', () => {
    for (let first = 0; first <= 0xff; first += 1) {
      const bytes = Uint8Array.of(first, 0, 0x20, 8, 0, 0, 0, 0)
      const code = first === 0x42 || first === 0x54 ? undefined : 'MALFORMED_MESSAGE'
      expect(codeOf(() => decode(bytes))).toBe(code)
    }
  })

  test('types 01 to 0B are known and no others', () => {
    for (let type = 0; type <= 0xff; type += 1) {
      const bytes = bytesOf('42 00 20 00 00 00 00 00 00 00 00 00 00 00 00 00')
      bytes[3] = type
      const lengths = [0, 4, 8].map((length) => {
        bytes[7] = length
        return codeOf(() => decode(length === 0 ? bytes.subarray(0, 8) : bytes))
      })
      expect(lengths.includes(undefined)).toBe(type >= 1 && type <= 0x0b)
    }
  })
})

describe('[KMIP 1.4 9.1.1.3] padding is zero', () => {
  test('behind Integers, Enumerations and Intervals', () => {
    for (const type of ['02', '05', '0a']) {
      for (let at = 12; at < 16; at += 1) {
        const bytes = bytesOf(`42 00 20 | ${type} | 00 00 00 04 | 00 00 00 01 00 00 00 00`)
        bytes[at] = 1
        expect(codeOf(() => decode(bytes))).toBe('MALFORMED_MESSAGE')
      }
    }
  })

  test('behind texts and bytes of every length', () => {
    for (const type of [ItemType.TextString, ItemType.ByteString] as const) {
      for (let length = 0; length <= 16; length += 1) {
        const bytes = encode({ tag: 0x420020, type, value: new Uint8Array(length).fill(0x61) })
        expect(codeOf(() => decode(bytes))).toBeUndefined()
        for (let at = 8 + length; at < bytes.length; at += 1) {
          const bad = Uint8Array.from(bytes)
          bad[at] = 0x80
          expect(codeOf(() => decode(bad))).toBe('MALFORMED_MESSAGE')
        }
      }
    }
  })

  test('padding counted in the length of a text, as some clients have it, makes NULs of the text', () => {
    const item = decode(bytesOf('42 00 20 | 07 | 00 00 00 08 | 61 62 63 00 00 00 00 00'))
    expect(item.value).toEqual(bytesOf('61 62 63 00 00 00 00 00'))
  })
})

describe('[KMIP 1.4 9.1.1.4] values', () => {
  test('a Boolean is 0 or 1 in eight bytes', () => {
    for (const value of [
      '00 00 00 00 00 00 00 02',
      '01 00 00 00 00 00 00 00',
      '00 00 00 01 00 00 00 01',
      'ff ff ff ff ff ff ff ff',
    ]) {
      expect(codeOfHex(`42 00 20 | 06 | 00 00 00 08 | ${value}`)).toBe('MALFORMED_MESSAGE')
    }
  })

  // Rows of RFC 3629 sections 3, 4 and 10, and lengths beside the border where the check changes its ways.
  const illFormed = ['80', 'bf', 'c0 80', 'c0 af', 'c1 bf', 'c3', 'e0 80 af', 'e0 9f bf', 'ed a0 80', 'ed bf bf', 'ed a0 80 ed b0 80', 'e2 82', 'f0 80 80 80', 'f0 8f bf bf', 'f4 90 80 80', 'f5 80 80 80', 'fe', 'ff', '61 62 63 ff'] // prettier-ignore
  test('a text is well-formed UTF-8: nothing overlong, cut short, surrogate or beyond U+10FFFF', () => {
    for (const hex of illFormed) {
      for (const before of [0, 40, 47, 48, 49, 200]) {
        const value = Uint8Array.from([...new Uint8Array(before).fill(0x61), ...bytesOf(hex)])
        const bytes = encode({ tag: 0x420020, type: ItemType.ByteString, value })
        bytes[3] = ItemType.TextString
        expect(codeOf(() => decode(bytes))).toBe('MALFORMED_MESSAGE')
      }
    }
  })

  test('a text may have any character of Unicode', () => {
    for (const text of [
      '\u0000',
      'a\u0000b',
      '\u007f',
      '\u0080',
      '\u07ff',
      '\u0800',
      '\ud7ff',
      '\ue000',
      '\ufffe',
      '\uffff',
      '\u{10000}',
      '\u{10ffff}',
      'Α'.repeat(100),
    ]) {
      const value = new TextEncoder().encode(text)
      const item: Item = { tag: 0x420055, type: ItemType.TextString, value }
      expect(decode(encode(item))).toEqual(item)
    }
  })

  test('the ends of the ranges', () => {
    const items: Item[] = [
      { tag: 0x420020, type: ItemType.Integer, value: -(2 ** 31) },
      { tag: 0x420020, type: ItemType.Integer, value: 2 ** 31 - 1 },
      { tag: 0x420020, type: ItemType.Enumeration, value: 2 ** 32 - 1 },
      { tag: 0x420020, type: ItemType.Interval, value: 2 ** 32 - 1 },
      { tag: 0x420020, type: ItemType.DateTime, value: -1n },
      { tag: 0x420020, type: ItemType.DateTime, value: 2n ** 63n - 1n },
      { tag: 0x420020, type: ItemType.DateTimeExtended, value: -(2n ** 63n) },
      ...[51n, 52n, 53n, 62n].flatMap((power): Item[] =>
        [-1n, 0n, 1n].flatMap((by): Item[] => [
          { tag: 0x420020, type: ItemType.LongInteger, value: 2n ** power + by },
          { tag: 0x420020, type: ItemType.LongInteger, value: -(2n ** power) + by },
        ]),
      ),
    ]
    for (const item of items) expect(decode(encode(item))).toEqual(item)
    expect(encode({ tag: 0x420020, type: ItemType.Integer, value: -1 }).toString('hex')).toBe(
      '4200200200000004ffffffff00000000',
    )
    expect(encode({ tag: 0x420020, type: ItemType.LongInteger, value: -2n }).toString('hex')).toBe(
      '4200200300000008fffffffffffffffe',
    )
  })
})

describe('limits', () => {
  const bomb = (levels: number): Uint8Array => {
    const bytes = new Uint8Array(levels * 8)
    const view = new DataView(bytes.buffer)
    for (let level = 0; level < levels; level += 1) {
      view.setUint32(level * 8, 0x42002001)
      view.setUint32(level * 8 + 4, (levels - level - 1) * 8)
    }
    return bytes
  }
  const wide = (items: number): Uint8Array =>
    encode({
      tag: 0x420078,
      type: ItemType.Structure,
      value: Array.from({ length: items - 1 }, () => ({
        tag: 0x420020,
        type: ItemType.ByteString,
        value: new Uint8Array(0),
      })),
    })

  test('32 structures inside one another pass, 33 do not', () => {
    expect(codeOf(() => decode(bomb(32)))).toBeUndefined()
    expect(codeOf(() => decode(bomb(33)))).toBe('SERVER_LIMIT')
  })

  test('131,072 levels in a mebibyte end at the limit', () => {
    const fault = faultOf(() => decode(bomb(131_072)))
    expect(fault?.code).toBe('SERVER_LIMIT')
    expect(fault?.path).toHaveLength(32)
  })

  test('131,072 levels decode and encode where they are allowed: nothing here recurses', () => {
    const bytes = bomb(131_072)
    const item = decode(bytes, unlimited)
    expect(encodedLength(item)).toBe(bytes.length)
    expect(encode(item).equals(bytes)).toBe(true)
  })

  test('10,000 items pass, 10,001 do not', () => {
    expect(codeOf(() => decode(wide(10_000)))).toBeUndefined()
    expect(codeOf(() => decode(wide(10_001)))).toBe('SERVER_LIMIT')
  })

  test('131,072 empty structures in a mebibyte end at the limit', () => {
    expect(codeOf(() => decode(wide(131_072)))).toBe('SERVER_LIMIT')
  })

  test('a message longer than the limit is refused unread', () => {
    const { messageBytes } = DEFAULT_LIMITS
    expect(codeOf(() => decode(new Uint8Array(messageBytes)))).toBe('MALFORMED_MESSAGE')
    expect(codeOf(() => decode(new Uint8Array(messageBytes + 1)))).toBe('SERVER_LIMIT')
  })
})

describe('what a fault says', () => {
  test('the offset and the tags on the way, and no byte of a value', () => {
    const fault = faultOf(() =>
      decode(
        bytesOf(
          '42 00 78 | 01 | 00 00 00 18 | 42 00 0f | 01 | 00 00 00 10 | 42 00 55 | 07 | 00 00 00 03 | 73 65 ff 00 00 00 00 00',
        ),
      ),
    )
    expect(fault?.code).toBe('MALFORMED_MESSAGE')
    expect(fault?.path).toEqual(['0x420078', '0x42000f'])
    expect(fault?.detail).toContain('byte 24')
    expect(fault?.detail).toContain('0x420078 > 0x42000f')
    expect([fault?.message, fault?.detail].join(' ')).not.toMatch(/7365|ff|se/u)
  })
})

describe('values are views', () => {
  test('of the message, wherever in its buffer that stands', () => {
    const buffer = new Uint8Array(request.length + 3)
    buffer.set(request, 3)
    const message = buffer.subarray(3)
    const item = decode(message)
    expect(item).toEqual(decode(request))
    const values = item.type === ItemType.Structure ? item.value : []
    const views = values.flatMap(({ value }) => (value instanceof Uint8Array ? [value] : []))
    expect(views).toHaveLength(3)
    for (const view of views) expect(view.buffer).toBe(buffer.buffer)
  })
})

describe('the encoder is as strict', () => {
  const tag = 0x420020
  const unfit: [string, Item][] = [
    ['an Integer of 2^31', { tag, type: ItemType.Integer, value: 2 ** 31 }],
    ['an Integer of -2^31-1', { tag, type: ItemType.Integer, value: -(2 ** 31) - 1 }],
    ['an Integer with a fraction', { tag, type: ItemType.Integer, value: 1.5 }],
    ['an Integer that is no number', { tag, type: ItemType.Integer, value: NaN }],
    ['an Enumeration of -1', { tag, type: ItemType.Enumeration, value: -1 }],
    ['an Enumeration of 2^32', { tag, type: ItemType.Enumeration, value: 2 ** 32 }],
    ['an Interval of -1', { tag, type: ItemType.Interval, value: -1 }],
    ['a Long Integer of 2^63', { tag, type: ItemType.LongInteger, value: 2n ** 63n }],
    ['a Long Integer of -2^63-1', { tag, type: ItemType.LongInteger, value: -(2n ** 63n) - 1n }],
    ['a Date-Time of 2^63', { tag, type: ItemType.DateTime, value: 2n ** 63n }],
    ['a Date-Time-Extended of 2^63', { tag, type: ItemType.DateTimeExtended, value: 2n ** 63n }],
    ['a Big Integer of no bytes', { tag, type: ItemType.BigInteger, value: new Uint8Array(0) }],
    ['a Big Integer of 7 bytes', { tag, type: ItemType.BigInteger, value: new Uint8Array(7) }],
    ['a text that is not UTF-8', { tag, type: ItemType.TextString, value: Uint8Array.of(0xff) }],
    [
      'a tag of three bytes with another first',
      { tag: 0x430001, type: ItemType.Boolean, value: true },
    ],
    ['a tag of four bytes', { tag: 0x1_420020, type: ItemType.Boolean, value: true }],
    ['a tag with a fraction', { tag: 0x420020 + 0.5, type: ItemType.Boolean, value: true }],
    ['a negative tag', { tag: -0x420020, type: ItemType.Boolean, value: true }],
  ]
  for (const [what, item] of unfit) {
    test(`${what} is refused, alone and within a structure`, () => {
      expect(codeOf(() => encode(item))).toBe('INVALID_FIELD')
      expect(codeOf(() => encode({ tag, type: ItemType.Structure, value: [item] }))).toBe(
        'INVALID_FIELD',
      )
    })
  }

  test('what it makes has memory of its own, outside the shared pool', () => {
    const bytes = encode({ tag, type: ItemType.Boolean, value: true })
    expect(bytes.buffer.byteLength).toBe(bytes.length)
  })
})
