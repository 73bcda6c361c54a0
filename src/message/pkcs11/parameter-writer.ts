const toUtf8 = new TextEncoder()

/** Writes the parameters that a PKCS#11 function puts out: the counterpart of `ParameterReader`. */
export class ParameterWriter {
  readonly #parts: Uint8Array[] = []

  byte(value: number): this {
    return this.raw(Uint8Array.of(value))
  }

  flag(value: boolean): this {
    return this.byte(value ? 1 : 0)
  }

  ulong(value: number): this {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(value))
    return this.raw(bytes)
  }

  length(value: number): this {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setUint32(0, value)
    return this.raw(bytes)
  }

  /** Text padded with blanks, as `CK_INFO` and its like have it. */
  padded(value: string, length: number): this {
    const bytes = new Uint8Array(length).fill(BLANK)
    bytes.set(toUtf8.encode(value).subarray(0, length))
    return this.raw(bytes)
  }

  /** A `CK_VERSION`. */
  version({ major, minor }: { readonly major: number; readonly minor: number }): this {
    return this.byte(major).byte(minor)
  }

  /** An array that goes into the caller's buffer, or its length alone where the caller has none. */
  output(value: Uint8Array, isWanted: boolean): this {
    this.flag(isWanted).length(value.length)
    return isWanted ? this.raw(value) : this
  }

  /** @param bytes - copied when the whole is taken; until then they must stay as they are */
  raw(bytes: Uint8Array): this {
    this.#parts.push(bytes)
    return this
  }

  take(): Uint8Array {
    const all = new Uint8Array(this.#parts.reduce((sum, { length }) => sum + length, 0))
    let offset = 0
    for (const part of this.#parts) {
      all.set(part, offset)
      offset += part.length
    }
    return all
  }
}

const BLANK = 0x20
