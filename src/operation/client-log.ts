import { KmipFault } from '../fault/fault.ts'
import type { Identity } from '../model/identity.ts'
import type { Log } from '../port/log.ts'
import type { DateTime } from '../schema/primitive.ts'

/** What clients may write into the server's log. */
export interface ClientLogLimits {
  /** Lines of one client in a minute. */
  readonly linesPerMinute: number
  /** Characters of a message; the rest of it is left out. */
  readonly characters: number
}

/** What one client has written in one minute. */
interface Written {
  readonly minute: number
  lines: number
  refused: number
}

const MINUTE = 60

/** Characters that could end a line, or that a terminal or an editor would act on. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * The messages of clients in the server's log (KMIP 2.1 section 6.1.29): one line each, with the name of the client,
 * and never so many that they would hide the server's own.
 */
export class ClientLog {
  readonly #log: Log
  readonly #limits: ClientLogLimits
  /** By the client's identifier. */
  readonly #written = new Map<string, Written>()

  constructor(log: Log, limits: ClientLogLimits) {
    this.#log = log
    this.#limits = limits
  }

  /** Throws `SERVER_LIMIT` for more than the client may write in a minute. */
  write({ id, name }: Identity, message: string, now: DateTime): void {
    const written = this.#of(id, now)
    if (written.lines >= this.#limits.linesPerMinute) {
      written.refused += 1
      throw new KmipFault('SERVER_LIMIT', 'The client has logged too much in this minute')
    }
    written.lines += 1
    this.#log.info('message of a client', { client: name, message: this.#shown(message) })
  }

  #of(client: string, now: DateTime): Written {
    const minute = Math.floor(now / MINUTE)
    const before = this.#written.get(client)
    if (before?.minute === minute) return before
    const written = { minute, lines: 0, refused: 0 }
    this.#written.set(client, written)
    if (before !== undefined && before.refused > 0) {
      this.#log.warn('messages of a client refused', { client, times: before.refused })
    }
    return written
  }

  #shown(message: string): string {
    const characters = Array.from(message.slice(0, 2 * this.#limits.characters))
    const isCut =
      characters.length > this.#limits.characters || message.length > characters.join('').length
    const shown = characters.slice(0, this.#limits.characters).join('').replace(UNSEEN, escaped)
    return isCut ? `${shown}…` : shown
  }
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}
