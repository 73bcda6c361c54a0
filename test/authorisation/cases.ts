import { operationsOf } from '../../src/model/permission/operation-class.ts'
import type {
  NamespaceStatements,
  Policy,
  Statement,
  Statements,
} from '../../src/model/permission/policy.ts'
import { namePattern } from '../../src/model/permission/selector.ts'
import { ObjectType } from '../../src/spec/enum/object-type.ts'
import { CryptographicUsageMask } from '../../src/spec/mask/cryptographic-usage-mask.ts'
import { membersOf } from '../../src/schema/enumeration.ts'
import type { PlainPolicy, PlainStatement, PlainStatements } from './oracle.ts'

export const HERE = 'red'
export const ELSEWHERE = 'blue'
export const ASKER = 'asker'

const BUT_LOCATE = [
  ...['Get', 'GetAttributes', 'GetAttributeList', 'Check', 'ObtainLease', 'Validate', 'Export'],
  ...['use', 'create', 'manage', 'destroy'],
]

/** One policy with something of everything. */
export const POLICY: PlainPolicy = {
  roles: {
    'tape-agent': {
      allow: [
        {
          operations: ['read', 'use', 'manage', 'Destroy'],
          objects: { owner: 'any', name: ['tape-*'] },
        },
        { operations: ['Query', 'Locate', 'GetAttributes', 'Activate'] },
      ],
      deny: [{ operations: ['destroy', 'Export'] }],
    },
    keeper: {
      allow: [{ operations: ['all'], objects: { owner: 'own', type: ['SymmetricKey'] } }],
      deny: [{ operations: ['manage'], objects: { group: ['g-held'] } }],
    },
  },
  namespaces: {
    [HERE]: {
      allow: [
        { operations: ['all'], to: { clients: [ASKER] }, objects: { group: ['g-client'] } },
        { operations: ['all'], to: { clients: ['somebody'] }, objects: { group: ['g-other'] } },
        {
          operations: ['all'],
          to: { roles: ['user', 'auditor', 'tape-agent', 'gone'] },
          objects: { owner: 'any', group: ['g-role'] },
        },
        { operations: ['read', 'use', 'manage', 'destroy'], objects: { group: ['g-all'] } },
        { operations: ['read', 'manage', 'MAC', 'Destroy'], objects: { owner: ['carol'] } },
        { operations: ['Locate'], objects: { group: ['g-see'] } },
        { operations: BUT_LOCATE, objects: { group: ['g-blind'] } },
        { operations: ['all'], objects: { name: ['disk-*'] } },
        { operations: ['all'], objects: { group: ['g-type'], type: ['SymmetricKey'] } },
        { operations: ['all'], objects: { group: ['g-usage'], usage: ['Encrypt', 'Sign'] } },
      ],
      deny: [
        { operations: ['all'], objects: { group: ['g-denied'] } },
        { operations: BUT_LOCATE, objects: { group: ['g-held'] } },
        { operations: ['RNGSeed'] },
        { operations: ['Hash'], to: { roles: ['reader'] } },
      ],
    },
  },
  operationPolicies: {
    public: {
      allow: [{ operations: ['Locate', 'Get', 'Activate', 'Encrypt'] }],
      deny: [{ operations: ['Destroy'] }],
    },
  },
}

export const ROLES = [
  ...(['user', 'reader', 'crypto-officer', 'operator', 'auditor'] as const),
  ...(['tape-agent', 'keeper', 'gone'] as const),
]

/** How an object is to whoever asks for it. */
export interface Relation {
  readonly what: string
  readonly owner: string
  readonly namespace?: string
  /** What its name begins with. */
  readonly name?: string
  readonly groups?: readonly string[]
  readonly policyName?: string
  /** There is no such object at all. */
  readonly isAbsent?: boolean
}

