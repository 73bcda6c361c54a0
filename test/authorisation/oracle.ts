/** Who asks, in plain words. */
export interface PlainIdentity {
  /** As the policy calls it; a role, a namespace and owners of objects likewise. */
  readonly name: string
  readonly role: string
  readonly namespace: string
}

/** What the rules look at of an object. */
export interface PlainObject {
  readonly owner: string
  readonly namespace: string
  readonly names: readonly string[]
  readonly groups: readonly string[]
  readonly type: string
  readonly usage: readonly string[]
  readonly policyName?: string
}

export interface PlainSelector {
  readonly owner?: 'own' | 'any' | readonly string[]
  readonly name?: readonly string[]
  readonly group?: readonly string[]
  readonly type?: readonly string[]
  readonly usage?: readonly string[]
}

export interface PlainStatement {
  readonly operations: readonly string[]
  readonly to?: { readonly clients?: readonly string[]; readonly roles?: readonly string[] }
  readonly objects?: PlainSelector
}

export interface PlainStatements {
  readonly allow?: readonly PlainStatement[]
  readonly deny?: readonly PlainStatement[]
}

/** A policy file, word for word. */
export interface PlainPolicy {
  readonly roles: Readonly<Record<string, PlainStatements>>
  readonly namespaces: Readonly<Record<string, PlainStatements>>
  readonly operationPolicies: Readonly<Record<string, PlainStatements>>
}

/** What a file says that has every section; a section that is not a map says nothing of who may do what. */
export function plainPolicy(read: unknown): PlainPolicy {
  if (!isPolicy(read)) throw new TypeError('the policy has not all of its sections')
  return read
}

const SECTIONS = ['roles', 'namespaces', 'operationPolicies'] as const

function isPolicy(read: unknown): read is PlainPolicy {
  const sections = new Map(typeof read === 'object' && read !== null ? Object.entries(read) : [])
  return SECTIONS.every((name) => typeof sections.get(name) === 'object')
}

/** The classes as docs/authorisation.md has them, typed from there. */
export const CLASSES: Readonly<Record<string, readonly string[]>> = {
  server: [
    ...['DiscoverVersions', 'Query', 'Ping', 'Login', 'Logout', 'DelegatedLogin', 'Poll'],
    ...['Cancel', 'Process', 'QueryAsynchronousRequests', 'Log', 'SetEndpointRole'],
    ...['GetConstraints', 'RNGRetrieve', 'RNGSeed', 'Hash', 'PKCS_11', 'Interop'],
  ],
  read: [
    ...['Locate', 'Get', 'GetAttributes', 'GetAttributeList', 'Check', 'ObtainLease'],
    ...['Validate', 'Export'],
  ],
  use: [
    ...['Encrypt', 'Decrypt', 'Sign', 'SignatureVerify', 'MAC', 'MACVerify'],
    'GetUsageAllocation',
  ],
  create: [
    ...['Create', 'CreateKeyPair', 'Register', 'Import', 'DeriveKey', 'Certify', 'ReCertify'],
    ...['ReKey', 'ReKeyKeyPair', 'CreateSplitKey', 'JoinSplitKey', 'ReProvision'],
    ...['SetDefaults', 'SetConstraints'],
  ],
  manage: [
    ...['Activate', 'Revoke', 'Archive', 'Recover', 'AddAttribute', 'ModifyAttribute'],
    ...['SetAttribute', 'AdjustAttribute', 'DeleteAttribute'],
  ],
  destroy: ['Destroy'],
}

const READER = [
  ...['Cancel', 'DelegatedLogin', 'DiscoverVersions', 'GetConstraints', 'Log', 'Login', 'Logout'],
  ...['Ping', 'Poll', 'Process', 'Query', 'QueryAsynchronousRequests'],
]
const GREETING = ['DiscoverVersions', 'Query', 'Ping']

const OFFICERS: readonly string[] = ['crypto-officer', 'operator', 'auditor']

const BUILT_IN: Readonly<Record<string, PlainStatements>> = {
  user: { allow: [{ operations: ['all'] }], deny: [] },
  reader: { allow: [{ operations: ['read', ...READER] }], deny: [] },
  'crypto-officer': { allow: [{ operations: GREETING }], deny: [] },
  operator: { allow: [{ operations: GREETING }], deny: [] },
  auditor: { allow: [{ operations: GREETING }], deny: [] },
}

