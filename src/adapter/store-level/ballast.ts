import { randomBytes } from 'node:crypto'
import { open, rm, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { performance } from 'node:perf_hooks'
import { wordsOf } from './fault.ts'

export interface BallastOptions {
  readonly path: string
  /** 0 for none. */
  readonly bytes: number
}

/**
 * A file that holds room on the disk for when there is none left: LevelDB writes before it can be read again. It is
 * `absent` until it was made for the first time, `whole`, or `spent` while its room is needed: nothing else may be
 * written then.
 */
export class Ballast {
  readonly #options: BallastOptions
  #state: 'absent' | 'whole' | 'spent' = 'absent'
  #work: Promise<void> | undefined
  /** Not before this moment is it tried again. */
  #next = 0

  constructor(options: BallastOptions) {
    this.#options = options
  }

  get isSpent(): boolean {
    return this.#state === 'spent'
  }

  /** Looks what is there before the store is opened, and gives the room away where the disk is full. */
  async prepare(): Promise<void> {
    const { path, bytes } = this.#options
    const size = await stat(path).then(
      (found) => found.size,
      () => undefined,
    )
    if (size === undefined || bytes === 0) return
    if (size !== bytes) {
      await rm(path, { force: true })
      return
    }
    this.#state = 'whole'
    if (!(await this.#hasMargin())) await this.spend()
  }

  /** Gives its room away; false where it has none. */
  async spend(): Promise<boolean> {
    if (this.#state !== 'whole') return false
    this.#state = 'spent'
    this.#next = performance.now() + PAUSE_MS
    await rm(this.#options.path, { force: true })
    return true
  }

  /**
   * Makes it anew where it is not there, at most once a second. It never throws: there may be no room for it yet.
   *
   * @returns whether it was spent before and is whole by this call
   */
  async keep(): Promise<boolean> {
    if (this.#work !== undefined) {
      await this.#work
      return false
    }
    if (this.#state === 'whole' || this.#options.bytes === 0) return false
    if (performance.now() < this.#next) return false
    const { isSpent } = this
    this.#work = this.#make().finally(() => {
      this.#next = performance.now() + PAUSE_MS
      this.#work = undefined
    })
    await this.#work
    return isSpent && !this.isSpent
  }

  async #make(): Promise<void> {
    try {
      await this.#write()
      if (await this.#hasMargin()) {
        this.#state = 'whole'
        return
      }
    } catch {
      // As long as there is no room for it.
    }
    await rm(this.#options.path, { force: true }).catch(() => undefined)
  }

  /** Bytes that no file system can make less of. */
  async #write(): Promise<void> {
    const { path, bytes } = this.#options
    const file = await open(path, 'w', 0o600)
    try {
      for (let left = bytes; left > 0; left -= CHUNK) {
        await file.writeFile(randomBytes(Math.min(left, CHUNK)))
      }
      await file.sync()
    } finally {
      await file.close()
    }
  }

  /** With no room beside it, the next commits would only need it again. */
  async #hasMargin(): Promise<boolean> {
    const { path, bytes } = this.#options
    const { bavail, bsize } = await statfs(dirname(path))
    return bavail * bsize >= bytes / 4
  }
}

/** Whether an error says that the disk, or what may be used of it, is full. */
export function isOfFullDisk(error: unknown): boolean {
  // libuv knows no word for EDQUOT, which Linux numbers 122.
  return /No space left|Disk quota exceeded|ENOSPC|EDQUOT|system error -122\b/u.test(wordsOf(error))
}

const CHUNK = 1_048_576
/** Between two tries to make it. */
const PAUSE_MS = 1_000
