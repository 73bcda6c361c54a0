import { KmipFault } from '../fault/fault.ts'
import { Secret } from '../secret/secret.ts'
import { ItemType, type Item, type ItemOf } from '../ttlv/item.ts'
import type { BoundCodec, Codec } from './codec.ts'
import { isExtensionValue, membersOf, type AnyMembers, type ValueOf } from './enumeration.ts'
import { existsIn, existsInMajor } from './version.ts'

/** Seconds since 1970-01-01T00:00:00Z. */
export type DateTime = number

/** Furthest date that the server takes, in seconds: what ECMAScript can name (±275,760 years). */
const LAST_DATE = 8_640_000_000_000n

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const toUtf8 = new TextEncoder()

function hasType<T extends ItemType>(item: Item, type: T): item is ItemOf<T> {
  return item.type === type
}

/** The fault for an item of a type that its tag does not have. */
export function wrongType(): KmipFault {
  return new KmipFault('MALFORMED_MESSAGE', 'A field has the wrong type')
}

function primitive<K extends ItemType, T>(
  itemType: K,
  decode: (value: ItemOf<K>['value']) => T,
  encode: (value: T) => ItemOf<K>['value'],
): Codec<T> {
  const bound: BoundCodec<T> = {
    decode(item) {
      if (!hasType(item, itemType)) throw wrongType()
      return decode(item.value as ItemOf<K>['value'])
    },
    encode(tag, value) {
      return { tag, type: itemType, value: encode(value) } as Item
    },
  }
  return { itemType, bind: () => bound }
}

const same = <T>(value: T): T => value

/** 32-bit signed. */
export const integer: Codec<number> = primitive(ItemType.Integer, same, same)

/** 64-bit signed. */
export const longInteger: Codec<bigint> = primitive(ItemType.LongInteger, same, same)

/** Big-endian two's complement, its length a multiple of eight; copied out of the message so that it may be kept. */
export const bigInteger: Codec<Uint8Array> = primitive(
  ItemType.BigInteger,
  (value) => Uint8Array.from(value),
  same,
)

/** A Big Integer that is key material. */
export const secretBigInteger: Codec<Secret> = primitive(
  ItemType.BigInteger,
  (value) => Secret.copyOf(value),
  (value) => value.expose(same),
)

export const boolean: Codec<boolean> = primitive(ItemType.Boolean, same, same)

/** UTF-8 text; the encodings have checked that it is well formed. */
export const text: Codec<string> = primitive(
  ItemType.TextString,
  (value) => utf8.decode(value),
  (value) => toUtf8.encode(value),
)

/** Text that must not be seen, as its UTF-8 bytes. */
export const secretText: Codec<Secret> = primitive(
  ItemType.TextString,
  (value) => Secret.copyOf(value),
  (value) => value.expose(same),
)

/** Bytes of no secrecy, copied out of the message so that they may be kept. */
export const bytes: Codec<Uint8Array> = primitive(
  ItemType.ByteString,
  (value) => Uint8Array.from(value),
  same,
)

/** Bytes that must not be seen. */
export const secretBytes: Codec<Secret> = primitive(
  ItemType.ByteString,
  (value) => Secret.copyOf(value),
  (value) => value.expose(same),
)

/** Seconds since the epoch. */
export const dateTime: Codec<DateTime> = primitive(
  ItemType.DateTime,
  (value) => {
    if (value > LAST_DATE || value < -LAST_DATE) {
      throw new KmipFault('INVALID_FIELD', 'A date lies out of range')
    }
    return Number(value)
  },
  (value) => BigInt(value),
)

/** Microseconds since the epoch. */
export const dateTimeExtended: Codec<bigint> = primitive(ItemType.DateTimeExtended, same, same)

/** Seconds, unsigned 32-bit. */
export const interval: Codec<number> = primitive(ItemType.Interval, same, same)

/** The items of a structure as they are, for tags whose structure depends on where they stand. */
export const structure: Codec<readonly Item[]> = primitive(ItemType.Structure, same, same)

/** Any item as it is, type and all: a view of the message, for what is done with before the message is. */
export const anyItem: Codec<Item> = {
  itemType: undefined,
  bind: () => ({ decode: same, encode: retagged }),
}

/** Any item, copied out of the message so that it may be kept: the value of a custom attribute. */
export const keptItem: Codec<Item> = {
  itemType: undefined,
  bind: () => ({ decode: keep, encode: retagged }),
}

function retagged(tag: number, item: Item): Item {
  return item.tag === tag ? item : { ...item, tag }
}

function keep(item: Item): Item {
  if (item.type === ItemType.Structure) return { ...item, value: item.value.map(keep) }
  if (item.value instanceof Uint8Array)
    return { ...item, value: Uint8Array.from(item.value) } as Item
  return item
}

/**
 * The values of an enumeration. Members that the version does not have yet are not written: `NOT_IN_VERSION`. Extension
 * values pass as unknown members; any other value that no version of the
 * same major number has is refused (KMIP 1.4 section 11, KMIP 2.1 section 11.46).
 */
export function enumeration<E extends AnyMembers>(members: E): Codec<ValueOf<E>> {
  const known = membersOf(members)
  return {
    itemType: ItemType.Enumeration,
    bind: (version) => ({
      decode(item) {
        if (!hasType(item, ItemType.Enumeration)) throw wrongType()
        const member = known.memberOf(item.value)
        const exists = member !== undefined && existsInMajor(member, version)
        if (!exists && !isExtensionValue(item.value)) {
          throw new KmipFault('UNKNOWN_ENUMERATION', 'An enumeration has a value that is not known')
        }
        return item.value as ValueOf<E>
      },
      encode(tag, value) {
        const member = known.memberOf(value as number)
        if (member?.since !== undefined && !existsIn({ since: member.since }, version)) {
          throw notInVersion()
        }
        return { tag, type: ItemType.Enumeration, value: value as number }
      },
    }),
  }
}

/** The fault for a value that a later version has brought: an answer leaves it out or cannot be given. */
export function notInVersion(): KmipFault {
  return new KmipFault(
    'NOT_IN_VERSION',
    'The protocol version has no word for a value of the object',
  )
}

/** A bit mask. Bits without a name pass: they are the vendors' or a later version's. */
export function mask(members: AnyMembers): Codec<number> & { readonly members: AnyMembers } {
  return { ...integer, members }
}
