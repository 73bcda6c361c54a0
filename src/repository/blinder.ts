import type { Sealer } from '../port/sealer.ts'
import type { Name } from '../spec/structure/name.ts'
import type { IndexTerm } from './index-term.ts'

/** Blinds index terms and names so that neither can be read on disk, nor compared between tenants. */
export interface Blinder {
  /** Not to be changed: others may be given the same. */
  term(tenant: string, term: IndexTerm): Uint8Array
  name(tenant: string, name: Name): Uint8Array
}

export function blinderOf(sealer: Sealer): Blinder {
  return new KeyedBlinder(sealer)
}

/**
 * Writing an object blinds some thirty terms, and most of them were just blinded for the object before. Those used
 * last are held by their text, which costs a fraction of asking the sealer, who knows bytes alone. They are kept in
 * two halves: when the newer is full, the older is dropped and they change places.
 */
class KeyedBlinder implements Blinder {
  readonly #sealer: Sealer
  readonly #toUtf8 = new TextEncoder()
  #newer = new Map<string, Uint8Array>()
  #older = new Map<string, Uint8Array>()

  constructor(sealer: Sealer) {
    this.#sealer = sealer
  }

  term(tenant: string, term: IndexTerm): Uint8Array {
    const text = `${tenant}\u0000${term}`
    const known = this.#newer.get(text)
    if (known !== undefined) return known
    const blinded = this.#older.get(text) ?? this.#sealer.blind('term', this.#toUtf8.encode(text))
    if (text.length <= LONGEST) this.#keep(text, blinded)
    return blinded
  }

  name(tenant: string, { nameType, nameValue }: Name): Uint8Array {
    const text = `${tenant}\u0000${nameType}\u0000${nameValue}`
    return this.#sealer.blind('name', this.#toUtf8.encode(text))
  }

  #keep(text: string, blinded: Uint8Array): void {
    if (this.#newer.size >= HALF) {
      this.#older = this.#newer
      this.#newer = new Map()
    }
    this.#newer.set(text, blinded)
  }
}

/** Terms in each half. */
const HALF = 4_096

/** Longer texts are not worth their place: values that one object has alone, mostly. */
const LONGEST = 160
