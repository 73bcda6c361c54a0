/** What the connections of one client may hold of what it is to be told, however many they are. */
export class QueueRoom {
  readonly #most: number
  /** Bytes held, by the client's identifier. */
  readonly #held = new Map<string, number>()

  /** @param most - bytes of one client */
  constructor(most: number) {
    this.#most = most
  }

  /** False where there is no room for so many bytes more. */
  take(client: string, bytes: number): boolean {
    const held = (this.#held.get(client) ?? 0) + bytes
    if (held > this.#most) return false
    this.#held.set(client, held)
    return true
  }

  giveBack(client: string, bytes: number): void {
    const held = (this.#held.get(client) ?? 0) - bytes
    if (held > 0) this.#held.set(client, held)
    else this.#held.delete(client)
  }
}
