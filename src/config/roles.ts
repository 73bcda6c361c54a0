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

/** Every role there is. A client has exactly one; what no role allows is refused. */
export const ROLES = {
  user: { operations: 'all', summary: 'every operation on its own objects' },
  reader: {
    operations: new Set(READING),
    summary: 'finds and reads its own objects and changes nothing',
  },
} as const satisfies Readonly<Record<string, Role>>

export type RoleName = keyof typeof ROLES

/** The role of a client that was added without one. */
export const DEFAULT_ROLE: RoleName = 'user'

/** The names of the roles, the default first. */
export const ROLE_NAMES: readonly RoleName[] = ['user', 'reader']
