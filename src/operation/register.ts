import { KmipFault } from '../fault/fault.ts'
import { requestedAttributes } from '../message/attributes.ts'
import { IdentifiedResponse } from '../message/identified.ts'
import { managedObject } from '../message/managed-object.ts'
import type { AttributeEntry } from '../model/attribute-set.ts'
import type { ObjectContent } from '../model/content.ts'
import { checkQuantumSafe } from '../model/quantum-safety.ts'
import { checkRegistered, withStatedKey } from '../model/registration.ts'
import { optional, required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import type { ObjectType } from '../spec/enum/object-type.ts'
import { ProtectionStorageMasksStruct } from '../spec/structure/protection-storage-masks.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'
import { addObject, requestedEntries, requestedValue } from './shared/creation.ts'
import { checkStorage } from './shared/protection-storage.ts'

const RegisterRequest = struct({
  objectType: required(Tag.ObjectType),
  attributes: requestedAttributes({ v1: Tag.TemplateAttribute, v2: Tag.Attributes }),
  object: managedObject,
  protectionStorageMasks: optional(Tag.ProtectionStorageMasks, ProtectionStorageMasksStruct),
})

/** The object with its key block filled in from the attributes. Throws `INVALID_FIELD`. */
function completedObject(
  objectType: ObjectType,
  object: ObjectContent,
  entries: readonly AttributeEntry[],
): ObjectContent {
  if (objectType !== object.objectType) {
    throw new KmipFault('INVALID_FIELD', 'Object Type is not the type of the object')
  }
  const algorithm = requestedValue(entries, 'CryptographicAlgorithm')
  const stated = withStatedKey(object, {
    algorithm,
    length: requestedValue(entries, 'CryptographicLength'),
  })
  if (algorithm !== undefined) checkQuantumSafe(entries, algorithm)
  checkRegistered(stated)
  return stated
}

/** KMIP 1.4 section 4.3, KMIP 2.1 section 6.1.43. */
export const register = defineOperation('Register', {
  request: RegisterRequest,
  response: IdentifiedResponse,
  identifies: ({ uniqueIdentifier }) => [uniqueIdentifier],
  async handle({ objectType, attributes, object, protectionStorageMasks }, context) {
    checkStorage(protectionStorageMasks)
    const entries = await requestedEntries(attributes, context)
    const content = completedObject(objectType, object, entries)
    const { uniqueIdentifier } = await addObject(content, entries, context, false)
    return { uniqueIdentifier }
  },
})
