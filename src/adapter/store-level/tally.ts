import type { Entry } from '../../port/store.ts'
import { differenceOf, sameContents, type Contents } from './contents.ts'
import { frameOfPut } from './frame.ts'
import { absorb, type StoreSeal } from './seal.ts'

/** Counts and combines entries that pass by, as the head of a store does. */
export class Tally {
  readonly #seal: StoreSeal
  readonly #set = new Uint8Array(16)
  #entries = 0

  constructor(seal: StoreSeal) {
    this.#seal = seal
  }

  add(entries: readonly Entry[]): void {
    const frames = entries.map(({ key, value, revision }) => frameOfPut(key, value, revision).bytes)
    absorb(this.#set, this.#seal.combine(frames))
    this.#entries += entries.length
  }

  /** What is wrong when this was to be all that a store holds, for people; undefined when nothing is. */
  problem(written: Contents): string | undefined {
    const found = { entries: this.#entries, set: this.#set }
    return sameContents(found, written) ? undefined : differenceOf(found, written)
  }
}
