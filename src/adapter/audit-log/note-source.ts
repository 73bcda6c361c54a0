import { NOTE_LINES, readNote, type Note } from './checkpoint.ts'
import { LineSource } from './line-source.ts'

/** Reads the checkpoints of a file one after the other. */
export class NoteSource {
  /** Line of the last note's first line, first 1. */
  line = 1 - NOTE_LINES
  readonly #lines: LineSource | undefined

  /** @param fd - undefined for no file at all */
  constructor(fd: number | undefined, until = Infinity) {
    this.#lines = fd === undefined ? undefined : new LineSource(fd, 0, until)
  }

  /** The next note; `damaged` where there is something else, undefined at the end. A note that is cut off counts as none. */
  next(): Note | 'damaged' | undefined {
    const lines: string[] = []
    while (lines.length < NOTE_LINES && this.#lines?.next() === true) lines.push(this.#lines.text())
    if (lines.length === 0) return undefined
    this.line += NOTE_LINES
    if (lines.length < NOTE_LINES) return undefined
    return readNote(lines) ?? 'damaged'
  }
}
