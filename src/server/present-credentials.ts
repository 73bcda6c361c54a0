import { KmipFault } from '../fault/fault.ts'
import { readCredentials } from '../message/authentication.ts'
import type { IssuedTicket, Tickets } from '../operation/tickets.ts'
import type { Account } from '../repository/client-record.ts'
import type { Version } from '../schema/version.ts'
import type { Item } from '../ttlv/item.ts'
import { forget, type Logins, type Sender } from './logins.ts'

/** Who sent a message, and when. */
export interface Presenter extends Sender {
  readonly version: Version
}

/** What a message came with, or why none of its batch items is carried out. */
export interface Presented {
  readonly tickets: readonly IssuedTicket[]
  readonly accounts: readonly Account[]
  readonly refusal: KmipFault | undefined
}

/** What those messages came with that came with nothing. */
export const NOTHING_PRESENTED: Presented = { tickets: [], accounts: [], refusal: undefined }

/**
 * Takes tickets and accounts out of an Authentication. Who the client is was settled by its certificate, and other
 * credentials change nothing. What is wrong with them is said of each batch item, for clients want their operation back.
 *
 * @param judges - without `logins` user names and passwords change nothing, either
 */
export async function presentCredentials(
  authentication: readonly Item[],
  presenter: Presenter,
  judges: { readonly tickets: Tickets; readonly logins: Logins | undefined },
): Promise<Presented> {
  try {
    const { tickets, logins } = readCredentials(authentication, presenter.version)
    try {
      const accounts = (await judges.logins?.present(logins, presenter)) ?? []
      const { client, now } = presenter
      // Last, for what was refused takes no request from a ticket.
      return { tickets: judges.tickets.present(client, tickets, now), accounts, refusal: undefined }
    } finally {
      for (const value of tickets) value.destroy()
      forget(logins)
    }
  } catch (error) {
    if (!(error instanceof KmipFault)) throw error
    return { tickets: [], accounts: [], refusal: error }
  }
}
