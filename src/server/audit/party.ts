import { auditText } from '../../model/audit-entry.ts'
import type { Identity } from '../../model/identity.ts'

/** The connection that messages come over. */
export interface PartyConnection {
  /** Counts the connections of this run. */
  readonly number: number
  /** Of the peer, as in `192.0.2.1:50000`. */
  readonly address?: string | undefined
  /** Version and suite of TLS. */
  readonly tls?: string | undefined
}

/** What every line that a client causes has in common: made once for a connection, and anew when the client changes. */
export class Party {
  readonly #connection: PartyConnection | undefined
  #identity: Identity | undefined
  #who = ''
  /** The members of the first item, which most messages have no other than. */
  #first = ''

  /** @param connection - undefined for what the server does of its own accord */
  constructor(connection?: PartyConnection) {
    this.#connection = connection
  }

  get about(): PartyConnection | undefined {
    return this.#connection
  }

  /**
   * The members from `connection` to `tls`.
   *
   * @param place - of the item in its batch, first 0; undefined for what is not about one
   */
  membersOf(identity: Identity, place?: number): string {
    if (identity !== this.#identity) {
      this.#who = this.#describe(identity)
      this.#first = [this.#connected, itemMember(0), this.#who].join('')
      this.#identity = identity
    }
    if (place === 0) return this.#first
    return `${this.#connected}${itemMember(place)}${this.#who}`
  }

  get #connected(): string {
    return this.#connection === undefined ? '' : `,"connection":${this.#connection.number}`
  }

  #describe({ id, name, namespace, role }: Identity): string {
    const { address, tls } = this.#connection ?? {}
    const members = { client: id, name, namespace, role, address, tls }
    return Object.entries(members)
      .map(([member, text]) => (text === undefined ? '' : `,"${member}":${auditText(text)}`))
      .join('')
  }
}

function itemMember(place: number | undefined): string {
  return place === undefined ? '' : `,"item":${place}`
}

/** For messages without a connection, and for what the server does of its own accord. */
export const NOBODY_CONNECTED = new Party()
