import { z } from 'zod'
import { POLICY_CALLS } from './policy-calls.ts'
import { SERVER_STATES } from '../server/state.ts'
import { APPROVAL_CALLS } from './approval-schema.ts'
import { IDENTITY_CALLS } from './identity-schema.ts'
import { NAMESPACE_CALLS } from './namespace-schema.ts'

/** Seconds since 1970-01-01T00:00:00Z. */
const dateTime = z.int()

const clientSummary = z.strictObject({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  /** Name of the namespace that it is in; absent for a client that is a tenant by itself. */
  namespace: z.string().optional(),
  added: dateTime,
  /** When the last of its certificates ends. */
  notAfter: dateTime,
})

const objectSummary = z.strictObject({
  id: z.string(),
  type: z.string(),
  state: z.string().optional(),
  name: z.string().optional(),
  algorithm: z.string().optional(),
  /** In bits. */
  length: z.int().optional(),
  /** Name of the client it belongs to. */
  owner: z.string(),
  /** Name of the namespace that it is in; absent for one of a client that is in none. */
  namespace: z.string().optional(),
  created: dateTime.optional(),
})

const objectDetails = objectSummary.extend({
  /** What is known of it in words; key material never is. */
  attributes: z.array(z.strictObject({ name: z.string(), value: z.string() })),
})

const listenerStatus = z.record(z.string(), z.int())

const keyReport = z.strictObject({
  /** Those of a line in the order in which they were made; the last of a line seals. */
  epochs: z.array(
    z.strictObject({
      epoch: z.int(),
      namespace: z.string(),
      seals: z.boolean(),
      /** How often it has sealed, at most. */
      sealed: z.int(),
    }),
  ),
  /** While records are moved to a newer key. */
  moving: z.strictObject({ moved: z.int(), left: z.int() }).optional(),
  /** Why old keys must stay. */
  problem: z.string().optional(),
})

const serverStatus = z.strictObject({
  version: z.string(),
  state: z.enum(SERVER_STATES),
  /** Why it is in that state, for people; absent while it serves. */
  reason: z.string().optional(),
  /** Since the start, in seconds. */
  uptime: z.number(),
  process: z.int(),
  /** Where KMIP is served, as in `127.0.0.1:5696`. */
  listening: z.string(),
  clients: z.int(),
  /** The listener's counters by name. */
  counters: listenerStatus,
  /** When the server's certificate ends. */
  certificateEnds: dateTime,
  /** How often the store was restored from a backup. */
  generation: z.int(),
  /** The key-encryption keys. */
  keys: keyReport,
  /** What the server has found reading its audit log through. */
  audit: z.strictObject({
    /** What was verified last: so many entries under a checkpoint, and when that was done. */
    verified: z.strictObject({ entries: z.int(), at: dateTime }).optional(),
    /** What is wrong with it. */
    problem: z.string().optional(),
  }),
  /** What is wrong with revocation lists, or will be soon; empty when nothing is. */
  revocation: z.array(z.strictObject({ authority: z.string(), problem: z.string() })),
})

const storeReport = z.strictObject({
  objects: z.int(),
  clients: z.int(),
  /** Of every kind, index entries included. */
  entries: z.int(),
  /** What is wrong; nothing is when there are none. */
  findings: z.array(z.strictObject({ where: z.string(), problem: z.string() })),
})

/** Most that one call of `object.list` answers with. */
export const LONGEST_PAGE = 1000

/**
 * Every call of the admin API: HTTP with JSON on a Unix socket. A path's `:name` is filled from the request; the rest of
 * the request is the query of a GET and the body of a POST.
 */
