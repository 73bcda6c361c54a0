import { accountCalls } from './account-calls.ts'
import { authorityCalls } from './authority-calls.ts'
import type { ApprovableCall, CallSubject } from './call-approvals.ts'
import type { AdminCaller } from './caller.ts'
import { clientCalls } from './client-calls.ts'
import type { IdentityCalls, IdentityDeps } from './identity-deps.ts'

/** Returns once a call may be made, as far as it needs approval. Throws `APPROVAL_NEEDED`, `NOT_PERMITTED`. */
export type Approve = (
  call: ApprovableCall,
  subject: CallSubject,
  by: AdminCaller | undefined,
) => Promise<void>

/** The calls about who may connect. Whatever lets somebody in is approved as the adding of a client is. */
export function identityCalls(deps: IdentityDeps, approve: Approve): IdentityCalls {
  const calls = { ...clientCalls(deps), ...authorityCalls(deps), ...accountCalls(deps) }
  return {
    ...calls,
    'client.register': async (request, by) => {
      const { name, role, namespace, certificate } = request
      await approve('client.add', { name, role, namespace, certificate }, by)
      return calls['client.register'](request)
    },
    'client.key.add': async (request, by) => {
      const { name, certificate } = request
      await approve('client.add', { name, certificate, of: 'key' }, by)
      return calls['client.key.add'](request)
    },
    'client.remove': async (request, by) => {
      await approve('client.remove', { name: request.name }, by)
      return calls['client.remove'](request)
    },
  }
}
