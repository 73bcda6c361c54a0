import type * as Files from 'node:fs'
import { join } from 'node:path'
import { hashesName, segmentName } from './directory.ts'
import type { SegmentLimits } from './limits.ts'
import type { SegmentFiles } from './thread-message.ts'

/** What the log does to files by itself. */
export type LogFiles = Pick<
  typeof Files,
  'writeSync' | 'ftruncateSync' | 'openSync' | 'closeSync' | 'unlinkSync'
>

export interface SegmentWriterOptions {
  readonly directory: string
  readonly files: LogFiles
  readonly limits: SegmentLimits
  readonly segment: SegmentFiles
  /** Bytes that are in it. */
  readonly length: number
  /** When it was begun, in milliseconds. */
  readonly begun: number
}

/** Writes lines behind the last one, wholly or not at all. */
export class SegmentWriter {
  readonly #options: SegmentWriterOptions
  #segment: SegmentFiles
  #length: number
  #begun: number
  /** There may be something behind the last line. */
  #isTorn = false
  /** Rotation failed then, in milliseconds: there is no hurry. */
  #failed = -Infinity

  constructor(options: SegmentWriterOptions) {
    this.#options = options
    this.#segment = options.segment
    this.#length = options.length
    this.#begun = options.begun
  }

  /** Bytes of whole lines. */
  get length(): number {
    return this.#length
  }

  get segment(): SegmentFiles {
    return this.#segment
  }

  /** Throws what the system does, or for bytes that were not all taken. */
  write(bytes: Uint8Array): void {
    const { files } = this.#options
    const { lines } = this.#segment
    if (this.#isTorn) files.ftruncateSync(lines, this.#length)
    this.#isTorn = true
    let count: number
    try {
      count = files.writeSync(lines, bytes, 0, bytes.length, this.#length)
    } catch (error) {
      this.#cut()
      throw error
    }
    if (count !== bytes.length) {
      this.#cut()
      throw Object.assign(new RangeError('a short write'), { code: 'ENOSPC' })
    }
    this.#isTorn = false
    this.#length += bytes.length
  }

  /** Whether these bytes are to go into another segment. */
  isDue(bytes: number, now: number): boolean {
    const { segmentBytes, segmentSeconds } = this.#options.limits
    if (this.#length === 0 || now - this.#failed < RETRY_MS) return false
    return this.#length + bytes > segmentBytes || now - this.#begun >= segmentSeconds * 1000
  }

  /** Goes on in a new file; false where none can be made, and the old one must do for now. */
  rotate(first: number, now: number): boolean {
    try {
      this.#segment = this.#create(first)
    } catch {
      this.#failed = now
      return false
    }
    this.#length = 0
    this.#begun = now
    return true
  }

  #create(first: number): SegmentFiles {
    const { directory, files } = this.#options
    const path = join(directory, segmentName(first))
    const lines = files.openSync(path, 'wx+', 0o600)
    try {
      const hashes = files.openSync(join(directory, hashesName(first)), 'w+', 0o600)
      return { first, lines, hashes }
    } catch (error) {
      files.closeSync(lines)
      files.unlinkSync(path)
      throw error
    }
  }

  /** What cannot be cut now is cut before anything else is written. */
  #cut(): void {
    try {
      this.#options.files.ftruncateSync(this.#segment.lines, this.#length)
      this.#isTorn = false
    } catch {
      this.#isTorn = true
    }
  }
}

const RETRY_MS = 1_000
