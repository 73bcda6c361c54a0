import { attributeAddition } from '../message/attribute-operation.ts'
import { IdentifiedResponse } from '../message/identified.ts'
import { setAttribute as setOnObject } from '../model/attribute-change.ts'
import { defineOperation } from './definition.ts'
import { withApplicationData } from './shared/application-data.ts'
import { changeAttribute } from './shared/changed-attribute.ts'

/** KMIP 2.1 section 6.1.51. */
export const setAttribute = defineOperation('SetAttribute', {
  request: attributeAddition,
  response: IdentifiedResponse,
  async handle({ uniqueIdentifier, attribute }, context) {
    return changeAttribute(uniqueIdentifier, context, (object) =>
      setOnObject(object, withApplicationData(attribute, context), context.now),
    )
  },
})
