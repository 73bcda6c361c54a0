import { KmipFault } from '../../fault/fault.ts'
import { Patience, PATIENCE_SECONDS } from './patience.ts'
import type { SegmentFiles, ThreadReport, ThreadStart } from './thread-message.ts'
import type { Hasher, StartHasher } from './thread.ts'

export interface StabilityOptions {
  readonly start: ThreadStart
  readonly startHasher: StartHasher
  /** Milliseconds within which what was written is on stable storage; 0 when everybody waits for that. */
  readonly syncMs: number
  /** Given the root of all that is on stable storage; what it answers is written as a checkpoint. */
  readonly signed: (size: number, root: Uint8Array) => string | undefined
  /** Called when {@link Stability.why} has changed. */
  readonly changed: () => void
}

interface Waiter {
  readonly size: number
  readonly resolve: () => void
  readonly reject: (fault: KmipFault) => void
}

/** Sees to it that what was written comes to stable storage and under a checkpoint in time. */
export class Stability {
  readonly #options: StabilityOptions
  readonly #waiters: Waiter[] = []
  /** Waits for the checkpoint over its size. */
  #ending: Waiter | undefined
  #hasher: Hasher | undefined
  /** Entries that were written, and bytes of the segment that they end at. */
  #written: { size: number; upTo: number }
  #stable: number
  /** Orders to advance, and to end, that were not answered. */
  #owed = 0
  readonly #wanted = { advance: false, root: false }
  /** Entries that were there when a root was last asked for. */
  #rooted: number
  readonly #timers: { sync?: NodeJS.Timeout | undefined; root?: NodeJS.Timeout | undefined } = {}
  #why: string | undefined
  readonly #patience = new Patience({
    isOwed: () => this.#owed > 0,
    exhausted: () => {
      if (this.#why === undefined) this.#fail(SILENT)
    },
  })

  /** @param checkpointed - entries that are under a checkpoint */
  constructor(options: StabilityOptions, checkpointed: number) {
    this.#options = options
    const { size, offset } = options.start
    this.#written = { size, upTo: offset }
    this.#stable = size
    this.#rooted = checkpointed
    if (size > checkpointed) this.#armRoot()
  }

  /** Why nothing comes to stable storage; undefined while it does. */
  get why(): string | undefined {
    return this.#why
  }

  /** There are so many entries now, up to this place in the segment. */
  wrote(size: number, upTo: number): void {
    this.#written = { size, upTo }
    if (this.#options.syncMs > 0) {
      this.#timers.sync ??= setTimeout(() => {
        this.#timers.sync = undefined
        this.#advance()
      }, this.#options.syncMs / 2).unref()
    }
    if (size - this.#rooted >= ENTRIES) this.#advance(true)
    else this.#armRoot()
  }

  /** The entries so far are the last of their segment. */
  rotated(segment: SegmentFiles): void {
    this.#post(true)
    this.#started().post({ kind: 'segment', segment })
    this.#written = { size: this.#written.size, upTo: 0 }
  }

  /** Resolves once all entries are on stable storage. Throws `UNAVAILABLE`. */
  async reached(): Promise<void> {
    if (this.#why !== undefined) throw unavailable(this.#why)
    const { size } = this.#written
    if (this.#stable >= size) return
    await new Promise<void>((resolve, reject) => {
      this.#waiters.push({ size, resolve, reject })
      this.#advance()
    })
  }

  /** Brings everything under a last checkpoint and ends. Throws `UNAVAILABLE` when that fails; it has ended then, too. */
  async close(closeFile: (fd: number) => void): Promise<void> {
    const { size } = this.#written
    clearTimeout(this.#timers.sync)
    clearTimeout(this.#timers.root)
    if (this.#hasher === undefined && size === this.#rooted) {
      for (const fd of this.#descriptors()) closeFile(fd)
      return
    }
    try {
      if (this.#why !== undefined) throw unavailable(this.#why)
      await new Promise<void>((resolve, reject) => {
        // An order before this one may reach the size, and has no checkpoint made.
        this.#ending = { size, resolve, reject }
        this.#post(true)
      })
      await new Promise<void>((resolve, reject) => {
        this.#waiters.push({ size: Infinity, resolve, reject })
        this.#owe()
        this.#started().post({ kind: 'end' })
      })
    } finally {
      this.#patience.end()
      this.#hasher?.stop()
    }
  }

  #descriptors(): readonly number[] {
    const { segment, checkpoints, frontier } = this.#options.start
    return [segment.lines, segment.hashes, checkpoints, frontier]
  }

  #armRoot(): void {
    this.#timers.root ??= setTimeout(() => {
      this.#timers.root = undefined
      this.#advance(true)
    }, ROOT_MS).unref()
  }

  /** One order at a time: what comes meanwhile is in the next. */
  #advance(isRootWanted = false): void {
    this.#wanted.root ||= isRootWanted
    if (this.#owed > 0) this.#wanted.advance = true
    else this.#post(this.#wanted.root)
  }

  #post(root: boolean): void {
    this.#wanted.advance = false
    if (root) {
      this.#wanted.root = false
      this.#rooted = this.#written.size
    }
    this.#owe()
    this.#started().post({ kind: 'advance', upTo: this.#written.upTo, root })
  }

  #owe(): void {
    this.#owed += 1
    this.#patience.begin()
  }

  #started(): Hasher {
    const { startHasher, start } = this.#options
    this.#hasher ??= startHasher(
      start,
      (report) => {
        this.#take(report)
      },
      () => {
        this.#fail('the thread that hashes it has ended')
      },
    )
    return this.#hasher
  }

  #take(report: ThreadReport): void {
    this.#patience.heard()
    if (report.kind === 'synced') this.#synced(report.size, report.root)
    else if (report.kind === 'failed') {
      this.#fail(`it cannot be brought to the disk (${report.code})`)
      this.#retry()
    } else if (report.kind === 'recovered') this.#recover()
    else this.#settle(Infinity)
  }

  #synced(size: number, root: Uint8Array | undefined): void {
    this.#owed -= 1
    this.#stable = size
    const note = root === undefined ? undefined : this.#options.signed(size, root)
    if (note !== undefined) this.#started().post({ kind: 'note', text: note })
    if (root !== undefined && size >= (this.#ending?.size ?? Infinity)) this.#ending?.resolve()
    this.#settle(size)
    if (this.#wanted.advance && this.#owed === 0) this.#post(this.#wanted.root)
    if (this.#why === SILENT) this.#recover()
  }

  #settle(size: number): void {
    while ((this.#waiters[0]?.size ?? Infinity) <= size && this.#waiters.length > 0) {
      this.#waiters.shift()?.resolve()
    }
  }

  #fail(why: string): void {
    this.#ending?.reject(unavailable(why))
    for (const { reject } of this.#waiters.splice(0)) reject(unavailable(why))
    if (this.#why === why) return
    this.#why = why
    this.#options.changed()
  }

  #recover(): void {
    this.#why = undefined
    this.#options.changed()
  }

  #retry(): void {
    setTimeout(() => this.#hasher?.post({ kind: 'retry' }), RETRY_MS).unref()
  }
}

export function unavailable(why: string): KmipFault {
  return new KmipFault('UNAVAILABLE', 'The audit log cannot be written', { detail: why })
}

const SILENT = `the disk has not answered for ${PATIENCE_SECONDS} seconds`

/** Entries after which there is a checkpoint at once, and the time after which there is one at the latest. */
const ENTRIES = 10_000
const ROOT_MS = 1_000
const RETRY_MS = 1_000