export const ADMIN_CALLS = {
  status: {
    method: 'GET',
    path: '/v1/status',
    request: z.strictObject({}),
    response: serverStatus,
  },
  'client.add': {
    method: 'POST',
    path: '/v1/clients',
    request: z.strictObject({
      name: z.string().min(1).max(64),
      role: z.string().min(1).max(64),
      /** SubjectPublicKeyInfo in DER, base64: the private key stays where it was made. */
      publicKey: z.base64().max(8192),
      /** Name of the namespace that it is put into, for life. */
      namespace: z.string().min(1).max(64).optional(),
    }),
    response: z.strictObject({
      id: z.string(),
      name: z.string(),
      role: z.string(),
      notAfter: dateTime,
      /** PEM. */
      certificate: z.string(),
      /** PEM of the authority that signs clients and the server. */
      authority: z.string(),
    }),
  },
  'client.list': {
    method: 'GET',
    path: '/v1/clients',
    request: z.strictObject({}),
    response: z.strictObject({ clients: z.array(clientSummary) }),
  },
  ...IDENTITY_CALLS,
  'object.list': {
    method: 'GET',
    path: '/v1/objects',
    request: z.strictObject({
      limit: z.coerce.number().int().min(1).max(LONGEST_PAGE).default(100),
      /** `next` of the page before; absent for the first. */
      after: z.string().max(512).optional(),
    }),
    response: z.strictObject({
      objects: z.array(objectSummary),
      /** Absent on the last page. */
      next: z.string().optional(),
    }),
  },
  'object.show': {
    method: 'GET',
    path: '/v1/objects/:id',
    request: z.strictObject({ id: z.string().min(1).max(512) }),
    response: objectDetails,
  },
  'object.trust': {
    method: 'POST',
    path: '/v1/objects/:id/trust',
    request: z.strictObject({ id: z.string().min(1).max(512), trusts: z.boolean() }),
    response: z.strictObject({ id: z.string(), trusted: z.boolean() }),
  },
  'object.give': {
    method: 'POST',
    path: '/v1/objects/:id/give',
    request: z.strictObject({
      id: z.string().min(1).max(512),
      /** Name of a client in the namespace of the object. */
      client: z.string().min(1).max(64),
    }),
    response: z.strictObject({ id: z.string(), from: z.string(), to: z.string() }),
  },
  ...NAMESPACE_CALLS,
  'kek.rotate': {
    method: 'POST',
    path: '/v1/keks/rotate',
    request: z.strictObject({ namespace: z.string().min(1).max(64).default('default') }),
    response: z.strictObject({ namespace: z.string(), epoch: z.int() }),
  },
  'kek.status': {
    method: 'GET',
    path: '/v1/keks',
    request: z.strictObject({}),
    response: keyReport,
  },
  ...APPROVAL_CALLS,
  ...POLICY_CALLS,
  'audit.prune': {
    method: 'POST',
    path: '/v1/audit/prune',
    /** Everything from before that moment goes, as far as whole files are. */
    request: z.strictObject({ before: dateTime.min(0).max(253_402_300_799) }),
    response: z.strictObject({ segments: z.int(), entries: z.int(), first: z.int() }),
  },
  'store.verify': {
    method: 'POST',
    path: '/v1/store/verify',
    request: z.strictObject({}),
    response: storeReport,
  },
} as const

/** How a backup is asked for. It is answered with a stream of its own, and not with JSON. */
export const BACKUP_CALL = {
  method: 'POST',
  path: '/v1/backup',
  request: z.strictObject({
    /** Set where its key is to be split among people: who asks does that. */
    shares: z
      .strictObject({
        /** 8 bytes, base64. */
        setId: z.base64().length(12),
        threshold: z.int().min(2).max(255),
        parts: z.int().min(2).max(255),
      })
      .optional(),
  }),
} as const

export type BackupRequest = z.output<typeof BACKUP_CALL.request>

/** Name of a call. */
export type AdminCall = keyof typeof ADMIN_CALLS

/** What a call is given once it was checked. */
export type CheckedRequest<C extends AdminCall> = z.output<(typeof ADMIN_CALLS)[C]['request']>
export type AdminResponse<C extends AdminCall> = z.output<(typeof ADMIN_CALLS)[C]['response']>

/** The answer of a call that failed. */
export const failureSchema = z.strictObject({ code: z.string(), message: z.string() })

export type ObjectSummary = z.output<typeof objectSummary>
export type ObjectDetails = z.output<typeof objectDetails>
export type KeyReport = z.output<typeof keyReport>
export type StoreReport = z.output<typeof storeReport>
export type ServerStatus = z.output<typeof serverStatus>
