import { KmipFault } from '../../fault/fault.ts'
import type {
  LoginRequest,
  RequestedLease,
  RequestedRight,
  Ticketed,
} from '../../message/ticket-request.ts'
import type { Infer } from '../../schema/codec.ts'
import type { DateTime } from '../../schema/primitive.ts'
import type { UsageLimits } from '../../spec/structure/usage-limits.ts'
import { TicketType } from '../../spec/enum/ticket-type.ts'
import { Budget } from '../budget.ts'
import type { OperationContext } from '../context.ts'
import type { GrantedRight } from '../tickets.ts'

/** Rights of one ticket, and names in all their lists. */
const MOST_RIGHTS = 100
const MOST_NAMES = 1_000

/**
 * Issues a ticket for the client that asks. One that the batch does not keep is ended again.
 *
 * @param rights - undefined for a ticket that permits whatever its client may do
 * @throws KmipFault `INVALID_FIELD` for a lease that is over and for counts that are none, and what `Tickets.issue` throws
 */
export function issueTicket(
  request: LoginRequest,
  rights: readonly GrantedRight[] | undefined,
  context: OperationContext,
): Infer<typeof Ticketed> {
  const { tickets, presented, identity, now, run } = context
  const terms = {
    until: endOf(request.leaseTime, now),
    requests: checkedCount(request.requestCount),
    budget: budgetOf(request.usageLimits),
    rights,
  }
  const { ticket, value } = tickets.issue(identity.id, terms, presented, now)
  run.whenSettled((isDone) => {
    if (!isDone) tickets.end(ticket)
  })
  context.destroyAfterAnswer(value)
  return { ticket: { ticketType: TicketType.Login, ticketValue: value } }
}

/** The rights that a request asks for. Throws `SERVER_LIMIT`, `INVALID_FIELD` and `OBJECT_NOT_FOUND`. */
export function grantedRights(
  requested: readonly RequestedRight[],
  { resolve }: Pick<OperationContext, 'resolve'>,
): readonly GrantedRight[] {
  const names = requested.reduce((sum, right) => sum + namesIn(right), 0)
  if (requested.length > MOST_RIGHTS || names > MOST_NAMES) {
    throw new KmipFault('SERVER_LIMIT', 'The Rights of the ticket are too many')
  }
  return requested.map(({ usageLimits, operations, objects, objectGroups }) => ({
    right: {
      ...(operations === undefined ? {} : { operations: new Set(operations.operation) }),
      ...(objects === undefined
        ? {}
        : { objects: new Set(objects.uniqueIdentifiers.map((each) => resolve(each))) }),
      ...(objectGroups === undefined ? {} : { objectGroups: new Set(objectGroups.objectGroup) }),
    },
    budget: budgetOf(usageLimits),
  }))
}

function namesIn({ operations, objects, objectGroups }: RequestedRight): number {
  return [operations?.operation, objects?.uniqueIdentifiers, objectGroups?.objectGroup].reduce(
    (sum, list) => sum + (list?.length ?? 0),
    0,
  )
}

function endOf(lease: RequestedLease | undefined, now: DateTime): DateTime | undefined {
  if (lease === undefined) return undefined
  const until = lease.kind === 'until' ? lease.until : now + lease.seconds
  if (until > now) return until
  throw new KmipFault('INVALID_FIELD', 'The Lease Time of the ticket is over')
}

function checkedCount(count: number | undefined): number | undefined {
  if (count === undefined || count > 0) return count
  throw new KmipFault('INVALID_FIELD', 'The Request Count of the ticket is not positive')
}

function budgetOf(limits: UsageLimits | undefined): Budget | undefined {
  return limits && new Budget(limits)
}