/** What a client is told: the same as ever, Permission Denied, or that there is no such object. */
export type Fate = 'allowed' | 'refused' | 'hidden'

interface Counting {
  readonly statement: PlainStatement
  readonly isDenial: boolean
  /** Whose objects are meant where the statement does not say. */
  readonly owner: 'own' | 'any'
}

/** docs/authorisation.md read a second time, by somebody who has not seen how the server does it. */
export class Oracle {
  readonly #policy: PlainPolicy

  constructor(policy: PlainPolicy) {
    this.#policy = policy
  }

  /** Whether an operation may be asked for by itself. */
  ask(who: PlainIdentity, operation: string): Fate {
    const named = this.#general(who).filter(({ statement }) => names(statement, operation))
    const isRefused = named.some(
      ({ isDenial, statement }) => isDenial && statement.objects === undefined,
    )
    const isAllowed = named.some(({ isDenial }) => !isDenial)
    return isAllowed && !isRefused ? 'allowed' : 'refused'
  }

  /** What becomes of an operation on an object that is there. */
  decide(who: PlainIdentity, operation: string, object: PlainObject): Fate {
    if (object.namespace !== who.namespace) return 'hidden'
    if (this.#permits(who, operation, object)) return 'allowed'
    return this.#permits(who, 'Locate', object) ? 'refused' : 'hidden'
  }

  #permits(who: PlainIdentity, operation: string, object: PlainObject): boolean {
    const counting = [...this.#general(who), ...this.#ofObject(who, object)].filter(
      (each) => names(each.statement, operation) && isAmong(object, each, who),
    )
    return counting.some(({ isDenial }) => !isDenial) && !counting.some(({ isDenial }) => isDenial)
  }

  /** The statements of the role and of the namespace that are for somebody. */
  #general(who: PlainIdentity): readonly Counting[] {
    const role = BUILT_IN[who.role] ?? this.#policy.roles[who.role]
    const own = listed(role, 'own')
    if (OFFICERS.includes(who.role)) return own
    const others = listed(this.#policy.namespaces[who.namespace], 'any')
    return [...own, ...others.filter(({ statement }) => isFor(statement, who))]
  }

  #ofObject(who: PlainIdentity, { policyName }: PlainObject): readonly Counting[] {
    if (policyName === undefined || OFFICERS.includes(who.role)) return []
    return listed(this.#policy.operationPolicies[policyName], 'any')
  }
}

function listed(statements: PlainStatements | undefined, owner: 'own' | 'any'): Counting[] {
  const { allow = [], deny = [] } = statements ?? {}
  return [
    ...allow.map((statement) => ({ statement, isDenial: false, owner })),
    ...deny.map((statement) => ({ statement, isDenial: true, owner })),
  ]
}

function isFor({ to }: PlainStatement, { name, role }: PlainIdentity): boolean {
  if (to === undefined) return true
  return (to.clients ?? []).includes(name) || (to.roles ?? []).includes(role)
}

function names({ operations }: PlainStatement, operation: string): boolean {
  return operations.some(
    (word) => word === 'all' || word === operation || (CLASSES[word] ?? []).includes(operation),
  )
}

function isAmong(
  object: PlainObject,
  { statement, owner: usual }: Counting,
  who: PlainIdentity,
): boolean {
  const { owner = usual, name, group, type, usage } = statement.objects ?? {}
  return (
    isOwners(object, owner, who) &&
    fits(name, (pattern) => object.names.some((each) => isLike(each, pattern))) &&
    fits(group, (each) => object.groups.includes(each)) &&
    fits(type, (each) => object.type === each) &&
    fits(usage, (each) => object.usage.includes(each))
  )
}

function isOwners(
  { owner }: PlainObject,
  meant: 'own' | 'any' | readonly string[],
  { name }: PlainIdentity,
): boolean {
  if (meant === 'any') return true
  return meant === 'own' ? owner === name : meant.includes(owner)
}

/** Whether a part is left out, or one of its list fits. */
function fits(part: readonly string[] | undefined, isOne: (each: string) => boolean): boolean {
  return part === undefined || part.some(isOne)
}

function isLike(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}
