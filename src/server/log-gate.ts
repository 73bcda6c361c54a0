import type { Log, Loggable } from '../port/log.ts'

/** Lines of one event between two openings. */
const LINES = 20

/** Lets a few lines of each event through until it is opened again, so that no peer can flood the log. */
export class LogGate {
  readonly #log: Log
  readonly #seen = new Map<string, number>()

  constructor(log: Log) {
    this.#log = log
  }

  warn(event: string, fields: Readonly<Record<string, Loggable>>): void {
    const seen = this.#seen.get(event) ?? 0
    this.#seen.set(event, seen + 1)
    if (seen < LINES) this.#log.warn(event, fields)
  }

  /** Says how many lines were kept back, and lets lines through again. */
  open(): void {
    for (const [event, seen] of this.#seen) {
      if (seen > LINES) this.#log.warn(`${event}, repeated`, { times: seen - LINES })
    }
    this.#seen.clear()
  }
}
