import { attributeReference } from '../message/attribute-adjustment.ts'
import { IdentifiedResponse, requestedIdentifier } from '../message/identified.ts'
import { adjustAttribute as adjustOfObject } from '../model/attribute-adjustment.ts'
import { optional, required } from '../schema/field.ts'
import { anyItem } from '../schema/primitive.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'
import { changeAttribute } from './shared/changed-attribute.ts'

const AdjustAttributeRequest = struct({
  uniqueIdentifier: requestedIdentifier,
  reference: required(Tag.AttributeReference, attributeReference),
  adjustmentType: required(Tag.AdjustmentType),
  adjustmentValue: optional(Tag.AdjustmentValue, anyItem),
})

/** KMIP 2.1 section 6.1.3. */
export const adjustAttribute = defineOperation('AdjustAttribute', {
  request: AdjustAttributeRequest,
  response: IdentifiedResponse,
  async handle({ uniqueIdentifier, ...adjustment }, context) {
    return changeAttribute(uniqueIdentifier, context, (object) =>
      adjustOfObject(object, adjustment, context.now),
    )
  },
})
