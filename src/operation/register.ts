import { requestedAttributes } from '../message/attributes.ts'
import { IdentifiedResponse } from '../message/identified.ts'
import { managedObject } from '../message/managed-object.ts'
import { optional, required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { ProtectionStorageMasksStruct } from '../spec/structure/protection-storage-masks.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'
import { broughtKey } from './resident/brought-key.ts'
import { placeOf } from './resident/placement.ts'
import { isContainer, unpackContainer } from './shared/container.ts'
import { addObject, requestedEntries, withDefaults } from './shared/creation.ts'
import { withInherited } from './shared/inheritance.ts'
import {
  registeredContent,
  saidBy,
  wrappedProtection,
  wrappingKeyLink,
} from './shared/registration.ts'

const RegisterRequest = struct({
  objectType: required(Tag.ObjectType),
  attributes: requestedAttributes({ v1: Tag.TemplateAttribute, v2: Tag.Attributes }),
  object: managedObject,
  protectionStorageMasks: optional(Tag.ProtectionStorageMasks, ProtectionStorageMasksStruct),
})

/** KMIP 1.4 section 4.3, KMIP 2.1 section 6.1.43. */
export const register = defineOperation('Register', {
  request: RegisterRequest,
  response: IdentifiedResponse,
  identifies: ({ uniqueIdentifier }) => [uniqueIdentifier],
  async handle({ objectType, attributes, object, protectionStorageMasks }, context) {
    const entries = await requestedEntries(attributes, context)
    const brought = isContainer(object)
      ? await unpackContainer(object, entries, context)
      : { object, entries }
    const wanted = await withDefaults(brought.entries, objectType, context, saidBy(brought.object))
    const content = registeredContent(objectType, { ...brought, entries: wanted }, context)
    const masks = protectionStorageMasks
    if (placeOf({ objectType, masks, entries: wanted }, context) === 'token') {
      const resident = await broughtKey({ content, entries: wanted }, context)
      await context.objects.add(resident)
      return { uniqueIdentifier: resident.uniqueIdentifier }
    }
    const guarded = withInherited(wanted, wrappedProtection(content, context))
    const requested = [...guarded, ...(await wrappingKeyLink(content, context))]
    const { uniqueIdentifier } = await addObject(content, requested, context, false)
    return { uniqueIdentifier }
  },
})
