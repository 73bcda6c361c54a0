import { destroyContent, type ObjectContent } from '../model/content.ts'

/**
 * Zeroes key material once nobody can still be using it. An object that leaves the cache may be part of an answer that
 * is still being written, so its material waits until every message has ended that was under way when it left.
 */
export class Retirement {
  readonly #underWay = new Set<number>()
  /** What waits, longest first, each with the last message that had begun when it left. */
  readonly #waiting = new Map<ObjectContent, number>()
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
    this.#waiting.delete(content)
    this.#waiting.set(content, this.#last)
    if (this.#underWay.size === 0) this.#sweep()
  }

  /** Takes material back: a message under way has stored its object again, and new messages will see it. */
  reclaim(content: ObjectContent | undefined): void {
    if (content !== undefined) this.#waiting.delete(content)
  }

  #sweep(): void {
    // Tickets are handed out in order, so the first that is still under way is the oldest.
    const [oldest = Infinity] = this.#underWay
    for (const [content, since] of this.#waiting) {
      if (since >= oldest) return
      this.#waiting.delete(content)
      destroyContent(content)
    }
  }
}
