import { ItemType, type Item } from '../../src/ttlv/item.ts'

/** An encoding example of the standard: its title, its bytes as printed and the item it describes. */
export interface Example {
  readonly title: string
  readonly hex: string
  readonly item: Item
}

const tag = 0x420020

/** The examples of KMIP 1.4 section 9.1.2, in order. */
export const EXAMPLES: readonly Example[] = [
  {
    title: 'an Integer containing the decimal value 8',
    hex: '42 00 20 | 02 | 00 00 00 04 | 00 00 00 08 00 00 00 00',
    item: { tag, type: ItemType.Integer, value: 8 },
  },
  {
    title: 'a Long Integer containing the decimal value 123456789000000000',
    hex: '42 00 20 | 03 | 00 00 00 08 | 01 B6 9B 4B A5 74 92 00',
    item: { tag, type: ItemType.LongInteger, value: 123456789000000000n },
  },
  {
    title: 'a Big Integer containing the decimal value 1234567890000000000000000000',
    hex: '42 00 20 | 04 | 00 00 00 10 | 00 00 00 00 03 FD 35 EB 6B C2 DF 46 18 08 00 00',
    item: { tag, type: ItemType.BigInteger, value: bigEndian(1234567890000000000000000000n, 16) },
  },
  {
    title: 'an Enumeration with value 255',
    hex: '42 00 20 | 05 | 00 00 00 04 | 00 00 00 FF 00 00 00 00',
    item: { tag, type: ItemType.Enumeration, value: 255 },
  },
  {
    title: 'a Boolean with the value True',
    hex: '42 00 20 | 06 | 00 00 00 08 | 00 00 00 00 00 00 00 01',
    item: { tag, type: ItemType.Boolean, value: true },
  },
  {
    title: 'a Text String with the value "Hello World"',
    hex: '42 00 20 | 07 | 00 00 00 0B | 48 65 6C 6C 6F 20 57 6F 72 6C 64 00 00 00 00 00',
    item: { tag, type: ItemType.TextString, value: new TextEncoder().encode('Hello World') },
  },
  {
    title: 'a Byte String with the value { 0x01, 0x02, 0x03 }',
    hex: '42 00 20 | 08 | 00 00 00 03 | 01 02 03 00 00 00 00 00',
    item: { tag, type: ItemType.ByteString, value: Uint8Array.of(1, 2, 3) },
  },
  {
    title: 'a Date-Time for Friday, March 14, 2008, 11:56:40 GMT',
    hex: '42 00 20 | 09 | 00 00 00 08 | 00 00 00 00 47 DA 67 F8',
    item: {
      tag,
      type: ItemType.DateTime,
      value: BigInt(Date.UTC(2008, 2, 14, 11, 56, 40) / 1000),
    },
  },
  {
    title: 'an Interval of 10 days',
    hex: '42 00 20 | 0A | 00 00 00 04 | 00 0D 2F 00 00 00 00 00',
    item: { tag, type: ItemType.Interval, value: 10 * 24 * 60 * 60 },
  },
  {
    title: 'a Structure of an Enumeration with value 254 and an Integer with value 255',
    hex:
      '42 00 20 | 01 | 00 00 00 20 | 42 00 04 | 05 | 00 00 00 04 | 00 00 00 FE 00 00 00 00 |' +
      ' 42 00 05 | 02 | 00 00 00 04 | 00 00 00 FF 00 00 00 00',
    item: {
      tag,
      type: ItemType.Structure,
      value: [
        { tag: 0x420004, type: ItemType.Enumeration, value: 254 },
        { tag: 0x420005, type: ItemType.Integer, value: 255 },
      ],
    },
  },
]

/** Bytes of a hexadecimal dump with spaces and bars. */
export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(/[\s|]/g, ''), 'hex'))
}

function bigEndian(value: bigint, length: number): Uint8Array {
  return bytesOf(value.toString(16).padStart(length * 2, '0'))
}
