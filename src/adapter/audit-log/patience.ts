/** Notices that what was asked for does not come. */
export interface PatienceOptions {
  /** Whether something was asked for and has not come. */
  readonly isOwed: () => boolean
  /** Called once for each time that nothing was heard for {@link PATIENCE_SECONDS} while something was owed. */
  readonly exhausted: () => void
}

/** How long the disk may take for what it was asked for, in seconds. */
export const PATIENCE_SECONDS = 5

/**
 * Looks every second, and counts looks instead of time: a process that stood still, or whose event loop did, has waited
 * for itself and not for the disk.
 */
export class Patience {
  readonly #options: PatienceOptions
  #timer: NodeJS.Timeout | undefined
  #looks = 0

  constructor(options: PatienceOptions) {
    this.#options = options
  }

  /** Something is owed from now on. */
  begin(): void {
    this.#timer ??= setTimeout(() => {
      this.#look()
    }, LOOK_MS).unref()
  }

  /** Something came. */
  heard(): void {
    this.#looks = 0
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  #look(): void {
    this.#timer = undefined
    if (!this.#options.isOwed()) {
      this.#looks = 0
      return
    }
    this.begin()
    this.#looks += 1
    if (this.#looks === MOST_LOOKS) this.#options.exhausted()
  }
}

const LOOK_MS = 1_000
/** The first may come at once after what was asked for. */
const MOST_LOOKS = PATIENCE_SECONDS + 1
