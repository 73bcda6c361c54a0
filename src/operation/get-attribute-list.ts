import { attributeReferences } from '../message/attributes.ts'
import { IdentifiedRequest, uniqueIdentifier } from '../message/identified.ts'
import { struct } from '../schema/struct.ts'
import { defineOperation } from './definition.ts'
import { loadOnline } from './shared/stored-object.ts'

/** KMIP 1.4 section 4.13, KMIP 2.1 section 6.1.21. */
export const getAttributeList = defineOperation('GetAttributeList', {
  request: IdentifiedRequest,
  response: struct({ uniqueIdentifier, references: attributeReferences }),
  async handle({ uniqueIdentifier: reference }, context) {
    const object = await loadOnline(reference, context)
    return {
      uniqueIdentifier: object.uniqueIdentifier,
      references: object.attributes.references(),
    }
  },
})
