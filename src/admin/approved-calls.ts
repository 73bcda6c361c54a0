import type { ApprovableCall } from '../model/approval/approvable-call.ts'
import type { CallApprovals, CallSubject } from './call-approvals.ts'
import {
  accountMeant,
  authoritiesMeant,
  clientMeant,
  keysMeant,
  namespaceMeant,
  objectMeant,
  type Bearers,
} from './call-subject.ts'
import type { AdminCaller } from './caller.ts'
import { digestOf } from './certificate-digest.ts'
import type { AdminService } from './admin-service.ts'

type Call<R, A> = (request: R, by?: AdminCaller) => Promise<A>
type Meaning<R> = (request: R) => CallSubject | Promise<CallSubject>

/** Calls that do not ask for approval by themselves. */
type Plain = Exclude<
  ApprovableCall,
  'policy.apply' | 'backup.create' | 'root.rotate' | 'kek.rotate' | 'client.add'
>
type Approved = Plain | 'client.add' | 'client.register'

/** How calls are approved. */
export interface CallTerms {
  readonly approvals: CallApprovals
  /** Who calls where nothing is said. */
  readonly local: AdminCaller
  readonly bearers: Bearers
}

/**
 * Calls about clients, namespaces and objects, each once it is approved where the policy has it so. What officers approve
 * is the request, and what the names in it meant when it was asked for.
 */
export function approvedCalls(
  service: Pick<AdminService, Approved>,
  terms: CallTerms,
): Pick<AdminService, Approved> {
  return {
    ...newClients(service, terms),
    ...clientCalls(service, terms),
    ...identityCalls(service, terms),
    ...otherCalls(service, terms),
  }
}

type Calls<C extends Approved> = Pick<AdminService, C>

interface Told<R> {
  /** What the names in the request mean now. */
  readonly meaning?: Meaning<R>
  /** The parts of the request that are approved; all of it where nothing is said. */
  readonly subjectOf?: (request: R) => CallSubject
}

/** Makes a call one that is approved first. */
function approver({ approvals, local }: CallTerms) {
  return <R extends object, A>(
    call: ApprovableCall,
    make: Call<R, A>,
    { meaning, subjectOf }: Told<R> = {},
  ): Call<R, A> => {
    return async (request, by = local) => {
      const asked = async () => ({
        ...(subjectOf?.(request) ?? Object.fromEntries(Object.entries(request))),
        ...(await meaning?.(request)),
      })
      await approvals.checkMeant(call, asked, by)
      return make(request, by)
    }
  }
}

function newClients(
  service: Calls<'client.add' | 'client.register'>,
  terms: CallTerms,
): Calls<'client.add' | 'client.register'> {
  const approved = approver(terms)
  const meaning = ({ namespace }: { readonly namespace?: string | undefined }) =>
    namespaceMeant(namespace, terms.bearers)
  return {
    'client.add': approved('client.add', service['client.add'], {
      meaning,
      subjectOf: ({ name, role, namespace, publicKey }) => ({
        ...{ name, role, namespace, key: digestOf(publicKey) },
      }),
    }),
    // A client comes to be by it as by `client.add`; only that its certificate is there already.
    'client.register': approved('client.add', service['client.register'], {
      meaning,
      subjectOf: ({ name, role, namespace, certificate }) => ({
        ...{ name, role, namespace, certificate: digestOf(certificate) },
      }),
    }),
  }
}

type OfClients =
  | 'client.remove'
  | 'client.limit'
  | 'client.suspend'
  | 'client.resume'
  | 'client.key.add'
  | 'client.key.remove'

function clientCalls(service: Calls<OfClients>, terms: CallTerms): Calls<OfClients> {
  const approved = approver(terms)
  const { bearers } = terms
  const meaning = ({ name }: { readonly name: string }) => clientMeant(name, bearers)
  return {
    'client.remove': approved('client.remove', service['client.remove'], { meaning }),
    'client.limit': approved('client.limit', service['client.limit'], { meaning }),
    'client.suspend': approved('client.suspend', service['client.suspend'], { meaning }),
    'client.resume': approved('client.resume', service['client.resume'], { meaning }),
    'client.key.add': approved('client.key.add', service['client.key.add'], {
      meaning,
      subjectOf: ({ name, certificate }) => ({ name, certificate: digestOf(certificate) }),
    }),
    'client.key.remove': approved('client.key.remove', service['client.key.remove'], {
      meaning: ({ name, subject }) => ({
        ...clientMeant(name, bearers),
        ...keysMeant(name, subject, bearers),
      }),
    }),
  }
}

type OfIdentities = 'authority.add' | 'authority.remove' | 'account.add' | 'account.remove'

function identityCalls(service: Calls<OfIdentities>, terms: CallTerms): Calls<OfIdentities> {
  const approved = approver(terms)
  const { bearers } = terms
  return {
    'authority.add': approved('authority.add', service['authority.add'], {
      subjectOf: ({ certificate, crl, label }) => ({
        ...{ certificate: digestOf(certificate), crl, label },
      }),
    }),
    'authority.remove': approved('authority.remove', service['authority.remove'], {
      meaning: ({ id }) => authoritiesMeant(id, bearers),
    }),
    // A password is salted anew each time, and nobody is to see what is made of it.
    'account.add': approved('account.add', service['account.add'], {
      meaning: ({ client }) => clientMeant(client, bearers),
      subjectOf: ({ client, name, role }) => ({ client, name, role }),
    }),
    'account.remove': approved('account.remove', service['account.remove'], {
      meaning: ({ client, name }) => ({
        ...clientMeant(client, bearers),
        ...accountMeant(client, name, bearers),
      }),
    }),
  }
}

type Others = Exclude<Approved, OfClients | OfIdentities | 'client.add' | 'client.register'>

function otherCalls(service: Calls<Others>, terms: CallTerms): Calls<Others> {
  const approved = approver(terms)
  const { bearers } = terms
  const meaning = ({ name }: { readonly name: string }) => namespaceMeant(name, bearers)
  return {
    'namespace.add': approved('namespace.add', service['namespace.add']),
    'namespace.limit': approved('namespace.limit', service['namespace.limit'], { meaning }),
    'namespace.defaults.set': approved(
      'namespace.defaults.set',
      service['namespace.defaults.set'],
      { meaning },
    ),
    'namespace.remove': approved('namespace.remove', service['namespace.remove'], { meaning }),
    'audit.prune': approved('audit.prune', service['audit.prune']),
    'object.give': approved('object.give', service['object.give'], {
      meaning: async ({ id, client }) => ({
        ...clientMeant(client, bearers),
        ...(await objectMeant(id, bearers)),
      }),
    }),
    'object.trust': approved('object.trust', service['object.trust'], {
      meaning: async ({ id }) => objectMeant(id, bearers),
    }),
  }
}
