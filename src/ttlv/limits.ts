/** What one message may hold; checked before anything is allocated for it. */
export interface Limits {
  /** Bytes of a whole message, its header included. */
  readonly messageBytes: number
  /** Structures inside one another. */
  readonly depth: number
  /** Items in a message, structures included. */
  readonly items: number
}

export const DEFAULT_LIMITS: Limits = { messageBytes: 1_048_576, depth: 32, items: 10_000 }

/** For what the server has written itself: it was bounded when it came, and an object grows over many messages. */
export const STORED_LIMITS: Limits = {
  messageBytes: 64 * 1_048_576,
  depth: 1_024,
  items: Number.MAX_SAFE_INTEGER,
}
