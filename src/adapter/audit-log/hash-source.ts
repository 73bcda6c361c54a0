import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { hashesName, movedFrom } from './directory.ts'
import type { Peaks } from './frontier.ts'
import { frontierOf, HASH_BYTES } from './hashing.ts'

/** Reads the hashes that are kept of the entries of a segment, one after the other. */
export class HashSource {
  readonly #fd: number | undefined
  readonly #memory = Buffer.alloc(HASH_BYTES * 1_024)
  #at = 0
  #filled = 0
  #place = 0

  constructor(directory: string, first: number) {
    this.#fd = openIfAny(join(directory, hashesName(first)))
  }

  /** The next one, which the caller may keep; undefined at the end. */
  next(): Uint8Array | undefined {
    if (this.#at + HASH_BYTES > this.#filled) this.#read()
    if (this.#at + HASH_BYTES > this.#filled) return undefined
    this.#at += HASH_BYTES
    return Uint8Array.prototype.slice.call(this.#memory, this.#at - HASH_BYTES, this.#at)
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
  }

  #read(): void {
    if (this.#fd === undefined) return
    this.#memory.copyWithin(0, this.#at, this.#filled)
    this.#filled -= this.#at
    this.#at = 0
    const room = this.#memory.length - this.#filled
    const count = readSync(this.#fd, this.#memory, this.#filled, room, this.#place)
    this.#filled += count
    this.#place += count
  }
}

/** The hashes that are kept of the entries of some segments, one after the other. */
export function* hashesOf(directory: string, firsts: readonly number[]): Generator<Uint8Array> {
  for (const first of firsts) {
    const source = new HashSource(directory, first)
    try {
      for (let hash = source.next(); hash !== undefined; hash = source.next()) yield hash
    } finally {
      source.close()
    }
  }
}

/** The edge of the tree of the entries that were moved away; that of no tree where none were. */
export function peaksOfMoved(directory: string): Peaks {
  const tree = frontierOf()
  for (const hash of hashesOf(directory, movedFrom(directory))) tree.push(hash)
  return tree.peaks
}

function openIfAny(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch {
    return undefined
  }
}
