import { KmipFault } from '../../fault/fault.ts'
import type { ObjectReference } from '../../message/identifier.ts'
import { storageStatusOf, type ManagedObject } from '../../model/managed-object.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import type { OperationContext } from '../context.ts'

/** Loads the object a request means. Throws `OBJECT_NOT_FOUND`, and `OBJECT_ARCHIVED` for one that must be recovered first. */
export async function loadOnline(
  reference: ObjectReference | undefined,
  context: OperationContext,
): Promise<ManagedObject> {
  const object = await context.objects.load(context.resolve(reference))
  if (storageStatusOf(object) !== 'archived') return object
  throw new KmipFault('OBJECT_ARCHIVED', 'The object is archived')
}

/** Loads an object, changes it, stores it, and answers with its identifier. */
export async function changeObject(
  reference: ObjectReference | undefined,
  context: OperationContext,
  change: (object: ManagedObject) => ManagedObject,
): Promise<{ readonly uniqueIdentifier: string }> {
  const object = await loadOnline(reference, context)
  const changed = change(object)
  await context.objects.save({
    ...changed,
    attributes: changed.attributes.with('LastChangeDate', context.now),
  })
  return { uniqueIdentifier: object.uniqueIdentifier }
}

/**
 * Refuses an object without State: a Template, and in KMIP 1.x an Opaque Object (KMIP 1.4 sections 3.22, 4.19).
 * Throws `WRONG_OBJECT_TYPE`.
 */
export function checkHasState(object: ManagedObject, { applies }: OperationContext): void {
  if (applies({ name: 'State' }, object.objectType)) checkNoTemplate(object)
  else throw new KmipFault('WRONG_OBJECT_TYPE', 'An object of this type has no State')
}

/** Refuses a Template: it is not revoked (KMIP 1.4 section 4.20). Throws `WRONG_OBJECT_TYPE`. */
export function checkNoTemplate({ objectType }: ManagedObject): void {
  if (objectType === ObjectType.Template) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'A Template has no states')
  }
}
