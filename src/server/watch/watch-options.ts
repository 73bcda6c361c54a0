import type { Clock } from '../../port/clock.ts'
import type { Log } from '../../port/log.ts'
import type { SteadyClock } from '../steady-clock.ts'
import type { Ticker } from '../ticker.ts'
import type { Alert, AlertRules } from './alert.ts'

/** What a watch is made with. */
export interface WatchOptions {
  readonly rules: AlertRules
  readonly clock: Clock
  /** Stands still where that clock is behind what it was. */
  readonly steady?: Pick<SteadyClock, 'behind'> | undefined
  readonly ticker: Ticker
  readonly log: Log
  /** Tells somebody elsewhere; must not throw, nor wait. */
  readonly tell?: ((alert: Alert) => void) | undefined
}
