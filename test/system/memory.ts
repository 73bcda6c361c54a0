import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

/** Pieces that memory is read in, with as much of the one before as no pattern is longer than. */
const PIECE = 16 * 1_048_576
const OVERLAP = 256

/** What a process has written to its memory, piece by piece. Throws where the system does not let it be read. */
export function* memoryOf(pid: number): Generator<Buffer> {
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  try {
    for (const [from, to] of writableRanges(pid)) {
      for (let at = from; at < to; at += PIECE - OVERLAP) {
        const piece = Buffer.allocUnsafe(Math.min(PIECE, to - at))
        try {
          yield piece.subarray(0, readSync(memory, piece, 0, piece.length, at))
        } catch {
          // What is mapped and not there.
        }
      }
    }
  } finally {
    closeSync(memory)
  }
}

function writableRanges(pid: number): readonly (readonly [number, number])[] {
  const lines = readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n')
  return lines.flatMap((line): [number, number][] => {
    const [, from = '', to = ''] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? []
    return from === '' ? [] : [[Number.parseInt(from, 16), Number.parseInt(to, 16)]]
  })
}
