import { closeSync, fdatasyncSync, ftruncateSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Checkpoint } from './checkpoint.ts'
import { hashesName, writeWhole, type Segment } from './directory.ts'
import type { Frontier } from './frontier.ts'
import { HASH_BYTES, isSameHash, leafHashAt } from './hashing.ts'
import { LineSource } from './line-source.ts'
import { refused } from './refusal.ts'

/** What a scan begins with. */
export interface ScanStart {
  readonly directory: string
  /** In their order, the first of them the one that the scan begins in. */
  readonly segments: readonly Segment[]
  /** Place in it where a line begins. */
  readonly offset: number
  /** The tree of all before; what is read is taken into it. */
  readonly tree: Frontier
  /** What the log must have been at some sizes. */
  readonly expected: readonly Checkpoint[]
}

/** Where a log ends. */
export interface LogEnd {
  /** How many segments are of it: what is in those behind was never on stable storage. */
  readonly segments: number
  /** Bytes of the last of them. */
  readonly offset: number
}

interface LineEnd {
  /** Bytes up to the end of the last whole line, and those of a line that was not ended. */
  readonly offset: number
  readonly rest: number
}

/**
 * Takes the entries from a place on into the tree. A line that was not ended, or was not written wholly, counts as none,
 * and so does whatever stands behind it.
 *
 * @param isSettling - whether their hashes are written, what was not ended is cut off, and all of it is brought to stable
 *   storage; only for what was scanned before
 * Throws `UNAVAILABLE` where the log is another one than is expected.
 */
export function scanTail(start: ScanStart, isSettling: boolean): LogEnd {
  const { directory, segments, tree, expected } = start
  expectAt(expected, tree)
  let end = { offset: start.offset, rest: 0 }
  for (const [place, segment] of segments.entries()) {
    if ((place > 0 || start.offset === 0) && (segment.first !== tree.size || end.rest > 0)) {
      if (place > 0 && isBeyond(start, segment)) return { segments: place, offset: end.offset }
      throw misfit()
    }
    const fd = openSync(join(directory, segment.name), isSettling ? 'r+' : 'r')
    try {
      const offset = place === 0 ? start.offset : 0
      end = isSettling ? settle(start, { segment, fd, offset }) : scan(start, { fd, offset })
    } finally {
      closeSync(fd)
    }
  }
  if (expected.some(({ size }) => size > tree.size)) throw misfit()
  return { segments: segments.length, offset: end.offset }
}

/**
 * Whether a segment begins behind entries that were lost when the power failed, before they were on stable storage: what is
 * in it was not there either, and nothing says that the log was ever so long.
 */
function isBeyond({ tree, expected }: ScanStart, { first }: Segment): boolean {
  return first > tree.size && expected.every(({ size }) => size <= tree.size)
}

function scan(
  { tree, expected }: ScanStart,
  { fd, offset }: { fd: number; offset: number },
): LineEnd {
  return takeWhole(new LineSource(fd, offset), ({ memory, start, end }) => {
    tree.push(leafHashAt(memory, start, end))
    expectAt(expected, tree)
  })
}

/**
 * Takes the lines up to the first that holds a NUL, which no entry does: a disk that loses its power may have kept a later
 * piece of what it was not yet asked to sync, with nothing where an earlier one belongs.
 */
function takeWhole(lines: LineSource, take: (line: LineSource) => void): LineEnd {
  let { offset } = lines
  while (lines.next()) {
    const isWhole = !lines.memory.subarray(lines.start, lines.end).includes(0)
    if (!isWhole) return { offset, rest: lines.offset - offset }
    take(lines)
    offset = lines.offset
  }
  return { offset, rest: lines.rest }
}

function settle(
  { directory, tree }: ScanStart,
  { segment, fd, offset }: { segment: Segment; fd: number; offset: number },
): LineEnd {
  const lines = new LineSource(fd, offset)
  const hashes = new HashWriter(join(directory, hashesName(segment.first)), {
    place: HASH_BYTES * (tree.size - segment.first),
  })
  let end: LineEnd
  try {
    end = takeWhole(lines, ({ memory, start, end: behind }) => {
      const leaf = leafHashAt(memory, start, behind)
      tree.push(leaf)
      hashes.write(leaf)
    })
    hashes.end()
  } finally {
    hashes.close()
  }
  if (end.rest > 0) ftruncateSync(fd, end.offset)
  fdatasyncSync(fd)
  return { offset: end.offset, rest: 0 }
}

/** Writes hashes from a place on; what stood behind them is cut off. */
class HashWriter {
  readonly #fd: number
  readonly #memory = Buffer.alloc(HASH_BYTES * 4_096)
  #filled = 0
  #place: number

  constructor(path: string, { place }: { readonly place: number }) {
    this.#fd = openSync(path, place === 0 ? 'w' : 'r+', 0o600)
    this.#place = place
  }

  write(hash: Uint8Array): void {
    this.#memory.set(hash, this.#filled)
    this.#filled += HASH_BYTES
    if (this.#filled === this.#memory.length) this.#flush()
  }

  end(): void {
    this.#flush()
    ftruncateSync(this.#fd, this.#place)
    fdatasyncSync(this.#fd)
  }

  close(): void {
    closeSync(this.#fd)
  }

  #flush(): void {
    writeWhole(this.#fd, this.#memory.subarray(0, this.#filled), this.#place)
    this.#place += this.#filled
    this.#filled = 0
  }
}

function expectAt(expected: readonly Checkpoint[], tree: Frontier): void {
  for (const { size, root } of expected) {
    if (size === tree.size && !isSameHash(root, tree.root())) throw misfit()
  }
}

/** Whoever opens the log finds out where it is wrong. */
function misfit(): Error {
  return refused('The audit log does not hold what it held')
}
