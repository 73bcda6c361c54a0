import { nodeCrypto } from '../adapter/crypto-node.ts'
import { systemClock } from '../adapter/clock-system.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import type { Electorate } from '../model/approval/ceremony.ts'
import {
  DEFAULT_APPROVAL_LIMITS,
  openApprovalBook,
  type ApprovalBook,
} from '../repository/approval-book.ts'
import type { ApprovalPlace } from '../repository/approval-store.ts'
import type { ClientRegistry } from '../repository/client-registry.ts'

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

const OFFICER = 'crypto-officer'
