import { frontierOf, isSameHash, parentHash } from './hashing.ts'

/** Leaves from `from` (included) up to `to` (not included). */
export interface LeafRange {
  readonly from: number
  readonly to: number
}

/** The subtrees whose roots prove that a leaf is in a tree, the nearest first (RFC 6962 section 2.1.1). */
export function pathRanges(index: number, size: number): readonly LeafRange[] {
  const ranges: LeafRange[] = []
  let from = 0
  let to = size
  while (to - from > 1) {
    const middle = from + largestPowerBelow(to - from)
    if (index < middle) {
      ranges.push({ from: middle, to })
      to = middle
    } else {
      ranges.push({ from, to: middle })
      from = middle
    }
  }
  return ranges.reverse()
}

/** Makes the proof that a leaf is in a tree, of the hashes of all leaves in their order. */
export function inclusionProof(
  index: number,
  size: number,
  leaves: Iterable<Uint8Array>,
): readonly Uint8Array[] {
  const ranges = pathRanges(index, size)
  const inOrder = [...ranges, { from: index, to: index + 1 }].toSorted((a, b) => a.from - b.from)
  const roots = new Map<number, Uint8Array>()
  let at = 0
  let tree = frontierOf()
  for (const leaf of leaves) {
    tree.push(leaf)
    at += 1
    const range = inOrder[roots.size]
    if (range?.to !== at) continue
    roots.set(range.from, tree.root())
    tree = frontierOf()
    if (at === size) break
  }
  return ranges.map(({ from }) => roots.get(from) ?? tree.root())
}

/** Whether a leaf is in the tree of a root, as RFC 9162 section 2.1.3.2 has it. */
export function isIncluded(
  {
    index,
    size,
    root,
  }: { readonly index: number; readonly size: number; readonly root: Uint8Array },
  leaf: Uint8Array,
  path: readonly Uint8Array[],
): boolean {
  if (index < 0 || index >= size || path.length !== pathRanges(index, size).length) return false
  let node = leaf
  let place = index
  let last = size - 1
  for (const hash of path) {
    if (place % 2 === 1 || place === last) {
      node = parentHash(hash, node)
      while (place % 2 === 0 && place !== 0) {
        place /= 2
        last = Math.floor(last / 2)
      }
    } else node = parentHash(node, hash)
    place = Math.floor(place / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && isSameHash(node, root)
}

function largestPowerBelow(size: number): number {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}
