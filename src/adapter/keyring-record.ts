import { createHash, timingSafeEqual } from 'node:crypto'
import { utf8 } from './length-prefixed.ts'

/** A key-encryption key as it lies in a keyring. */
export interface WrappedEpoch {
  /** From 1 up; no two of a ring are the same, whatever their lines. */
  readonly number: number
  /** Which line of keys it belongs to: `default`, or the name of a namespace. */
  readonly line: string
  /** It has sealed no more often than this, as far as that was written down. */
  readonly seals: number
  /** The key, wrapped by the root. */
  readonly wrapped: Uint8Array
}

/** The keys of a store as they lie in it. */
export interface Keyring {
  /**
   * 1: of a store whose heads are not authenticated. 2: of one whose heads are. 3: with the generation, and lines of
   * epochs. A ring of an older format is read as if it had one line and the generation 0.
   */
  readonly format: 1 | 2 | 3
  /** 16 bytes. */
  readonly storeId: Uint8Array
  /** How often the store was restored from a backup. */
  readonly generation: number
  /** The index key, wrapped by the root. */
  readonly index: Uint8Array
  readonly epochs: readonly WrappedEpoch[]
  /** 32 bytes that only who has the newest key-encryption key can make. */
  readonly commitment: Uint8Array
}

/** The format of rings that are written. */
export const KEYRING_FORMAT = 3
/** The line of key-encryption keys of whatever belongs to no namespace. */
export const DEFAULT_LINE = 'default'
export const COMMITMENT_BYTES = 32

/**
 * `KMKR`, format, store identifier, generation, wrapped index key, number of epochs, epochs, commitment, SHA-256 of all
 * that. The last tells damage from a wrong passphrase; it protects against nobody.
 */
export function encodeKeyring(ring: Keyring): Uint8Array {
  const { format, storeId, generation, index, epochs, commitment } = ring
  const isOld = format !== KEYRING_FORMAT
  const body = Buffer.concat([
    MAGIC,
    Uint8Array.of(format),
    storeId,
    ...(isOld ? [] : [fourBytes(generation)]),
    withLength(index),
    twoBytes(epochs.length),
    ...epochs.flatMap((epoch) => (isOld ? oldEpochBytes(epoch) : epochBytes(epoch))),
    commitment,
  ])
  return Buffer.concat([body, digest(body)])
}

/** Undefined when the bytes are not a whole keyring of a format that we know. */
export function decodeKeyring(bytes: Uint8Array): Keyring | undefined {
  const end = bytes.length - HASH_BYTES
  if (end <= MAGIC.length || Buffer.compare(bytes.subarray(0, MAGIC.length), MAGIC) !== 0) {
    return undefined
  }
  const format = bytes[MAGIC.length]
  if (format !== 1 && format !== 2 && format !== 3) return undefined
  if (!timingSafeEqual(digest(bytes.subarray(0, end)), bytes.subarray(end))) return undefined
  const reader = new Reader(bytes.subarray(MAGIC.length + 1, end))
  const isOld = format !== KEYRING_FORMAT
  const storeId = reader.take(STORE_ID_BYTES)
  const generation = isOld ? 0 : reader.number(4)
  const index = reader.take(reader.number(2))
  const readEpoch = isOld ? readOldEpoch : readNewEpoch
  const epochs = Array.from({ length: reader.number(2) }, () => readEpoch(reader))
  const commitment = reader.take(COMMITMENT_BYTES)
  if (!reader.isSpent() || !isRing(epochs)) return undefined
  return { format, storeId, generation, index, epochs, commitment }
}

/** There is an epoch, and none is there twice. */
function isRing(epochs: readonly WrappedEpoch[]): boolean {
  return epochs.length > 0 && new Set(epochs.map(({ number }) => number)).size === epochs.length
}

function epochBytes({ number, line, seals, wrapped }: WrappedEpoch): readonly Uint8Array[] {
  return [fourBytes(number), withLength(utf8(line)), sixBytes(seals), withLength(wrapped)]
}

function oldEpochBytes({ number, wrapped }: WrappedEpoch): readonly Uint8Array[] {
  return [fourBytes(number), withLength(wrapped)]
}

function readNewEpoch(reader: Reader): WrappedEpoch {
  const number = reader.number(4)
  const line = fromUtf8.decode(reader.take(reader.number(2)))
  const seals = reader.number(6)
  return { number, line, seals, wrapped: reader.take(reader.number(2)) }
}

function readOldEpoch(reader: Reader): WrappedEpoch {
  const number = reader.number(4)
  return { number, line: DEFAULT_LINE, seals: 0, wrapped: reader.take(reader.number(2)) }
}

/** Reads on after the end, too, and says at last that it did. */
class Reader {
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  take(length: number): Uint8Array {
    const taken = this.#bytes.subarray(this.#offset, this.#offset + length)
    this.#offset += length
    return Uint8Array.from(taken)
  }

  number(length: number): number {
    return this.take(length).reduce((value, byte) => value * 256 + byte, 0)
  }

  isSpent(): boolean {
    return this.#offset === this.#bytes.length
  }
}

function withLength(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([twoBytes(bytes.length), bytes])
}

function twoBytes(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value)
}

function fourBytes(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

function sixBytes(value: number): Uint8Array {
  const bytes = Buffer.alloc(6)
  bytes.writeUIntBE(value, 0, 6)
  return bytes
}

function digest(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}

/** `KMKR` */
const MAGIC = Uint8Array.of(0x4b, 0x4d, 0x4b, 0x52)
const STORE_ID_BYTES = 16
const HASH_BYTES = 32
const fromUtf8 = new TextDecoder()
