import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { segmentsIn, withFile, type Segment } from './directory.ts'
import { LineSource } from './line-source.ts'

/** A line of a log with its place. */
export interface LogEntry {
  /** First 0. */
  readonly index: number
  readonly text: string
}

/** Reads the entries of a log from one on, and later those that have come since. */
export class EntryReader {
  readonly #directory: string
  /** The next entry to give. */
  #wanted: number
  /** Where it reads: the segment, a place in it where a line begins, and the index of that line. */
  #place: { first: number; offset: number; index: number } | undefined

  constructor(directory: string, from: number) {
    this.#directory = directory
    this.#wanted = from
  }

  /** What there is now. Throws `UNAVAILABLE` when the directory cannot be read. */
  *read(): Generator<LogEntry> {
    for (;;) {
      const segments = segmentsIn(this.#directory)
      // What was moved away is passed over.
      this.#wanted = Math.max(this.#wanted, segments[0]?.first ?? 0)
      const segment = segments.findLast(({ first }) => first <= this.#wanted)
      if (segment === undefined) return
      const before = this.#wanted
      yield* this.#readSegment(segment)
      if (before === this.#wanted || !segments.some(({ first }) => first === this.#wanted)) return
    }
  }

  *#readSegment({ first, name }: Segment): Generator<LogEntry> {
    if (this.#place?.first !== first) this.#place = { first, offset: 0, index: first }
    const place = this.#place
    const fd = openSync(join(this.#directory, name), 'r')
    try {
      const lines = new LineSource(fd, place.offset)
      while (lines.next()) {
        const { index } = place
        place.offset = lines.offset
        place.index += 1
        if (index < this.#wanted) continue
        this.#wanted = index + 1
        yield { index, text: lines.text() }
      }
    } finally {
      closeSync(fd)
    }
  }
}

/** The text of one entry; undefined where there is none. Throws `UNAVAILABLE`. */
export function entryAt(directory: string, index: number): string | undefined {
  for (const entry of new EntryReader(directory, index).read()) {
    return entry.index === index ? entry.text : undefined
  }
  return undefined
}

/** How many entries there are. Throws `UNAVAILABLE`. */
export function countEntries(directory: string): number {
  const last = segmentsIn(directory).at(-1)
  if (last === undefined) return 0
  return withFile(join(directory, last.name), (fd) => {
    const lines = new LineSource(fd)
    let count = last.first
    while (lines.next()) count += 1
    return count
  })
}
