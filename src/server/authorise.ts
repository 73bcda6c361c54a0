import { KmipFault } from '../fault/fault.ts'
import type { Identity } from '../model/identity.ts'
import type { OperationName } from '../spec/operation.ts'

/** The operations each role may ask for; a role that is not there may ask for none. */
export type Permissions = ReadonlyMap<string, ReadonlySet<OperationName> | 'all'>

/**
 * The one place that decides who may do what. Objects are a matter of their own: an operation only ever sees those of
 * the client that asks. Throws `NOT_PERMITTED`.
 */
export function authorise(
  identity: Identity,
  operation: OperationName,
  permissions: Permissions,
): void {
  const allowed = permissions.get(identity.role)
  if (allowed === 'all' || allowed?.has(operation) === true) return
  throw new KmipFault('NOT_PERMITTED', 'The client may not ask for this operation')
}
