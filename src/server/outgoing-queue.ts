import type { QueueRoom } from './queue-room.ts'

/** A request of the server's own. */
export interface Outgoing {
  readonly bytes: Uint8Array
  /** Whether it may be sent still; absent where it asks the client to be the client again. */
  readonly isWanted?: () => Promise<boolean>
}

const LONGEST_QUEUE = 1_000

/** What waits to be sent over one connection, in order: it takes of the room that its client has. */
export class OutgoingQueue {
  readonly #client: string
  readonly #room: QueueRoom
  readonly #waiting: Outgoing[] = []

  /** @param client - identifier of the client */
  constructor(client: string, room: QueueRoom) {
    this.#client = client
    this.#room = room
  }

  get first(): Outgoing | undefined {
    return this.#waiting[0]
  }

  /** Takes over a request, or is without room for it: then it is false. */
  put(outgoing: Outgoing): boolean {
    const isCounted = outgoing.isWanted !== undefined
    if (isCounted) {
      if (this.#waiting.length >= LONGEST_QUEUE) return false
      if (!this.#room.take(this.#client, outgoing.bytes.length)) return false
    }
    this.#waiting.push(outgoing)
    return true
  }

  /** The first one, which is the caller's from then on. */
  take(): Outgoing | undefined {
    const first = this.#waiting.shift()
    if (first?.isWanted !== undefined) this.#room.giveBack(this.#client, first.bytes.length)
    return first
  }

  /** Forgets the first one. */
  drop(): void {
    this.take()?.bytes.fill(0)
  }

  forget(): void {
    while (this.#waiting.length > 0) this.drop()
  }
}
