/**
 * Answers on their way out, as they are best gathered where no audit does that: behind the turn of the event loop in
 * which they become ready.
 */
export class Outbox {
  #waiting: (() => void)[] = []

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
