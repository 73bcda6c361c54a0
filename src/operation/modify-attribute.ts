import { attributeModification } from '../message/attribute-operation.ts'
import { modifyAttribute as modifyOfObject } from '../model/attribute-change.ts'
import { defineOperation } from './definition.ts'
import { withApplicationData } from './shared/application-data.ts'
import { ChangedAttributeResponse, changeAttribute } from './shared/changed-attribute.ts'

/** KMIP 1.4 section 4.15, KMIP 2.1 section 6.1.34. */
export const modifyAttribute = defineOperation('ModifyAttribute', {
  request: attributeModification,
  response: ChangedAttributeResponse,
  async handle({ uniqueIdentifier, attribute, select }, context) {
    return changeAttribute(uniqueIdentifier, context, (object) =>
      modifyOfObject(object, withApplicationData(attribute, context), select, context.now),
    )
  },
})
