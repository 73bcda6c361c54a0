import { readSync } from 'node:fs'
import { join } from 'node:path'
import { segmentsIn, withFile } from './directory.ts'

/** The lines of a log that are whole, the last one first. Throws `UNAVAILABLE` when it cannot be read. */
export function* linesFromEnd(directory: string): Generator<string> {
  for (const { name } of segmentsIn(directory).toReversed()) {
    const path = join(directory, name)
    let end = withFile(path, (_, length) => length)
    let bytes = PIECE
    while (end > 0) {
      const from = Math.max(0, end - bytes)
      const { lines, begin } = readLines(path, from, end)
      yield* lines.toReversed()
      // A line that is longer than a piece is read in a larger one.
      bytes = begin === end ? 2 * bytes : PIECE
      end = from === 0 ? 0 : begin
    }
  }
}

/** The whole lines between two places, and where the first of them begins. */
function readLines(
  path: string,
  from: number,
  end: number,
): { readonly lines: readonly string[]; readonly begin: number } {
  const bytes = Buffer.alloc(end - from)
  const read = withFile(path, (fd) => readSync(fd, bytes, 0, bytes.length, from))
  const piece = bytes.subarray(0, read)
  // What is before the first line break belongs to a line that begins further up.
  const before = from === 0 ? 0 : piece.indexOf(NEWLINE) + 1
  if (from > 0 && before === 0) return { lines: [], begin: end }
  const last = piece.lastIndexOf(NEWLINE)
  const lines = last < before ? [] : piece.toString('utf8', before, last).split('\n')
  return { lines, begin: from + before }
}

const NEWLINE = 0x0a
const PIECE = 1_048_576
