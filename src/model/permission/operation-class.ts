import { OPERATIONS, type OperationName } from '../../spec/operation.ts'

/** What kind of thing operations do; each is in exactly one class. */
export type OperationClass = 'server' | 'read' | 'use' | 'create' | 'manage' | 'destroy'

/** Operations that the server asks of its clients: no permission is for them. */
type OfServer = 'Notify' | 'Put'

/** An operation that clients may ask for. */
export type ClientOperation = Exclude<OperationName, OfServer>

const CLASSES = {
  DiscoverVersions: 'server',
  Query: 'server',
  Ping: 'server',
  Login: 'server',
  Logout: 'server',
  DelegatedLogin: 'server',
  Poll: 'server',
  Cancel: 'server',
  Process: 'server',
  QueryAsynchronousRequests: 'server',
  Log: 'server',
  SetEndpointRole: 'server',
  GetConstraints: 'server',
  RNGRetrieve: 'server',
  RNGSeed: 'server',
  Hash: 'server',
  PKCS_11: 'server',
  Interop: 'server',
  Locate: 'read',
  Get: 'read',
  GetAttributes: 'read',
  GetAttributeList: 'read',
  Check: 'read',
  ObtainLease: 'read',
  Validate: 'read',
  Export: 'read',
  Encrypt: 'use',
  Decrypt: 'use',
  Sign: 'use',
  SignatureVerify: 'use',
  MAC: 'use',
  MACVerify: 'use',
  GetUsageAllocation: 'use',
  Create: 'create',
  CreateKeyPair: 'create',
  Register: 'create',
  Import: 'create',
  DeriveKey: 'create',
  Certify: 'create',
  ReCertify: 'create',
  ReKey: 'create',
  ReKeyKeyPair: 'create',
  CreateSplitKey: 'create',
  JoinSplitKey: 'create',
  ReProvision: 'create',
  SetDefaults: 'create',
  SetConstraints: 'create',
  Activate: 'manage',
  Revoke: 'manage',
  Archive: 'manage',
  Recover: 'manage',
  AddAttribute: 'manage',
  ModifyAttribute: 'manage',
  SetAttribute: 'manage',
  AdjustAttribute: 'manage',
  DeleteAttribute: 'manage',
  Destroy: 'destroy',
} as const satisfies Readonly<Record<ClientOperation, OperationClass>>

function isClientOperation(name: OperationName): name is ClientOperation {
  return Object.hasOwn(CLASSES, name)
}

/** Every operation that clients may ask for. */
export const CLIENT_OPERATIONS: readonly ClientOperation[] = OPERATIONS.map(
  ({ name }) => name,
).filter(isClientOperation)

const BY_WORD = new Map<string, readonly OperationName[]>([['all', CLIENT_OPERATIONS]])
for (const name of CLIENT_OPERATIONS) {
  BY_WORD.set(CLASSES[name], [...(BY_WORD.get(CLASSES[name]) ?? []), name])
  BY_WORD.set(name, [name])
}

/** The operations that a word of a statement stands for; undefined for a word that there is not. */
export function operationsOf(word: string): readonly OperationName[] | undefined {
  return BY_WORD.get(word)
}

/** The operation of a name. */
export function clientOperation(name: string): ClientOperation | undefined {
  return CLIENT_OPERATIONS.find((each) => each === name)
}
