/** Lines that wait to be written, one behind the other as they will stand in the file. */
export class LineBuffer {
  #memory = Buffer.allocUnsafeSlow(65_536)
  #filled = 0
  /** What stands behind that: texts are encoded together, which takes a third of the time. */
  #text = ''
  #lines = 0

  /** How many there are. */
  get lines(): number {
    return this.#lines
  }

  /** Read it before anything is appended. */
  get bytes(): Uint8Array {
    this.#encode()
    return this.#memory.subarray(0, this.#filled)
  }

  append(line: Uint8Array | string): void {
    this.#lines += 1
    if (typeof line === 'string') {
      this.#text += `${line}\n`
      return
    }
    this.#encode()
    this.#makeRoom(line.length + 1)
    this.#memory.set(line, this.#filled)
    this.#filled += line.length
    this.#memory[this.#filled] = NEWLINE
    this.#filled += 1
  }

  clear(): void {
    this.#filled = 0
    this.#text = ''
    this.#lines = 0
    if (this.#memory.length > KEPT) this.#memory = Buffer.allocUnsafeSlow(KEPT)
  }

  #encode(): void {
    if (this.#text === '') return
    // A character of a string takes three bytes of UTF-8 at most.
    this.#makeRoom(3 * this.#text.length)
    this.#filled += this.#memory.write(this.#text, this.#filled)
    this.#text = ''
  }

  #makeRoom(bytes: number): void {
    if (this.#filled + bytes <= this.#memory.length) return
    const larger = Buffer.allocUnsafeSlow(2 * (this.#filled + bytes))
    this.#memory.copy(larger, 0, 0, this.#filled)
    this.#memory = larger
  }
}

const NEWLINE = 0x0a
const KEPT = 1_048_576
