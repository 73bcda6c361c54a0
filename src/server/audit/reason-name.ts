import type { FaultCode } from '../../fault/fault-code.ts'
import { reasonOf } from '../../message/reason.ts'
import { membersOf } from '../../schema/enumeration.ts'
import type { Version } from '../../schema/version.ts'
import { ResultReason } from '../../spec/enum/result-reason.ts'
import type { OperationName } from '../../spec/operation.ts'

const reasons = membersOf(ResultReason)

/** Name of the Result Reason that a fault is answered with. */
export function reasonName(code: FaultCode, version: Version, operation?: OperationName): string {
  return reasons.memberOf(reasonOf(code, version, operation))?.name ?? 'GeneralFailure'
}
