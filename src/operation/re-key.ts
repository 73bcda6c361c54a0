import { desiredAttributes } from '../message/attributes.ts'
import { IdentifiedResponse, requestedIdentifier } from '../message/identified.ts'
import { replacedBy, replacementEntries, replacing } from '../model/replacement.ts'
import { optional } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { ProtectionStorageMasksStruct } from '../spec/structure/protection-storage-masks.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'
import { makeObject, optionalEntries } from './shared/creation.ts'
import { generateKey } from './shared/generation.ts'
import { checkStorage } from './shared/protection-storage.ts'
import { loadReplaceable } from './shared/replaceable.ts'

const ReKeyRequest = struct({
  uniqueIdentifier: requestedIdentifier,
  offset: optional(Tag.Offset),
  attributes: desiredAttributes,
  protectionStorageMasks: optional(Tag.ProtectionStorageMasks, ProtectionStorageMasksStruct),
})

/** KMIP 1.4 section 4.4, KMIP 2.1 section 6.1.46. */
export const reKey = defineOperation('ReKey', {
  request: ReKeyRequest,
  response: IdentifiedResponse,
  identifies: ({ uniqueIdentifier }) => [uniqueIdentifier],
  async handle(request, context) {
    checkStorage(request.protectionStorageMasks)
    const { now, objects, random } = context
    const existing = await loadReplaceable(
      request.uniqueIdentifier,
      ObjectType.SymmetricKey,
      context,
    )
    const requested = await optionalEntries(request.attributes, context)
    const entries = replacementEntries(existing, { requested, offset: request.offset, now })
    const key = generateKey(entries, context)
    const replacement = makeObject(key, entries, context, random.parameters)
    const { uniqueIdentifier } = replacement
    await objects.save(replacedBy(existing, uniqueIdentifier, now))
    await objects.add(replacing(replacement, existing, now))
    return { uniqueIdentifier }
  },
})
