import { KmipFault } from '../fault/fault.ts'
import { requestedIdentifier } from '../message/identified.ts'
import { isWithinLease, longestLease } from '../model/lease.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import { permitsUses } from '../model/usage.ts'
import type { Infer } from '../schema/codec.ts'
import { optional } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import type { OperationContext } from './context.ts'
import { defineOperation } from './definition.ts'
import { checkHasState, loadOnline } from './shared/stored-object.ts'

const uses = {
  usageLimitsCount: optional(Tag.UsageLimitsCount),
  cryptographicUsageMask: optional(Tag.CryptographicUsageMask),
  leaseTime: optional(Tag.LeaseTime),
}
const CheckRequest = struct({ uniqueIdentifier: requestedIdentifier, ...uses })
const CheckResponse = struct({ uniqueIdentifier: optional(Tag.UniqueIdentifier), ...uses })
type CheckRequest = Infer<typeof CheckRequest>
type CheckResponse = Infer<typeof CheckResponse>

/** The parts of a request that the object, or the policy for it, does not allow. */
function refusedUses(
  request: CheckRequest,
  object: ManagedObject,
  { policy }: OperationContext,
): CheckResponse {
  const { usageLimitsCount, cryptographicUsageMask, leaseTime } = request
  const { attributes } = object
  const left = attributes.get('UsageLimits')?.usageLimitsCount
  const isOverLimit =
    usageLimitsCount !== undefined && left !== undefined && usageLimitsCount > left
  const isOverMask =
    cryptographicUsageMask !== undefined && !permitsUses(object, cryptographicUsageMask)
  const isOverLease =
    leaseTime !== undefined && !isWithinLease(leaseTime, longestLease(object, policy.leaseTime))
  return {
    ...(isOverLimit ? { usageLimitsCount } : {}),
    ...(isOverMask ? { cryptographicUsageMask } : {}),
    ...(isOverLease ? { leaseTime } : {}),
  }
}

/** The fault that a refusal is answered with; its payload says what was refused. */
function refusalOf(response: CheckResponse): KmipFault | undefined {
  if (response.uniqueIdentifier !== undefined) return undefined
  if (response.usageLimitsCount !== undefined) {
    return new KmipFault('USAGE_EXHAUSTED', 'The object may not be used so much')
  }
  if (response.cryptographicUsageMask !== undefined) {
    return new KmipFault('INCOMPATIBLE_USAGE', 'The object may not be used for this')
  }
  return new KmipFault('NOT_PERMITTED', 'The object may not be leased for so long')
}

/** KMIP 1.4 section 4.10, KMIP 2.1 section 6.1.7. */
export const check = defineOperation('Check', {
  request: CheckRequest,
  response: CheckResponse,
  identifies: ({ uniqueIdentifier }) => (uniqueIdentifier === undefined ? [] : [uniqueIdentifier]),
  refusal: refusalOf,
  async handle(request, context): Promise<CheckResponse> {
    const object = await loadOnline(request.uniqueIdentifier, context)
    checkHasState(object, context)
    const refused = refusedUses(request, object, context)
    return Object.keys(refused).length === 0
      ? { uniqueIdentifier: object.uniqueIdentifier }
      : refused
  },
})
