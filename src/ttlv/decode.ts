import { KmipFault } from '../fault/fault.ts'
import { hexOfTag, ItemType, type Item } from './item.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { isWellFormed } from './utf8.ts'

/**
 * Reads bytes that are exactly one item (KMIP 1.4 section 9.1.1, KMIP 2.1 section 10.1).
 *
 * What decodes encodes to the identical bytes: nothing is tolerated, nothing is repaired. Text, bytes and big integers
 * of the result are views of `bytes`, so the caller keeps those unchanged for as long as it uses the item.
 *
 * @throws KmipFault `MALFORMED_MESSAGE` for bytes that are not TTLV, `SERVER_LIMIT` for more than `limits` allow; the
 * detail names the offset and the tags on the way there, never a value.
 */
export function decode(bytes: Uint8Array, limits: Limits = DEFAULT_LIMITS): Item {
  if (bytes.length > limits.messageBytes) {
    throw new KmipFault('SERVER_LIMIT', 'The message is too long', {
      detail: `${bytes.length} bytes`,
    })
  }
  return new Decoder(bytes, limits).decode()
}

/** A structure whose children are still being read. */
interface Open {
  readonly tag: number
  readonly end: number
  readonly children: Item[]
}

type SequenceType = Extract<Item, { readonly value: Uint8Array }>['type']

/** One pass over a message, with a stack of its own so that nesting cannot exhaust the engine's. */
class Decoder {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #limits: Limits
  readonly #open: Open[] = []
  #items = 0
  /** Start of the item that is being read. */
  #start = 0
  /** End of what has been read. */
  #offset = 0

  constructor(bytes: Uint8Array, limits: Limits) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#limits = limits
  }

  decode(): Item {
    const open = this.#open
    const root = this.#readItem(this.#bytes.length)
    for (let parent = open.at(-1); parent !== undefined; parent = open[open.length - 1]) {
      if (this.#offset === parent.end) open.pop()
      else parent.children.push(this.#readItem(parent.end))
    }
    if (this.#offset !== this.#bytes.length) this.#fail(this.#offset, 'bytes follow the item')
    return root
  }

  /** Reads one item that must end by `end`; the children of a structure are left to the caller's loop. */
  #readItem(end: number): Item {
    const start = this.#offset
    this.#start = start
    if (end - start < 8) this.#fail(start, 'a header is cut short')
    this.#items += 1
    if (this.#items > this.#limits.items) this.#exceed('The message has too many items')
    const header = this.#view.getUint32(start)
    const tag = header >>> 8
    const prefix = tag >>> 16
    if (prefix !== 0x42 && prefix !== 0x54) this.#fail(start, 'a tag starts with neither 42 nor 54')
    const length = this.#view.getUint32(start + 4)
    if (length > end - start - 8) this.#fail(start + 4, 'an item is longer than what holds it')
    return this.#readValue(tag, header & 0xff, length, end)
  }

  #readValue(tag: number, type: number, length: number, end: number): Item {
    switch (type) {
      case ItemType.Structure:
        return this.#readStructure(tag, length)
      case ItemType.Integer:
        return { tag, type, value: this.#readUint32(length, end) | 0 }
      case ItemType.Enumeration:
      case ItemType.Interval:
        return { tag, type, value: this.#readUint32(length, end) }
      case ItemType.LongInteger:
      case ItemType.DateTime:
      case ItemType.DateTimeExtended:
        return { tag, type, value: this.#readInt64(length) }
      case ItemType.Boolean:
        return { tag, type, value: this.#readBoolean(length) }
      case ItemType.BigInteger:
      case ItemType.TextString:
      case ItemType.ByteString:
        return this.#readSequence(tag, type, length, end)
      default:
        return this.#fail(this.#start + 3, 'a type is not known')
    }
  }

  /** That the length is a multiple of eight follows from the children, which must end where the structure does. */
  #readStructure(tag: number, length: number): Item {
    if (this.#open.length >= this.#limits.depth) this.#exceed('The message is nested too deeply')
    const children: Item[] = []
    this.#offset = this.#start + 8
    this.#open.push({ tag, end: this.#offset + length, children })
    return { tag, type: ItemType.Structure, value: children }
  }

  #readUint32(length: number, end: number): number {
    if (length !== 4) this.#failLength()
    const at = this.#start + 8
    if (end - at < 8) this.#fail(at, 'padding is cut short')
    if (this.#view.getUint32(at + 4) !== 0) this.#fail(at + 4, 'padding is not zero')
    this.#offset = at + 8
    return this.#view.getUint32(at)
  }

  #readInt64(length: number): bigint {
    if (length !== 8) this.#failLength()
    const at = this.#start + 8
    this.#offset = at + 8
    const high = this.#view.getInt32(at)
    const low = this.#view.getUint32(at + 4)
    // Dates and counts are small enough for one conversion; the rest takes three.
    if (high >= -0x10_0000 && high < 0x10_0000) return BigInt(high * 0x1_0000_0000 + low)
    return (BigInt(high) << 32n) | BigInt(low)
  }

  #readBoolean(length: number): boolean {
    if (length !== 8) this.#failLength()
    const at = this.#start + 8
    const low = this.#view.getUint32(at + 4)
    if (this.#view.getUint32(at) !== 0 || low > 1) this.#fail(at, 'a Boolean is neither 0 nor 1')
    this.#offset = at + 8
    return low === 1
  }

  #readSequence(tag: number, type: SequenceType, length: number, end: number): Item {
    if (type === ItemType.BigInteger && (length === 0 || length % 8 !== 0)) this.#failLength()
    const value = this.#readBytes(length, end)
    if (type === ItemType.TextString && !isWellFormed(value)) {
      this.#fail(this.#start + 8, 'a text is not well-formed UTF-8')
    }
    return { tag, type, value }
  }

  #readBytes(length: number, end: number): Uint8Array {
    const at = this.#start + 8
    const padding = -length & 7
    if (end - at < length + padding) this.#fail(at + length, 'padding is cut short')
    this.#offset = at + length + padding
    for (let index = at + length; index < this.#offset; index += 1) {
      if (this.#bytes[index] !== 0) this.#fail(index, 'padding is not zero')
    }
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + at, length)
  }

  #failLength(): never {
    this.#fail(this.#start + 4, 'a length does not suit its type')
  }

  #fail(offset: number, what: string): never {
    throw new KmipFault(
      'MALFORMED_MESSAGE',
      'The message is not well-formed TTLV',
      this.#where(offset, what),
    )
  }

  #exceed(message: string): never {
    throw new KmipFault('SERVER_LIMIT', message, this.#where(this.#start, 'over the limit'))
  }

  #where(offset: number, what: string): { detail: string; path: string[] } {
    const path = this.#open.map(({ tag }) => hexOfTag(tag))
    return { detail: `${what}, at byte ${offset} in ${path.join(' > ') || 'no structure'}`, path }
  }
}
