import { operationsOf } from '../model/permission/operation-class.ts'
import type { Role as RoleStatements } from '../model/permission/policy.ts'
import type { OperationName } from '../spec/operation.ts'

/** What a client may do with the objects that are its own. */
interface Role {
  readonly operations: readonly OperationName[]
  /** Whether it is for those who administer: it has no keys, and no policy gives it any. */
  readonly isOfficer: boolean
  /** One line for people. */
  readonly summary: string
}

/** What reads of the server's own affairs: none of it makes, changes or uses anything. */
const ASKING: readonly OperationName[] = [
  'Cancel',
  'DelegatedLogin',
  'DiscoverVersions',
  'GetConstraints',
  'Log',
  'Login',
  'Logout',
  'Ping',
  'Poll',
  'Process',
  'Query',
  'QueryAsynchronousRequests',
]

const GREETING: readonly OperationName[] = ['DiscoverVersions', 'Query', 'Ping']

/** The roles that are built in. A client has exactly one role; what nothing allows is refused. */
export const ROLES = {
  user: {
    operations: operationsOf('all') ?? [],
    isOfficer: false,
    summary: 'every operation on its own objects',
  },
  reader: {
    operations: [...(operationsOf('read') ?? []), ...ASKING],
    isOfficer: false,
    summary: 'finds and reads its own objects and changes nothing',
  },
  'crypto-officer': {
    operations: GREETING,
    isOfficer: true,
    summary: 'administers policy, clients, namespaces and approvals; has no keys',
  },
  operator: {
    operations: GREETING,
    isOfficer: true,
    summary: 'administers backups, keys of the store and certificates; has no keys',
  },
  auditor: {
    operations: GREETING,
    isOfficer: true,
    summary: 'reads the audit; has no keys',
  },
} as const satisfies Readonly<Record<string, Role>>

export type RoleName = keyof typeof ROLES

/** The roles of those who administer. */
export type OfficerRole = 'crypto-officer' | 'operator' | 'auditor'

/** The role of a client that was added without one. */
export const DEFAULT_ROLE: RoleName = 'user'

/** The names of the roles, the default first. */
export const ROLE_NAMES: readonly RoleName[] = [
  'user',
  'reader',
  'crypto-officer',
  'operator',
  'auditor',
]

/** The built-in roles as policies are compiled with. */
export const BUILT_IN_ROLES: ReadonlyMap<string, RoleStatements> = new Map(
  Object.entries(ROLES).map(([name, { operations, isOfficer }]) => [
    name,
    { isOfficer, allow: [{ operations: new Set<OperationName>(operations) }], deny: [] },
  ]),
)
