import { attributeDeletion } from '../message/attribute-operation.ts'
import { deleteAttribute as deleteFromObject } from '../model/attribute-change.ts'
import { defineOperation } from './definition.ts'
import { ChangedAttributeResponse, changeAttribute } from './shared/changed-attribute.ts'

/** KMIP 1.4 section 4.16, KMIP 2.1 section 6.1.13. */
export const deleteAttribute = defineOperation('DeleteAttribute', {
  request: attributeDeletion,
  response: ChangedAttributeResponse,
  async handle({ uniqueIdentifier, reference, select }, context) {
    return changeAttribute(uniqueIdentifier, context, (object) =>
      deleteFromObject(object, reference, select, context.now),
    )
  },
})
