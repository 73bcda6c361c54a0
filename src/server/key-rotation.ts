import { setImmediate, setTimeout } from 'node:timers/promises'
import { describeBug } from '../fault/describe-bug.ts'
import { KmipFault } from '../fault/fault.ts'
import type { EpochStatus, KeyLines } from '../port/key-lines.ts'
import type { Log, Loggable } from '../port/log.ts'
import type { Rewrapping } from '../repository/rewrapping.ts'
import type { Ticker } from './ticker.ts'

export interface KeyRotationOptions {
  readonly lines: Omit<KeyLines, 'begin' | 'end'>
  readonly rewrapping: Pick<Rewrapping, 'survey' | 'walk'>
  readonly ticker: Ticker
  readonly log: Log
  /** Nobody is served beside it, so that it need not leave time to others. */
  readonly isAlone?: boolean
}

/** The key-encryption keys, and how far the records have come that are to be moved to new ones. */
export interface KeyRotationStatus {
  readonly epochs: readonly EpochStatus[]
  /** While records are being moved: those that were and those that are left. */
  readonly moving?: { readonly moved: number; readonly left: number }
  /** Records that were moved since the start. */
  readonly moved: number
  /** Why the old keys must stay. */
  readonly problem?: string
}

/**
 * Replaces key-encryption keys. Records are moved to the new one in the background; what was begun before the process was
 * started goes on by itself, for the old key is still there. A key is replaced by itself before it has sealed too often.
 */
export class KeyRotation {
  readonly #options: KeyRotationOptions
  readonly #ended = new AbortController()
  #stop: () => void = () => undefined
  #round: Promise<void> | undefined
  #moving: { moved: number; left: number } | undefined
  #moved = 0
  #problem: string | undefined
  /** When it may be tried again, by the ticker. */
  #retryAt = 0

  constructor(options: KeyRotationOptions) {
    this.#options = options
  }

  /** Looks after the keys from now on, and goes on with what was begun. */
  start(): void {
    const { ticker } = this.#options
    this.#stop = ticker.every(TURN_MS, () => {
      void this.#look()
    })
    this.#begin()
  }

  /**
   * Begins a new epoch in a line and has the records of the line moved to it. Throws what {@link KeyLines.rotate} throws.
   *
   * @returns the number of the epoch, under which everything is sealed from now on
   */
  async rotate(line: string): Promise<number> {
    const { lines, log } = this.#options
    const number = await lines.rotate(line)
    log.info('key-encryption key replaced', { line, epoch: number })
    this.#retryAt = 0
    this.#begin()
    return number
  }

  /** Resolves when records are no longer being moved: all were, or there is a problem. */
  async settled(): Promise<void> {
    while (this.#round !== undefined) await this.#round
  }

  status(): KeyRotationStatus {
    return {
      epochs: this.#options.lines.list(),
      moved: this.#moved,
      ...(this.#moving && { moving: { ...this.#moving } }),
      ...(this.#problem !== undefined && { problem: this.#problem }),
    }
  }

  async close(): Promise<void> {
    this.#stop()
    this.#ended.abort()
    await this.settled()
  }

  async #look(): Promise<void> {
    const { lines, log } = this.#options
    try {
      await lines.keepCounts()
      const worn = lines.list().find(({ isSealing, seals }) => isSealing && seals >= MOST_SEALS)
      if (worn !== undefined) await this.rotate(worn.line)
    } catch (error) {
      log.error('key-encryption keys not looked after', reasonOf(error))
    }
    this.#begin()
  }

  #begin(): void {
    const { lines, ticker } = this.#options
    if (this.#round !== undefined || this.#ended.signal.aborted) return
    if (this.#oldEpochs(lines).length === 0 || ticker.now() < this.#retryAt) return
    this.#round = this.#moveAll().finally(() => {
      this.#round = undefined
      this.#moving = undefined
    })
  }

  /** Never throws. */
  async #moveAll(): Promise<void> {
    const { ticker, log } = this.#options
    try {
      const problem = await this.#moveRounds()
      this.#problem = problem
      if (problem === undefined) return
      log.error('old key-encryption keys must stay', { problem })
      this.#retryAt = ticker.now() + BLOCKED_MS
    } catch (error) {
      this.#problem = error instanceof KmipFault ? error.message : 'an internal error'
      this.#retryAt = ticker.now() + FAILED_MS
      log.error('records not moved to the new key', reasonOf(error))
    }
  }

  /** Why old keys must stay; undefined when they went, or the server is to end. */
  async #moveRounds(): Promise<string | undefined> {
    for (;;) {
      const outcome = await this.#moveOnce()
      if (outcome !== 'on') return outcome
    }
  }

  /** `on` when there is more to do; else as what all rounds give. */
  async #moveOnce(): Promise<string | undefined> {
    const { lines, rewrapping, log } = this.#options
    // Those of now: what becomes old while everything is looked at is for the next time.
    const old = this.#oldEpochs(lines)
    if (old.length === 0) return undefined
    const survey = await rewrapping.survey(async () => this.#rest(0))
    if (survey === undefined) return undefined
    const { stale, unknown } = survey
    if (unknown !== undefined) {
      return `Nobody knows what lies under the key ${unknown} of the store`
    }
    if (stale === 0) {
      await lines.retire(old)
      log.info('old key-encryption keys destroyed', { epochs: old })
      return 'on'
    }
    this.#moving = { moved: 0, left: stale }
    const { rewrapped, refused } = await rewrapping.walk(async (moved) => this.#rest(moved))
    if (this.#ended.signal.aborted) return undefined
    if (rewrapped > 0 || refused === 0) return 'on'
    return `${refused} records do not open under their keys: 'kmipd store verify' names them`
  }

  #oldEpochs(lines: Pick<KeyLines, 'list'>): readonly number[] {
    return lines.list().flatMap(({ number, isSealing }) => (isSealing ? [] : [number]))
  }

  /** Lets others have their turn. False when there is to be an end. */
  async #rest(moved: number): Promise<boolean> {
    const { signal } = this.#ended
    this.#moved += moved
    if (this.#moving !== undefined) {
      this.#moving.moved += moved
      this.#moving.left = Math.max(0, this.#moving.left - moved)
    }
    if (moved === 0 || this.#options.isAlone === true) await setImmediate()
    else await setTimeout(REST_MS, undefined, { ref: false, signal }).catch(() => undefined)
    return !signal.aborted
  }
}

function reasonOf(error: unknown): Readonly<Record<string, Loggable>> {
  return error instanceof KmipFault
    ? { reason: error.detail ?? error.message }
    : { ...describeBug(error) }
}

/** Half of what random IVs of 96 bits are good for under one key (NIST SP 800-38D section 8.3). */
const MOST_SEALS = 2 ** 31
/** How often the keys are looked after. */
const TURN_MS = 10_000
/** After an error, and where a record is in the way. */
const FAILED_MS = 60_000
const BLOCKED_MS = 3_600_000
/** Between two commits. */
const REST_MS = 2
