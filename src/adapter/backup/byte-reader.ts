/** Reads numbers and strings of bytes, most significant byte first, and remembers when it was asked for too much. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** A copy; undefined where there is not so much left. */
  take(length: number): Uint8Array | undefined {
    if (length > this.left) return undefined
    this.#offset += length
    return Uint8Array.from(this.#bytes.subarray(this.#offset - length, this.#offset))
  }

  byte(): number | undefined {
    if (this.left < 1) return undefined
    this.#offset += 1
    return this.#view.getUint8(this.#offset - 1)
  }

  number(): number | undefined {
    if (this.left < 4) return undefined
    this.#offset += 4
    return this.#view.getUint32(this.#offset - 4)
  }

  /** Bytes that are not read yet. */
  get left(): number {
    return this.#bytes.length - this.#offset
  }
}
