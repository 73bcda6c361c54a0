/**
 * Blinded values by purpose and input, as many as were used last: writing an object blinds some thirty values, and most
 * of them were just blinded for the object before.
 *
 * The inputs are held in the clear, in memory alone: they are names and attribute values, which every opened record
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

  /** The value for this input, made by `blind` when it is not known. The caller may keep and change it. */
  remember(purpose: string, input: Uint8Array, blind: () => Uint8Array): Uint8Array {
    if (input.length > LONGEST) return Uint8Array.from(blind())
    const name = nameOf(purpose, input)
    const known = this.#newer.get(name)
    if (known !== undefined) return known.slice()
    const value = this.#older.get(name) ?? Uint8Array.from(blind())
    if (this.#newer.size >= this.#half) {
      this.#older = this.#newer
      this.#newer = new Map()
    }
    this.#newer.set(name, value)
    return value.slice()
  }

  clear(): void {
    this.#newer.clear()
    this.#older.clear()
  }
}

/** The length of the purpose keeps it apart from the input, whatever characters are in them. */
function nameOf(purpose: string, input: Uint8Array): string {
  const text = Buffer.from(input.buffer, input.byteOffset, input.length).toString('latin1')
  return `${purpose.length} ${purpose}${text}`
}

/** Longer inputs are not worth their place. */
const LONGEST = 128
