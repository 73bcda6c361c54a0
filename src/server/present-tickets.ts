import { KmipFault } from '../fault/fault.ts'
import { readTickets } from '../message/authentication.ts'
import type { RequestHeader } from '../message/header.ts'
import type { IssuedTicket, Tickets } from '../operation/tickets.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { Version } from '../schema/version.ts'

/** Who sent a message, and when. */
export interface Presenter {
  /** Identifier of the client. */
  readonly client: string
  readonly version: Version
  readonly now: DateTime
}

/** The tickets of a message, or why none of its batch items is carried out. */
export interface Presented {
  readonly tickets: readonly IssuedTicket[]
  readonly refusal: KmipFault | undefined
}

const NOTHING: Presented = { tickets: [], refusal: undefined }

/**
 * Takes the tickets out of a header. Who the client is was settled by its certificate, and other credentials change
 * nothing. What is wrong with them is said of each batch item, for clients want their operation back.
 */
export function presentTickets(
  { authentication }: RequestHeader,
  { client, version, now }: Presenter,
  tickets: Tickets,
): Presented {
  if (authentication === undefined) return NOTHING
  try {
    const values = readTickets(authentication, version)
    try {
      return { tickets: tickets.present(client, values, now), refusal: undefined }
    } finally {
      for (const value of values) value.destroy()
    }
  } catch (error) {
    if (!(error instanceof KmipFault)) throw error
    return { tickets: [], refusal: error }
  }
}
