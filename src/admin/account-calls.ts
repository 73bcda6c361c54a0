import { KmipFault } from '../fault/fault.ts'
import type { Account, Client } from '../repository/client-record.ts'
import { clientNamed } from './call-subject.ts'
import type { IdentityCalls, IdentityDeps } from './identity-deps.ts'
import type { IdentityResponse } from './identity-schema.ts'

type AccountCalls = Pick<IdentityCalls, Extract<keyof IdentityCalls, `account.${string}`>>

/** The calls about user names and passwords, which take away from what a client may do. */
export function accountCalls(deps: IdentityDeps): AccountCalls {
  const { clients, clock, random, policies } = deps
  return {
    'account.add': async ({ client: owner, name, role, verifier }) => {
      policies.checkRole(role)
      const added = Math.trunc(clock.now())
      const account: Account = { id: random.identifier(), name, role, verifier, added }
      const { id } = clientNamed(clients, owner)
      await clients.change(id, (client) => withAccount(client, account))
      return { client: owner, name, role, added }
    },
    'account.list': async () =>
      Promise.resolve({
        accounts: clients.list().flatMap((client) => accountsOf(client, deps.lockedUntil)),
      }),
    'account.remove': async ({ client: owner, name }) => {
      const { id } = clientNamed(clients, owner)
      await clients.change(id, (client) => withoutAccount(client, name))
      return { client: owner, name }
    },
  }
}

function accountsOf(
  { id, name: client, accounts = [] }: Client,
  lockedUntil: IdentityDeps['lockedUntil'],
): IdentityResponse<'account.list'>['accounts'] {
  return accounts.map(({ name, role, added }) => {
    const until = lockedUntil?.(id, name)
    return { client, name, role, added, ...(until !== undefined && { lockedUntil: until }) }
  })
}

function withAccount(client: Client, account: Account): Client {
  const { accounts = [] } = client
  if (accounts.some(({ name }) => name === account.name)) {
    throw new KmipFault('NAME_TAKEN', `The client has an account ${account.name} already`)
  }
  if (accounts.length >= MOST_ACCOUNTS) {
    throw new KmipFault('SERVER_LIMIT', `A client has at most ${MOST_ACCOUNTS} accounts`)
  }
  return { ...client, accounts: [...accounts, account] }
}

/** Without its last account a client's credentials decide nothing again. Throws `OBJECT_NOT_FOUND`. */
function withoutAccount(client: Client, name: string): Client {
  const { accounts = [] } = client
  const left = accounts.filter((each) => each.name !== name)
  if (left.length < accounts.length) return { ...client, accounts: left }
  throw new KmipFault('OBJECT_NOT_FOUND', `The client has no account ${name}`)
}

/** They lie in the client's record. */
const MOST_ACCOUNTS = 1_000
