const NONE: Buffer = Buffer.alloc(0)

/**
 * Bytes that come in pieces, kept in one: a piece may be a single byte, and an object for each would take hundreds of
 * times the room.
 */
export class GatheredBytes {
  #bytes = NONE
  #start = 0
  #end = 0

  get length(): number {
    return this.#end - this.#start
  }

  /** Takes over a piece; most bodies come in one, which stays where it is. */
  push(piece: Buffer): void {
    if (this.length === 0) {
      this.#bytes = piece
      this.#start = 0
      this.#end = piece.length
      return
    }
    const end = this.#end + piece.length
    if (end > this.#bytes.length) this.#grow(this.length + piece.length)
    piece.copy(this.#bytes, this.#end)
    this.#end += piece.length
    piece.fill(0)
  }

  /** Hands out all there is, and keeps nothing. */
  takeAll(): Buffer {
    const all = this.#bytes.subarray(this.#start, this.#end)
    this.#forget()
    return all
  }

  /** Hands out the first of it, at most so many bytes, in a buffer of its own. */
  take(most: number): Buffer {
    const view = this.#bytes.subarray(this.#start, Math.min(this.#start + most, this.#end))
    const taken = Buffer.alloc(view.length)
    view.copy(taken)
    view.fill(0)
    this.#start += taken.length
    if (this.length === 0) this.#forget()
    return taken
  }

  /** Zeroes what there is, and forgets it. */
  wipe(): void {
    this.#bytes.fill(0)
    this.#forget()
  }

  #grow(needed: number): void {
    const grown = Buffer.alloc(Math.max(needed, 2 * this.length))
    this.#bytes.copy(grown, 0, this.#start, this.#end)
    this.#end = this.length
    this.#start = 0
    this.#bytes.fill(0)
    this.#bytes = grown
  }

  #forget(): void {
    this.#bytes = NONE
    this.#start = 0
    this.#end = 0
  }
}
