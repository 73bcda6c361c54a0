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

  /** @param connection - undefined for what the server does of its own accord */
  constructor(connection?: PartyConnection) {
    this.#connection = connection
  }

  get about(): PartyConnection | undefined {
    return this.#connection
  }

  /** The member `connection`, which stands before that of the item. */
  get connection(): string {
    return this.#connection === undefined ? '' : `,"connection":${this.#connection.number}`
  }

  /** The members from `client` to `tls`. */
  membersOf(identity: Identity): string {
    if (identity !== this.#identity) {
      this.#who = this.#describe(identity)
      this.#identity = identity
    }
    return this.#who
  }

  #describe({ id, name, namespace, role }: Identity): string {
    const { address, tls } = this.#connection ?? {}
    const members = { client: id, name, namespace, role, address, tls }
    return Object.entries(members)
      .map(([member, text]) => (text === undefined ? '' : `,"${member}":${auditText(text)}`))
      .join('')
  }
}

/** For messages without a connection, and for what the server does of its own accord. */
export const NOBODY_CONNECTED = new Party()
