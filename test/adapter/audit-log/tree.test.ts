import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { frontierOf, leafHash, leafHashAt } from '../../../src/adapter/audit-log/hashing.ts'
import { inclusionProof, isIncluded } from '../../../src/adapter/audit-log/proof.ts'

/** The inputs of the reference tests of Certificate Transparency, and the roots of their first 1 to 8. */
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'))
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const hash = (...parts: readonly Uint8Array[]): Buffer =>
  createHash('sha256').update(Buffer.concat(parts)).digest()

/** The definition of RFC 6962 section 2.1, word by word. */
function naiveRoot(leaves: readonly Uint8Array[]): Buffer {
  const [first] = leaves
  if (first === undefined) return hash()
  if (leaves.length === 1) return hash(Buffer.of(0), first)
  const middle = split(leaves.length)
  return hash(Buffer.of(1), naiveRoot(leaves.slice(0, middle)), naiveRoot(leaves.slice(middle)))
}

/** PATH of RFC 6962 section 2.1.1. */
function naivePath(index: number, leaves: readonly Uint8Array[]): readonly Buffer[] {
  if (leaves.length === 1) return []
  const middle = split(leaves.length)
  const [left, right] = [leaves.slice(0, middle), leaves.slice(middle)]
  return index < middle
    ? [...naivePath(index, left), naiveRoot(right)]
    : [...naivePath(index - middle, right), naiveRoot(left)]
}

function split(count: number): number {
  return 2 ** Math.floor(Math.log2(count - 1))
}

const leavesOf = (count: number): readonly Buffer[] =>
  Array.from({ length: count }, (_, index) => Buffer.from(`leaf ${String(index)}`))

describe('the tree of RFC 6962', () => {
  test('has the published roots', () => {
    const tree = frontierOf()
    expect(hex(tree.root())).toBe(EMPTY)
    for (const [index, leaf] of LEAVES.entries()) {
      tree.push(leafHash(leaf))
      expect(hex(tree.root()), `${String(index + 1)} leaves`).toBe(ROOTS[index])
    }
  })

  test('has the root of the definition at every size, and goes on from its edge alone', () => {
    const leaves = leavesOf(130)
    let tree = frontierOf()
    for (const [index, leaf] of leaves.entries()) {
      tree.push(leafHash(leaf))
      expect(hex(tree.root())).toBe(hex(naiveRoot(leaves.slice(0, index + 1))))
      tree = frontierOf(tree.peaks)
    }
  })

  test('a leaf inside of other memory has the same hash', () => {
    const memory = Buffer.from('\nleaf\n')
    expect(hex(leafHashAt(memory, 1, 5))).toBe(hex(leafHash(Buffer.from('leaf'))))
  })

  test('has the paths of the definition, which prove their own leaf at their own place alone', () => {
    for (const size of [1, 2, 3, 4, 5, 7, 8, 9, 31, 33]) {
      const leaves = leavesOf(size)
      const hashes = leaves.map(leafHash)
      const root = naiveRoot(leaves)
      for (const [index, leaf] of hashes.entries()) {
        const path = inclusionProof(index, size, hashes)
        expect(path.map(hex)).toEqual(naivePath(index, leaves).map(hex))
        expect(isIncluded({ index, size, root }, leaf, path)).toBe(true)
        const others = [(index + 1) % size, size].filter((other) => other !== index)
        for (const other of others) {
          expect(isIncluded({ index: other, size, root }, leaf, path)).toBe(false)
        }
        expect(isIncluded({ index, size, root: hash() }, leaf, path)).toBe(false)
        expect(isIncluded({ index, size, root }, hash(), path)).toBe(false)
        expect(isIncluded({ index, size, root }, leaf, [...path, hash()])).toBe(false)
      }
    }
  })
})
