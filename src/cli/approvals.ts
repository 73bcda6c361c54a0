import { nodeCrypto } from '../adapter/crypto-node.ts'
import { systemClock } from '../adapter/clock-system.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import { CallApprovals } from '../admin/call-approvals.ts'
import { describeBug } from '../fault/describe-bug.ts'
import { approvalRulesOf, callTermsOf } from '../model/approval/policy-rules.ts'
import type { Electorate } from '../model/approval/ceremony.ts'
import type { Log } from '../port/log.ts'
import {
  DEFAULT_APPROVAL_LIMITS,
  openApprovalBook,
  type ApprovalBook,
} from '../repository/approval-book.ts'
import type { ApprovalPlace } from '../repository/approval-store.ts'
import type { ClientRegistry } from '../repository/client-registry.ts'
import { Approvals } from '../server/approvals.ts'
import type { Permissions } from '../server/authorise.ts'
import { systemTicker } from '../server/ticker.ts'
import type { Core } from './core.ts'

/** Reads the approvals of a store. Throws `UNAVAILABLE` when a record is damaged. */
export async function openApprovals(
  place: ApprovalPlace,
  clients: ClientRegistry,
): Promise<ApprovalBook> {
  return openApprovalBook({
    ...place,
    clock: systemClock,
    random: nodeRandom,
    digest: (bytes) => Buffer.from(nodeCrypto.digest('SHA_256', bytes)).toString('hex'),
    electorate: electorateOf(clients),
    limits: DEFAULT_APPROVAL_LIMITS,
  })
}

/** Whoever is registered as an officer at the moment, and not suspended. */
function electorateOf(clients: ClientRegistry): Electorate {
  const find = (id: string) => clients.list().find((client) => client.id === id)
  return {
    isOfficer: (id, key) => {
      const client = find(id)
      return (
        client?.role === OFFICER &&
        client.isSuspended !== true &&
        client.keys.some(({ subject }) => subject === key)
      )
    },
    keysOf: (id) => find(id)?.keys.map(({ subject }) => subject) ?? [],
  }
}

/** Makes what keeps calls of the admin API from being made before they are approved. */
export function createCallApprovals({ approvals, policies }: Core): CallApprovals {
  return new CallApprovals({
    book: approvals,
    ruleOf: (call) => callTermsOf(policies.inForce.compiled.policy.administration, call),
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
    clientOf: (id) =>
      clients.list().find((client) => client.id === id && client.isSuspended !== true),
    log,
  })
}

/** Ends what is not approved in time, until the function that it returns is called. */
export function keepApprovals({ approvals }: Core, log: Log): () => void {
  return systemTicker.every(SWEEP_MS, () => {
    approvals.sweep().catch((error: unknown) => {
      log.error('approvals not looked through', { ...describeBug(error) })
    })
  })
}

const SWEEP_MS = 2_000
const OFFICER = 'crypto-officer'
