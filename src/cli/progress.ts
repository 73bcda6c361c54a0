/** Shows how far a piece of work is. */
export interface Progress {
  show(done: number, of: number): void
  /** Takes it off the screen. */
  end(): void
}

/** A bar on standard error where that is a terminal; nothing elsewhere. */
export function progressBar(what: string): Progress {
  if (!process.stderr.isTTY) return { show: () => undefined, end: () => undefined }
  let shown = -1
  return {
    show(done, of) {
      const percent = of === 0 ? 100 : Math.floor((100 * Math.min(done, of)) / of)
      if (percent === shown) return
      shown = percent
      const full = Math.floor((percent * WIDTH) / 100)
      const bar = `${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}`
      process.stderr.write(`\r${what} [${bar}] ${percent} %`)
    },
    end() {
      if (shown >= 0) process.stderr.write(`\r${' '.repeat(what.length + WIDTH + 10)}\r`)
    },
  }
}

const WIDTH = 40
