import type { OperationName } from '../../spec/operation.ts'
import type { AskedObject, Permission } from './permission.ts'
import { decisionsBy, type Decision } from './rule.ts'

/** Everything with the objects of one client, and nothing with any other: for what the server does for that client. */
export function ownObjects(owner: string): Permission {
  return {
    approvals: [],
    revision: undefined,
    locatesOnlyOf: owner,
    ask: () => OWN.allowed,
    decide: (_: OperationName, object: AskedObject): Decision =>
      object.owner === owner ? OWN.allowed : OWN.hidden,
  }
}

const OWN = decisionsBy('the server for the owner')
