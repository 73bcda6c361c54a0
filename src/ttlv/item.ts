/** The Item Types of the TTLV encoding (KMIP 1.4 section 9.1.1.2, KMIP 2.1 section 11.23). */
export const ItemType = {
  Structure: 0x01,
  Integer: 0x02,
  LongInteger: 0x03,
  BigInteger: 0x04,
  Enumeration: 0x05,
  Boolean: 0x06,
  TextString: 0x07,
  ByteString: 0x08,
  DateTime: 0x09,
  Interval: 0x0a,
  DateTimeExtended: 0x0b,
} as const
export type ItemType = (typeof ItemType)[keyof typeof ItemType]

/**
 * One tag, type and value, whatever encoding it came in.
 *
 * Text, bytes and big integers are views of the message they were read from, so nothing that may be secret becomes
 * a string here. A `BigInteger` is big-endian two's complement, its length a multiple of eight; a `DateTime` counts
 * seconds and a `DateTimeExtended` microseconds since 1970-01-01T00:00:00Z; an `Interval` counts seconds.
 */
export type Item =
  | {
      readonly tag: number
      readonly type: typeof ItemType.Structure
      readonly value: readonly Item[]
    }
  | { readonly tag: number; readonly type: typeof ItemType.Integer; readonly value: number }
  | { readonly tag: number; readonly type: typeof ItemType.LongInteger; readonly value: bigint }
  | { readonly tag: number; readonly type: typeof ItemType.BigInteger; readonly value: Uint8Array }
  | { readonly tag: number; readonly type: typeof ItemType.Enumeration; readonly value: number }
  | { readonly tag: number; readonly type: typeof ItemType.Boolean; readonly value: boolean }
  | { readonly tag: number; readonly type: typeof ItemType.TextString; readonly value: Uint8Array }
  | { readonly tag: number; readonly type: typeof ItemType.ByteString; readonly value: Uint8Array }
  | { readonly tag: number; readonly type: typeof ItemType.DateTime; readonly value: bigint }
  | { readonly tag: number; readonly type: typeof ItemType.Interval; readonly value: number }
  | {
      readonly tag: number
      readonly type: typeof ItemType.DateTimeExtended
      readonly value: bigint
    }

/** The item of one type. */
export type ItemOf<T extends ItemType> = Extract<Item, { readonly type: T }>

/**
 * Whether a number may be a tag: three bytes, the first 0x42 for the standard's own and 0x54 for extensions
 * (KMIP 1.4 section 9.1.1.1).
 */
export function isTag(number: number): boolean {
  const first = Math.floor(number / 0x1_0000)
  return (first === 0x42 || first === 0x54) && Number.isInteger(number)
}

/** A tag as the encodings write it without a name, as in `0x420057`. */
export function hexOfTag(tag: number): string {
  return `0x${tag.toString(16).padStart(6, '0')}`
}

/** Whether a value is an item: what is kept as `unknown` can be told apart by it. */
export function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && 'tag' in value && 'type' in value
}
