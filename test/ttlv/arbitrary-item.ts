import fc from 'fast-check'
import { ItemType, type Item } from '../../src/ttlv/item.ts'

/** What an arbitrary item is made of. */
export interface Ingredients {
  /** Tags that come often, beside any others. */
  readonly tags: readonly number[]
  /** Whether texts have only characters that XML allows. */
  readonly xmlText: boolean
}

/** Items of every type, with the ends of each range made likely, nested up to five deep. */
export function arbitraryItem({ tags, xmlText }: Ingredients): fc.Arbitrary<Item> {
  const tag = fc.oneof(
    fc.constantFrom(...tags),
    fc.integer({ min: 0x420000, max: 0x42ffff }),
    fc.integer({ min: 0x540000, max: 0x54ffff }),
  )
  const leaves = leafArbitraries(xmlText).map(([type, value]) =>
    fc.record({ tag, type: fc.constant(type), value }, { noNullPrototype: true }),
  )
  const { item } = fc.letrec<{ item: Item }>((tie) => ({
    item: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      // Each record joins a type with an arbitrary of that type's values, which the compiler cannot follow.
      fc.oneof(...leaves) as fc.Arbitrary<Item>,
      fc.record(
        {
          tag,
          type: fc.constant(ItemType.Structure),
          value: fc.array(tie('item'), { maxLength: 6 }),
        },
        { noNullPrototype: true },
      ),
    ),
  }))
  return item
}

function leafArbitraries(xmlText: boolean): [ItemType, fc.Arbitrary<Item['value']>][] {
  const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 300 }))
  const unit = fc.string({ unit: 'binary', maxLength: 60 })
  const text = xmlText ? unit.filter((string) => !NOT_IN_XML.test(string)) : unit
  return [
    [ItemType.Integer, fc.integer()],
    [ItemType.LongInteger, int64],
    [ItemType.BigInteger, fc.array(int64, { minLength: 1, maxLength: 5 }).map(bytesOfWords)],
    [ItemType.Enumeration, fc.oneof(uint32, fc.integer({ min: 0, max: 20 }))],
    [ItemType.Boolean, fc.boolean()],
    [ItemType.TextString, text.map((string) => new TextEncoder().encode(string))],
    [ItemType.ByteString, bytes],
    [ItemType.DateTime, fc.oneof(int64, fc.bigInt({ min: -(2n ** 34n), max: 2n ** 34n }))],
    [ItemType.Interval, uint32],
    [ItemType.DateTimeExtended, int64],
  ]
}

/** Characters that XML 1.0 section 2.2 leaves out. */
const NOT_IN_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

function bytesOfWords(words: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 8)
  const view = new DataView(bytes.buffer)
  words.forEach((word, index) => {
    view.setBigInt64(index * 8, word)
  })
  return bytes
}
