import { setTimeout } from 'node:timers/promises'
import { KmipFault } from '../fault/fault.ts'
import type { Log } from '../port/log.ts'
import type { Ticker } from './ticker.ts'

/** How the store is read through beside its use. */
export interface IntegrityLimits {
  /** From the beginning of one reading to that of the next. */
  readonly scrubSeconds: number
  /** How fast it is read, at most. */
  readonly entriesPerSecond: number
}

/** A day; some 5 % of one processor while it lasts. */
export const DEFAULT_INTEGRITY_LIMITS: IntegrityLimits = {
  scrubSeconds: 86_400,
  entriesPerSecond: 20_000,
}

/** What is read through. */
export interface Scrubbed {
  /** Says what is not as it was written, for people; undefined when all of it is. */
  inspect(pause: (read: number) => Promise<boolean>): Promise<string | undefined>
  refuseWrites(why: string): void
}

export interface ScrubOptions {
  readonly store: Scrubbed
  readonly limits: IntegrityLimits
  readonly ticker: Ticker
  readonly log: Log
}

/**
 * Reads the store through, from the start on and again and again. When it is not what was written to it, that is logged and nothing is written
 * from then on: what is read is still proved by its seal, but what is built on a damaged index would not be.
 */
export class Scrub {
  readonly #options: ScrubOptions
  #stop: (() => void) | undefined
  #round: Promise<void> | undefined
  readonly #ended = new AbortController()

  constructor(options: ScrubOptions) {
    this.#options = options
  }

  start(): void {
    const { ticker, limits } = this.#options
    this.#stop = ticker.every(limits.scrubSeconds * 1_000, () => {
      this.#begin()
    })
    this.#begin()
  }

  #begin(): void {
    this.#round ??= this.#read().finally(() => {
      this.#round = undefined
    })
  }

  async close(): Promise<void> {
    this.#stop?.()
    this.#ended.abort()
    await this.#round
  }

  async #read(): Promise<void> {
    const { store, log } = this.#options
    try {
      const problem = await store.inspect(async (read) => this.#pause(read))
      if (this.#ended.signal.aborted) return
      if (problem === undefined) {
        log.info('store read through')
        return
      }
      log.error('store damaged, nothing is written any more', { problem })
      this.#stop?.()
      store.refuseWrites(problem)
    } catch (error) {
      const reason = error instanceof KmipFault ? (error.detail ?? error.message) : 'unknown error'
      log.error('store not read through', { reason })
    }
  }

  /** False when the reading is to end. */
  async #pause(read: number): Promise<boolean> {
    const { signal } = this.#ended
    const milliseconds = (read * 1_000) / this.#options.limits.entriesPerSecond
    await setTimeout(milliseconds, undefined, { ref: false, signal }).catch(() => undefined)
    return !signal.aborted
  }
}
