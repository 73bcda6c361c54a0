import { requestedIdentifier, uniqueIdentifier } from '../message/identified.ts'
import { managedObject } from '../message/managed-object.ts'
import { required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'
import { viewFields, viewOf } from './shared/object-view.ts'
import { loadOnline } from './shared/stored-object.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import type { OperationContext } from './context.ts'

/** KMIP 1.4 section 4.11, KMIP 2.1 section 6.1.19. The first Get makes a fresh object used (1.4 section 3.34). */
export const get = defineOperation('Get', {
  request: struct({ uniqueIdentifier: requestedIdentifier, ...viewFields }),
  response: struct({
    objectType: required(Tag.ObjectType),
    uniqueIdentifier,
    object: managedObject,
  }),
  async handle(request, context) {
    const object = await loadOnline(request.uniqueIdentifier, context)
    const content = await viewOf(object, request, context)
    if (isNoted(object, context)) {
      await context.objects.save({ ...object, attributes: object.attributes.with('Fresh', false) })
    }
    return {
      objectType: object.objectType,
      uniqueIdentifier: object.uniqueIdentifier,
      object: content,
    }
  },
})

/**
 * Whether the object is to be marked as given. Where nothing can be stored it is given all the same, since reading keys
 * is what must go on: unless it is in a group, as a group gives each of its fresh members once (KMIP 1.4 section 4.9).
 */
function isNoted({ attributes }: ManagedObject, { isStoring }: OperationContext): boolean {
  if (attributes.get('Fresh') !== true) return false
  return isStoring?.() !== false || attributes.all('ObjectGroup').length > 0
}
