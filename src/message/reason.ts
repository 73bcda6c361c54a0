import type { FaultCode } from '../fault/fault-code.ts'
import { membersOf } from '../schema/enumeration.ts'
import { existsIn, majorOf, type Version } from '../schema/version.ts'
import { ResultReason } from '../spec/enum/result-reason.ts'
import type { OperationName } from '../spec/operation.ts'
import type { ReasonName } from './reason-name.ts'
import { OVERRIDES as OVERRIDES_V1, REASONS as REASONS_V1 } from './v1/reason.ts'
import { OVERRIDES as OVERRIDES_V2, REASONS as REASONS_V2 } from './v2/reason.ts'

const reasons = membersOf(ResultReason)

function isKnownIn(name: ReasonName, version: Version): boolean {
  const member = reasons.memberOf(ResultReason[name])
  return member !== undefined && existsIn(member, version)
}

/**
 * The Result Reason that a version answers a fault with.
 *
 * @param operation - the operation that failed, where one was understood
 */
export function reasonOf(
  code: FaultCode,
  version: Version,
  operation?: OperationName,
): ResultReason {
  const isV1 = majorOf(version) === 1
  const overrides = isV1 ? OVERRIDES_V1 : OVERRIDES_V2
  const reasonsOfCode = (isV1 ? REASONS_V1 : REASONS_V2)[code]
  const override = operation === undefined ? undefined : overrides[operation]?.[code]
  const candidates: readonly ReasonName[] = override === undefined ? reasonsOfCode : [override]
  const name = candidates.find((candidate) => isKnownIn(candidate, version))
  return ResultReason[name ?? 'GeneralFailure']
}
