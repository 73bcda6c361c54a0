import type { OperationName } from '../../spec/operation.ts'
import type { ManagedObject } from '../managed-object.ts'
import type { Asker, Permission } from '../permission/permission.ts'
import { approvalRulesOf } from './policy-rules.ts'

/**
 * Whether a client may be told of an object that it did not ask for: where it could have asked at once, by an operation
 * that shows as much. What officers have to agree to is told to nobody unasked.
 */
export function mayBeTold(
  { id }: Pick<Asker, 'id'>,
  permission: Permission,
  { operation, object }: { readonly operation: OperationName; readonly object: ManagedObject },
): boolean {
  if (permission.ask(operation).verdict !== 'allowed') return false
  if (permission.decide(operation, object).verdict !== 'allowed') return false
  const rules = approvalRulesOf(permission.approvals, id)?.of(operation) ?? []
  return rules.every(({ isAbout }) => isAbout?.(object) === false)
}
