import type { OperationName } from '../../spec/operation.ts'
import type { AskedObject, Permission } from './permission.ts'
import type { Decision } from './rule.ts'

/** What each of two permissions allows; what they need approval for is what the first does. */
export function bothOf(first: Permission, second: Permission): Permission {
  return {
    ask(operation) {
      const decision = first.ask(operation)
      return decision.verdict === 'allowed' ? second.ask(operation) : decision
    },
    decide(operation, object) {
      const decision = first.decide(operation, object)
      if (decision.verdict === 'allowed') return hidingBy(first, second, { operation, object })
      return decision.verdict === 'hidden' ? decision : (hiddenBy(second, object) ?? decision)
    },
    locatesOnlyOf: first.locatesOnlyOf ?? second.locatesOnlyOf,
    approvals: first.approvals,
    revision: first.revision,
  }
}

interface Asked {
  readonly operation: OperationName
  readonly object: AskedObject
}

/** What the second decides, where the first allows: what either cannot find is not there. */
function hidingBy(first: Permission, second: Permission, { operation, object }: Asked): Decision {
  const decision = second.decide(operation, object)
  return decision.verdict === 'refused' ? (hiddenBy(first, object) ?? decision) : decision
}

function hiddenBy(permission: Permission, object: AskedObject): Decision | undefined {
  const decision = permission.decide('Locate', object)
  return decision.verdict === 'allowed' ? undefined : decision
}
