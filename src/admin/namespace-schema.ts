import { z } from 'zod'
import { LIMITS } from './limits-schema.ts'

/** Seconds since 1970-01-01T00:00:00Z. */
const dateTime = z.int()

/** Of objects that are not destroyed. */
const amount = z.strictObject({ objects: z.int(), bytes: z.int() })

const namespaceSummary = z.strictObject({
  id: z.string(),
  name: z.string(),
  added: dateTime,
  /** How many are in it. */
  clients: z.int(),
  limits: z.strictObject(LIMITS),
  /** Its removal was begun, and can be gone on with. */
  ending: z.boolean().optional(),
})

const namespaceDefaults = z.strictObject({
  name: z.string(),
  /** How many Object Types, or groups of them, there are defaults for. */
  defaults: z.int(),
  /** Defaults Information in XML. */
  text: z.string(),
})

/** The calls that namespaces are looked after with. */
export const NAMESPACE_CALLS = {
  'namespace.add': {
    method: 'POST',
    path: '/v1/namespaces',
    request: z.strictObject({ name: z.string().min(1).max(64), ...LIMITS }),
    response: namespaceSummary,
  },
  'namespace.list': {
    method: 'GET',
    path: '/v1/namespaces',
    request: z.strictObject({}),
    response: z.strictObject({ namespaces: z.array(namespaceSummary) }),
  },
  'namespace.show': {
    method: 'GET',
    path: '/v1/namespaces/:name',
    request: z.strictObject({ name: z.string().min(1).max(64) }),
    response: namespaceSummary.extend({
      /** Names of its clients. */
      members: z.array(z.string()),
      used: amount,
    }),
  },
  'namespace.limit': {
    method: 'POST',
    path: '/v1/namespaces/:name/limits',
    request: z.strictObject({ name: z.string().min(1).max(64), ...LIMITS }),
    response: namespaceSummary,
  },
  'namespace.defaults.show': {
    method: 'GET',
    path: '/v1/namespaces/:name/defaults',
    request: z.strictObject({ name: z.string().min(1).max(64) }),
    response: namespaceDefaults,
  },
  'namespace.defaults.set': {
    method: 'POST',
    path: '/v1/namespaces/:name/defaults',
    bodyLimit: 1_048_576,
    request: z.strictObject({
      name: z.string().min(1).max(64),
      /** Defaults Information in XML; there are none any more where it is empty. */
      text: z.string().max(262_144),
    }),
    response: namespaceDefaults,
  },
  'namespace.remove': {
    method: 'POST',
    path: '/v1/namespaces/:name/remove',
    request: z.strictObject({ name: z.string().min(1).max(64) }),
    response: z.strictObject({ id: z.string(), name: z.string() }),
  },
} as const
