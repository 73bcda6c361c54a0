import { isSignedByOfficer } from '../adapter/officer-signature.ts'
import { KmipFault } from '../fault/fault.ts'
import { signedText, type Approval } from '../model/approval/approval.ts'
import type { Clock } from '../port/clock.ts'
import type { ApprovalBook } from '../repository/approval-book.ts'
import type { APPROVAL_CALLS, ApprovalView } from './approval-schema.ts'
import { requesterOf, type CallApprovals } from './call-approvals.ts'
import { LOCAL, type AdminCaller } from './caller.ts'
import type { CheckedRequest } from './schema.ts'
import type { AdminService } from './admin-service.ts'

export interface ApprovalCallsDeps {
  readonly approvals: ApprovalBook
  readonly callApprovals: CallApprovals
  readonly clock: Clock
}

/** The calls about approvals. */
export function approvalCalls(
  deps: ApprovalCallsDeps,
): Pick<AdminService, keyof typeof APPROVAL_CALLS> {
  const { approvals: book, callApprovals } = deps
  const view = (approval: Approval): ApprovalView => viewOf(approval, book)
  return {
    'approval.list': async () => Promise.resolve({ approvals: book.list().map(view) }),
    'approval.show': async ({ id }) => Promise.resolve(view(found(book, id))),
    'approval.vote': async (request, by) => view(await castVote(deps, request, by)),
    'approval.withdraw': async ({ id }, by = LOCAL) =>
      view(await book.withdraw(id, requesterOf(by).id)),
    'approval.request': async ({ call, to }, by = LOCAL) =>
      view(await callApprovals.request(call, { to }, by)),
  }
}

/**
 * Counts what an officer has signed. Throws `NOT_PERMITTED` for whoever shows no certificate, or has signed with another
 * key than that of it, and what the book throws.
 */
async function castVote(
  { approvals: book, clock }: ApprovalCallsDeps,
  { id, verdict, hash, signature }: CheckedRequest<'approval.vote'>,
  by: AdminCaller | undefined,
): Promise<Approval> {
  if (by?.kind !== 'client') {
    throw new KmipFault('NOT_PERMITTED', 'Officers approve with their certificates: use --server')
  }
  if (found(book, id).hash !== hash) {
    throw new KmipFault('INVALID_FIELD', 'The approval is not the one that was signed')
  }
  const signed = Buffer.from(signature, 'base64')
  if (!isSignedByOfficer(by.publicKey, signedText(verdict, hash), signed)) {
    throw new KmipFault('NOT_PERMITTED', 'The signature is not that of the key of the certificate')
  }
  return book.vote(id, {
    verdict,
    id: by.id,
    name: by.name,
    key: by.key,
    publicKey: Buffer.from(by.publicKey).toString('base64'),
    certificate: by.certificate,
    signature: signed.toString('base64'),
    at: clock.now(),
  })
}

function found(book: ApprovalBook, id: string): Approval {
  const approval = book.find(id)
  if (approval !== undefined) return approval
  throw new KmipFault('OBJECT_NOT_FOUND', `There is no approval ${id}`)
}

function viewOf(approval: Approval, book: ApprovalBook): ApprovalView {
  const { statement, hash, votes } = approval
  return {
    statement: { ...statement, shown: [...statement.shown] },
    hash,
    state: book.stateOf(approval),
    approved: book.countOf(approval),
    votes: [...votes],
  }
}
