import { z } from 'zod'
import { LABEL_RULES } from '../repository/authority-book.ts'
import { LIMITS } from './limits-schema.ts'

/** Seconds since 1970-01-01T00:00:00Z. */
const dateTime = z.int()

const clientName = z.string().min(1).max(64)
/** X.509 in DER, base64. */
const certificate = z.base64().min(1).max(87_384)
const nothing = z.strictObject({})

const accountSummary = z.strictObject({
  client: z.string(),
  name: z.string(),
  role: z.string(),
  added: dateTime,
})

/** A key that a client may connect with. */
const keySummary = z.strictObject({
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex: of the key, and of the authority that signed for it. */
  subject: z.string(),
  issuer: z.string(),
  /** When the certificate ends that it was registered with. */
  notAfter: dateTime,
  /** Serial number of that certificate, upper-case hex; absent for what this server's own authority has signed. */
  serial: z.string().optional(),
  /** Why that certificate lets nobody in, where a running server knows of something against it. */
  revoked: z.enum(['listed', 'authority', 'no list']).optional(),
})

const clientDetails = z.strictObject({
  id: z.string(),
  name: z.string(),
  role: z.string(),
  /** Name of the namespace that it is in; absent for a client that is a tenant by itself. */
  namespace: z.string().optional(),
  added: dateTime,
  suspended: z.boolean(),
  limits: z.strictObject(LIMITS),
  keys: z.array(keySummary),
})

const authoritySummary = z.strictObject({
  /** SHA-256 of its SubjectPublicKeyInfo, lower-case hex. */
  id: z.string(),
  subject: z.string(),
  notAfter: dateTime,
  added: dateTime,
  crl: z.string().optional(),
  label: z.enum(LABEL_RULES).optional(),
  /** What a running server knows of its revocation list. */
  list: z
    .strictObject({
      thisUpdate: dateTime.optional(),
      nextUpdate: dateTime.optional(),
      revoked: z.int(),
      problem: z.string().optional(),
    })
    .optional(),
})

const authorities = z.strictObject({ authorities: z.array(authoritySummary) })

/** The calls that are about clients, the authorities of their certificates, and accounts. */
export const IDENTITY_CALLS = {
  'client.register': {
    method: 'POST',
    path: '/v1/clients/register',
    request: z.strictObject({
      /** Without one the authority's rule says where it is in the certificate. */
      name: clientName.optional(),
      role: z.string().min(1).max(64),
      certificate,
      /** Name of the namespace that it is put into, for life. */
      namespace: clientName.optional(),
    }),
    response: clientDetails,
  },
  'client.show': {
    method: 'GET',
    path: '/v1/clients/:name',
    request: z.strictObject({ name: clientName }),
    response: clientDetails.extend({
      /** Objects of it that are not destroyed, and bytes of their records. */
      used: z.strictObject({ objects: z.int(), bytes: z.int() }),
    }),
  },
  'client.limit': {
    method: 'POST',
    path: '/v1/clients/:name/limits',
    request: z.strictObject({ name: clientName, ...LIMITS }),
    response: clientDetails,
  },
  'client.remove': {
    method: 'POST',
    path: '/v1/clients/:name/remove',
    request: z.strictObject({ name: clientName }),
    response: z.strictObject({ id: z.string() }),
  },
  'client.suspend': {
    method: 'POST',
    path: '/v1/clients/:name/suspend',
    request: z.strictObject({ name: clientName }),
    response: clientDetails,
  },
  'client.resume': {
    method: 'POST',
    path: '/v1/clients/:name/resume',
    request: z.strictObject({ name: clientName }),
    response: clientDetails,
  },
  'client.key.add': {
    method: 'POST',
    path: '/v1/clients/:name/keys',
    request: z.strictObject({ name: clientName, certificate }),
    response: clientDetails,
  },
  'client.key.remove': {
    method: 'POST',
    path: '/v1/clients/:name/keys/remove',
    request: z.strictObject({
      name: clientName,
      /** Of the key, as `client.show` tells it; as much of it as no other of the client's begins with. */
      subject: z.string().regex(/^[0-9a-f]{8,64}$/),
    }),
    response: clientDetails,
  },
  'authority.add': {
    method: 'POST',
    path: '/v1/authorities',
    request: z.strictObject({
      certificate,
      /** Absolute path, where the server runs. */
      crl: z.string().startsWith('/').max(4_096).optional(),
      label: z.enum(LABEL_RULES).optional(),
    }),
    response: authoritySummary,
  },
  'authority.list': {
    method: 'GET',
    path: '/v1/authorities',
    request: nothing,
    response: authorities,
  },
  'authority.remove': {
    method: 'POST',
    path: '/v1/authorities/:id/remove',
    request: z.strictObject({ id: z.string().regex(/^[0-9a-f]{8,64}$/) }),
    response: z.strictObject({ id: z.string() }),
  },
  'authority.reload': {
    method: 'POST',
    path: '/v1/authorities/reload',
    request: nothing,
    response: authorities,
  },
  'account.add': {
    method: 'POST',
    path: '/v1/accounts',
    request: z.strictObject({
      client: clientName,
      name: z.string().regex(/^[^\p{Cc}]{1,255}$/u, 'is no user name'),
      role: z.string().min(1).max(64),
      /** Made where the password was read: that goes nowhere. */
      verifier: z.strictObject({
        kdf: z.literal('scrypt'),
        cost: z
          .int()
          .min(16_384)
          .max(131_072)
          .refine((cost) => Number.isInteger(Math.log2(cost)), 'is no power of two'),
        blockSize: z.int().min(8).max(8),
        parallelization: z.int().min(1).max(1),
        salt: z.base64().length(24),
        derived: z.base64().length(44),
      }),
    }),
    response: accountSummary,
  },
  'account.list': {
    method: 'GET',
    path: '/v1/accounts',
    request: nothing,
    response: z.strictObject({
      accounts: z.array(
        // Until when the name is locked out of a running server, if it is.
        accountSummary.extend({ lockedUntil: dateTime.optional() }),
      ),
    }),
  },
  'account.remove': {
    method: 'POST',
    path: '/v1/accounts/remove',
    request: z.strictObject({ client: clientName, name: z.string().min(1).max(255) }),
    response: z.strictObject({ client: z.string(), name: z.string() }),
  },
} as const

export type IdentityCall = keyof typeof IDENTITY_CALLS
export type IdentityRequest<C extends IdentityCall> = z.output<
  (typeof IDENTITY_CALLS)[C]['request']
>
export type IdentityResponse<C extends IdentityCall> = z.output<
  (typeof IDENTITY_CALLS)[C]['response']
>