export const RELATIONS: readonly Relation[] = [
  { what: 'own', owner: ASKER },
  { what: 'own, of a name that a role has', owner: ASKER, name: 'tape-' },
  { what: 'own, held', owner: ASKER, groups: ['g-held'] },
  { what: 'own, denied', owner: ASKER, groups: ['g-denied', 'g-all'] },
  { what: 'own, of an operation policy', owner: ASKER, policyName: 'public' },
  { what: "another's", owner: 'bob' },
  { what: 'granted to the client', owner: 'bob', groups: ['g-client'] },
  { what: 'granted to another client', owner: 'bob', groups: ['g-other'] },
  { what: 'granted to roles', owner: 'bob', groups: ['g-role'] },
  { what: 'granted to everybody', owner: 'bob', groups: ['g-all'] },
  { what: 'granted by its owner', owner: 'carol' },
  { what: 'to be seen only', owner: 'bob', groups: ['g-see'] },
  { what: 'not to be seen', owner: 'bob', groups: ['g-blind'] },
  { what: 'granted and held', owner: 'bob', groups: ['g-all', 'g-held'] },
  { what: 'granted and denied', owner: 'bob', groups: ['g-all', 'g-denied'] },
  { what: 'of a name', owner: 'bob', name: 'disk-' },
  { what: 'of nearly a name', owner: 'bob', name: 'Disk-' },
  { what: 'of a name that a role has', owner: 'bob', name: 'tape-' },
  { what: 'of a type', owner: 'bob', groups: ['g-type'] },
  { what: 'of a usage', owner: 'bob', groups: ['g-usage'] },
  { what: 'of an operation policy', owner: 'bob', policyName: 'public' },
  { what: 'of an operation policy that is not there', owner: 'bob', policyName: 'private' },
  { what: 'of another namespace', owner: 'dave', namespace: ELSEWHERE, groups: ['g-all'] },
  {
    what: "of another namespace, with the client's identifier",
    owner: 'dave',
    namespace: ELSEWHERE,
    groups: ['g-client'],
    policyName: 'public',
  },
  { what: 'absent', owner: 'nobody', isAbsent: true },
]

export const STATES = [
  ...(['PreActive', 'Active', 'Deactivated'] as const),
  ...(['Compromised', 'Destroyed', 'Archived'] as const),
]
export type StateName = (typeof STATES)[number]

/** The policy as the server takes it: what the file would be read as. */
export function policyOf(plain: PlainPolicy): Policy {
  const each = <T>(of: Readonly<Record<string, PlainStatements>>, make: (name: string) => T) =>
    new Map(Object.keys(of).map((name) => [name, make(name)]))
  return {
    roles: each(plain.roles, (name) => statementsOf(plain.roles[name])),
    namespaces: each(plain.namespaces, (name): NamespaceStatements => ({
      ...statementsOf(plain.namespaces[name]),
      name,
      approvals: [],
    })),
    operationPolicies: each(plain.operationPolicies, (name) =>
      statementsOf(plain.operationPolicies[name]),
    ),
    administration: [],
  }
}

function statementsOf(plain: PlainStatements | undefined): Statements {
  return {
    allow: (plain?.allow ?? []).map(statementOf),
    deny: (plain?.deny ?? []).map(statementOf),
  }
}

function statementOf({ operations, to, objects }: PlainStatement): Statement {
  const types = membersOf(ObjectType)
  const { owner, name, group, type, usage } = objects ?? {}
  return {
    operations: new Set(operations.flatMap((word) => [...(operationsOf(word) ?? [])])),
    ...(to && { to: { clients: new Set(to.clients), roles: new Set(to.roles) } }),
    ...(objects && {
      objects: {
        ...(owner !== undefined && { owner: typeof owner === 'string' ? owner : new Set(owner) }),
        ...(name && { names: name.map(namePattern) }),
        ...(group && { groups: new Set(group) }),
        ...(type && { types: new Set(type.map((each) => types.valueOf(each) ?? 0)) }),
        ...(usage && { usage: usage.reduce((all, each) => all | maskOf(each), 0) }),
      },
    }),
  }
}

function maskOf(name: string): number {
  const masks: Readonly<Record<string, number>> = { ...CryptographicUsageMask }
  return masks[name] ?? 0
}
