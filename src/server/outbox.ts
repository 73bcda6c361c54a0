/**
 * Answers of all connections on their way out. What becomes ready together is written together: a client that waits is
 * woken once for many answers instead of once for each, which costs the machine more than most requests do. Requests
 * that arrive together are told of together in the audit, and stored together; what waits for that goes on in step, so
 * that an answer which is ready waits for the others of its step alone (docs/adr/0121).
 */
export class Outbox {
  #waiting: (() => void)[] = []

  /** Calls `send` soon. It must not throw. */
  put(send: () => void): void {
    if (this.#waiting.length === 0) queueMicrotask(this.#flush)
    this.#waiting.push(send)
  }

  readonly #flush = (): void => {
    const waiting = this.#waiting
    this.#waiting = []
    for (const send of waiting) send()
  }
}
