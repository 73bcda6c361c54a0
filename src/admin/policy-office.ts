import { BUILT_IN_ROLES } from '../config/roles.ts'
import {
  parsePolicy,
  parsePolicyAside,
  type PolicyNames,
  type ReadPolicy,
} from '../config/policy-file.ts'
import { inspectPolicy, type PolicyInspection } from '../config/policy-inspection.ts'
import type { PolicyCounts } from '../config/policy-schema.ts'
import { KmipFault } from '../fault/fault.ts'
import type { Identity } from '../model/identity.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import type { ApprovableCall } from '../model/approval/approvable-call.ts'
import { approvalRulesOf, callTermsOf } from '../model/approval/policy-rules.ts'
import type { ApprovalRule } from '../model/approval/rule.ts'
import { clientOperation } from '../model/permission/operation-class.ts'
import { CompiledPolicy } from '../model/permission/permission.ts'
import { EMPTY_POLICY, type ApprovalTerms } from '../model/permission/policy.ts'
import type { Decision } from '../model/permission/rule.ts'
import type { Clock } from '../port/clock.ts'
import type { Store } from '../port/store.ts'
import type { PolicyBook, StoredPolicy } from '../repository/policy-book.ts'
import { PolicyInForce } from '../server/policy-in-force.ts'

/** What an office works with. */
export interface OfficeDeps {
  readonly store: Store
  readonly book: PolicyBook
  readonly clock: Clock
  readonly names: PolicyNames
  /** The client of a name, as it asks. */
  readonly identityOf: (name: string) => Identity | undefined
  /** How many clients may approve now. */
  readonly officers: () => number
  /** An object that a client's namespace has. */
  readonly objectFor: (identity: Identity, id: string) => Promise<ManagedObject | undefined>
}

/** What is asked of a policy. */
export interface PolicyQuestion {
  readonly identity: string
  readonly operation: string
  readonly object?: string | undefined
}

/** Identifiers by names. */
export type MeantNames = Readonly<Record<string, string>>

/** What decides, and what beside it has to be approved. */
export interface Explanation extends Decision {
  /** Absent where no officer has to approve what is allowed. */
  readonly approvals?: readonly NeededApproval[]
}

interface NeededApproval extends ApprovalTerms {
  /** Only where a key is asked for as it is. */
  readonly plaintext: boolean
}

/** A policy that was put into force. */
interface Enforced {
  readonly stored: StoredPolicy | undefined
  readonly read: ReadPolicy
}

/** Keeps the policy: what lies in the store is what decides. */
export class PolicyOffice {
  readonly inForce: PolicyInForce
  readonly #deps: OfficeDeps
  #enforced: Enforced
  #problem: KmipFault | undefined
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(deps: OfficeDeps) {
    this.#deps = deps
    this.#enforced = NOTHING
    this.inForce = new PolicyInForce(new CompiledPolicy(EMPTY_POLICY, new Map()))
  }

  /** What cannot be read allows nothing; see {@link checkReadable}. */
  static async open(deps: OfficeDeps): Promise<PolicyOffice> {
    const office = new PolicyOffice(deps)
    await office.#reload()
    return office
  }

