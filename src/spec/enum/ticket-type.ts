import { defineEnum, type ValueOf } from '../../schema/enumeration.ts'

/** Ticket Type (KMIP 2.1 section 11.57). */
export const TicketType = defineEnum('TicketType', {
  Login: [0x01, '2.0'],
})
export type TicketType = ValueOf<typeof TicketType>
