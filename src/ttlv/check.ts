import { KmipFault } from '../fault/fault.ts'
import { hexOfTag, isTag, ItemType, type Item } from './item.ts'
import { isWellFormed } from './utf8.ts'

const LEAST_INT64 = -0x8000_0000_0000_0000n
const LARGEST_INT64 = 0x7fff_ffff_ffff_ffffn

/**
 * Makes sure that an item has a tag and a value that its type can hold; the children of a structure are not looked at.
 * Every encoding checks this, so that none writes what no other could.
 *
 * @throws KmipFault `INVALID_FIELD`.
 */
export function checkItem(item: Item): void {
  const { tag } = item
  checkTag(tag)
  switch (item.type) {
    case ItemType.Structure:
    case ItemType.Boolean:
    case ItemType.ByteString:
      return
    case ItemType.Integer:
      checkInt32(tag, item.value)
      return
    case ItemType.Enumeration:
    case ItemType.Interval:
      checkUint32(tag, item.value)
      return
    case ItemType.LongInteger:
    case ItemType.DateTime:
    case ItemType.DateTimeExtended:
      checkInt64(tag, item.value)
      return
    case ItemType.BigInteger:
      checkBigInteger(tag, item.value)
      return
    case ItemType.TextString:
      checkText(tag, item.value)
  }
}

/** Tags start with 42 or 54 (KMIP 1.4 section 9.1.1.1). */
export function checkTag(tag: number): void {
  if (!isTag(tag)) throw unencodable(tag, 'a tag starts with neither 42 nor 54')
}

export function checkInt32(tag: number, value: number): void {
  if ((value | 0) !== value) throw unencodable(tag, 'an Integer does not fit into 32 bits')
}

export function checkUint32(tag: number, value: number): void {
  if (value >>> 0 !== value) throw unencodable(tag, 'a value does not fit into 32 bits unsigned')
}

export function checkInt64(tag: number, value: bigint): void {
  if (value < LEAST_INT64 || value > LARGEST_INT64) {
    throw unencodable(tag, 'a value does not fit into 64 bits')
  }
}

/** The length of a Big Integer is a multiple of eight (KMIP 1.4 section 9.1.1.3). */
export function checkBigInteger(tag: number, { length }: Uint8Array): void {
  if (length === 0 || length % 8 !== 0) {
    throw unencodable(tag, 'the length of a Big Integer is no positive multiple of eight')
  }
}

export function checkText(tag: number, value: Uint8Array): void {
  if (!isWellFormed(value)) throw unencodable(tag, 'a text is not well-formed UTF-8')
}

/** The fault for an item that cannot be written; the detail never shows the value. */
export function unencodable(tag: number, what: string): KmipFault {
  const detail = `${what}, at ${hexOfTag(tag)}`
  return new KmipFault('INVALID_FIELD', 'A value cannot be encoded', { detail })
}
