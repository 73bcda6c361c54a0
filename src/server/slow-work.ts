import { KmipFault } from '../fault/fault.ts'

interface Line {
  pending: number
  last: Promise<unknown>
}

/**
 * What takes seconds of a processor, one piece at a time for each client: the places where it is done are few, and one
 * client alone would take them all.
 */
export class SlowWork {
  readonly #perClient: number
  readonly #lines = new Map<string, Line>()

  /** @param perClient - pieces of one client that are done or wait; more are refused */
  constructor(perClient: number) {
    this.#perClient = perClient
  }

  /** Does a piece of work behind those of the same client. Throws `SERVER_LIMIT` and what the work throws. */
  async run<T>(client: string, work: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(client) ?? { pending: 0, last: Promise.resolve() }
    if (line.pending >= this.#perClient) {
      throw new KmipFault('SERVER_LIMIT', 'Too many keys are being made for the client')
    }
    this.#lines.set(client, line)
    line.pending += 1
    const turn = line.last.then(work)
    line.last = turn.catch(() => undefined)
    try {
      return await turn
    } finally {
      line.pending -= 1
      if (line.pending === 0) this.#lines.delete(client)
    }
  }
}
