import type { Log } from '../port/log.ts'

/**
 * What a server does, from its start on: it reads its settings (`init`), computes what is known of every algorithm
 * (`self-test`), opens its keys and its store (`sealed`), and answers (`serving`). It answers what changes nothing while
 * nothing may be written (`read-only`), and nothing that needs the store while that cannot be used (`error`), for
 * good or until it is mended. What fails before it serves ends it.
 */
export const SERVER_STATES = [
  'init',
  'self-test',
  'sealed',
  'serving',
  'read-only',
  'error',
] as const

export type ServerState = (typeof SERVER_STATES)[number]

/** What may come after what. Nothing is computed with keys before the self-test, and nothing served before the store is. */
const FOLLOWING: Readonly<Record<ServerState, readonly ServerState[]>> = {
  init: ['self-test', 'error'],
  'self-test': ['sealed', 'error'],
  sealed: ['serving', 'read-only', 'error'],
  serving: ['read-only', 'error'],
  'read-only': ['serving', 'error'],
  error: ['serving', 'read-only'],
}

/** Whether a server in one state may be in another one next. */
export function mayFollow(from: ServerState, to: ServerState): boolean {
  return FOLLOWING[from].includes(to)
}

/** The state that a server is in, and why, for those who run it. */
export class Condition {
  readonly #log: Log
  #state: ServerState = 'init'
  #why: string | undefined
  #told: () => void = () => undefined

  constructor(log: Log) {
    this.#log = log
  }

  get state(): ServerState {
    return this.#state
  }

  /** Why it is not serving; undefined while it is, or is about to. */
  get why(): string | undefined {
    return this.#why
  }

  /** Calls `told` whenever the state, or why it is so, has changed from now on; there is one who is told. */
  follow(told: () => void): void {
    this.#told = told
  }

  /** Throws a `RangeError` for a state that cannot follow. One line of the log says each change. */
  enter(state: ServerState, why?: string): void {
    if (state === this.#state && why === this.#why) return
    if (state !== this.#state && !mayFollow(this.#state, state)) {
      throw new RangeError(`A server that is in ${this.#state} cannot come to ${state}`)
    }
    this.#state = state
    this.#why = why
    this.#log[LEVELS[state]]('server state', why === undefined ? { state } : { state, reason: why })
    this.#told()
  }
}

/** A start that fails says why by itself, and one that does not need not be told step by step. */
const LEVELS = {
  init: 'debug',
  'self-test': 'debug',
  sealed: 'debug',
  serving: 'info',
  'read-only': 'warn',
  error: 'error',
} as const satisfies Readonly<Record<ServerState, keyof Log>>
