import type { ObjectReference } from '../../message/identifier.ts'
import { changedAttribute } from '../../message/attributes.ts'
import { uniqueIdentifier } from '../../message/identified.ts'
import type { AttributeChange } from '../../model/attribute-change.ts'
import type { AttributeEntry } from '../../model/attribute-set.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { checkConflicts, checkShrunk, usesOf } from '../../model/usage-safety.ts'
import { struct } from '../../schema/struct.ts'
import type { OperationContext } from '../context.ts'
import { loadOnline } from './stored-object.ts'

/** The answer to a change of an attribute; in KMIP 1.x it shows the attribute. */
export const ChangedAttributeResponse = struct({ uniqueIdentifier, attribute: changedAttribute })

/**
 * Loads an object, changes one of its attributes, stores it, and answers with the attribute. Throws what `change` throws,
 * and `INVALID_ATTRIBUTE_VALUE` for uses that policy does not permit.
 */
export async function changeAttribute(
  reference: ObjectReference | undefined,
  context: OperationContext,
  change: (object: ManagedObject) => AttributeChange,
): Promise<{ readonly uniqueIdentifier: string; readonly attribute: AttributeEntry }> {
  const before = await loadOnline(reference, context)
  const { object, entry } = change(before)
  checkUses(before, object, context)
  await context.objects.save(object)
  return { uniqueIdentifier: object.uniqueIdentifier, attribute: entry }
}

function checkUses(
  before: ManagedObject,
  after: ManagedObject,
  { policy }: OperationContext,
): void {
  const uses = usesOf(after)
  if (uses === usesOf(before)) return
  checkShrunk(uses, usesOf(before), policy)
  checkConflicts(uses, policy)
}
