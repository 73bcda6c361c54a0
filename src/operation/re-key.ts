import { desiredAttributes } from '../message/attributes.ts'
import { IdentifiedResponse, requestedIdentifier } from '../message/identified.ts'
import { replacedBy, replacementEntries, replacing } from '../model/replacement.ts'
import { checkShrunk, usesIn, usesOf } from '../model/usage-safety.ts'
import { optional } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { ProtectionStorageMasksStruct } from '../spec/structure/protection-storage-masks.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'
import { makeObject, optionalEntries } from './shared/creation.ts'
import { placeOf } from './resident/placement.ts'
import { residentSecretKey } from './resident/secret-key.ts'
import { generateKey } from './shared/generation.ts'
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
    const { now, objects, random } = context
    const existing = await loadReplaceable(
      request.uniqueIdentifier,
      ObjectType.SymmetricKey,
      context,
    )
    const requested = await optionalEntries(request.attributes, context)
    const entries = replacementEntries(existing, { requested, offset: request.offset, now })
    checkShrunk(usesIn(entries), usesOf(existing), context.policy)
    const masks = request.protectionStorageMasks
    const { objectType } = existing
    const replacement =
      placeOf({ objectType, masks, entries, asked: requested }, context) === 'token'
        ? await residentSecretKey(entries, context)
        : makeObject(generateKey(entries, context), entries, context, random.parameters)
    const { uniqueIdentifier } = replacement
    await objects.save(replacedBy(existing, uniqueIdentifier, now))
    await objects.add(replacing(replacement, existing, now))
    return { uniqueIdentifier }
  },
})
