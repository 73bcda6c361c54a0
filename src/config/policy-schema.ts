import { z } from 'zod'
import { APPROVABLE_CALLS } from '../model/approval/approvable-call.ts'
import { operationsOf } from '../model/permission/operation-class.ts'
import { membersOf, type AnyMembers } from '../schema/enumeration.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { CryptographicUsageMask } from '../spec/mask/cryptographic-usage-mask.ts'
import { ROLES } from './roles.ts'
import { shown } from './schema-words.ts'

/** Most statements and approvals in one policy. */
export const MOST_STATEMENTS = 10_000
/** Most entries of one list or map. */
const MOST_ENTRIES = 1_000
const MOST_APPROVERS = 16

/** What could be mistaken for something else, or could not be written down. */
const HIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\uFFFD]/u

const text = z
  .string()
  .min(1)
  .max(1_024)
  .refine((value) => !HIDDEN.test(value), {
    error: 'has characters that names do not have',
  })
const namePattern = text.refine((value) => !value.slice(0, -1).includes('*'), {
  error: 'a star stands at the end or not at all',
})
/** Of clients, roles and namespaces. */
const label = z
  .string()
  .regex(/^[A-Za-z0-9_@][A-Za-z0-9._@-]{0,63}$/, { error: ({ input }) => noName(input) })
  .refine((value) => !OF_PROTOTYPES.has(value), { error: 'is not a name' })
const roleName = label.refine((value) => !Object.hasOwn(ROLES, value), {
  error: 'is built in: a policy does not change it',
})

const operations = list(
  z.string().refine((word) => operationsOf(word) !== undefined, {
    error: ({ input }) => `${shown(input)} is no operation, and no class of operations`,
  }),
)

const objects = z
  .strictObject({
    owner: z
      .union([z.enum(['own', 'any']), list(label)], { error: 'is own, any or a list of clients' })
      .exactOptional(),
    name: list(namePattern).exactOptional(),
    group: list(text).exactOptional(),
    type: list(member(ObjectType, 'is no Object Type')).exactOptional(),
    usage: list(
      member(CryptographicUsageMask, 'is no bit of the Cryptographic Usage Mask'),
    ).exactOptional(),
  })
  .refine((value) => Object.keys(value).length > 0, { error: 'says nothing' })

const statement = z.strictObject({ operations, objects: objects.exactOptional() })
const addressed = statement.extend({
  to: z
    .strictObject({ clients: list(label).exactOptional(), roles: list(label).exactOptional() })
    .refine((value) => Object.keys(value).length > 0, { error: 'says nothing' })
    .exactOptional(),
})
const terms = {
  approvers: z.int().min(1).max(MOST_APPROVERS),
  expires: z.int().min(60).max(604_800).default(900),
}
const approval = statement.extend({ ...terms, plaintext: z.boolean().default(false) })

const statements = section({ allow: several(statement), deny: several(statement) })

/** The policy file (docs/authorisation.md), as it is written. */
export const policySchema = z.strictObject({
  version: z.literal(1),
  roles: named(roleName, statements),
  namespaces: named(
    label,
    section({
      allow: several(addressed),
      deny: several(addressed),
      approvals: several(approval),
    }),
  ),
  operationPolicies: named(
    text.refine((value) => !OF_PROTOTYPES.has(value), { error: 'is not a name' }),
    statements,
  ),
  administration: section({
    approvals: several(z.strictObject({ calls: list(z.enum(APPROVABLE_CALLS)), ...terms })),
  }),
})

export type PolicyText = z.output<typeof policySchema>
export type StatementText = z.output<typeof addressed>
export type ObjectsText = z.output<typeof objects>
export type ApprovalText = z.output<typeof approval>

/** How much a policy says. */
export interface PolicyCounts {
  readonly roles: number
  readonly namespaces: number
  readonly operationPolicies: number
  readonly statements: number
  readonly approvals: number
}

export function countsOf({
  roles,
  namespaces,
  operationPolicies,
  administration,
}: PolicyText): PolicyCounts {
  const spaces = Object.values(namespaces)
  const all = [...Object.values(roles), ...spaces, ...Object.values(operationPolicies)]
  return {
    roles: Object.keys(roles).length,
    namespaces: spaces.length,
    operationPolicies: Object.keys(operationPolicies).length,
    statements: sum(all.map(({ allow, deny }) => allow.length + deny.length)),
    approvals:
      sum(spaces.map(({ approvals }) => approvals.length)) + administration.approvals.length,
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

/** A list that says something. */
function list<T extends z.ZodType>(entry: T): z.ZodArray<T> {
  return z.array(entry).min(1).max(MOST_ENTRIES)
}

/** A list that may be left out or empty. */
function several<T extends z.ZodType>(entry: T) {
  return z.preprocess((value) => value ?? [], z.array(entry).max(MOST_STATEMENTS))
}

/** A part of the file that may be left out or empty. */
function section<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.preprocess((value) => value ?? {}, z.strictObject(shape))
}

function named<K extends z.core.$ZodRecordKey, V extends z.ZodType>(name: K, value: V) {
  return z
    .preprocess((given) => given ?? {}, z.record(name, value))
    .refine((given) => Object.keys(given).length <= MOST_ENTRIES, {
      error: `has more than ${MOST_ENTRIES} entries`,
    })
}

function member(members: AnyMembers, error: string) {
  const table = membersOf(members)
  return z.string().refine((name) => table.valueOf(name) !== undefined, {
    error: ({ input }) => `${shown(input)} ${error}`,
  })
}

/** Letters of other scripts look like those that names are of. */
function noName(input: unknown): string {
  const isForeign = typeof input === 'string' && /[^ -~]/.test(input)
  return isForeign
    ? `${shown(input)} is not a name: it has other characters than ASCII`
    : 'is not a name'
}

/** What every object of the language has, and some readers of YAML stumble over. */
const OF_PROTOTYPES: ReadonlySet<string> = new Set([
  '__proto__',
  ...Object.getOwnPropertyNames(Object.prototype),
])
