import type { AuditEntry } from '../audit-entry.ts'
import { shownDigestOf, type Approval, type Ending, type HexDigest, type Vote } from './approval.ts'

/** Something that has become of an approval. */
export interface ApprovalEvent {
  readonly what: 'requested' | 'approved' | Ending
  readonly approval: Approval
  /** Of an officer who has approved or denied. */
  readonly vote?: Vote
}

/**
 * What the audit says of it. What is shown is there by its hash alone, for names of objects may be in it; with the rest
 * the hash that officers sign can be taken again, and their signatures be checked, by whoever has nothing but the audit.
 */
export function approvalEntry(
  { what, approval, vote }: ApprovalEvent,
  digest: HexDigest,
): Omit<AuditEntry, 'time'> {
  const { statement, hash } = approval
  const { id, requester } = statement
  const entry = { kind: 'event', operation: `approval.${what}`, approval: id } as const
  if (vote !== undefined) {
    const { verdict, key, publicKey, signature, certificate } = vote
    const detail = { hash, verdict, key, publicKey, signature, ...certificate }
    return { ...entry, client: vote.id, name: vote.name, detail }
  }
  const by = { client: requester.id, name: requester.name }
  if (what !== 'requested') return { ...entry, ...by, detail: { hash } }
  const { kind, name, approvers, requested, expires, nonce } = statement
  const shown = shownDigestOf(statement.shown, digest)
  const facts = { hash, kind, name, digest: statement.digest, shown }
  return { ...entry, ...by, detail: { ...facts, approvers, requested, expires, nonce } }
}
