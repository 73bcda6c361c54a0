/** Elapsed time for deadlines; never the time of day. */
export interface Ticker {
  /** Milliseconds since some moment; never goes back. */
  now(): number
  /** Runs `task` every so many milliseconds until the function it returns is called. */
  every(milliseconds: number, task: () => void): () => void
}

/** The machine's monotonic clock. Its tasks do not keep a process alive. */
export const systemTicker: Ticker = {
  now: () => performance.now(),
  every(milliseconds, task) {
    const timer = setInterval(task, milliseconds)
    timer.unref()
    return () => {
      clearInterval(timer)
    }
  },
}
