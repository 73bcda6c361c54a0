import type { OperationName } from '../../spec/operation.ts'
import { operationsOf } from '../permission/operation-class.ts'
import type { ApprovalTerms, CallApproval, OperationApproval } from '../permission/policy.ts'
import { isSelected, Traits } from '../permission/selector.ts'
import type { ApprovalRule, ApprovalRules } from './rule.ts'

/** Those by which an approval is waited for, among others: none of them ever needs one. */
const EXEMPT: ReadonlySet<OperationName> = new Set(operationsOf('server'))

/**
 * What has to be approved of the requests of an identity; undefined where nothing has.
 *
 * @param id - of the identity
 */
export function approvalRulesOf(
  approvals: readonly OperationApproval[],
  id: string,
): ApprovalRules | undefined {
  if (approvals.length === 0) return undefined
  return {
    of: (operation) =>
      EXEMPT.has(operation)
        ? []
        : approvals
            .filter(({ operations }) => operations.has(operation))
            .map((approval) => ruleOf(approval, id)),
  }
}

function ruleOf(
  { approvers, expires, isPlaintextOnly, objects }: OperationApproval,
  id: string,
): ApprovalRule {
  return {
    approvers,
    expires,
    plaintext: isPlaintextOnly,
    isAbout: objects && ((object) => isSelected(objects, new Traits(object), id)),
  }
}

/** Calls that come to what another does: whoever gives a client a key of his own is that client from then on. */
const ALSO_UNDER: ReadonlyMap<string, string> = new Map([['client.key.add', 'client.add']])

/** How a call of the admin API has to be approved: by the most officers in the least time; undefined for most. */
export function callTermsOf(
  administration: readonly CallApproval[],
  call: string,
): ApprovalTerms | undefined {
  const also = ALSO_UNDER.get(call)
  const named = administration.filter(
    ({ calls }) => calls.has(call) || (also !== undefined && calls.has(also)),
  )
  if (named.length === 0) return undefined
  return {
    approvers: Math.max(...named.map(({ approvers }) => approvers)),
    expires: Math.min(...named.map(({ expires }) => expires)),
  }
}
