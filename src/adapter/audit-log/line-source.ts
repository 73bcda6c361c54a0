import { readSync } from 'node:fs'
import { KmipFault } from '../../fault/fault.ts'

/** Reads the lines of a file in pieces: what it holds at a time does not grow with the file. */
export class LineSource {
  /** The line that {@link next} found is in it from `start` to `end`; the byte before may be overwritten. */
  memory = Buffer.allocUnsafeSlow(1 + PIECE)
  start = 1
  end = 1
  readonly #fd: number
  readonly #until: number
  /** Where in the file the next piece begins. */
  #at: number
  /** Where in the memory what is not yet a line begins, and what was read ends. */
  #from = 1
  #filled = 1

  /**
   * @param from - place in the file where a line begins
   * @param until - place in the file where reading ends
   */
  constructor(fd: number, from = 0, until = Infinity) {
    this.#fd = fd
    this.#at = from
    this.#until = until
  }

  /** Goes on to the next whole line. Throws `UNAVAILABLE` for one that is far too long. */
  next(): boolean {
    let look = this.#from
    for (;;) {
      const end = this.memory.indexOf(NEWLINE, look)
      if (end !== -1 && end < this.#filled) {
        this.start = this.#from
        this.end = end
        this.#from = end + 1
        return true
      }
      look = this.#filled - (this.#from - 1)
      if (!this.#read()) return false
    }
  }

  /** The line as text. */
  text(): string {
    return this.memory.toString('utf8', this.start, this.end)
  }

  /** Where in the file the line after the last one begins. */
  get offset(): number {
    return this.#at - (this.#filled - this.#from)
  }

  /** Bytes behind the last line that {@link next} found, once it found no more: the beginning of a line. */
  get rest(): number {
    return this.#filled - this.#from
  }

  /** Makes room and reads on; false at the end of the file. */
  #read(): boolean {
    this.memory.copyWithin(1, this.#from, this.#filled)
    this.#filled -= this.#from - 1
    this.#from = 1
    if (this.#filled === this.memory.length) this.#grow()
    const room = Math.min(this.memory.length - this.#filled, this.#until - this.#at)
    if (room <= 0) return false
    const count = readSync(this.#fd, this.memory, this.#filled, room, this.#at)
    this.#filled += count
    this.#at += count
    return count > 0
  }

  #grow(): void {
    if (this.memory.length > LONGEST) {
      throw new KmipFault('UNAVAILABLE', 'A file of the audit log has a line without an end')
    }
    const larger = Buffer.allocUnsafeSlow(2 * this.memory.length)
    this.memory.copy(larger)
    this.memory = larger
  }
}

const NEWLINE = 0x0a
const PIECE = 65_536
const LONGEST = 16_777_216
