import { KmipFault } from '../fault/fault.ts'
import type { Identity } from '../model/identity.ts'
import type { ObjectSpace } from '../operation/context.ts'
import type { OperationName } from '../spec/operation.ts'
import type { Allowance } from './allowance.ts'
import { NarrowedObjects } from './narrowed-objects.ts'

/** The operations each role may ask for; a role that is not there may ask for none. */
export type Permissions = ReadonlyMap<string, ReadonlySet<OperationName> | 'all'>

/**
 * The one place that decides who may do what: the role of the client, and then the tickets that it asks with, which take
 * away and never add. Objects are a matter of their own: an operation only ever sees those of the client that asks, and
 * of them those that the tickets permit ({@link visibleObjects}). Throws `NOT_PERMITTED`, `TICKET_EXHAUSTED`.
 */
export function authorise(
  identity: Identity,
  operation: OperationName,
  permissions: Permissions,
  allowance?: Allowance,
): void {
  const allowed = permissions.get(identity.role)
  if (allowed !== 'all' && allowed?.has(operation) !== true) {
    throw new KmipFault('NOT_PERMITTED', 'The client may not ask for this operation')
  }
  allowance?.begin(operation)
}

/** The objects of a client that a batch item may have to do with. */
export function visibleObjects(
  objects: ObjectSpace,
  allowance: Allowance | undefined,
): ObjectSpace {
  return allowance === undefined ? objects : new NarrowedObjects(objects, allowance)
}
