import { Tag } from '../../../../src/spec/tag.ts'

/** Tags by name; their numbers alone come from the server's tables. */
export type TagName = keyof typeof Tag

/** A tag by its name, or by its number where a client sends one that the standard does not have. */
export type AnyTag = TagName | number

/** The types of the TTLV encoding (KMIP 1.4 section 9.1.1.2). */
export const TYPE = {
  structure: 0x01,
  integer: 0x02,
  longInteger: 0x03,
  bigInteger: 0x04,
  enumeration: 0x05,
  boolean: 0x06,
  text: 0x07,
  bytes: 0x08,
  dateTime: 0x09,
  interval: 0x0a,
} as const

/**
 * Writes messages byte by byte, by the rules of KMIP 1.4 section 9.1 and nothing of the server's own encoder.
 *
 * @param value - already padded to a multiple of eight bytes
 * @param length - of the value without its padding
 */
function item(tag: AnyTag, type: number, value: Uint8Array, length = value.length): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE((tagNumber(tag) << 8) | type)
  head.writeUInt32BE(length, 4)
  return Buffer.concat([head, value])
}

export function tagNumber(tag: AnyTag): number {
  return typeof tag === 'number' ? tag : Tag[tag].number
}

export function structure(tag: AnyTag, ...parts: readonly Uint8Array[]): Buffer {
  return item(tag, TYPE.structure, Buffer.concat(parts))
}

export function integer(tag: AnyTag, value: number): Buffer {
  return item(tag, TYPE.integer, fourBytes(value), 4)
}

export function enumeration(tag: AnyTag, value: number): Buffer {
  return item(tag, TYPE.enumeration, fourBytes(value), 4)
}

/** @param seconds - of the interval */
export function interval(tag: AnyTag, seconds: number): Buffer {
  return item(tag, TYPE.interval, fourBytes(seconds), 4)
}

export function boolean(tag: AnyTag, value: boolean): Buffer {
  return item(tag, TYPE.boolean, eightBytes(value ? 1n : 0n))
}

export function longInteger(tag: AnyTag, value: bigint): Buffer {
  return item(tag, TYPE.longInteger, eightBytes(value))
}

/** @param seconds - since 1970 */
export function dateTime(tag: AnyTag, seconds: number): Buffer {
  return item(tag, TYPE.dateTime, eightBytes(BigInt(seconds)))
}

export function text(tag: AnyTag, value: string): Buffer {
  return padded(tag, TYPE.text, Buffer.from(value, 'utf8'))
}

export function bytes(tag: AnyTag, value: Uint8Array): Buffer {
  return padded(tag, TYPE.bytes, value)
}

/** @param value - big-endian, not negative */
export function bigInteger(tag: AnyTag, value: Uint8Array): Buffer {
  const length = Math.ceil((value.length + 1) / 8) * 8
  return item(tag, TYPE.bigInteger, Buffer.concat([Buffer.alloc(length - value.length), value]))
}

function padded(tag: AnyTag, type: number, value: Uint8Array): Buffer {
  const padding = Buffer.alloc((8 - (value.length % 8)) % 8)
  return item(tag, type, Buffer.concat([value, padding]), value.length)
}

function fourBytes(value: number): Buffer {
  const buffer = Buffer.alloc(8)
  buffer.writeUInt32BE(value >>> 0)
  return buffer
}

function eightBytes(value: bigint): Buffer {
  const buffer = Buffer.alloc(8)
  buffer.writeBigInt64BE(value)
  return buffer
}
