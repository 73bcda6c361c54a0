import type { ObjectReference } from '../../message/identifier.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { checkUsable, withUsage, type Usage } from '../../model/usage.ts'
import type { OperationContext } from '../context.ts'
import { loadOnline } from './stored-object.ts'

/**
 * Loads the key a request means, for a use that must be permitted. Throws what `loadOnline` and `checkUsable` throw.
 */
export async function loadForUse(
  reference: ObjectReference | undefined,
  usage: Usage,
  context: OperationContext,
): Promise<ManagedObject> {
  const object = await loadOnline(reference, context)
  checkUsable(object, usage, context.now)
  return object
}

/**
 * Takes what has been protected from the Usage Limits of a key. The unit of work is tried anew when another client was
 * faster, so that no two of them use the same allowance. Throws `USAGE_EXHAUSTED`.
 */
export async function chargeUse(
  object: ManagedObject,
  bytes: number,
  { objects }: OperationContext,
): Promise<void> {
  const charged = withUsage(object, bytes)
  if (charged !== object) await objects.save(charged)
}
