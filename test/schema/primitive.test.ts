import { describe, expect, test } from 'vitest'
import { compile, type Codec } from '../../src/schema/codec.ts'
import {
  anyItem,
  bigInteger,
  boolean,
  bytes,
  dateTime,
  dateTimeExtended,
  integer,
  interval,
  longInteger,
  secretBigInteger,
  secretBytes,
  secretText,
  structure,
  text,
} from '../../src/schema/primitive.ts'
import { Secret } from '../../src/secret/secret.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { faultOf } from './fault-of.ts'

const TAG = 0x42_0001
const utf8 = (value: string) => new TextEncoder().encode(value)
const eight = Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 2)

const plain: readonly (readonly [
  name: string,
  codec: Codec<unknown>,
  item: Item,
  value: unknown,
])[] = [
  ['integer', integer, { tag: TAG, type: ItemType.Integer, value: -8 }, -8],
  ['longInteger', longInteger, { tag: TAG, type: ItemType.LongInteger, value: -8n }, -8n],
  ['bigInteger', bigInteger, { tag: TAG, type: ItemType.BigInteger, value: eight }, eight],
  ['boolean', boolean, { tag: TAG, type: ItemType.Boolean, value: false }, false],
  ['text', text, { tag: TAG, type: ItemType.TextString, value: utf8('Zürich') }, 'Zürich'],
  ['bytes', bytes, { tag: TAG, type: ItemType.ByteString, value: eight }, eight],
  ['dateTime', dateTime, { tag: TAG, type: ItemType.DateTime, value: -1n }, -1],
  [
    'dateTimeExtended',
    dateTimeExtended,
    { tag: TAG, type: ItemType.DateTimeExtended, value: 7n },
    7n,
  ],
  ['interval', interval, { tag: TAG, type: ItemType.Interval, value: 0xffff_ffff }, 0xffff_ffff],
  ['structure', structure, { tag: TAG, type: ItemType.Structure, value: [] }, []],
]

describe.each(plain)('%s', (_, codec, item, value) => {
  const bound = compile(codec, '1.0')

  test('has the value of its item, both ways', () => {
    expect(bound.decode(item)).toEqual(value)
    expect(bound.encode(TAG, value)).toEqual(item)
  })

  test('refuses items of every other type', () => {
    for (const [, , other] of plain) {
      if (other.type === item.type) continue
      expect(faultOf(() => bound.decode(other)).code).toBe('MALFORMED_MESSAGE')
    }
  })
})

describe('secrets', () => {
  test.each([
    ['secretText', secretText, ItemType.TextString],
    ['secretBytes', secretBytes, ItemType.ByteString],
    ['secretBigInteger', secretBigInteger, ItemType.BigInteger],
  ] as const)('%s keeps bytes of its own from the message on', (_, codec, type) => {
    const message = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
    const bound = compile(codec, '2.1')
    const secret = bound.decode({ tag: TAG, type, value: message })
    message.fill(0)
    expect(secret.expose((own) => Array.from(own))).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(bound.encode(TAG, secret)).toEqual({
      tag: TAG,
      type,
      value: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    })
  })

  test('are Secrets, so that no text form exists', () => {
    const secret = compile(secretText, '1.0').decode({
      tag: TAG,
      type: ItemType.TextString,
      value: utf8('hunter2'),
    })
    expect(secret).toBeInstanceOf(Secret)
  })
})

describe('what may be kept after the message is gone', () => {
  test('bytes are copied', () => {
    const message = Uint8Array.of(1, 2, 3)
    const kept = compile(bytes, '1.0').decode({
      tag: TAG,
      type: ItemType.ByteString,
      value: message,
    })
    message.fill(0)
    expect(kept).toEqual(Uint8Array.of(1, 2, 3))
  })
})

describe('text', () => {
  test('keeps a byte order mark, so that it encodes to the same bytes', () => {
    const bound = compile(text, '1.0')
    const item: Item = { tag: TAG, type: ItemType.TextString, value: utf8('\u{feff}a') }
    expect(bound.encode(TAG, bound.decode(item))).toEqual(item)
  })
})

describe('dates', () => {
  const decode = (value: bigint) =>
    compile(dateTime, '1.0').decode({ tag: TAG, type: ItemType.DateTime, value })

  // The furthest instant of ECMAScript is 8.64e15 milliseconds from the epoch (ECMA-262, Time Values and Time Range).
  test.each([8_640_000_000_000n, -8_640_000_000_000n])('%i is the furthest', (value) => {
    expect(decode(value)).toBe(Number(value))
  })

  test.each([8_640_000_000_001n, -8_640_000_000_001n, 2n ** 63n - 1n, -(2n ** 63n)])(
    '%i is out of range',
    (value) => {
      expect(faultOf(() => decode(value)).code).toBe('INVALID_FIELD')
    },
  )
})

describe('any item', () => {
  test('passes as it is and takes the tag it is written under', () => {
    const bound = compile(anyItem, '1.0')
    const item: Item = { tag: 0x42_0002, type: ItemType.Boolean, value: true }
    expect(bound.decode(item)).toEqual(item)
    expect(bound.encode(TAG, item)).toEqual({ ...item, tag: TAG })
    expect(anyItem.itemType).toBeUndefined()
  })
})
