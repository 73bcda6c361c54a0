import type * as Files from 'node:fs'
import type { Frontier, Sha256 } from './frontier.ts'
import type { SegmentFiles, ThreadOrder, ThreadReport, ThreadStart } from './thread-message.ts'

/** What the thread does to files. */
export type ThreadFiles = Pick<
  typeof Files,
  'readSync' | 'writeSync' | 'fdatasyncSync' | 'fsyncSync' | 'openSync' | 'closeSync'
>

/** What the thread works with. */
export interface ThreadParts {
  readonly start: ThreadStart
  readonly files: ThreadFiles
  readonly sha256: Sha256
  readonly tree: Frontier
  readonly report: (report: ThreadReport) => void
}

/**
 * Brings a log to stable storage and hashes it, beside the thread that writes it. Like {@link Frontier} it names nothing
 * outside of itself, so that its text is a program (see `thread.ts`).
 */
export class HashingThread {
  readonly #parts: ThreadParts
  readonly #orders: ThreadOrder[] = []
  #segment: SegmentFiles
  /** Bytes of the segment that were read. */
  #offset: number
  /** What was read and is not yet known to be on stable storage: after a sync that failed nobody else has it for sure. */
  #unsynced = Buffer.alloc(0)
  /** Hashes that are in their file and not yet known to be on stable storage, and where the first of them is. */
  #unsyncedHashes: Uint8Array[] = []
  #hashesAt = 0
  #checkpointBytes: number
  #slot: number
  #hasNewName = true
  #isFailing = false

  constructor(parts: ThreadParts) {
    this.#parts = parts
    this.#segment = parts.start.segment
    this.#offset = parts.start.offset
    this.#checkpointBytes = parts.start.checkpointBytes
    this.#slot = parts.start.slot
  }

