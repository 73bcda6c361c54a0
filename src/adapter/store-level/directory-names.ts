import { statSync } from 'node:fs'
import { open } from 'node:fs/promises'

/**
 * Keeps the names in a directory on stable storage. LevelDB syncs what it writes to a new log, but not the directory
 * that the log is in: where a file system takes POSIX at its word, the whole log can be gone after a power failure.
 */
export class DirectoryNames {
  readonly #directory: string
  /** When the names were last changed, in nanoseconds, of changes that are on stable storage. */
  #settled: bigint | undefined

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Resolves once all names of now are on stable storage: some 3 µs where nothing has changed since the last time. */
  async settle(): Promise<void> {
    const changed = statSync(this.#directory, { bigint: true }).mtimeNs
    if (changed === this.#settled) return
    const before = BigInt(Date.now()) * NANOSECONDS
    await this.#sync()
    // Another change in the same tick of the file system's clock would not show: such a time is not relied on.
    this.#settled = changed + TICK < before ? changed : undefined
  }

  async #sync(): Promise<void> {
    const directory = await open(this.#directory, 'r')
    try {
      await directory.sync()
    } finally {
      await directory.close()
    }
  }
}

const NANOSECONDS = 1_000_000n
/** Five times the slowest clock of Linux. */
const TICK = 50n * NANOSECONDS
