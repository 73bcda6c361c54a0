import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { parsePolicy } from '../../src/config/policy-file.ts'
import type { Policy } from '../../src/model/permission/policy.ts'
import { plainPolicy, type PlainPolicy } from './oracle.ts'

/** Names of namespaces. */
export const HERE = 'payments'
export const ELSEWHERE = 'elsewhere'
/** The name of the client that asks. */
export const ASKER = 'asker'
const CLIENTS: readonly string[] = [ASKER, 'somebody', 'bob', 'carol', 'dave']

/** What the server knows a client by: nothing is to be decided by its name. */
export const identifierOf = (client: string): string => `id-of-${client}`

/** What the server knows a namespace by: the harness has keys for these two. */
export const namespaceId = (name: string): string => (name === HERE ? 'red' : 'blue')

const TEXT = readFileSync(new URL('policy.yaml', import.meta.url), 'utf8')

/** The policy, with nothing made of it. */
export const POLICY: PlainPolicy = plainPolicy(parse(TEXT))

/** The same as the server reads it. */
export function readPolicy(): Policy {
  const { policy } = parsePolicy(TEXT, 'policy.yaml', {
    client: (name) => (CLIENTS.includes(name) ? identifierOf(name) : undefined),
    namespace: (name) => (name === HERE ? namespaceId(name) : undefined),
  })
  return policy
}

/** The last of them is in no policy any more. */
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

/** Of what everybody may do everything with. */
export const BESIDE: Relation = { what: 'beside', owner: ASKER, groups: ['g-beside'] }

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
  { what: 'to be used only', owner: 'bob', groups: ['g-uses'] },
  { what: 'to be read and copied', owner: 'bob', groups: ['g-copies'] },
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
    what: "of another namespace, with the client's group",
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
