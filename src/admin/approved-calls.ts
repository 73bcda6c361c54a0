import type { ApprovableCall } from '../model/approval/approvable-call.ts'
import type { CallApprovals, CallSubject } from './call-approvals.ts'
import type { AdminCaller } from './caller.ts'
import { digestOf } from './certificate-digest.ts'
import type { AdminService } from './admin-service.ts'

type Call<R, A> = (request: R, by?: AdminCaller) => Promise<A>

/** Calls whose whole request is what officers approve. */
type Plain = Exclude<
  ApprovableCall,
  'policy.apply' | 'backup.create' | 'root.rotate' | 'kek.rotate' | 'client.add' | 'account.add'
>
type Approved = Plain | 'account.add' | 'client.register'

/** Calls about clients, namespaces and objects, each once it is approved where the policy has it so. */
export function approvedCalls(
  service: Pick<AdminService, Approved>,
  approvals: CallApprovals,
  local: AdminCaller,
): Pick<AdminService, Approved> {
  const approved = <R extends object, A>(
    call: ApprovableCall,
    make: Call<R, A>,
    subjectOf: (request: R) => CallSubject = (request) =>
      Object.fromEntries(Object.entries(request)),
  ): Call<R, A> => {
    return async (request, by = local) => {
      await approvals.check(call, subjectOf(request), by)
      return make(request, by)
    }
  }
  return {
    // A client comes to be by it as by `client.add`; only that its certificate is there already.
    'client.register': approved(
      'client.add',
      service['client.register'],
      ({ name, role, namespace, certificate }) => ({
        ...{ name, role, namespace, certificate: digestOf(certificate) },
      }),
    ),
    'client.remove': approved('client.remove', service['client.remove']),
    'client.limit': approved('client.limit', service['client.limit']),
    'client.suspend': approved('client.suspend', service['client.suspend']),
    'client.resume': approved('client.resume', service['client.resume']),
    'client.key.add': approved(
      'client.key.add',
      service['client.key.add'],
      ({ name, certificate }) => ({ name, certificate: digestOf(certificate) }),
    ),
    'client.key.remove': approved('client.key.remove', service['client.key.remove']),
    'authority.add': approved('authority.add', service['authority.add']),
    'authority.remove': approved('authority.remove', service['authority.remove']),
    // A password is salted anew each time, and nobody is to see what is made of it.
    'account.add': approved('account.add', service['account.add'], ({ client, name, role }) => ({
      ...{ client, name, role },
    })),
    'account.remove': approved('account.remove', service['account.remove']),
    'namespace.add': approved('namespace.add', service['namespace.add']),
    'namespace.limit': approved('namespace.limit', service['namespace.limit']),
    'namespace.defaults.set': approved('namespace.defaults.set', service['namespace.defaults.set']),
    'namespace.remove': approved('namespace.remove', service['namespace.remove']),
    'audit.prune': approved('audit.prune', service['audit.prune']),
    'object.give': approved('object.give', service['object.give']),
    'object.trust': approved('object.trust', service['object.trust']),
  }
}
