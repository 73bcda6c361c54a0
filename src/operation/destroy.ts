import { KmipFault } from '../fault/fault.ts'
import { IdentifiedRequest, IdentifiedResponse } from '../message/identified.ts'
import { transition } from '../model/lifecycle.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { defineOperation } from './definition.ts'
import { releaseKey } from './resident/release.ts'
import { loadOnline } from './shared/stored-object.ts'

function checkNotDestroyed({ content }: ManagedObject): void {
  if (content === undefined) {
    throw new KmipFault('OBJECT_DESTROYED', 'The object is destroyed already')
  }
}

/** KMIP 1.4 section 4.21, KMIP 2.1 section 6.1.15: the material goes, the record stays; of a Template nothing stays. */
export const destroy = defineOperation('Destroy', {
  request: IdentifiedRequest,
  response: IdentifiedResponse,
  async handle({ uniqueIdentifier: reference }, context) {
    const object = await loadOnline(reference, context)
    const { uniqueIdentifier } = object
    checkNotDestroyed(object)
    if (object.objectType === ObjectType.Template) {
      await context.objects.erase(object)
      return { uniqueIdentifier }
    }
    const destroyed = transition(object, 'destroy', context.now)
    const attributes = destroyed.attributes.with('LastChangeDate', context.now)
    await context.objects.save({ ...destroyed, attributes, content: undefined })
    releaseKey(object, context)
    return { uniqueIdentifier }
  },
})
