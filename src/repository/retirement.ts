import { destroyContent, type ObjectContent } from '../model/content.ts'

/**
 * Zeroes key material once nobody can still be using it. An object that leaves the cache may be part of an answer that
 * is still being written, so its material waits until every message has ended that was under way when it left.
 */
export class Retirement {
  readonly #underWay = new Set<number>()
  #waiting: { readonly content: ObjectContent; readonly since: number }[] = []
  #last = 0

  /** Marks the begin of a message; call what it returns at its end. */
  enter(): () => void {
    this.#last += 1
    const ticket = this.#last
    this.#underWay.add(ticket)
    return () => {
      this.#underWay.delete(ticket)
      this.#sweep()
    }
  }

  /** Hands over material that no new message will see. */
  retire(content: ObjectContent | undefined): void {
    if (content === undefined) return
    this.#waiting.push({ content, since: this.#last })
    if (this.#underWay.size === 0) this.#sweep()
  }

  #sweep(): void {
    if (this.#waiting.length === 0) return
    // Tickets are handed out in order, so the first that is still under way is the oldest.
    const [oldest = Infinity] = this.#underWay
    const free = this.#waiting.filter(({ since }) => since < oldest)
    if (free.length === 0) return
    this.#waiting = this.#waiting.filter(({ since }) => since >= oldest)
    for (const { content } of free) destroyContent(content)
  }
}
