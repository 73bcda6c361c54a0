import type { OperationName } from '../../spec/operation.ts'
import type { ObjectSelector, OwnerSelector } from './selector.ts'

/** Whom a statement is for: the clients, and those of the roles. */
export interface Audience {
  /** Identifiers of clients. */
  readonly clients: ReadonlySet<string>
  readonly roles: ReadonlySet<string>
}

/** Which objects are meant; it is for the reader to know whose are where nothing is said of that. */
export type StatedObjects = Omit<ObjectSelector, 'owner'> & { readonly owner?: OwnerSelector }

/** What is allowed or denied. */
export interface Statement {
  readonly operations: ReadonlySet<OperationName>
  /** Absent: for everybody whom the set of statements is for. */
  readonly to?: Audience
  /** Absent where nothing is said of objects. */
  readonly objects?: StatedObjects
}

/** Statements, in the order in which they are written. */
export interface Statements {
  readonly allow: readonly Statement[]
  readonly deny: readonly Statement[]
}

/** A role that is built in. */
export interface Role extends Statements {
  /** Whether it is for those who administer: it has no keys, and nothing else adds to it. */
  readonly isOfficer: boolean
}

/** How many officers have to agree to something, and how long it waits for them. */
export interface ApprovalTerms {
  readonly approvers: number
  /** Seconds. */
  readonly expires: number
}

/** What of KMIP is done only once officers have agreed. */
export interface OperationApproval extends ApprovalTerms {
  readonly operations: ReadonlySet<OperationName>
  /** Absent: whatever the operation is done with. */
  readonly objects?: ObjectSelector
  /** Whether only keys that are asked for as they are are meant. */
  readonly isPlaintextOnly: boolean
}

/** What of the administration is done only once officers have agreed. */
export interface CallApproval extends ApprovalTerms {
  /** As in `policy.apply`. */
  readonly calls: ReadonlySet<string>
}

/** What is laid down for one namespace. */
export interface NamespaceStatements extends Statements {
  readonly name: string
  readonly approvals: readonly OperationApproval[]
}

/** What officers have laid down. Whoever made it has looked up clients and namespaces. */
export interface Policy {
  /** Those that are not built in. */
  readonly roles: ReadonlyMap<string, Statements>
  /** By identifier. */
  readonly namespaces: ReadonlyMap<string, NamespaceStatements>
  /** By Operation Policy Name. */
  readonly operationPolicies: ReadonlyMap<string, Statements>
  readonly administration: readonly CallApproval[]
}

/** The policy of a server that was never given one. */
export const EMPTY_POLICY: Policy = {
  roles: new Map(),
  namespaces: new Map(),
  operationPolicies: new Map(),
  administration: [],
}
