/** Elapsed time for deadlines; never the time of day. */
export interface Ticker {
  /** Milliseconds since some moment; never goes back. */
  now(): number
  /** Runs `task` every so many milliseconds, 24 days at most, until the function it returns is called. */
  every(milliseconds: number, task: () => void): () => void
}

/** The machine's monotonic clock. Its tasks do not keep a process alive. */
export const systemTicker: Ticker = {
  now: () => performance.now(),
  every(milliseconds, task) {
    const timer = setInterval(task, Math.min(milliseconds, LONGEST_MS))
    timer.unref()
    return () => {
      clearInterval(timer)
    }
  },
}

/** Node takes what is longer for one millisecond. */
const LONGEST_MS = 0x7fff_ffff
