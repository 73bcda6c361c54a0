import { KmipFault } from '../fault/fault.ts'
import { membersOf } from '../schema/enumeration.ts'
import type { DateTime } from '../schema/primitive.ts'
import { RevocationReasonCode } from '../spec/enum/revocation-reason-code.ts'
import type { RevocationReason } from '../spec/structure/revocation-reason.ts'
import { transition } from './lifecycle.ts'
import type { ManagedObject } from './managed-object.ts'

export interface Revocation {
  readonly revocationReason: RevocationReason
  readonly compromiseOccurrenceDate?: DateTime
}

const reasons = membersOf(RevocationReasonCode)

const COMPROMISES: readonly RevocationReason['revocationReasonCode'][] = [
  RevocationReasonCode.KeyCompromise,
  RevocationReasonCode.CACompromise,
]

/**
 * Revokes an object for a reason: to Compromised when it or its authority is, otherwise to Deactivated (KMIP 1.4
 * section 4.20). A Compromise Occurrence Date beside another reason is passed over: one client always sends it. Throws
 * `WRONG_STATE`, and `INVALID_FIELD` for a vendor's reason: whether it is a compromise is not known here.
 */
export function revoke(
  object: ManagedObject,
  revocation: Revocation,
  now: DateTime,
): ManagedObject {
  const { revocationReason, compromiseOccurrenceDate } = revocation
  if (reasons.memberOf(revocationReason.revocationReasonCode) === undefined) {
    throw new KmipFault('INVALID_FIELD', 'The Revocation Reason Code is not known')
  }
  const isCompromise = COMPROMISES.includes(revocationReason.revocationReasonCode)
  const moved = transition(object, isCompromise ? 'compromise' : 'deactivate', now)
  const attributes = moved.attributes.with('RevocationReason', revocationReason)
  if (!isCompromise) return { ...moved, attributes }
  const occurred = compromiseOccurrenceDate ?? attributes.get('InitialDate') ?? now
  return { ...moved, attributes: attributes.with('CompromiseOccurrenceDate', occurred) }
}
