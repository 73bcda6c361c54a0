import type { OperationName } from '../../spec/operation.ts'

/** Operations that have an effect which is in no commit: tickets, the log, seeds, requests under way, sessions. */
const OUTSIDE_THE_STORE: ReadonlySet<OperationName> = new Set([
  'Login',
  'Logout',
  'DelegatedLogin',
  'Log',
  'RNGSeed',
  'Cancel',
  'SetEndpointRole',
  'PKCS_11',
  'Interop',
])

/** Operations that make, use up or destroy keys in a token, where there is one. */
const IN_A_TOKEN: ReadonlySet<OperationName> = new Set([
  'Create',
  'CreateKeyPair',
  'Register',
  'Import',
  'DeriveKey',
  'ReKey',
  'ReKeyKeyPair',
  'CreateSplitKey',
  'JoinSplitKey',
  'Destroy',
])

/** Whether the intent has to be told before an operation begins, since its effect comes before any commit. */
export function isIntendedEarly(operation: OperationName | undefined, hasToken: boolean): boolean {
  if (operation === undefined) return false
  return OUTSIDE_THE_STORE.has(operation) || (hasToken && IN_A_TOKEN.has(operation))
}
