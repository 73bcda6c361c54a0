import { codeOf } from '../data-directory.ts'
import type { AuditLog } from '../../port/audit.ts'
import type { KmipFault } from '../../fault/fault.ts'
import type { Checkpoint, SignCheckpoint } from './checkpoint.ts'
import { LineBuffer } from './line-buffer.ts'
import { linesMissing } from './missing-lines.ts'
import type { LogFiles, SegmentWriter } from './segment-writer.ts'
import { Stability, unavailable, type StabilityOptions } from './stability.ts'

/** Whether entries can be written, and why not. */
export interface AuditCondition {
  readonly canWrite: boolean
  readonly why?: string
}

export interface FileAuditLogParts extends Pick<
  StabilityOptions,
  'start' | 'startHasher' | 'syncMs'
> {
  readonly origin: string
  readonly segments: SegmentWriter
  readonly files: LogFiles
  readonly sign: SignCheckpoint
  /** The last one that was signed. */
  readonly checkpoint: Checkpoint | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * A log in files. What is appended in one turn of the event loop is written with one call; a thread of its own brings it
 * to stable storage, hashes it and has it signed (docs/adr/0085).
 */
export class FileAuditLog implements AuditLog {
  readonly #parts: FileAuditLogParts
  readonly #buffer = new LineBuffer()
  readonly #stability: Stability
  /** Entries in the file. */
  #size: number
  #checkpoint: Checkpoint | undefined
  #isScheduled = false
  /** Those who wait for what is in the buffer. */
  #waiting: Waiting | undefined
  /** Why nothing can be written. */
  #why: string | undefined
  #watch: ((condition: AuditCondition) => void) | undefined
  /** Set while another attempt to write is to come. */
  #retry: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined

  constructor(parts: FileAuditLogParts) {
    this.#parts = parts
    this.#size = parts.start.size
    this.#checkpoint = parts.checkpoint
    const { start, startHasher, syncMs, checkpoint } = parts
    const signed = (size: number, root: Uint8Array) => this.#sign(size, root)
    const changed = () => {
      this.#change()
    }
    const options = { start, startHasher, syncMs, signed, changed }
    this.#stability = new Stability(options, checkpoint?.size ?? 0)
  }

  /** Entries that are in the file, those appended in this turn of the event loop left out. */
  get size(): number {
    return this.#size
  }

  /** The last checkpoint that was signed: what is under it is on stable storage. */
  get checkpoint(): Checkpoint | undefined {
    return this.#checkpoint
  }

  append(line: Uint8Array | string): void {
    const why = this.#obstacle()
    if (why !== undefined) throw unavailable(why)
    this.#buffer.append(line)
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#flush()
    })
  }

  // eslint-disable-next-line @typescript-eslint/promise-function-async -- all who wait share one promise
  written(): Promise<void> {
    const why = this.#obstacle()
    if (why !== undefined) return Promise.reject(unavailable(why))
    const written = this.#buffer.lines > 0 ? (this.#waiting ??= waiting()).promise : DONE
    if (this.#parts.syncMs > 0) return written
    return written.then(async () => this.#stability.reached())
  }

  async synced(): Promise<void> {
    this.#flush()
    const why = this.#obstacle()
    if (why !== undefined) throw unavailable(why)
    await this.#stability.reached()
  }

  /** Those of some lines that are not among the entries from an index on. Throws `UNAVAILABLE` when it cannot be read. */
  missing(lines: readonly Uint8Array[], from: number): readonly Uint8Array[] {
    this.#flush()
    return linesMissing(this.#parts.start.directory, lines, from)
  }

  /** Tells whether entries can be written, now and whenever that changes, until the log is closed. */
  watch(told: (condition: AuditCondition) => void): void {
    this.#watch = told
    this.#tell()
  }

  /** Brings all of it under a checkpoint, and lets go of the files. Throws `UNAVAILABLE` when that fails. */
  async close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#flush()
    // Nothing is written once the files are closed: their numbers may be those of others then.
    clearTimeout(this.#retry)
    this.#watch = undefined
    const { files } = this.#parts
    const why = this.#why
    await this.#stability.close((fd) => {
      files.closeSync(fd)
    })
    this.#waiting?.reject(unavailable('it is closed'))
    if (why !== undefined) throw unavailable(why)
  }

  #obstacle(): string | undefined {
    if (this.#closing !== undefined) return 'it is closed'
    return this.#why ?? this.#stability.why
  }

  /** What cannot be written now stays where it is, and goes first as soon as that is possible. */
  #flush(): void {
    if (this.#buffer.lines === 0 || this.#closing !== undefined) return
    const waiter = this.#waiting
    this.#waiting = undefined
    try {
      const obstacle = this.#stability.why
      if (obstacle !== undefined) throw unavailable(obstacle)
      this.#write()
    } catch (error) {
      this.#fail(error)
      waiter?.reject(unavailable(this.#why ?? 'it is out of use'))
      return
    }
    waiter?.resolve()
    if (this.#why === undefined) return
    this.#why = undefined
    this.#tell()
  }

  #write(): void {
    const { segments, now } = this.#parts
    const { bytes, lines } = this.#buffer
    const time = now()
    if (segments.isDue(bytes.length, time) && segments.rotate(this.#size, time)) {
      this.#stability.rotated(segments.segment)
    }
    segments.write(bytes)
    this.#size += lines
    this.#buffer.clear()
    this.#stability.wrote(this.#size, segments.length)
  }

  #fail(error: unknown): void {
    if (this.#stability.why !== undefined) return
    const before = this.#why
    this.#why = `it cannot be written to (${codeOf(error)})`
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined
      this.#flush()
    }, RETRY_MS).unref()
    if (before === undefined) this.#tell()
  }

  /** The disk takes in what was written, or does so no more: what had to wait for that, for whichever reason, goes first. */
  #change(): void {
    if (this.#stability.why === undefined) this.#flush()
    this.#tell()
  }

  #tell(): void {
    const why = this.#obstacle()
    this.#watch?.(why === undefined ? { canWrite: true } : { canWrite: false, why })
  }

  #sign(size: number, root: Uint8Array): string | undefined {
    const { origin, sign } = this.#parts
    if (size <= (this.#checkpoint?.size ?? 0)) return undefined
    this.#checkpoint = { origin, size, root }
    return sign({ size, root })
  }
}

const DONE = Promise.resolve()

interface Waiting {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (fault: KmipFault) => void
}

function waiting(): Waiting {
  let resolve: () => void = () => undefined
  let reject: (fault: KmipFault) => void = () => undefined
  const promise = new Promise<void>((done, failed) => {
    resolve = done
    reject = failed
  })
  return { promise, resolve, reject }
}

/** Between two attempts to write what could not be written. */
const RETRY_MS = 1_000
