import { createHash, timingSafeEqual } from 'node:crypto'

/** The keys of a store as they lie in it. */
export interface Keyring {
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
export function encodeKeyring({ storeId, index, epochs, commitment }: Keyring): Uint8Array {
  const body = Buffer.concat([
    HEADER,
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
  if (end < HEADER.length || Buffer.compare(bytes.subarray(0, HEADER.length), HEADER) !== 0) {
    return undefined
  }
  if (!timingSafeEqual(digest(bytes.subarray(0, end)), bytes.subarray(end))) return undefined
  const reader = new Reader(bytes.subarray(HEADER.length, end))
  const storeId = reader.take(STORE_ID_BYTES)
  const index = reader.take(reader.number(2))
  const epochs = Array.from({ length: reader.number(2) }, () => ({
    number: reader.number(4),
    wrapped: reader.take(reader.number(2)),
  }))
  const commitment = reader.take(HASH_BYTES)
  return reader.isSpent() && epochs.length > 0 ? { storeId, index, epochs, commitment } : undefined
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

const FORMAT = 1
/** `KMKR` and the format. */
const HEADER = Uint8Array.of(0x4b, 0x4d, 0x4b, 0x52, FORMAT)
const STORE_ID_BYTES = 16
const HASH_BYTES = 32
