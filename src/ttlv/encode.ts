import {
  checkBigInteger,
  checkInt32,
  checkInt64,
  checkTag,
  checkText,
  checkUint32,
  unencodable,
} from './check.ts'
import { ItemType, type Item } from './item.ts'

const LARGEST_LENGTH = 0xffff_ffff

/** Number of bytes that {@link encode} makes of an item. */
export function encodedLength(item: Item): number {
  let total = sizeOf(item)
  if (item.type !== ItemType.Structure) return total
  const open: (readonly Item[])[] = [item.value]
  for (let children = open.pop(); children !== undefined; children = open.pop()) {
    for (const child of children) {
      total += sizeOf(child)
      if (child.type === ItemType.Structure) open.push(child.value)
    }
  }
  return total
}

/**
 * Writes an item as bytes (KMIP 1.4 section 9.1.1) into one buffer of its own, outside the shared pool, so that the
 * caller can zero it once it has been sent.
 *
 * @throws KmipFault `INVALID_FIELD` for a value that its type cannot hold, an ill-formed text or a tag that is none.
 */
export function encode(item: Item): Buffer {
  const length = encodedLength(item)
  if (length > LARGEST_LENGTH) throw unencodable(item.tag, 'a structure is too long')
  // alloc, unlike allocUnsafe and from, never takes a slice of the pool.
  const buffer = Buffer.alloc(length)
  encodeInto(item, buffer, 0)
  return buffer
}

/**
 * Writes an item into `buffer` from `offset` on, its padding included; the buffer must have room for it.
 *
 * @returns the offset behind the item.
 * @throws KmipFault as {@link encode} does; what lies in the buffer is of no use then.
 */
export function encodeInto(item: Item, buffer: Uint8Array, offset: number): number {
  return new Encoder(buffer, offset).encode(item)
}

/** A structure whose children are still being written; its length is filled in at the end. */
interface Open {
  readonly children: readonly Item[]
  readonly start: number
  next: number
}

/** Length of an item with its header and padding, but without the children of a structure. */
function sizeOf(item: Item): number {
  const { type, value } = item
  if (type === ItemType.Structure) return 8
  return typeof value === 'object' ? 8 + value.length + (-value.length & 7) : 16
}

/** One pass over an item, with a stack of its own so that nesting cannot exhaust the engine's. */
class Encoder {
  readonly #buffer: Uint8Array
  readonly #view: DataView
  readonly #open: Open[] = []
  /** Where the next item goes. */
  #at: number

  constructor(buffer: Uint8Array, offset: number) {
    this.#buffer = buffer
    this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
    this.#at = offset
  }

  encode(root: Item): number {
    const open = this.#open
    this.#writeItem(root)
    for (let parent = open[0]; parent !== undefined; parent = open[open.length - 1]) {
      const child = parent.children[parent.next]
      if (child === undefined) {
        this.#view.setUint32(parent.start - 4, this.#at - parent.start)
        open.pop()
      } else {
        parent.next += 1
        this.#writeItem(child)
      }
    }
    return this.#at
  }

  /** Writes one item; the children of a structure are left to the caller's loop. */
  #writeItem(item: Item): void {
    this.#writeHead(item.tag, item.type)
    switch (item.type) {
      case ItemType.Structure:
        this.#at += 8
        this.#open.push({ children: item.value, start: this.#at, next: 0 })
        break
      case ItemType.Integer:
        this.#writeInt32(item.tag, item.value)
        break
      case ItemType.Enumeration:
      case ItemType.Interval:
        this.#writeUint32(item.tag, item.value)
        break
      case ItemType.LongInteger:
      case ItemType.DateTime:
      case ItemType.DateTimeExtended:
        this.#writeInt64(item)
        break
      case ItemType.Boolean:
        this.#writeWords(8, 0, Number(item.value))
        break
      case ItemType.BigInteger:
      case ItemType.TextString:
      case ItemType.ByteString:
        this.#writeSequence(item)
        break
    }
  }

  #writeHead(tag: number, type: number): void {
    checkTag(tag)
    this.#view.setUint32(this.#at, ((tag << 8) | type) >>> 0)
  }

  #writeInt32(tag: number, value: number): void {
    checkInt32(tag, value)
    this.#writeWords(4, value >>> 0, 0)
  }

  #writeUint32(tag: number, value: number): void {
    checkUint32(tag, value)
    this.#writeWords(4, value, 0)
  }

  #writeWords(length: number, first: number, second: number): void {
    const at = this.#at
    this.#view.setUint32(at + 4, length)
    this.#view.setUint32(at + 8, first)
    this.#view.setUint32(at + 12, second)
    this.#at = at + 16
  }

  #writeInt64({ tag, value }: Extract<Item, { readonly value: bigint }>): void {
    checkInt64(tag, value)
    this.#view.setUint32(this.#at + 4, 8)
    this.#view.setBigInt64(this.#at + 8, value)
    this.#at += 16
  }

  #writeSequence({ tag, type, value }: Extract<Item, { readonly value: Uint8Array }>): void {
    if (type === ItemType.BigInteger) checkBigInteger(tag, value)
    else if (type === ItemType.TextString) checkText(tag, value)
    this.#view.setUint32(this.#at + 4, value.length)
    this.#buffer.set(value, this.#at + 8)
    const end = this.#at + 8 + value.length
    this.#at = end + (-value.length & 7)
    if (this.#at > end) this.#buffer.fill(0, end, this.#at)
  }
}
