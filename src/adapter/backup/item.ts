import { STORE_LIMITS, type Entry } from '../../port/store.ts'
import { refused } from './fault.ts'

/** A file that lies beside the store. */
export interface BackupFile {
  /** As in `ca.crt`. */
  readonly name: string
  readonly content: Uint8Array
}

/** What the stream in a backup is made of: files, then entries in the order of their keys, then one end. */
export type BackupItem =
  | { readonly kind: 'file'; readonly file: BackupFile }
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'end' }

/** Kind, length of the name, length of the content, name, content. */
export function encodeFile({ name, content }: BackupFile): Uint8Array {
  const encoded = new TextEncoder().encode(name)
  const bytes = Buffer.alloc(FILE_START + encoded.length + content.length)
  bytes.writeUInt8(FILE, 0)
  bytes.writeUInt16BE(encoded.length, 1)
  bytes.writeUInt32BE(content.length, 3)
  bytes.set(encoded, FILE_START)
  bytes.set(content, FILE_START + encoded.length)
  return bytes
}

/** Each entry: kind, length of the key, length of the value, revision, key, value. */
export function encodeEntries(entries: readonly Entry[]): Uint8Array {
  const sizes = entries.map(({ key, value }) => ENTRY_START + key.length + value.length)
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + size, 0))
  let at = 0
  for (const { key, value, revision } of entries) {
    bytes.writeUInt8(ENTRY, at)
    bytes.writeUInt16BE(key.length, at + 1)
    bytes.writeUInt32BE(value.length, at + 3)
    bytes.writeBigUInt64BE(revision, at + 7)
    bytes.set(key, at + ENTRY_START)
    bytes.set(value, at + ENTRY_START + key.length)
    at += ENTRY_START + key.length + value.length
  }
  return bytes
}

/** What the stream ends with. */
export const END_ITEM = Uint8Array.of(0)

/** Finds the items in a stream that comes in pieces. Values are parts of the pieces. */
export class ItemReader {
  #rest: Buffer = Buffer.alloc(0)
  #isEnded = false

  /** Whether all that came was items, the last of them the end. */
  get isWhole(): boolean {
    return this.#isEnded && this.#rest.length === 0
  }

  /** The items that are whole by then. Throws `UNAVAILABLE` for bytes that are none. */
  *read(piece: Uint8Array): Generator<BackupItem> {
    const bytes =
      this.#rest.length === 0 ? asBuffer(piece) : Buffer.concat([this.#rest, asBuffer(piece)])
    let at = 0
    for (;;) {
      const found = this.#itemAt(bytes, at)
      if (found === undefined) break
      at = found.end
      yield found.item
    }
    this.#rest = bytes.subarray(at)
  }

  #itemAt(bytes: Buffer, at: number): { item: BackupItem; end: number } | undefined {
    if (at >= bytes.length) return undefined
    if (this.#isEnded) throw refused('The backup goes on behind its end')
    const kind = bytes[at]
    if (kind === ENTRY) return entryAt(bytes, at)
    if (kind === FILE) return fileAt(bytes, at)
    if (kind !== END_ITEM[0]) throw unreadable()
    this.#isEnded = true
    return { item: { kind: 'end' }, end: at + 1 }
  }
}

function entryAt(bytes: Buffer, at: number): { item: BackupItem; end: number } | undefined {
  if (at + ENTRY_START > bytes.length) return undefined
  const from = at + ENTRY_START
  const keyBytes = bytes.readUInt16BE(at + 1)
  const valueBytes = bytes.readUInt32BE(at + 3)
  if (keyBytes > STORE_LIMITS.keyBytes || valueBytes > STORE_LIMITS.valueBytes) throw unreadable()
  const end = from + keyBytes + valueBytes
  if (end > bytes.length) return undefined
  const entry = {
    key: bytes.subarray(from, from + keyBytes),
    value: bytes.subarray(from + keyBytes, end),
    revision: bytes.readBigUInt64BE(at + 7),
  }
  return { item: { kind: 'entry', entry }, end }
}

function fileAt(bytes: Buffer, at: number): { item: BackupItem; end: number } | undefined {
  if (at + FILE_START > bytes.length) return undefined
  const from = at + FILE_START
  const nameBytes = bytes.readUInt16BE(at + 1)
  const contentBytes = bytes.readUInt32BE(at + 3)
  if (nameBytes > LONGEST_NAME || contentBytes > LARGEST_FILE) throw unreadable()
  const end = from + nameBytes + contentBytes
  if (end > bytes.length) return undefined
  const name = bytes.toString('utf8', from, from + nameBytes)
  const content = Uint8Array.from(bytes.subarray(from + nameBytes, end))
  return { item: { kind: 'file', file: { name, content } }, end }
}

function unreadable(): Error {
  return refused('The backup holds something that this kmipd cannot read')
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

const ENTRY = 1
const FILE = 2
const ENTRY_START = 15
const FILE_START = 7
const LONGEST_NAME = 64
const LARGEST_FILE = 65_536
