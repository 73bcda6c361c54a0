import { KmipFault } from '../fault/fault.ts'
import { IdentifiedResponse, requestedIdentifier } from '../message/identified.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import { checkUsable, mayEverProtect, withAllocation } from '../model/usage.ts'
import { required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'
import { changeObject } from './shared/stored-object.ts'

const GetUsageAllocationRequest = struct({
  uniqueIdentifier: requestedIdentifier,
  usageLimitsCount: required(Tag.UsageLimitsCount),
})

/** Refuses what nothing is ever allocated of (KMIP 1.4 section 11.19). */
function checkLimited(object: ManagedObject): void {
  if (!mayEverProtect(object)) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'The object is not one to protect with')
  }
  if (object.attributes.get('UsageLimits') === undefined) {
    throw new KmipFault('ATTRIBUTE_NOT_FOUND', 'The object has no Usage Limits')
  }
}

/**
 * KMIP 1.4 section 4.18, KMIP 2.1 section 6.1.23. Two clients never get the same units: the unit of work is tried anew
 * when another was faster.
 */
export const getUsageAllocation = defineOperation('GetUsageAllocation', {
  request: GetUsageAllocationRequest,
  response: IdentifiedResponse,
  async handle({ uniqueIdentifier, usageLimitsCount }, context) {
    if (usageLimitsCount <= 0n) {
      throw new KmipFault('INVALID_FIELD', 'Usage Limits Count is not positive')
    }
    return changeObject(uniqueIdentifier, context, (object) => {
      checkLimited(object)
      checkUsable(object, { mask: 0, purpose: 'protect' }, context.now)
      return withAllocation(object, usageLimitsCount)
    })
  },
})
