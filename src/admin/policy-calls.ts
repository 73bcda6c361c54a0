import { z } from 'zod'

/** Bytes of a request that a policy travels in: JSON may take two for one, and six for some. */
const BODY_BYTES = 4_194_304

const policyFile = z.strictObject({
  /** The file. */
  text: z.string().max(1_048_576),
  /** Of the file, for what is said about it. */
  name: z.string().min(1).max(4_096),
})

const counts = {
  roles: z.int(),
  namespaces: z.int(),
  operationPolicies: z.int(),
  statements: z.int(),
  approvals: z.int(),
}

/** Seconds since 1970-01-01T00:00:00Z. */
const dateTime = z.int()

/** The calls that the policy is looked after with. */
export const POLICY_CALLS = {
  'policy.check': {
    method: 'POST',
    path: '/v1/policy/check',
    bodyLimit: BODY_BYTES,
    request: policyFile,
    response: z.strictObject({
      /** Absent where the file cannot be applied. */
      counts: z.strictObject(counts).optional(),
      /** Why it cannot be, and what it says that hardly is meant: each a line with the file, the line and the key. */
      errors: z.array(z.string()),
      warnings: z.array(z.string()),
    }),
  },
  'policy.apply': {
    method: 'POST',
    path: '/v1/policy',
    bodyLimit: BODY_BYTES,
    request: policyFile,
    response: z.strictObject({ revision: z.int(), ...counts }),
  },
  'policy.show': {
    method: 'GET',
    path: '/v1/policy',
    request: z.strictObject({}),
    response: z.strictObject({
      /** Absent where none was ever applied. */
      policy: z
        .strictObject({ revision: z.int(), applied: dateTime, text: z.string(), ...counts })
        .optional(),
    }),
  },
  'policy.explain': {
    method: 'GET',
    path: '/v1/policy/decision',
    request: z.strictObject({
      identity: z.string().min(1).max(64),
      operation: z.string().min(1).max(64),
      object: z.string().min(1).max(512).optional(),
    }),
    response: z.strictObject({
      verdict: z.enum(['allowed', 'refused', 'hidden']),
      /** The rule that decides, for people. */
      rule: z.string(),
      /** What officers have to approve of what is allowed; absent where nothing. */
      approvals: z
        .array(
          z.strictObject({
            approvers: z.int(),
            /** Within how many seconds. */
            expires: z.int(),
            /** Only where a key is asked for as it is. */
            plaintext: z.boolean(),
          }),
        )
        .readonly()
        .optional(),
    }),
  },
} as const
