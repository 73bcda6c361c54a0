import { nodeCrypto } from '../adapter/crypto-node.ts'
import { systemClock } from '../adapter/clock-system.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import { approvalEntry } from '../model/approval/approval-entry.ts'
import type { Electorate } from '../model/approval/ceremony.ts'
import {
  DEFAULT_APPROVAL_LIMITS,
  openApprovalBook,
  type ApprovalBook,
  type ApprovalLimits,
} from '../repository/approval-book.ts'
import type { ApprovalPlace } from '../repository/approval-store.ts'
import type { Audit } from './audit.ts'

export interface ApprovalOptions {
  readonly audit: Audit | undefined
  readonly limits: ApprovalLimits | undefined
}

/** Reads the approvals of a store; what becomes of them is told in the audit first. Throws `UNAVAILABLE` when a record is damaged. */
export async function openApprovals(
  place: ApprovalPlace,
  electorate: Electorate,
  { audit, limits = DEFAULT_APPROVAL_LIMITS }: ApprovalOptions,
): Promise<ApprovalBook> {
  const book = await openApprovalBook({
    ...place,
    clock: systemClock,
    random: nodeRandom,
    digest,
    electorate,
    limits,
  })
  if (audit !== undefined) book.witness = async (event) => audit.tell(approvalEntry(event, digest))
  return book
}

const digest = (bytes: Uint8Array): string =>
  Buffer.from(nodeCrypto.digest('SHA_256', bytes)).toString('hex')
