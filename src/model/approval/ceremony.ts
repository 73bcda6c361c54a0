import { KmipFault } from '../../fault/fault.ts'
import type { DateTime } from '../../schema/primitive.ts'
import type { Approval, Ending, Vote, VoterCertificate } from './approval.ts'

/** How far an approval is. */
export type ApprovalState = 'pending' | 'approved' | Ending

/** Whether an officer may still approve: is registered, has the role, this key, and a good certificate for it. */
export type IsOfficer = (id: string, key: string, certificate?: VoterCertificate) => boolean

/** What is known of the clients at the moment. */
export interface Electorate {
  readonly isOfficer: IsOfficer
  /** The keys, as {@link Vote.key}, of a client. */
  readonly keysOf: (id: string) => readonly string[]
}

/** How far an approval is at a moment. Officers who no longer are do not count. */
export function stateOf(approval: Approval, now: DateTime, isOfficer: IsOfficer): ApprovalState {
  const { statement, ending } = approval
  if (ending !== undefined) return ending
  if (now >= statement.expires) return 'expired'
  return countOf(approval, isOfficer) >= statement.approvers ? 'approved' : 'pending'
}

/** How many officers have agreed: other clients than one another, and other keys. */
export function countOf({ votes }: Approval, isOfficer: IsOfficer): number {
  const valid = votes.filter((vote) => vote.verdict === 'approve' && mayVote(vote, isOfficer))
  return Math.min(
    new Set(valid.map(({ id }) => id)).size,
    new Set(valid.map(({ key }) => key)).size,
  )
}

/**
 * An approval with another vote. One that denies ends it.
 *
 * Throws `NOT_PERMITTED` for a vote of the one who asks, of somebody who is no officer, of an officer or a key that has
 * voted already, and `WRONG_STATE` when there is nothing left to vote about.
 */
export function castVote(
  approval: Approval,
  vote: Vote,
  { isOfficer, keysOf }: Electorate,
): Approval {
  const { statement, votes } = approval
  checkOpen(approval, vote.at, isOfficer)
  if (!mayVote(vote, isOfficer)) throw refused('Only crypto officers approve')
  const { id } = statement.requester
  if (vote.id === id || keysOf(id).includes(vote.key)) {
    throw refused('Nobody approves a request of their own')
  }
  if (votes.some((other) => other.id === vote.id || other.key === vote.key)) {
    throw refused('This officer, or another one with this key, has decided already')
  }
  const next: Approval = { statement, hash: approval.hash, votes: [...votes, vote] }
  return vote.verdict === 'deny' ? { ...next, ending: 'denied' } : next
}

/** An approval that the one who asked for it has taken back. Throws `NOT_PERMITTED` for others, `WRONG_STATE`. */
export function withdraw(
  approval: Approval,
  requester: string,
  now: DateTime,
  isOfficer: IsOfficer,
): Approval {
  if (approval.statement.requester.id !== requester) {
    throw refused('Only who asked for an approval takes it back')
  }
  checkOpen(approval, now, isOfficer)
  return { ...approval, ending: 'withdrawn' }
}

/** What an approval is to be used for. */
export interface Use {
  /** Identifier of whoever asks. */
  readonly requester: string
  readonly name: string
  /** As {@link ApprovalStatement.digest}. */
  readonly digest: string
  readonly now: DateTime
}

/** An approval that has been used. Throws `NOT_PERMITTED`, with a sentence for the one who asks. */
export function use(approval: Approval, asked: Use, isOfficer: IsOfficer): Approval {
  const { statement } = approval
  if (
    statement.requester.id !== asked.requester ||
    statement.name !== asked.name ||
    statement.digest !== asked.digest
  ) {
    throw refused('The approval is for another request')
  }
  const state = stateOf(approval, asked.now, isOfficer)
  if (state !== 'approved') throw refused(REFUSALS[state])
  return { ...approval, ending: 'used' }
}

function mayVote({ id, key, certificate }: Vote, isOfficer: IsOfficer): boolean {
  return isOfficer(id, key, certificate)
}

function checkOpen(approval: Approval, now: DateTime, isOfficer: IsOfficer): void {
  const state = stateOf(approval, now, isOfficer)
  if (state !== 'pending' && state !== 'approved') {
    throw new KmipFault('WRONG_STATE', REFUSALS[state])
  }
}

function refused(message: string): KmipFault {
  return new KmipFault('NOT_PERMITTED', message)
}

const REFUSALS: Readonly<Record<Exclude<ApprovalState, 'approved'>, string>> = {
  pending: 'Not enough officers have approved the request',
  used: 'The approval has been used',
  denied: 'An officer has denied the request',
  withdrawn: 'The request was withdrawn',
  expired: 'The request was not approved in time',
  refused: 'The approved request could not be carried out',
  lost: 'The server has stopped since',
}