  /** Throws `UNAVAILABLE` when the policy in the store cannot be read: it decides nothing until another is applied. */
  checkReadable(): void {
    if (this.#problem !== undefined) throw this.#problem
  }

  /** The policy as it was laid down; undefined where none ever was. */
  get stored(): StoredPolicy | undefined {
    return this.#enforced.stored
  }

  get counts(): PolicyCounts {
    return this.#enforced.read.counts
  }

  /** Finds what is wrong with a policy file, and what is hardly meant, and changes nothing. */
  async inspect(text: string, name: string): Promise<PolicyInspection> {
    const { names, identityOf, officers } = this.#deps
    return inspectPolicy(text, name, {
      client: (word) => names.client(word),
      namespace: (word) => names.namespace(word),
      about: identityOf,
      officers: officers(),
    })
  }

  /** Reads a policy file and changes nothing. Throws as `parsePolicy` does. */
  async check(text: string, name: string): Promise<ReadPolicy> {
    return parsePolicyAside(text, name, this.#deps.names)
  }

  /** Whom the names in a policy file mean now. Throws as `parsePolicy` does. */
  async meant(
    text: string,
    name: string,
  ): Promise<Readonly<Record<'clients' | 'namespaces', MeantNames>>> {
    const meant = new RecordedNames(this.#deps.names)
    await parsePolicyAside(text, name, meant)
    return {
      clients: Object.fromEntries(meant.clients),
      namespaces: Object.fromEntries(meant.namespaces),
    }
  }

  /**
   * Puts a policy file in the place of the one that decides: what is asked after it resolved is decided by the new one.
   *
   * @throws KmipFault as `parsePolicy` does, `CONFLICT`, `UNAVAILABLE`; the one before decides on then
   */
  async apply(text: string, name: string): Promise<{ revision: number; read: ReadPolicy }> {
    const turn = this.#turn.then(async () => this.#apply(text, name))
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  /**
   * How a call of the admin API has to be approved; undefined where it need not be. Throws `UNAVAILABLE` while nobody can
   * say, but for the call that puts another policy there.
   */
  termsOf(call: ApprovableCall): ApprovalTerms | undefined {
    if (call !== 'policy.apply') this.checkReadable()
    return callTermsOf(this.inForce.compiled.policy.administration, call)
  }

  /** Throws `INVALID_FIELD` for a role that neither is built in nor is in the policy. */
  checkRole(role: string): void {
    const { compiled } = this.inForce
    if (compiled.hasRole(role)) return
    const names = compiled.roleNames().join(', ')
    throw new KmipFault('INVALID_FIELD', `There is no role ${role}; the roles are ${names}`)
  }

  /** Which rule decides. Throws `OBJECT_NOT_FOUND` for a client, `INVALID_FIELD` for an operation that there is not. */
  async explain({
    identity: name,
    operation: word,
    object: id,
  }: PolicyQuestion): Promise<Explanation> {
    const identity = this.#deps.identityOf(name)
    if (identity === undefined) {
      throw new KmipFault('OBJECT_NOT_FOUND', `There is no client ${name}`)
    }
    const operation = clientOperation(word)
    if (operation === undefined) {
      throw new KmipFault('INVALID_FIELD', `There is no operation ${word} that clients ask for`)
    }
    const permission = this.inForce.of(identity)
    const asked = permission.ask(operation)
    const rules = approvalRulesOf(permission.approvals, identity.id)?.of(operation) ?? []
    if (asked.verdict !== 'allowed' || id === undefined) return withApprovals(asked, rules)
    const object = await this.#deps.objectFor(identity, id)
    if (object === undefined) return NOT_THERE
    return withApprovals(permission.decide(operation, object), rules, object)
  }

  async #apply(text: string, name: string): Promise<{ revision: number; read: ReadPolicy }> {
    const { book, store, clock, names } = this.#deps
    const meant = new RecordedNames(names)
    const read = await parsePolicyAside(text, name, meant)
    const { clients, namespaces } = meant
    const policy = { applied: Math.trunc(clock.now()), text, clients, namespaces }
    let revision: number
    try {
      revision = await book.replace(store, policy)
    } catch (error) {
      // Whether it was stored may not be known: what is stored decides.
      await this.#reload()
      throw error
    }
    this.#enforce({ stored: { ...policy, revision }, read })
    return { revision, read }
  }

  async #reload(): Promise<void> {
    try {
      const stored = await this.#deps.book.read()
      this.#enforce({ stored, read: readStored(stored) })
    } catch (cause) {
      if (!(cause instanceof KmipFault)) throw cause
      const detail = cause.message
      this.inForce.replace(new CompiledPolicy(EMPTY_POLICY, new Map()))
      this.#problem = new KmipFault('UNAVAILABLE', UNREADABLE, { cause, detail })
    }
  }

  #enforce(enforced: Enforced): void {
    const policy = new CompiledPolicy(
      enforced.read.policy,
      BUILT_IN_ROLES,
      enforced.stored?.revision,
    )
    this.#enforced = enforced
    this.#problem = undefined
    this.inForce.replace(policy)
  }
}

/** Adds those that the operation needs by itself, or for the object. */
function withApprovals(
  decision: Decision,
  rules: readonly ApprovalRule[],
  object?: ManagedObject,
): Explanation {
  if (decision.verdict !== 'allowed') return decision
  const needed = rules.filter(
    ({ isAbout }) => isAbout === undefined || (object !== undefined && isAbout(object)),
  )
  if (needed.length === 0) return decision
  const { verdict, rule } = decision
  const approvals = needed.map(({ approvers, expires, plaintext }) => {
    return { approvers, expires, plaintext }
  })
  return { verdict, rule, approvals }
}

function readStored(stored: StoredPolicy | undefined): ReadPolicy {
  if (stored === undefined) return NOTHING.read
  const { text, clients, namespaces } = stored
  return parsePolicy(text, 'policy', {
    client: (name) => clients.get(name),
    namespace: (name) => namespaces.get(name),
  })
}

/** Whom names meant when somebody asked. */
class RecordedNames implements PolicyNames {
  readonly clients = new Map<string, string>()
  readonly namespaces = new Map<string, string>()
  readonly #names: PolicyNames

  constructor(names: PolicyNames) {
    this.#names = names
  }

  client(name: string): string | undefined {
    return noted(this.clients, name, this.#names.client(name))
  }

  namespace(name: string): string | undefined {
    return noted(this.namespaces, name, this.#names.namespace(name))
  }
}

function noted(
  names: Map<string, string>,
  name: string,
  id: string | undefined,
): string | undefined {
  if (id !== undefined) names.set(name, id)
  return id
}

const UNREADABLE =
  "The policy in the store cannot be read: 'kmipd policy apply' puts another in its place"
const NOT_THERE: Decision = { verdict: 'hidden', rule: 'no such object in the namespace' }
const NOTHING: Enforced = {
  stored: undefined,
  read: {
    policy: EMPTY_POLICY,
    counts: { roles: 0, namespaces: 0, operationPolicies: 0, statements: 0, approvals: 0 },
  },
}
