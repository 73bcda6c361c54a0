import { createHash, timingSafeEqual } from 'node:crypto'

/** The keys of a store as they lie in it. */
export interface Keyring {
  /** Whether the heads of its store are authenticated; they are not in stores that were made before kmipd did that. */
  readonly isAuthenticated: boolean
  /** 16 bytes. */
  readonly storeId: Uint8Array
  /** The index key, wrapped by the root. */
  readonly index: Uint8Array
  /** Key-encryption keys, wrapped by the root; numbers rise from 1 up. */
  readonly epochs: readonly { readonly number: number; readonly wrapped: Uint8Array }[]
  /** 32 bytes that only who has the newest key-encryption key can make. */
  readonly commitment: Uint8Array
}

/**
 * `KMKR`, format, store identifier, wrapped index key, number of epochs, epochs, commitment, SHA-256 of all that. The
 * last tells damage from a wrong passphrase; it protects against nobody.
 */
export function encodeKeyring(ring: Keyring): Uint8Array {
  const { isAuthenticated, storeId, index, epochs, commitment } = ring
  const body = Buffer.concat([
    MAGIC,
    Uint8Array.of(isAuthenticated ? FORMAT : OLD_FORMAT),
    storeId,
    withLength(index),
    twoBytes(epochs.length),
    ...epochs.flatMap(({ number, wrapped }) => [fourBytes(number), withLength(wrapped)]),
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
  if (format !== FORMAT && format !== OLD_FORMAT) return undefined
  if (!timingSafeEqual(digest(bytes.subarray(0, end)), bytes.subarray(end))) return undefined
  const reader = new Reader(bytes.subarray(MAGIC.length + 1, end))
  const storeId = reader.take(STORE_ID_BYTES)
  const index = reader.take(reader.number(2))
  const epochs = Array.from({ length: reader.number(2) }, () => ({
    number: reader.number(4),
    wrapped: reader.take(reader.number(2)),
  }))
  const commitment = reader.take(HASH_BYTES)
  if (!reader.isSpent() || epochs.length === 0) return undefined
  return { isAuthenticated: format === FORMAT, storeId, index, epochs, commitment }
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

function digest(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}

/** Of a store whose heads are authenticated, and of one whose heads are not. Nothing else differs. */
const FORMAT = 2
const OLD_FORMAT = 1
/** `KMKR` */
const MAGIC = Uint8Array.of(0x4b, 0x4d, 0x4b, 0x52)
const STORE_ID_BYTES = 16
const HASH_BYTES = 32
