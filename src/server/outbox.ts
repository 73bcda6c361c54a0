/**
 * Answers of all connections on their way out. They are written together, once all requests that have arrived by then
 * are answered: a client that waits is woken once for many answers instead of once for each, which costs the machine
 * more than most requests do. Nothing waits longer than the requests that arrived with its own.
 */
export class Outbox {
  #waiting: (() => void)[] = []

  /** Calls `send` when the requests at hand are answered. It must not throw. */
  put(send: () => void): void {
    if (this.#waiting.length === 0) setImmediate(this.#flush)
    this.#waiting.push(send)
  }

  readonly #flush = (): void => {
    const waiting = this.#waiting
    this.#waiting = []
    for (const send of waiting) send()
  }
}
