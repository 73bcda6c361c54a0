/** Reads numbers of seven bits a byte, the lowest first. */
export class NumberReader {
  readonly #bytes: Buffer
  #offset = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isSpent(): boolean {
    return this.#offset >= this.#bytes.length
  }

  skip(bytes: number): void {
    this.#offset += bytes
  }

  /** The next bytes, fewer of them at the end. */
  take(bytes: number): Buffer {
    this.#offset += bytes
    return this.#bytes.subarray(this.#offset - bytes, this.#offset)
  }

  number(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#offset] ?? 0
      this.#offset += 1
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
  }
}
