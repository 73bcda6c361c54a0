import type { Clock } from '../port/clock.ts'

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Math.floor(Date.now() / 1000),
}
