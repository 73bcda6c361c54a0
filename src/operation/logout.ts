import { KmipFault } from '../fault/fault.ts'
import { Ticketed } from '../message/ticket-request.ts'
import { struct } from '../schema/struct.ts'
import { TicketType } from '../spec/enum/ticket-type.ts'
import { defineOperation } from './definition.ts'

/**
 * KMIP 2.1 section 6.1.31: ends a ticket of the client's own, and those that were asked for with it. Throws
 * `INVALID_TICKET`, for a ticket that has ended too.
 */
export const logout = defineOperation('Logout', {
  request: Ticketed,
  response: struct({}),
  async handle({ ticket: { ticketType, ticketValue } }, { tickets, identity, now, run }) {
    try {
      if (ticketType !== TicketType.Login) {
        throw new KmipFault('INVALID_TICKET', 'The ticket is not valid')
      }
      const ticket = tickets.find(identity.id, ticketValue, now)
      run.whenSettled((isDone) => {
        if (isDone) tickets.end(ticket)
      })
      return await Promise.resolve({})
    } finally {
      ticketValue.destroy()
    }
  },
})
