import type { Clock } from '../port/clock.ts'
import type { DateTime } from '../schema/primitive.ts'

/** A clock that never goes back: it stands where another one was at its latest, until that is there again. */
export class SteadyClock implements Clock {
  readonly #clock: Clock
  #highest: DateTime

  /** @param highest - the latest time that was seen before */
  constructor(clock: Clock, highest: DateTime) {
    this.#clock = clock
    this.#highest = highest
  }

  now(): DateTime {
    const wall = this.#clock.now()
    if (wall > this.#highest) this.#highest = wall
    return this.#highest
  }

  /** Seconds for which it stands still from now on; 0 while it goes. */
  get behind(): number {
    return Math.max(0, this.#highest - this.#clock.now())
  }
}
