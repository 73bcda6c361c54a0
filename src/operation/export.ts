import { attributesOfObject } from '../message/attributes.ts'
import { requestedIdentifier, uniqueIdentifier } from '../message/identified.ts'
import { optionalObject } from '../message/managed-object.ts'
import { required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'
import { viewFields, viewOf } from './shared/object-view.ts'
import { loadOnline } from './shared/stored-object.ts'

/**
 * KMIP 1.4 section 4.40, KMIP 2.1 section 6.1.18: an object with all its attributes; of a destroyed one only these. It
 * is no Get: a fresh object stays fresh.
 */
export const exportObject = defineOperation('Export', {
  request: struct({ uniqueIdentifier: requestedIdentifier, ...viewFields }),
  response: struct({
    objectType: required(Tag.ObjectType),
    uniqueIdentifier,
    attributes: attributesOfObject,
    object: optionalObject,
  }),
  identifies: ({ uniqueIdentifier: exported }) => [exported],
  async handle({ uniqueIdentifier: reference, ...view }, context) {
    const object = await loadOnline(reference, context)
    const content = object.content === undefined ? undefined : await viewOf(object, view, context)
    return {
      objectType: object.objectType,
      uniqueIdentifier: object.uniqueIdentifier,
      attributes: [...object.attributes.entries()],
      ...(content === undefined ? {} : { object: content }),
    }
  },
})
