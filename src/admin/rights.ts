import type { RoleName } from '../config/roles.ts'
import { KmipFault } from '../fault/fault.ts'
import type { AdminCaller } from './caller.ts'
import type { AdminCall } from './schema.ts'

const OFFICER = ['crypto-officer'] as const
const OPERATOR = ['operator'] as const
const OFFICER_AND_AUDITOR = ['crypto-officer', 'auditor'] as const
const OFFICER_AND_OPERATOR = ['crypto-officer', 'operator'] as const
const ANYONE = ['crypto-officer', 'operator', 'auditor'] as const

/** Which roles may make which calls over mutual TLS. Whoever may open the Unix socket may make all of them. */
export const ADMIN_RIGHTS = {
  status: ANYONE,
  'client.add': OFFICER,
  'client.list': OFFICER_AND_AUDITOR,
  'client.register': OFFICER,
  'client.show': OFFICER_AND_AUDITOR,
  'client.limit': OFFICER,
  'client.remove': OFFICER,
  'client.suspend': OFFICER,
  'client.resume': OFFICER,
  'client.key.add': OFFICER,
  'client.key.remove': OFFICER,
  'authority.add': OFFICER,
  'authority.list': OFFICER_AND_AUDITOR,
  'authority.remove': OFFICER,
  'authority.reload': OFFICER_AND_OPERATOR,
  'account.add': OFFICER,
  'account.list': OFFICER_AND_AUDITOR,
  'account.remove': OFFICER,
  'object.list': OFFICER,
  'object.show': OFFICER,
  'object.trust': OFFICER,
  'object.give': OFFICER,
  'namespace.add': OFFICER,
  'namespace.list': ['crypto-officer', 'auditor'],
  'namespace.show': ['crypto-officer', 'auditor'],
  'namespace.limit': OFFICER,
  'namespace.defaults.show': OFFICER_AND_AUDITOR,
  'namespace.defaults.set': OFFICER,
  'namespace.remove': OFFICER,
  'kek.rotate': OPERATOR,
  'kek.status': OPERATOR,
  'approval.list': ANYONE,
  'approval.show': ANYONE,
  'approval.vote': OFFICER,
  'approval.withdraw': ['crypto-officer', 'operator'],
  'approval.request': OPERATOR,
  'policy.check': OFFICER,
  'policy.apply': OFFICER,
  'policy.show': OFFICER,
  'policy.explain': OFFICER,
  'audit.prune': OFFICER,
  'store.verify': OPERATOR,
  backup: OPERATOR,
} as const satisfies Readonly<Record<AdminCall | 'backup', readonly RoleName[]>>

/** Throws `NOT_PERMITTED` for a caller whose role may not make the call. */
export function permitCall(call: AdminCall | 'backup', by: AdminCaller): void {
  if (by.kind === 'local') return
  const roles: readonly string[] = ADMIN_RIGHTS[call]
  if (!roles.includes(by.role)) {
    throw new KmipFault(
      'NOT_PERMITTED',
      `A client of the role ${by.role} may not make this call: it takes ${roles.join(' or ')}`,
    )
  }
}
