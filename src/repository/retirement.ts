import { destroyContent, type ObjectContent } from '../model/content.ts'

/**
 * Zeroes key material once nobody can still be using it. An object that leaves the cache may be part of an answer that
 * is still being written, so its material waits until every message has ended that was under way when it left.
 */
export class Retirement {
  /** The ends of the messages under way, in the order in which they have begun: a set would grow and shrink all the time. */
  #oldest: Stay | undefined
  #newest: Stay | undefined
  /** What waits, longest first, each with the last message that had begun when it left. */
  readonly #waiting = new Map<ObjectContent, number>()
  #last = 0

  /** Marks the begin of a message; call what it returns at its end. */
  enter(): () => void {
    this.#last += 1
    const stay: Stay = {
      number: this.#last,
      before: this.#newest,
      behind: undefined,
      isOver: false,
    }
    if (this.#newest === undefined) this.#oldest = stay
    else this.#newest.behind = stay
    this.#newest = stay
    return () => {
      this.#leave(stay)
    }
  }

  /** Hands over material that no new message will see. */
  retire(content: ObjectContent | undefined): void {
    if (content === undefined) return
    this.#waiting.delete(content)
    this.#waiting.set(content, this.#last)
    if (this.#oldest === undefined) this.#sweep()
  }

  /** Takes material back: a message under way has stored its object again, and new messages will see it. */
  reclaim(content: ObjectContent | undefined): void {
    if (content !== undefined) this.#waiting.delete(content)
  }

  #leave(stay: Stay): void {
    if (stay.isOver) return
    stay.isOver = true
    const { before, behind } = stay
    if (before === undefined) this.#oldest = behind
    else before.behind = behind
    if (behind === undefined) this.#newest = before
    else behind.before = before
    if (this.#waiting.size > 0) this.#sweep()
  }

  #sweep(): void {
    const oldest = this.#oldest?.number ?? Infinity
    for (const [content, since] of this.#waiting) {
      if (since >= oldest) return
      this.#waiting.delete(content)
      destroyContent(content)
    }
  }
}

/** A message under way, between its neighbours. */
interface Stay {
  readonly number: number
  before: Stay | undefined
  behind: Stay | undefined
  isOver: boolean
}
