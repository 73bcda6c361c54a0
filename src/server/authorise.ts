import { KmipFault } from '../fault/fault.ts'
import type { Identity } from '../model/identity.ts'
import type { Permission } from '../model/permission/permission.ts'
import type { Decision } from '../model/permission/rule.ts'
import type { ObjectSpace } from '../operation/context.ts'
import type { OperationName } from '../spec/operation.ts'
import type { Allowance } from './allowance.ts'
import { NarrowedObjects } from './narrowed-objects.ts'
import { PermittedObjects } from './permitted-objects.ts'

/** What identities may do, at the moment it is asked. */
export interface Permissions {
  of(identity: Identity): Permission
  /** Another one as soon as something else decides; absent where that never happens. */
  readonly stamp?: object | undefined
}

/** What a batch item is authorised by. */
export interface Authority {
  readonly permission: Permission
  readonly operation: OperationName
  /** What the tickets of its message permit; undefined for the many messages without any. */
  readonly allowance: Allowance | undefined
  /** Told of each decision, the last of which is the one that counts. */
  readonly decided: (decision: Decision) => void
  /** Told of each object that the item got hold of. */
  readonly found: (uniqueIdentifier: string) => void
}

/**
 * The one place that decides who may do what: the client's permission, and then the tickets that it asks with, which
 * take away and never add. That is asked first for the operation by itself; each object that it then has to do with is
 * asked for where the operation gets hold of it ({@link visibleObjects}). Throws `NOT_PERMITTED`, `TICKET_EXHAUSTED`.
 */
export function authorise({ permission, operation, allowance, decided }: Authority): void {
  const decision = permission.ask(operation)
  decided(decision)
  if (decision.verdict !== 'allowed') {
    throw new KmipFault('NOT_PERMITTED', 'The client may not ask for this operation')
  }
  allowance?.begin(operation)
}

/** The objects that a batch item may have to do with. */
export function visibleObjects(objects: ObjectSpace, authority: Authority): ObjectSpace {
  const { allowance } = authority
  const permitted = new PermittedObjects(objects, authority)
  return allowance === undefined ? permitted : new NarrowedObjects(permitted, allowance)
}
