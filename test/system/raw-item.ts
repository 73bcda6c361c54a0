/**
 * One item as its bytes claim it to be, right or wrong: what the codec refuses to write, mutations must be able to say.
 */
export interface RawItem {
  tag: number
  type: number
  /** What the length field says, where that is a lie. */
  claimed?: number
  /** Children of a structure, the value of anything else. */
  value: RawItem[] | Uint8Array
}

const STRUCTURE = 1
const HEAD = 8

/** Reads well formed bytes; what comes of others is of no interest. */
export function parseRaw(bytes: Uint8Array): RawItem {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const type = view.getUint8(3)
  const value = bytes.subarray(HEAD, HEAD + view.getUint32(4))
  const tag = view.getUint32(0) >>> 8
  return { tag, type, value: type === STRUCTURE ? childrenOf(value) : Uint8Array.from(value) }
}

function childrenOf(bytes: Uint8Array): RawItem[] {
  const children: RawItem[] = []
  let at = 0
  while (at + HEAD <= bytes.length) {
    const length = new DataView(bytes.buffer, bytes.byteOffset + at + 4).getUint32(0)
    children.push(parseRaw(bytes.subarray(at)))
    at += HEAD + Math.ceil(length / 8) * 8
  }
  return children
}

/** Writes an item with whatever it claims; the head tells the claimed length, the body is padded by the true one. */
export function writeRaw({ tag, type, claimed, value }: RawItem): Buffer {
  const body = Array.isArray(value) ? Buffer.concat(value.map(writeRaw)) : Buffer.from(value)
  const head = Buffer.alloc(HEAD)
  head.writeUInt32BE(((tag & 0xff_ff_ff) << 8) >>> 0, 0)
  head.writeUInt8(type & 0xff, 3)
  head.writeUInt32BE((claimed ?? body.length) >>> 0, 4)
  return Buffer.concat([head, body, Buffer.alloc((8 - (body.length % 8)) % 8)])
}

/** Every item of a tree with the list that it stands in; the root stands in none. */
export function itemsOf(root: RawItem): { item: RawItem; among: RawItem[] }[] {
  const found: { item: RawItem; among: RawItem[] }[] = [{ item: root, among: [] }]
  for (const { item } of found) {
    if (!Array.isArray(item.value)) continue
    for (const child of item.value) found.push({ item: child, among: item.value })
  }
  return found
}

export function copyRaw({ value, ...rest }: RawItem): RawItem {
  return { ...rest, value: Array.isArray(value) ? value.map(copyRaw) : Uint8Array.from(value) }
}
