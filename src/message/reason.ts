import type { FaultCode } from '../fault/fault-code.ts'
import { membersOf } from '../schema/enumeration.ts'
import { existsIn, majorOf, type Version } from '../schema/version.ts'
import { ResultReason } from '../spec/enum/result-reason.ts'
import type { OperationName } from '../spec/operation.ts'
import * as v1 from './v1/reason.ts'
import * as v2 from './v2/reason.ts'

/** The normalised name of a Result Reason. */
export type ReasonName = Exclude<keyof typeof ResultReason, symbol>

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
  const { REASONS, OVERRIDES } = majorOf(version) === 1 ? v1 : v2
  const override = operation === undefined ? undefined : OVERRIDES[operation]?.[code]
  const candidates: readonly ReasonName[] = override === undefined ? REASONS[code] : [override]
  const name = candidates.find((candidate) => isKnownIn(candidate, version))
  return ResultReason[name ?? 'GeneralFailure']
}
