import { nextTick } from 'node:process'

/**
 * Answers of all connections on their way out. What becomes ready together is written together: a client that waits is
 * woken once for many answers instead of once for each, which costs the machine more than most requests do. Requests
 * that arrive together are told of together in the audit, and so their answers are ready together; none waits for
 * anything else.
 */
export class Outbox {
  #waiting: (() => void)[] = []

  /** Calls `send` when the requests at hand are answered. It must not throw. */
  put(send: () => void): void {
    if (this.#waiting.length === 0) nextTick(this.#flush)
    this.#waiting.push(send)
  }

  readonly #flush = (): void => {
    const waiting = this.#waiting
    this.#waiting = []
    for (const send of waiting) send()
  }
}
