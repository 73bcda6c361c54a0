/**
 * Blinded values by the text that they are of, as many as were used last: writing an object blinds some thirty terms,
 * and most of them were just blinded for the object before. To know one by its text costs a fraction of asking the
 * sealer, who knows bytes alone.
 *
 * The texts are held in the clear, in memory alone: they are names and attribute values, which every opened record
 * holds in the clear beside it; never key material. The cache is in two halves. When the newer is full, the older is
 * dropped and they change places, which is as good as strict order of use and costs a tenth.
 */
export class BlindCache {
  readonly #half: number
  #newer = new Map<string, Uint8Array>()
  #older = new Map<string, Uint8Array>()

  /** @param capacity - values kept at most */
  constructor(capacity: number) {
    this.#half = Math.max(1, Math.floor(capacity / 2))
  }

  /** The value for this text, made by `blind` when it is not known. Not to be changed: others may be given the same. */
  remember(text: string, blind: (text: string) => Uint8Array): Uint8Array {
    const known = this.#newer.get(text)
    if (known !== undefined) return known
    const value = this.#older.get(text) ?? blind(text)
    if (text.length <= LONGEST) this.#keep(text, value)
    return value
  }

  #keep(text: string, value: Uint8Array): void {
    if (this.#newer.size >= this.#half) {
      this.#older = this.#newer
      this.#newer = new Map()
    }
    this.#newer.set(text, value)
  }
}

/** Longer texts are not worth their place: values that one object has alone, mostly. */
const LONGEST = 160
