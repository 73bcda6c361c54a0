import { attributeAddition } from '../message/attribute-operation.ts'
import { addAttribute as addToObject } from '../model/attribute-change.ts'
import { unsupportedAttribute } from '../model/attribute-rules.ts'
import { defineOperation } from './definition.ts'
import { withApplicationData } from './shared/application-data.ts'
import { ChangedAttributeResponse, changeAttribute } from './shared/changed-attribute.ts'

/** KMIP 1.4 section 4.14, KMIP 2.1 section 6.1.2. */
export const addAttribute = defineOperation('AddAttribute', {
  request: attributeAddition,
  response: ChangedAttributeResponse,
  async handle({ uniqueIdentifier, attribute }, context) {
    return changeAttribute(uniqueIdentifier, context, (object) => {
      if (!context.applies(attribute.reference, object.objectType)) throw unsupportedAttribute()
      return addToObject(object, withApplicationData(attribute, context), context.now)
    })
  },
})
