import { accountCalls } from './account-calls.ts'
import { authorityCalls } from './authority-calls.ts'
import { clientCalls } from './client-calls.ts'
import type { IdentityCalls, IdentityDeps } from './identity-deps.ts'

/** The calls about who may connect. */
export function identityCalls(deps: IdentityDeps): IdentityCalls {
  return { ...clientCalls(deps), ...authorityCalls(deps), ...accountCalls(deps) }
}
