import { membersOf } from '../schema/enumeration.ts'
import type { Lifetime } from '../schema/version.ts'
import { Operation } from './enum/operation.ts'

/** Normalised name of an operation, as in `GetAttributes`. */
export type OperationName = Extract<keyof typeof Operation, string>

/** Where an operation is described: in 1.4 and in 2.1. */
export interface OperationClause {
  readonly v1?: string
  readonly v2?: string
}

/** One operation of the protocol. */
export interface OperationRow extends Lifetime {
  readonly name: OperationName
  /** Value of the enumeration Operation. */
  readonly code: number
  readonly clause: OperationClause
}

/** Where each operation is described (KMIP 1.4 sections 4 and 5, KMIP 2.1 section 6). */
const CLAUSES: Readonly<Record<OperationName, OperationClause>> = {
  Create: { v1: '4.1', v2: '6.1.8' },
  CreateKeyPair: { v1: '4.2', v2: '6.1.9' },
  Register: { v1: '4.3', v2: '6.1.43' },
  ReKey: { v1: '4.4', v2: '6.1.46' },
  DeriveKey: { v1: '4.6', v2: '6.1.14' },
  Certify: { v1: '4.7', v2: '6.1.6' },
  ReCertify: { v1: '4.8', v2: '6.1.45' },
  Locate: { v1: '4.9', v2: '6.1.28' },
  Check: { v1: '4.10', v2: '6.1.7' },
  Get: { v1: '4.11', v2: '6.1.19' },
  GetAttributes: { v1: '4.12', v2: '6.1.20' },
  GetAttributeList: { v1: '4.13', v2: '6.1.21' },
  AddAttribute: { v1: '4.14', v2: '6.1.2' },
  ModifyAttribute: { v1: '4.15', v2: '6.1.34' },
  DeleteAttribute: { v1: '4.16', v2: '6.1.13' },
  ObtainLease: { v1: '4.17', v2: '6.1.35' },
  GetUsageAllocation: { v1: '4.18', v2: '6.1.23' },
  Activate: { v1: '4.19', v2: '6.1.1' },
  Revoke: { v1: '4.20', v2: '6.1.44' },
  Destroy: { v1: '4.21', v2: '6.1.15' },
  Archive: { v1: '4.22', v2: '6.1.4' },
  Recover: { v1: '4.23', v2: '6.1.42' },
  Validate: { v1: '4.24', v2: '6.1.57' },
  Query: { v1: '4.25', v2: '6.1.40' },
  Cancel: { v1: '4.27', v2: '6.1.5' },
  Poll: { v1: '4.28', v2: '6.1.38' },
  Notify: { v1: '5.1', v2: '6.2.2' },
  Put: { v1: '5.2', v2: '6.2.3' },
  ReKeyKeyPair: { v1: '4.5', v2: '6.1.47' },
  DiscoverVersions: { v1: '4.26', v2: '6.1.16' },
  Encrypt: { v1: '4.29', v2: '6.1.17' },
  Decrypt: { v1: '4.30', v2: '6.1.11' },
  Sign: { v1: '4.31', v2: '6.1.55' },
  SignatureVerify: { v1: '4.32', v2: '6.1.56' },
  MAC: { v1: '4.33', v2: '6.1.32' },
  MACVerify: { v1: '4.34', v2: '6.1.33' },
  RNGRetrieve: { v1: '4.35', v2: '6.1.49' },
  RNGSeed: { v1: '4.36', v2: '6.1.50' },
  Hash: { v1: '4.37', v2: '6.1.24' },
  CreateSplitKey: { v1: '4.38', v2: '6.1.10' },
  JoinSplitKey: { v1: '4.39', v2: '6.1.27' },
  Import: { v1: '4.41', v2: '6.1.25' },
  Export: { v1: '4.40', v2: '6.1.18' },
  Log: { v2: '6.1.29' },
  Login: { v2: '6.1.30' },
  Logout: { v2: '6.1.31' },
  DelegatedLogin: { v2: '6.1.12' },
  AdjustAttribute: { v2: '6.1.3' },
  SetAttribute: { v2: '6.1.51' },
  SetEndpointRole: { v2: '6.1.54' },
  PKCS_11: { v2: '6.1.37' },
  Interop: { v2: '6.1.26' },
  ReProvision: { v2: '6.1.48' },
  SetDefaults: { v2: '6.1.53' },
  SetConstraints: { v2: '6.1.52' },
  GetConstraints: { v2: '6.1.22' },
  QueryAsynchronousRequests: { v2: '6.1.41' },
  Process: { v2: '6.1.39' },
  Ping: { v2: '6.1.36' },
}

function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(CLAUSES, name)
}

/** Every operation of KMIP 1.0 to 2.1, in the order of their codes. */
export const OPERATIONS: readonly OperationRow[] = membersOf(Operation).members.flatMap(
  ({ name, value: code, ...life }) =>
    isOperationName(name) ? [{ name, code, clause: CLAUSES[name], ...life }] : [],
)

const byCode = new Map(OPERATIONS.map((row) => [row.code, row]))

/** The operation of a code; undefined for one that no version has. */
export function operationByCode(code: number): OperationRow | undefined {
  return byCode.get(code)
}
