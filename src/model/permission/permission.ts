import type { OperationName } from '../../spec/operation.ts'
import { namespaceOf } from '../identity.ts'
import { tenantOf } from '../managed-object.ts'
import type { OperationApproval, Policy, Role, Statement } from './policy.ts'
import {
  decisionsBy,
  NO_RULES,
  rulesOf,
  type Decision,
  type Decisions,
  type Rule,
  type Rules,
} from './rule.ts'
import { isSelected, Traits, type SelectedObject } from './selector.ts'

/** Who asks. */
export interface Asker {
  readonly id: string
  readonly role: string
  /** Absent where it is a tenant by itself. */
  readonly namespace?: string | undefined
}

/** An object that somebody asks for. */
export interface AskedObject extends SelectedObject {
  /** Absent where its owner is a tenant by itself. */
  readonly namespace?: string | undefined
}

/** What one identity may do (docs/authorisation.md). */
export interface Permission {
  /** Whether an operation may be asked for at all. */
  ask(operation: OperationName): Decision
  /** Whether an operation may have to do with an object. */
  decide(operation: OperationName, object: AskedObject): Decision
  /** The one client outside of whose objects nothing can be located; undefined where that cannot be told in advance. */
  readonly locatesOnlyOf: string | undefined
  /** What needs approval in the identity's namespace. */
  readonly approvals: readonly OperationApproval[]
  /** Of the policy that it is by, in decimal digits; undefined where none was ever laid down. */
  readonly revision: string | undefined
}

/** A policy in the form in which it is asked, made once when it changes. */
export class CompiledPolicy {
  readonly policy: Policy
  /** Which policy it is, in decimal digits; undefined where none was laid down. */
  readonly revision: string | undefined
  readonly #officers: ReadonlySet<string>
  readonly #roles: ReadonlyMap<string, Rules>
  readonly #namespaces: ReadonlyMap<string, Rules>
  readonly #operationPolicies: ReadonlyMap<string, Rules>

