import { KmipFault } from '../../fault/fault.ts'
import type { ObjectReference } from '../../message/identifier.ts'
import { keyBlockOf } from '../../model/content.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { isResident } from '../../model/residence.ts'
import type { ObjectType } from '../../spec/enum/object-type.ts'
import type { OperationContext } from '../context.ts'
import { loadOnline } from './stored-object.ts'

/**
 * Loads the key a request wants to replace, in whatever state it is but destroyed (KMIP 1.4 sections 4.4, 4.5).
 *
 * @throws KmipFault `WRONG_OBJECT_TYPE`, `OBJECT_DESTROYED`, `KEY_VALUE_NOT_PRESENT` for one that is kept elsewhere,
 *   and what `loadOnline` throws
 */
export async function loadReplaceable(
  reference: ObjectReference | undefined,
  objectType: ObjectType,
  context: OperationContext,
): Promise<ManagedObject> {
  const object = await loadOnline(reference, context)
  if (object.objectType !== objectType) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'Objects of this type are not replaced so')
  }
  if (object.content === undefined) {
    throw new KmipFault('OBJECT_DESTROYED', 'The object is destroyed')
  }
  if (keyBlockOf(object.content)?.keyValue === undefined && !isResident(object)) {
    throw new KmipFault('KEY_VALUE_NOT_PRESENT', 'The key is not kept here')
  }
  return object
}
