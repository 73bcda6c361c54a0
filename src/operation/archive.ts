import { KmipFault } from '../fault/fault.ts'
import { IdentifiedRequest, IdentifiedResponse } from '../message/identified.ts'
import { storageStatusOf } from '../model/managed-object.ts'
import { defineOperation } from './definition.ts'
import { changeObject } from './shared/stored-object.ts'

/**
 * KMIP 1.4 section 4.22, KMIP 2.1 section 6.1.4. The object stays where it is, and answers to nothing but Locate and
 * Recover until it is recovered.
 */
export const archive = defineOperation('Archive', {
  request: IdentifiedRequest,
  response: IdentifiedResponse,
  async handle({ uniqueIdentifier }, context) {
    return changeObject(uniqueIdentifier, context, (object) => {
      if (storageStatusOf(object) === 'destroyed') {
        throw new KmipFault('OBJECT_DESTROYED', 'The object is destroyed')
      }
      return { ...object, attributes: object.attributes.with('ArchiveDate', context.now) }
    })
  },
})
