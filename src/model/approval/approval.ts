import type { DateTime } from '../../schema/primitive.ts'

/** What is to be approved: an operation of KMIP that a client asked for, or a call of the admin API. */
export type ApprovalKind = 'operation' | 'call'

/** Who asks for what is to be approved; `local` for whoever runs the server and has the data directory. */
export interface Requester {
  /** The client's identifier, or `local`. */
  readonly id: string
  readonly name: string
}

/** Whoever is on the machine of the server has no name, and no certificate to approve with. */
export const LOCAL: Requester = { id: 'local', name: 'local' }

/** The exact request that officers agree to. It never changes. */
export interface ApprovalStatement {
  readonly id: string
  readonly kind: ApprovalKind
  /** Name of the operation or call, as in `Destroy` or `backup.create`. */
  readonly name: string
  readonly requester: Requester
  /** SHA-256, in hex, over a secret salt and the request as it will be carried out: it can be guessed from nothing shown. */
  readonly digest: string
  /** The request for people, line by line; no key material. */
  readonly shown: readonly string[]
  /** How many officers have to agree. */
  readonly approvers: number
  readonly requested: DateTime
  /** From then on nobody can agree to it, and it is not carried out. */
  readonly expires: DateTime
  /** Random, in hex. */
  readonly nonce: string
}

export const VERDICTS = ['approve', 'deny'] as const

export type Verdict = (typeof VERDICTS)[number]

/** What a certificate is revoked by. */
export interface VoterCertificate {
  /** SHA-256 of the SubjectPublicKeyInfo of its authority, in hex. */
  readonly issuer: string
  /** Upper-case hex without leading zeros. */
  readonly serial: string
}

/** What an officer said, signed with the key of the officer's certificate. */
export interface Vote {
  readonly verdict: Verdict
  /** The officer. */
  readonly id: string
  readonly name: string
  /** SHA-256 of the key's SubjectPublicKeyInfo, in hex. */
  readonly key: string
  /** SubjectPublicKeyInfo in DER, base64. */
  readonly publicKey: string
  /** The one that the officer showed: a vote without it counts for nothing. */
  readonly certificate?: VoterCertificate | undefined
  /** Over {@link signedText}, base64. */
  readonly signature: string
  readonly at: DateTime
}

/** How an approval ended; `lost` where the server that held it stopped. */
export const ENDINGS = ['used', 'denied', 'withdrawn', 'expired', 'refused', 'lost'] as const

export type Ending = (typeof ENDINGS)[number]

/** An approval that was asked for. */
export interface Approval {
  readonly statement: ApprovalStatement
  /** SHA-256 of {@link statementText}, in hex. */
  readonly hash: string
  readonly votes: readonly Vote[]
  /** Undefined while it may still be decided or used. */
  readonly ending?: Ending | undefined
}

/** A hash of bytes: SHA-256, in hex. */
export type HexDigest = (bytes: Uint8Array) => string

const toUtf8 = new TextEncoder()

/**
 * What a statement's hash is taken over. What is shown counts by its own hash, so that the rest can be checked by
 * someone who may not see it.
 */
export function statementText(
  statement: Omit<ApprovalStatement, 'shown'>,
  shownDigest: string,
): string {
  const { id, kind, name, requester, digest, approvers, requested, expires, nonce } = statement
  const parts = [id, kind, name, requester.id, digest, shownDigest]
  return JSON.stringify(['kmipd approval 1', ...parts, approvers, requested, expires, nonce])
}

/** The hash of what is shown of a request. */
export function shownDigestOf(shown: readonly string[], digest: HexDigest): string {
  return digest(toUtf8.encode(JSON.stringify(shown)))
}

/** The hash of a statement: what officers sign. */
export function hashOf(statement: ApprovalStatement, digest: HexDigest): string {
  return digest(toUtf8.encode(statementText(statement, shownDigestOf(statement.shown, digest))))
}

/** What an officer's signature is over; nothing else that kmipd has signed begins so. */
export function signedText(verdict: Verdict, hash: string): Uint8Array {
  return toUtf8.encode(`kmipd approval 1: ${verdict} ${hash}`)
}
