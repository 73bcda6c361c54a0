import { z } from 'zod'
import { ENDINGS, VERDICTS } from '../model/approval/approval.ts'

/** Seconds since 1970-01-01T00:00:00Z. */
const dateTime = z.int()

const vote = z.strictObject({
  verdict: z.enum(VERDICTS),
  id: z.string(),
  name: z.string(),
  /** SHA-256 of the key's SubjectPublicKeyInfo, in hex. */
  key: z.string(),
  /** SubjectPublicKeyInfo in DER, base64. */
  publicKey: z.string(),
  certificate: z.strictObject({ issuer: z.string(), serial: z.string() }).optional(),
  /** Base64. */
  signature: z.string(),
  at: dateTime,
})

/** An approval that was asked for, with all that its hash is taken over. */
const approval = z.strictObject({
  statement: z.strictObject({
    id: z.string(),
    kind: z.enum(['operation', 'call']),
    name: z.string(),
    requester: z.strictObject({ id: z.string(), name: z.string() }),
    digest: z.string(),
    /** The request for people, line by line. */
    shown: z.array(z.string()),
    approvers: z.int(),
    requested: dateTime,
    expires: dateTime,
    nonce: z.string(),
  }),
  /** What officers sign. */
  hash: z.string(),
  state: z.enum(['pending', 'approved', ...ENDINGS]),
  /** Officers who have agreed and may still. */
  approved: z.int(),
  votes: z.array(vote),
})

const id = z.string().min(1).max(64)

/** The calls with which approvals are looked at, given and taken back. */
export const APPROVAL_CALLS = {
  'approval.list': {
    method: 'GET',
    path: '/v1/approvals',
    request: z.strictObject({}),
    response: z.strictObject({ approvals: z.array(approval) }),
  },
  'approval.show': {
    method: 'GET',
    path: '/v1/approvals/:id',
    request: z.strictObject({ id }),
    response: approval,
  },
  'approval.vote': {
    method: 'POST',
    path: '/v1/approvals/:id/votes',
    request: z.strictObject({
      id,
      verdict: z.enum(VERDICTS),
      /** Of the approval as the officer was shown it. */
      hash: z.string().length(64),
      /** Over the verdict and the hash, with the key of the officer's certificate; base64. */
      signature: z.base64().max(2048),
    }),
    response: approval,
  },
  'approval.withdraw': {
    method: 'POST',
    path: '/v1/approvals/:id/withdrawal',
    request: z.strictObject({ id }),
    response: approval,
  },
  'approval.request': {
    method: 'POST',
    path: '/v1/approvals',
    request: z.strictObject({
      /** What cannot be asked of a running server, and is asked for before it stops. */
      call: z.literal('root.rotate'),
      /** What kind of root of trust is to follow. */
      to: z.string().min(1).max(64),
    }),
    response: approval,
  },
} as const

export type ApprovalView = z.output<typeof approval>
