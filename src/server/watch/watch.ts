import type { FaultCode } from '../../fault/fault-code.ts'
import type { Identity } from '../../model/identity.ts'
import { operationName, type ItemOutcome, type ReadItem } from '../batch-item.ts'
import type { ListenerStatus } from '../listener.ts'
import type { Condition } from '../state.ts'
import type { Alert } from './alert.ts'
import { ClockWatch } from './clock-watch.ts'
import type { WatchOptions } from './watch-options.ts'

/** What is looked at from time to time. */
export interface Watched {
  readonly listener: () => Pick<ListenerStatus, 'failedHandshakes' | 'refused'>
  readonly condition: Pick<Condition, 'state' | 'why' | 'follow'>
}

/** What one client has done in the seconds that are counted. */
interface Counts {
  readonly client: string
  refusals: number
  gets: number
  destroys: number
  failedLogins: number
}

/** Clients that are counted at once; further ones are not until the next seconds. */
const MOST_CLIENTS = 10_000

/** How often the listener and the clock are looked at, and the state, of which each change is told, too. */
const LOOK_MS = 5_000

const REFUSALS: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'NOT_PERMITTED',
  'OBJECT_NOT_FOUND',
  'SENSITIVE',
  'NOT_EXTRACTABLE',
])
const FAILED_LOGINS: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'AUTHENTICATION_FAILED',
  'INVALID_TICKET',
])

/** Looks for patterns that people should know of, and says so once for so many seconds: in the log, and elsewhere. */
export class Watch {
  readonly #options: WatchOptions
  readonly #clients = new Map<string, Counts>()
  readonly #clock: ClockWatch
  #since: number
  #handshakes = 0
  #isBehind = false
  #isHandshakesTold = false
  #state: string | undefined
  #stop: () => void = () => undefined

  constructor(options: WatchOptions) {
    this.#options = options
    this.#clock = new ClockWatch(options)
    this.#since = options.ticker.now()
  }

  start(watched: Watched): void {
    this.#handshakes = failuresOf(watched)
    this.#stop = this.#options.ticker.every(LOOK_MS, () => {
      this.look(watched)
    })
    // A state may pass by between two looks.
    this.#lookAtState(watched.condition)
    watched.condition.follow(() => {
      this.#lookAtState(watched.condition)
    })
  }

  close(): void {
    this.#stop()
  }

  /** What has become of the batch items of a message. */
  saw(identity: Identity, items: readonly ReadItem[], results: readonly ItemOutcome[]): void {
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index]
      const fault = results[index]?.fault
      if (item !== undefined && fault === undefined) this.#count(identity, kindOf(item))
      else if (fault !== undefined) this.#count(identity, refusalOf(fault.code))
    }
  }

  /** Another key was registered for a client that there is: whoever has it is that client. */
  keyAdded(client: string): void {
    const message = 'a client may connect with another key from now on'
    this.#alert({ rule: 'client-key', client, count: 1, message })
  }

  /** The audit log is not as it was written, or cannot be read. */
  auditWrong(message: string): void {
    this.#alert({ rule: 'audit', count: 1, message })
  }

  /** Looks at the clock, the listener and the state; this also happens by itself. */
  look(watched: Watched): void {
    const now = this.#options.ticker.now()
    const drift = this.#clock.look(now)
    if (drift !== undefined) {
      const message = 'the time of day moved against the monotonic clock'
      this.#alert({ rule: 'clock', count: drift, message })
    }
    this.#lookAtSteady()
    this.#lookAtHandshakes(watched)
    this.#lookAtState(watched.condition)
    if (now - this.#since < this.#options.rules.seconds * 1_000) return
    this.#since = now
    this.#clients.clear()
    this.#handshakes = failuresOf(watched)
    this.#isHandshakesTold = false
  }

  #count(identity: Identity, kind: Kind | undefined): void {
    if (kind === undefined) return
    const counts = this.#countsOf(identity)
    if (counts === undefined) return
    counts[kind] += 1
    const count = counts[kind]
    if (count !== this.#options.rules[kind]) return
    const { rule, message } = TOLD[kind]
    this.#alert({ rule, client: counts.client, count, message })
  }

  #countsOf({ id, name }: Identity): Counts | undefined {
    const known = this.#clients.get(id)
    if (known !== undefined || this.#clients.size >= MOST_CLIENTS) return known
    const counts = { client: name, refusals: 0, gets: 0, destroys: 0, failedLogins: 0 }
    this.#clients.set(id, counts)
    return counts
  }

  /** Told once for each time that it is so. */
  #lookAtSteady(): void {
    const { steady, rules } = this.#options
    const behind = steady?.behind ?? 0
    const isBehind = rules.clock > 0 && behind > rules.clock + 1
    if (isBehind && !this.#isBehind) {
      const message = 'the time of day is behind what it was: dates of objects are held'
      this.#alert({ rule: 'clock', count: behind, message })
    }
    this.#isBehind = isBehind
  }

  #lookAtHandshakes(watched: Watched): void {
    const { failedHandshakes } = this.#options.rules
    const count = failuresOf(watched) - this.#handshakes
    if (this.#isHandshakesTold || failedHandshakes === 0 || count < failedHandshakes) return
    this.#isHandshakesTold = true
    this.#alert({ rule: 'failed-handshakes', count, message: 'many handshakes failed' })
  }

  #lookAtState({ state, why }: Pick<Condition, 'state' | 'why'>): void {
    if (state === this.#state) return
    const isFirst = this.#state === undefined
    this.#state = state
    if (isFirst || state === 'serving') return
    const message = `the server is ${state}${why === undefined ? '' : `: ${why}`}`
    this.#alert({ rule: 'not-serving', count: 1, message })
  }

  #alert(alert: Alert): void {
    const { rule, client, count, message } = alert
    this.#options.log.warn(message, { alert: rule, client, count })
    this.#options.tell?.(alert)
  }
}

type Kind = 'refusals' | 'gets' | 'destroys' | 'failedLogins'

const TOLD = {
  refusals: { rule: 'refusals', message: 'many requests of a client were refused' },
  gets: { rule: 'gets', message: 'a client takes many keys' },
  destroys: { rule: 'destroys', message: 'a client destroys many objects' },
  failedLogins: { rule: 'failed-logins', message: 'many credentials of a client were wrong' },
} as const

function kindOf(item: ReadItem): Kind | undefined {
  const name = operationName(item)
  if (name === 'Get' || name === 'Export') return 'gets'
  return name === 'Destroy' ? 'destroys' : undefined
}

function refusalOf(code: FaultCode): Kind | undefined {
  if (REFUSALS.has(code)) return 'refusals'
  return FAILED_LOGINS.has(code) ? 'failedLogins' : undefined
}

function failuresOf({ listener }: Watched): number {
  const { failedHandshakes, refused } = listener()
  return failedHandshakes + refused
}