  /** @param builtIn - roles by their names; no policy has another of such a name */
  constructor(policy: Policy, builtIn: ReadonlyMap<string, Role>, revision?: number) {
    this.policy = policy
    this.revision = revision === undefined ? undefined : String(revision)
    this.#officers = new Set(
      [...builtIn].flatMap(([name, { isOfficer }]) => (isOfficer ? name : [])),
    )
    const title = (name: string) => `role ${name}`
    const fixed = compiled(builtIn, 'own', title, true)
    this.#roles = new Map([...fixed, ...compiled(policy.roles, 'own', title), ...fixed])
    this.#namespaces = compiled(policy.namespaces, 'any', (_, { name }) => `namespace ${name}`)
    const named = (name: string) => `operation policy ${name}`
    this.#operationPolicies = compiled(policy.operationPolicies, 'any', named)
  }

  hasRole(name: string): boolean {
    return this.#roles.has(name)
  }

  /** Those of the policy last. */
  roleNames(): readonly string[] {
    return [...this.#roles.keys()]
  }

  permissionOf(asker: Asker): Permission {
    const { role, namespace = '' } = asker
    const ofRole = this.#roles.get(role) ?? NO_RULES
    const { revision } = this
    const none = { revision, approvals: [] }
    if (this.#officers.has(role)) return new RulePermission(asker, ofRole, NO_POLICIES, none)
    const laidDown = this.#namespaces.get(namespace) ?? NO_RULES
    const isMeant = ({ statement }: Rule) => isFor(statement, asker)
    const rules = {
      deny: [...ofRole.deny, ...laidDown.deny.filter(isMeant)],
      allow: [...ofRole.allow, ...laidDown.allow.filter(isMeant)],
    }
    const approvals = this.policy.namespaces.get(namespace)?.approvals ?? []
    const laid = { revision, approvals }
    return new RulePermission(asker, rules, this.#operationPolicies, laid)
  }
}

function compiled<S extends { allow: readonly Statement[]; deny: readonly Statement[] }>(
  sources: ReadonlyMap<string, S>,
  owner: 'own' | 'any',
  nameOf: (key: string, source: S) => string,
  isBuiltIn = false,
): ReadonlyMap<string, Rules> {
  return new Map(
    Array.from(sources, ([key, source]) => [
      key,
      rulesOf(source, { name: nameOf(key, source), owner, isBuiltIn }),
    ]),
  )
}

function isFor({ to }: Statement, { id, role }: Asker): boolean {
  return to === undefined || to.clients.has(id) || to.roles.has(role)
}

/** The rules that name one operation. */
interface OperationRules extends Rules {
  readonly asked: Decision
}

class RulePermission implements Permission {
  readonly approvals: readonly OperationApproval[]
  readonly revision: string | undefined
  readonly locatesOnlyOf: string | undefined
  readonly #id: string
  readonly #tenant: string
  readonly #rules: Rules
  readonly #operationPolicies: ReadonlyMap<string, Rules>
  readonly #byOperation = new Map<OperationName, OperationRules>()

  constructor(
    { id, namespace }: Asker,
    rules: Rules,
    operationPolicies: ReadonlyMap<string, Rules>,
    { approvals, revision }: Pick<Permission, 'approvals' | 'revision'>,
  ) {
    this.approvals = approvals
    this.revision = revision
    this.#id = id
    this.#tenant = namespaceOf({ id, namespace })
    this.#rules = rules
    this.#operationPolicies = operationPolicies
    const isOwn = this.#rulesFor('Locate').allow.every(({ objects }) => objects.owner === 'own')
    this.locatesOnlyOf = isOwn && operationPolicies.size === 0 ? id : undefined
  }

  ask(operation: OperationName): Decision {
    return this.#rulesFor(operation).asked
  }

  decide(operation: OperationName, object: AskedObject): Decision {
    if (tenantOf(object) !== this.#tenant) return ELSEWHERE.hidden
    const rules = this.#rulesFor(operation)
    const named = this.#rulesNamedBy(object)
    const traits = new Traits(object)
    const denial =
      this.#first(rules.deny, operation, traits) ?? this.#first(named.deny, operation, traits)
    if (denial !== undefined) return this.#denied(denial, operation, object)
    const leave =
      this.#first(rules.allow, operation, traits) ?? this.#first(named.allow, operation, traits)
    return leave === undefined ? this.#denied(NOTHING, operation, object) : leave.allowed
  }

  /** What the identity cannot find is not there for it. */
  #denied({ refused, hidden }: Decisions, operation: OperationName, object: AskedObject): Decision {
    const isFound = operation !== 'Locate' && this.decide('Locate', object).verdict === 'allowed'
    return isFound ? refused : hidden
  }

  #first(rules: readonly Rule[], operation: OperationName, traits: Traits): Rule | undefined {
    for (const rule of rules) {
      if (!rule.statement.operations.has(operation)) continue
      if (isSelected(rule.objects, traits, this.#id)) return rule
    }
    return undefined
  }

  #rulesNamedBy({ attributes }: AskedObject): Rules {
    if (this.#operationPolicies.size === 0) return NO_RULES
    const name = attributes.get('OperationPolicyName')
    return (name === undefined ? undefined : this.#operationPolicies.get(name)) ?? NO_RULES
  }

  #rulesFor(operation: OperationName): OperationRules {
    const known = this.#byOperation.get(operation)
    if (known !== undefined) return known
    const names = ({ statement }: Rule) => statement.operations.has(operation)
    const deny = this.#rules.deny.filter(names)
    const allow = this.#rules.allow.filter(names)
    const denial = deny.find(({ statement }) => statement.objects === undefined)
    const asked = denial?.refused ?? allow[0]?.allowed ?? NOTHING.refused
    const rules = { deny, allow, asked }
    this.#byOperation.set(operation, rules)
    return rules
  }
}

const NO_POLICIES: ReadonlyMap<string, Rules> = new Map()
const NOTHING = decisionsBy('nothing allows it')
const ELSEWHERE = decisionsBy('another namespace')
