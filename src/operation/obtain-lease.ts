import { IdentifiedRequest, uniqueIdentifier } from '../message/identified.ts'
import { leaseFor } from '../model/lease.ts'
import { required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'
import { loadOnline } from './shared/stored-object.ts'

const ObtainLeaseResponse = struct({
  uniqueIdentifier,
  leaseTime: required(Tag.LeaseTime),
  lastChangeDate: required(Tag.LastChangeDate),
})

/** KMIP 1.4 section 4.17, KMIP 2.1 section 6.1.35. Nothing is written: who holds a lease is the client's affair. */
export const obtainLease = defineOperation('ObtainLease', {
  request: IdentifiedRequest,
  response: ObtainLeaseResponse,
  async handle({ uniqueIdentifier: reference }, context) {
    const object = await loadOnline(reference, context)
    return {
      uniqueIdentifier: object.uniqueIdentifier,
      leaseTime: leaseFor(object, context.policy.leaseTime),
      lastChangeDate: object.attributes.get('LastChangeDate') ?? context.now,
    }
  },
})
