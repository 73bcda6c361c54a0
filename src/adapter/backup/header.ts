import { createHash, timingSafeEqual } from 'node:crypto'
import { eightBytes, lengthPrefixed } from '../length-prefixed.ts'
import { ByteReader } from './byte-reader.ts'

/** What a backup says of itself before it is opened. Nothing in it is secret; all of it is bound to what follows. */
export interface BackupHeader {
  /** 16 random bytes. */
  readonly backupId: Uint8Array
  /** How often the store was restored from a backup before. */
  readonly generation: number
  /** When it was made, in seconds since 1970-01-01T00:00:00Z. */
  readonly time: number
  /** How many entries of the store it holds. */
  readonly entries: number
  /** The authenticated head of the store at the moment that was backed up. */
  readonly head: Uint8Array
  /** The keyring as it lies in the store: its keys are wrapped by the root of trust. */
  readonly keyring: Uint8Array
  /** The key of the backup, sealed by a key that hangs from the keyring. */
  readonly sealedKey: Uint8Array
  /** The text of `kmipd.json`: which root of trust opens the keyring. */
  readonly settings: Uint8Array
  /** Set where people hold shares of the backup's key. */
  readonly shares?: ShareSet | undefined
}

/** How many people hold shares, and how many of them are needed. */
export interface ShareSet {
  /** 8 random bytes that all shares of a backup carry. */
  readonly setId: Uint8Array
  readonly threshold: number
  readonly parts: number
}

/** `KMBK`, format, length of the fields, fields each after its length, SHA-256 of all that. */
export function encodeHeader(header: BackupHeader): Uint8Array {
  const { shares } = header
  const fields = lengthPrefixed([
    header.backupId,
    eightBytes(header.generation),
    eightBytes(header.time),
    eightBytes(header.entries),
    header.head,
    header.keyring,
    header.sealedKey,
    header.settings,
    shares === undefined ? NONE : Uint8Array.of(shares.threshold, shares.parts, ...shares.setId),
  ])
  const start = new Uint8Array(HEADER_START)
  const view = new DataView(start.buffer)
  view.setUint32(0, MAGIC)
  view.setUint8(4, FORMAT)
  view.setUint32(5, fields.length)
  const body = Buffer.concat([start, fields])
  return Buffer.concat([body, digestOf(body)])
}

/** What the first {@link HEADER_START} bytes of a file tell of it. */
export type HeaderStart =
  | { readonly kind: 'backup'; readonly length: number }
  | { readonly kind: 'newer'; readonly format: number }
  | { readonly kind: 'other' }

/** Tells how long the header is, in bytes. */
export function readHeaderStart(bytes: Uint8Array): HeaderStart {
  if (bytes.length < HEADER_START) return { kind: 'other' }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (view.getUint32(0) !== MAGIC) return { kind: 'other' }
  const format = view.getUint8(4)
  if (format !== FORMAT) return { kind: 'newer', format }
  const length = HEADER_START + view.getUint32(5) + HASH
  return length > LONGEST_HEADER ? { kind: 'other' } : { kind: 'backup', length }
}

/** The header in as many bytes as its start told; undefined when they are damaged. */
export function decodeHeader(bytes: Uint8Array): BackupHeader | undefined {
  const end = bytes.length - HASH
  if (end <= HEADER_START) return undefined
  if (!timingSafeEqual(digestOf(bytes.subarray(0, end)), bytes.subarray(end))) return undefined
  const fields = fieldsOf(bytes.subarray(HEADER_START, end))
  if (fields.length !== FIELDS) return undefined
  const at = (place: number): Uint8Array => fields[place] ?? NONE
  const [generation, time, entries] = [numberIn(at(1)), numberIn(at(2)), numberIn(at(3))]
  const shares = shareSetIn(at(8))
  if (at(0).length !== ID || shares === 'damaged') return undefined
  if (![generation, time, entries].every(Number.isSafeInteger)) return undefined
  const about = { backupId: at(0), generation, time, entries, head: at(4), keyring: at(5) }
  return { ...about, sealedKey: at(6), settings: at(7), shares }
}

function fieldsOf(bytes: Uint8Array): readonly Uint8Array[] {
  const reader = new ByteReader(bytes)
  const fields: Uint8Array[] = []
  while (reader.left > 0) {
    const field = reader.take(reader.number() ?? Infinity)
    if (field === undefined) return []
    fields.push(field)
  }
  return fields
}

/** Not a number where there is none. */
function numberIn(bytes: Uint8Array): number {
  if (bytes.length !== 8) return NaN
  return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0))
}

function shareSetIn(bytes: Uint8Array): ShareSet | undefined | 'damaged' {
  if (bytes.length === 0) return undefined
  const [threshold, parts] = bytes
  if (bytes.length !== 2 + SET_ID || threshold === undefined || parts === undefined)
    return 'damaged'
  return { threshold, parts, setId: bytes.slice(2) }
}

function digestOf(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}

/** Bytes that tell how many follow. */
export const HEADER_START = 9
/** Bytes of the identifier of a set of shares. */
export const SET_ID = 8
/** Bytes of the identifier of a backup. */
export const ID = 16
/** `KMBK` */
const MAGIC = 0x4b_4d_42_4b
const FORMAT = 1
const FIELDS = 9
const NONE = new Uint8Array(0)
const HASH = 32
/** A keyring of some thousand epochs. */
const LONGEST_HEADER = 1_048_576
