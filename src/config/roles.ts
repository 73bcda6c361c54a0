import type { OperationName } from '../spec/operation.ts'

/** What a client may do with the objects that are its own. */
export interface Role {
  readonly operations: 'all' | ReadonlySet<OperationName>
  /** One line for people. */
  readonly summary: string
}

const READING: readonly OperationName[] = [
  'Cancel',
  'Check',
  'DelegatedLogin',
  'DiscoverVersions',
  'Export',
  'Get',
  'GetAttributeList',
  'GetAttributes',
  'GetConstraints',
  'Locate',
  'Log',
  'Login',
  'Logout',
  'ObtainLease',
  'Ping',
  'Poll',
  'Process',
  'Query',
  'QueryAsynchronousRequests',
  'Validate',
]

/** What those may ask for who have no keys of their own. */
const ADMINISTERING: readonly OperationName[] = ['DiscoverVersions', 'Ping', 'Query']

/** Every role there is. A client has exactly one; what no role allows is refused. */
export const ROLES = {
  user: { operations: 'all', summary: 'every operation on its own objects' },
  reader: {
    operations: new Set(READING),
    summary: 'finds and reads its own objects and changes nothing',
  },
  'crypto-officer': {
    operations: new Set(ADMINISTERING),
    summary: 'administers clients, namespaces, policies and approvals and has no keys',
  },
  operator: {
    operations: new Set(ADMINISTERING),
    summary: 'looks after the store and its keys and backups and has no keys of its own',
  },
  auditor: {
    operations: new Set(ADMINISTERING),
    summary: 'reads the audit and has no keys',
  },
} as const satisfies Readonly<Record<string, Role>>

export type RoleName = keyof typeof ROLES

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
