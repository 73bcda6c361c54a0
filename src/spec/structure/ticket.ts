import type { Infer } from '../../schema/codec.ts'
import { required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** Proof of a login (KMIP 2.1 section 7.39). */
export const TicketStruct = struct({
  ticketType: required(Tag.TicketType),
  ticketValue: required(Tag.TicketValue),
})
export interface Ticket extends Infer<typeof TicketStruct> {}
