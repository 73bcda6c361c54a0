import {
  createCipheriv,
  createHash,
  createHmac,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto'
import type { Commit } from '../../port/store.ts'

/** Keys of 32 bytes, each for one purpose, that stay the same for as long as the store lives. */
export interface StoreSealKeys {
  readonly blocks: KeyObject
  readonly sums: KeyObject
  readonly mask: KeyObject
  readonly head: KeyObject
}

/** What a store is proved with: it needs keys that its directory does not hold in the clear. */
export interface StoreSeal {
  /** 16 bytes: the exclusive or of a keyed hash of each frame. Taking a frame in twice takes it out. */
  combine(frames: readonly Uint8Array[]): Uint8Array
  /** 16 bytes that hide a combination on the disk; each nonce of 16 bytes hides one. */
  mask(nonce: Uint8Array): Uint8Array
  /** 32 bytes, HMAC-SHA-256. */
  authenticate(body: Uint8Array): Uint8Array
  isAuthentic(body: Uint8Array, code: Uint8Array): boolean
}

/** What opening the keys of a store gives. */
export interface Unlocked {
  readonly seal: StoreSeal
  /** Written when the store still is of the time before heads were authenticated; without it such a store is refused. */
  readonly upgrade?: Commit
}

/** Finds the keys of a store with what lies in it, read by key. Throws `UNAVAILABLE`. */
export type Unlock = (
  read: (key: Uint8Array) => Uint8Array | undefined,
) => Promise<Unlocked> | Unlocked

/** Makes the seal of a store of its keys. */
export function storeSeal(keys: StoreSealKeys): StoreSeal {
  return new BlockSeal(keys)
}

/**
 * The hash of a frame is a protected counter sum (Bernstein 1999): every 12 bytes of it, numbered, go through AES, and
 * the exclusive or of the results goes through AES under another key. A frame of more than a few blocks is replaced by
 * its SHA-256 first. All frames of a call go through the cipher together, so a commit costs two calls however many
 * index entries it has, where an HMAC for each would cost more than the rest of the commit (docs/adr/0060).
 */
class BlockSeal implements StoreSeal {
  readonly #blocks: Permutation
  readonly #sums: Permutation
  readonly #mask: Permutation
  readonly #head: KeyObject

  constructor({ blocks, sums, mask, head }: StoreSealKeys) {
    this.#blocks = permutation(blocks)
    this.#sums = permutation(sums)
    this.#mask = permutation(mask)
    this.#head = head
  }

  combine(frames: readonly Uint8Array[]): Uint8Array {
    const whole = new Uint8Array(BLOCK)
    if (frames.length === 0) return whole
    const contents = frames.map((frame) => (frame.length > LONGEST ? digestOf(frame) : frame))
    const permuted = this.#blocks(numbered(frames, contents))
    const sums = this.#sums(sumsOf(contents, permuted))
    for (let at = 0; at < sums.length; at += BLOCK) absorb(whole, sums, at)
    return whole
  }

  mask(nonce: Uint8Array): Uint8Array {
    return this.#mask(nonce)
  }

  authenticate(body: Uint8Array): Uint8Array {
    return createHmac('sha256', this.#head).update(body).digest()
  }

  isAuthentic(body: Uint8Array, code: Uint8Array): boolean {
    const right = this.authenticate(body)
    return code.length === right.length && timingSafeEqual(code, right)
  }
}

/** Takes one block, from a place on, into another by exclusive or. */
export function absorb(target: Uint8Array, source: Uint8Array, from = 0): void {
  for (let index = 0; index < BLOCK; index += 1) {
    target[index] = (target[index] ?? 0) ^ (source[from + index] ?? 0)
  }
}

/** AES-256 of each block by itself. */
type Permutation = (blocks: Uint8Array) => Uint8Array

/** One cipher for as long as the store is open: without padding and chaining it keeps nothing between calls. */
function permutation(key: KeyObject): Permutation {
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false)
  return (blocks) => cipher.update(blocks)
}

function digestOf(frame: Uint8Array): Uint8Array {
  return createHash('sha256').update(frame).digest()
}

/** The blocks of all contents, each its number in four bytes and twelve bytes of content, with zeros at the end. */
function numbered(frames: readonly Uint8Array[], contents: readonly Uint8Array[]): Uint8Array {
  const total = contents.reduce((sum, content) => sum + blocksOf(content), 0)
  const blocks = Buffer.alloc(total * BLOCK)
  let at = 0
  for (const [place, content] of contents.entries()) {
    const kind = content === frames[place] ? PLAIN : DIGEST
    for (let from = 0, number = 0; from < content.length; from += PIECE, number += 1) {
      blocks.writeUInt32BE(kind + number, at)
      const end = Math.min(from + PIECE, content.length)
      for (let index = from; index < end; index += 1) {
        blocks[at + NUMBER + index - from] = content[index] ?? 0
      }
      at += BLOCK
    }
  }
  return blocks
}

/** The exclusive or of the permuted blocks of each content. */
function sumsOf(contents: readonly Uint8Array[], permuted: Uint8Array): Uint8Array {
  const sums = new Uint8Array(contents.length * BLOCK)
  let at = 0
  for (const [place, content] of contents.entries()) {
    const sum = sums.subarray(place * BLOCK, (place + 1) * BLOCK)
    for (let left = blocksOf(content); left > 0; left -= 1) {
      absorb(sum, permuted, at)
      at += BLOCK
    }
  }
  return sums
}

function blocksOf(content: Uint8Array): number {
  return Math.ceil(content.length / PIECE)
}

/** Bytes of a block, of the number in it, and of the content in it. */
const BLOCK = 16
const NUMBER = 4
const PIECE = BLOCK - NUMBER
/** Frames of index entries are shorter, those of records longer. */
const LONGEST = 192
/** Where the numbers of blocks begin: what was hashed first is never taken for what was not. */
const PLAIN = 0
const DIGEST = 0x8000_0000
