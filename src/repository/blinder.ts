import type { Sealer } from '../port/sealer.ts'
import type { Name } from '../spec/structure/name.ts'
import { BlindCache } from './blind-cache.ts'
import type { IndexTerm } from './index-term.ts'

/**
 * Blinds index terms and names so that neither can be read on disk, nor compared between tenants. What it gives is not
 * to be changed: others may be given the same.
 */
export interface Blinder {
  term(tenant: string, term: IndexTerm): Uint8Array
  name(tenant: string, name: Name): Uint8Array
}

export function blinderOf(sealer: Sealer): Blinder {
  return new KeyedBlinder(sealer)
}

class KeyedBlinder implements Blinder {
  readonly #terms = new BlindCache(TERMS)
  readonly #names = new BlindCache(NAMES)
  readonly #blindTerm: (text: string) => Uint8Array
  readonly #blindName: (text: string) => Uint8Array

  constructor(sealer: Sealer) {
    const toUtf8 = new TextEncoder()
    this.#blindTerm = (text) => sealer.blind('term', toUtf8.encode(text))
    this.#blindName = (text) => sealer.blind('name', toUtf8.encode(text))
  }

  term(tenant: string, term: IndexTerm): Uint8Array {
    return this.#terms.remember(`${tenant}\u0000${term}`, this.#blindTerm)
  }

  name(tenant: string, { nameType, nameValue }: Name): Uint8Array {
    return this.#names.remember(`${tenant}\u0000${nameType}\u0000${nameValue}`, this.#blindName)
  }
}

/** Values kept of each, at some 200 bytes a piece: a name is asked for twice when it is taken, and seldom again. */
const TERMS = 8_192
const NAMES = 1_024
