const FIRST_SIZE = 1024
const HEX_DIGITS = new TextEncoder().encode('0123456789abcdef')

/**
 * Gathers the bytes of a text. Secrets pass from their item to the text without becoming a string, and the buffers that
 * they leave behind are zeroed.
 */
export class ByteWriter {
  #buffer = new Uint8Array(FIRST_SIZE)
  #length = 0

  /** Appends text of ASCII characters alone: our own words, names, numbers and dates. */
  ascii(text: string): void {
    this.#makeRoom(text.length)
    for (let index = 0; index < text.length; index += 1) {
      this.#buffer[this.#length + index] = text.charCodeAt(index)
    }
    this.#length += text.length
  }

  byte(byte: number): void {
    this.#makeRoom(1)
    this.#buffer[this.#length] = byte
    this.#length += 1
  }

  /** Appends bytes as hexadecimal digits in lower case. */
  hex(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length * 2)
    for (const byte of bytes) {
      this.#buffer[this.#length] = HEX_DIGITS[byte >> 4] ?? 0
      this.#buffer[this.#length + 1] = HEX_DIGITS[byte & 15] ?? 0
      this.#length += 2
    }
  }

  /**
   * Appends UTF-8, with `escapeOf` asked for each byte of ASCII: what it returns takes the place of the byte.
   */
  escaped(utf8: Uint8Array, escapeOf: (byte: number) => string | undefined): void {
    for (const byte of utf8) {
      const escape = byte < 0x80 ? escapeOf(byte) : undefined
      if (escape === undefined) this.byte(byte)
      else this.ascii(escape)
    }
  }

  /** The bytes, in a buffer of their own that the caller may zero; the writer is of no use afterwards. */
  finish(): Uint8Array {
    const bytes = this.#buffer.slice(0, this.#length)
    this.wipe()
    return bytes
  }

  /** Zeroes what has been gathered. */
  wipe(): void {
    this.#buffer.fill(0)
    this.#length = 0
  }

  #makeRoom(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#buffer.length) return
    const old = this.#buffer
    this.#buffer = new Uint8Array(Math.max(needed, old.length * 2))
    this.#buffer.set(old)
    old.fill(0)
  }
}

/** Writes a text by `write` and zeroes what was gathered when that fails. */
export function gather(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter()
  try {
    write(writer)
    return writer.finish()
  } finally {
    writer.wipe()
  }
}