  take(order: ThreadOrder): void {
    if (order.kind !== 'retry') this.#orders.push(order)
    else if (!this.#isFailing) return
    if (this.#isFailing && order.kind !== 'retry') return
    try {
      if (this.#isFailing) this.#rewrite()
      this.#performAll()
    } catch (error) {
      this.#isFailing = true
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
      this.#parts.report({ kind: 'failed', code })
    }
  }

  #performAll(): void {
    for (let order = this.#orders[0]; order !== undefined; order = this.#orders[0]) {
      this.#perform(order)
      this.#orders.shift()
    }
    if (!this.#isFailing) return
    this.#isFailing = false
    this.#parts.report({ kind: 'recovered' })
  }

  #perform(order: ThreadOrder): void {
    if (order.kind === 'advance') this.#advance(order.upTo, order.root)
    else if (order.kind === 'segment') this.#goOn(order.segment)
    else if (order.kind === 'note') this.#note(order.text)
    else if (order.kind === 'end') this.#end()
  }

  #advance(upTo: number, isRootWanted: boolean): void {
    const { files, tree, report } = this.#parts
    // However much there is, a piece of it is in memory at a time.
    const most = 8_388_608
    do {
      if (this.#offset < upTo) this.#read(Math.min(upTo, this.#offset + most))
      if (this.#unsynced.length > 0) {
        files.fdatasyncSync(this.#segment.lines)
        this.#syncNames()
        this.#hash()
      }
    } while (this.#offset < upTo)
    if (isRootWanted) {
      this.#syncHashes()
      this.#keepFrontier()
    }
    report({ kind: 'synced', size: tree.size, root: isRootWanted ? tree.root() : undefined })
  }

  #read(upTo: number): void {
    const { files } = this.#parts
    const bytes = Buffer.allocUnsafeSlow(this.#unsynced.length + upTo - this.#offset)
    this.#unsynced.copy(bytes)
    let filled = this.#unsynced.length
    while (filled < bytes.length) {
      const from = this.#offset + filled - this.#unsynced.length
      const count = files.readSync(this.#segment.lines, bytes, filled, bytes.length - filled, from)
      if (count === 0) throw Object.assign(new RangeError('cut'), { code: 'CUT' })
      filled += count
    }
    this.#unsynced = bytes
    this.#offset = upTo
  }

  /** A file counts once its name is on stable storage, too. */
  #syncNames(): void {
    if (!this.#hasNewName) return
    const { files, start } = this.#parts
    const fd = files.openSync(start.directory, 'r')
    try {
      files.fsyncSync(fd)
    } finally {
      files.closeSync(fd)
    }
    this.#hasNewName = false
  }

  /** Takes the lines into the tree once their hashes are in their file. */
  #hash(): void {
    const { sha256, tree, files } = this.#parts
    const hashes: Uint8Array[] = []
    const memory = this.#unsynced
    const line = Buffer.allocUnsafeSlow(memory.length + 1)
    line[0] = 0
    let start = 0
    for (let end = memory.indexOf(10); end !== -1; end = memory.indexOf(10, start)) {
      memory.copy(line, 1, start, end)
      hashes.push(sha256(line.subarray(0, 1 + end - start)))
      start = end + 1
    }
    const bytes = Buffer.concat(hashes)
    const place = 32 * (tree.size - this.#segment.first)
    this.#write(files, this.#segment.hashes, bytes, place)
    if (this.#unsyncedHashes.length === 0) this.#hashesAt = place
    this.#unsyncedHashes.push(bytes)
    for (const hash of hashes) tree.push(hash)
    // A line that a piece ends in goes on in the next.
    this.#unsynced = Buffer.from(memory.subarray(start))
  }

  #syncHashes(): void {
    this.#parts.files.fdatasyncSync(this.#segment.hashes)
    this.#unsyncedHashes = []
  }

  /** Writes what a failed sync may have lost once more: the system calls it written now, and may have dropped it. */
  #rewrite(): void {
    const place = this.#offset - this.#unsynced.length
    const { files } = this.#parts
    this.#write(files, this.#segment.lines, this.#unsynced, place)
    const hashes = Buffer.concat(this.#unsyncedHashes)
    this.#write(files, this.#segment.hashes, hashes, this.#hashesAt)
  }

  #goOn(segment: SegmentFiles): void {
    const { files } = this.#parts
    this.#syncHashes()
    files.closeSync(this.#segment.lines)
    files.closeSync(this.#segment.hashes)
    this.#segment = segment
    this.#offset = 0
    this.#hasNewName = true
  }

  #note(text: string): void {
    const { files, start } = this.#parts
    const bytes = Buffer.from(text)
    this.#write(files, start.checkpoints, bytes, this.#checkpointBytes)
    files.fdatasyncSync(start.checkpoints)
    this.#checkpointBytes += bytes.length
  }

  /** Keeps the edge of the tree in two places by turns: one is always whole. It saves time, and is proved when it is read. */
  #keepFrontier(): void {
    const { files, start, tree } = this.#parts
    const { size, peaks } = tree.peaks
    const { first } = this.#segment
    const edge = peaks.map((peak) => Buffer.from(peak).toString('base64'))
    const text = JSON.stringify({ size, first, offset: this.#offset, peaks: edge })
    const bytes = Buffer.alloc(4_096, 32)
    bytes.write(text)
    this.#write(files, start.frontier, bytes, bytes.length * this.#slot)
    this.#slot = 1 - this.#slot
  }

  #end(): void {
    const { files, start, report } = this.#parts
    const { lines, hashes } = this.#segment
    for (const fd of [lines, hashes, start.checkpoints, start.frontier]) files.closeSync(fd)
    report({ kind: 'ended' })
  }

  #write(files: ThreadFiles, fd: number, bytes: Uint8Array, place: number): void {
    for (let done = 0; done < bytes.length;) {
      const count = files.writeSync(fd, bytes, done, bytes.length - done, place + done)
      if (count === 0) throw Object.assign(new RangeError('nothing written'), { code: 'ENOSPC' })
      done += count
    }
  }
}
