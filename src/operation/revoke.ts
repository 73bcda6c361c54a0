import { requestedIdentifier, IdentifiedResponse } from '../message/identified.ts'
import { revoke as revokeObject } from '../model/revocation.ts'
import { optional, required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { RevocationReasonStruct } from '../spec/structure/revocation-reason.ts'
import { Tag } from '../spec/tag.ts'
import { defineOperation } from './definition.ts'
import { changeObject, checkNoTemplate } from './shared/stored-object.ts'

const RevokeRequest = struct({
  uniqueIdentifier: requestedIdentifier,
  revocationReason: required(Tag.RevocationReason, RevocationReasonStruct),
  compromiseOccurrenceDate: optional(Tag.CompromiseOccurrenceDate),
})

/** KMIP 1.4 section 4.20, KMIP 2.1 section 6.1.44. */
export const revoke = defineOperation('Revoke', {
  request: RevokeRequest,
  response: IdentifiedResponse,
  async handle({ uniqueIdentifier: reference, ...revocation }, context) {
    return changeObject(reference, context, (object) => {
      checkNoTemplate(object)
      return revokeObject(object, revocation, context.now)
    })
  },
})
