import { CallApprovals } from '../admin/call-approvals.ts'
import { describeBug } from '../fault/describe-bug.ts'
import { LOCAL } from '../model/approval/approval.ts'
import { approvalRulesOf } from '../model/approval/policy-rules.ts'
import type { Log } from '../port/log.ts'
import { Approvals } from '../server/approvals.ts'
import type { Permissions } from '../server/authorise.ts'
import { systemTicker } from '../server/ticker.ts'
import type { Core } from './core.ts'
import { isDeparted } from './departures.ts'

/** Makes what keeps calls of the admin API from being made before they are approved. */
export function createCallApprovals({ approvals, policies }: Core): CallApprovals {
  return new CallApprovals({
    book: approvals,
    ruleOf: (call) => policies.termsOf(call),
  })
}

/** Makes what keeps requests of KMIP from being carried out before they are approved. */
export function createApprovals(
  { approvals, clients }: Core,
  permissions: Permissions,
  log: Log,
): Approvals {
  return new Approvals({
    book: approvals,
    rulesOf: (identity) => approvalRulesOf(permissions.of(identity).approvals, identity.id),
    clientOf: (id) => (isDeparted(clients, id) ? undefined : clients.find(id)),
    log,
  })
}

/** Ends what is not approved in time, or asked for by who is gone, until the function that it returns is called. */
export function keepApprovals({ approvals, clients }: Core, log: Log): () => void {
  const isGone = (id: string) => id !== LOCAL.id && isDeparted(clients, id)
  return systemTicker.every(SWEEP_MS, () => {
    approvals.sweep(isGone).catch((error: unknown) => {
      log.error('approvals not looked through', { ...describeBug(error) })
    })
  })
}

const SWEEP_MS = 2_000
