import { compile, type Codec, type Infer } from '../schema/codec.ts'
import { custom } from '../schema/combine.ts'
import { optional, repeated, required } from '../schema/field.ts'
import { dateTime, interval, type DateTime } from '../schema/primitive.ts'
import { struct } from '../schema/struct.ts'
import { ObjectGroupsStruct } from '../spec/structure/constraint.ts'
import { OperationsStruct } from '../spec/structure/right.ts'
import { TicketStruct } from '../spec/structure/ticket.ts'
import { UsageLimitsStruct } from '../spec/structure/usage-limits.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType } from '../ttlv/item.ts'
import { objectReference } from './identifier.ts'

/** How long a ticket is wanted for: for seconds, or until a moment (KMIP 2.1 section 6.1.30). */
export type RequestedLease =
  | { readonly kind: 'seconds'; readonly seconds: number }
  | { readonly kind: 'until'; readonly until: DateTime }

const requestedLease: Codec<RequestedLease> = custom(undefined, (version) => {
  const asInterval = compile(interval, version)
  const asDateTime = compile(dateTime, version)
  return {
    decode: (item) =>
      item.type === ItemType.DateTime
        ? { kind: 'until', until: asDateTime.decode(item) }
        : { kind: 'seconds', seconds: asInterval.decode(item) },
    encode: (tag, lease) =>
      lease.kind === 'until'
        ? asDateTime.encode(tag, lease.until)
        : asInterval.encode(tag, lease.seconds),
  }
})

/** What both kinds of login may say of the ticket. */
const terms = {
  leaseTime: optional(Tag.LeaseTime, requestedLease),
  requestCount: optional(Tag.RequestCount),
  usageLimits: optional(Tag.UsageLimits, UsageLimitsStruct),
}

/** KMIP 2.1 section 6.1.30. */
export const LoginRequest = struct(terms)
export interface LoginRequest extends Infer<typeof LoginRequest> {}

/** KMIP 2.1 sections 7.21, 7.34. */
const RequestedRightStruct = struct({
  usageLimits: optional(Tag.UsageLimits, UsageLimitsStruct),
  operations: optional(Tag.Operations, OperationsStruct),
  objects: optional(
    Tag.Objects,
    struct({ uniqueIdentifiers: repeated(Tag.UniqueIdentifier, objectReference) }),
  ),
  objectGroups: optional(Tag.ObjectGroups, ObjectGroupsStruct, { since: '2.1' }),
})
export interface RequestedRight extends Infer<typeof RequestedRightStruct> {}

/** KMIP 2.1 section 6.1.12. */
export const DelegatedLoginRequest = struct({
  ...terms,
  rights: required(Tag.Rights, struct({ right: repeated(Tag.Right, RequestedRightStruct) })),
})

/** A ticket, in the answer to a login and in the request to end one (KMIP 2.1 section 7.39). */
export const Ticketed = struct({ ticket: required(Tag.Ticket, TicketStruct) })
