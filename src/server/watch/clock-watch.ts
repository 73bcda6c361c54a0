import type { DateTime } from '../../schema/primitive.ts'
import type { WatchOptions } from './watch-options.ts'

/** Over how long the time of day is held against the monotonic clock, in milliseconds. */
const SPAN_MS = 60_000

interface Reading {
  readonly at: number
  readonly wall: DateTime
}

/** Notices when the time of day is set, or goes back. */
export class ClockWatch {
  readonly #options: Pick<WatchOptions, 'clock' | 'rules' | 'ticker'>
  readonly #readings: Reading[]
  #highest: DateTime

  constructor(options: Pick<WatchOptions, 'clock' | 'rules' | 'ticker'>) {
    this.#options = options
    this.#highest = options.clock.now()
    this.#readings = [{ at: options.ticker.now(), wall: this.#highest }]
  }

  /** The latest time of day that was seen. */
  get highest(): DateTime {
    return this.#highest
  }

  /**
   * Reads the clocks.
   *
   * @returns by how many seconds the time of day has moved against the monotonic clock within a minute, where that is
   *   too much; it is told once for each time that the clock is set
   */
  look(now: number): number | undefined {
    const { clock, rules } = this.#options
    const wall = clock.now()
    this.#highest = Math.max(this.#highest, wall)
    const [oldest = { at: now, wall }] = this.#readings
    const drift = Math.abs(wall - oldest.wall - (now - oldest.at) / 1_000)
    this.#readings.push({ at: now, wall })
    while ((this.#readings[0]?.at ?? now) < now - SPAN_MS) this.#readings.shift()
    // Whole seconds of the one clock are held against parts of them of the other.
    if (rules.clock === 0 || drift <= rules.clock + 1) return undefined
    this.#readings.splice(0, this.#readings.length, { at: now, wall })
    return Math.round(drift)
  }
}
