/** SHA-256. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array

/** The left edge of a tree: the roots of its full subtrees, widest first. */
export interface Peaks {
  /** How many leaves there are. */
  readonly size: number
  readonly peaks: readonly Uint8Array[]
}

/**
 * A Merkle tree of RFC 6962 that grows by one leaf at a time and keeps no more of itself than that takes. The class
 * names nothing outside of itself: its text is also part of the program that hashes beside the server.
 */
export class Frontier {
  readonly #sha256: Sha256
  readonly #pair = new Uint8Array(65)
  readonly #peaks: Uint8Array[]
  #size: number

  constructor(sha256: Sha256, { size, peaks }: Peaks = { size: 0, peaks: [] }) {
    this.#sha256 = sha256
    this.#size = size
    this.#peaks = [...peaks]
    this.#pair[0] = 1
  }

  get size(): number {
    return this.#size
  }

  get peaks(): Peaks {
    return { size: this.#size, peaks: [...this.#peaks] }
  }

  /** @param leaf - the hash of the leaf, which is kept */
  push(leaf: Uint8Array): void {
    let node = leaf
    for (let left = this.#size; left % 2 === 1; left = (left - 1) / 2) {
      const peak = this.#peaks.pop()
      if (peak !== undefined) node = this.#parent(peak, node)
    }
    this.#peaks.push(node)
    this.#size += 1
  }

  /** The root of the tree as it is: that of no leaves is the hash of nothing. */
  root(): Uint8Array {
    let root = this.#peaks.at(-1)
    if (root === undefined) return this.#sha256(new Uint8Array(0))
    for (let at = this.#peaks.length - 2; at >= 0; at -= 1) {
      const peak = this.#peaks[at]
      if (peak !== undefined) root = this.#parent(peak, root)
    }
    return root
  }

  #parent(left: Uint8Array, right: Uint8Array): Uint8Array {
    this.#pair.set(left, 1)
    this.#pair.set(right, 33)
    return this.#sha256(this.#pair)
  }
}
