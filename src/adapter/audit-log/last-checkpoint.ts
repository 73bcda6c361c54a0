import { fstatSync, readSync } from 'node:fs'
import { NOTE_LINES, readNote, type Note } from './checkpoint.ts'

/** The end of a file of checkpoints. */
export interface LastCheckpoint {
  /** Nobody has looked at its signature; undefined where there is none. */
  readonly note: Note | 'damaged' | undefined
  /** Bytes of whole checkpoints. */
  readonly length: number
}

/** Reads the last checkpoint of an open file that is whole: one that was being written may be behind it. */
export function readLastCheckpoint(fd: number): LastCheckpoint {
  const { size } = fstatSync(fd)
  const from = Math.max(0, size - PIECE)
  const bytes = Buffer.alloc(size - from)
  readSync(fd, bytes, 0, bytes.length, from)
  const lines = bytes.toString('utf8').split('\n')
  const last = lines.findLastIndex((line, at) => isEnd(line, lines.slice(at - 1, at + 3)))
  const rest = lines.slice(last + 1)
  if (last === -1 && from === 0 && rest.length <= NOTE_LINES) return { note: undefined, length: 0 }
  if (last < NOTE_LINES - 1 || rest.length > NOTE_LINES) return { note: 'damaged', length: 0 }
  const note = readNote(lines.slice(last + 1 - NOTE_LINES, last + 1))
  const behind = Buffer.byteLength(rest.join('\n'))
  return { note: note ?? 'damaged', length: size - behind }
}

/** Whether a line is the empty one behind a signature, and ended by a line break. */
function isEnd(line: string, [before = '', , after]: readonly string[]): boolean {
  return line === '' && before.startsWith('\u2014 ') && after !== undefined
}

const PIECE = 16_384
