import { KmipFault } from '../fault/fault.ts'
import { IdentifiedRequest, IdentifiedResponse } from '../message/identified.ts'
import { storageStatusOf } from '../model/managed-object.ts'
import { defineOperation } from './definition.ts'

/**
 * KMIP 1.4 section 4.23, KMIP 2.1 section 6.1.42: the Archive Date goes (1.4 section 3.32). An object that is on-line
 * already is what the client wants, and is left as it is.
 */
export const recover = defineOperation('Recover', {
  request: IdentifiedRequest,
  response: IdentifiedResponse,
  async handle({ uniqueIdentifier: reference }, context) {
    const object = await context.objects.load(context.resolve(reference))
    const { uniqueIdentifier } = object
    const status = storageStatusOf(object)
    if (status === 'destroyed') throw new KmipFault('OBJECT_DESTROYED', 'The object is destroyed')
    if (status === 'archived') {
      const attributes = object.attributes
        .without({ name: 'ArchiveDate' })
        .with('LastChangeDate', context.now)
      await context.objects.save({ ...object, attributes })
    }
    return { uniqueIdentifier }
  },
})
