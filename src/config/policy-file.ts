import { KmipFault } from '../fault/fault.ts'
import { operationsOf } from '../model/permission/operation-class.ts'
import type {
  Audience,
  NamespaceStatements,
  OperationApproval,
  Policy,
  StatedObjects,
  Statement,
  Statements,
} from '../model/permission/policy.ts'
import { namePattern, type OwnerSelector } from '../model/permission/selector.ts'
import { membersOf, type AnyMembers } from '../schema/enumeration.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { CryptographicUsageMask } from '../spec/mask/cryptographic-usage-mask.ts'
import type { OperationName } from '../spec/operation.ts'
import {
  countsOf,
  MOST_STATEMENTS,
  policySchema,
  type ApprovalText,
  type ObjectsText,
  type PolicyCounts,
  type PolicyText,
  type StatementText,
} from './policy-schema.ts'
import { ROLES } from './roles.ts'
import {
  parseYaml,
  sourceRefusal,
  checkedValue,
  valueRefusal,
  type WrongValue,
  type YamlFile,
} from './yaml.ts'
import { LONG, readInThread } from './yaml-thread.ts'

/** Who is meant by the names in a policy. */
export interface PolicyNames {
  /** Identifier of a client; undefined where there is none of the name. */
  client(name: string): string | undefined
  /** Identifier of a namespace; undefined where there is none of the name. */
  namespace(name: string): string | undefined
}

/** A policy that was read, and how much it says. */
export interface ReadPolicy {
  readonly policy: Policy
  readonly counts: PolicyCounts
}

/**
 * Reads a policy file (docs/authorisation.md).
 *
 * @param name - of the file, for messages
 * Throws `INVALID_FIELD` with one line that names the file, the line and the key of the first thing that is wrong, names
 * of clients, roles and namespaces that there are not among them.
 */
export function parsePolicy(text: string, name: string, names: PolicyNames): ReadPolicy {
  return policyIn(parseYaml<PolicyText>(text, name, policySchema), names)
}

/** The same, in a thread where it would take long: reading the longest file takes seconds. */
export async function parsePolicyAside(
  text: string,
  name: string,
  names: PolicyNames,
): Promise<ReadPolicy> {
  if (text.length < LONG) return parsePolicy(text, name, names)
  const source = await readInThread(text)
  try {
    if (source.wrong !== undefined) throw sourceRefusal(name, source.wrong)
    const { wrong, read } = understood(source.value, names)
    if (read !== undefined) return read
    throw valueRefusal(name, wrong, await source.find(wrong.path))
  } finally {
    await source.end()
  }
}

type Understood =
  | { readonly read: ReadPolicy; readonly wrong?: undefined }
  | { readonly wrong: WrongValue; readonly read?: undefined }

/** What a file says, or the first thing that is wrong with it, whose line is not known yet. */
function understood(value: unknown, names: PolicyNames): Understood {
  const outcome = checkedValue<PolicyText>(value, policySchema)
  if (outcome.wrong !== undefined) return { wrong: outcome.wrong }
  let wrong: WrongValue | undefined
  const refusal = (path: readonly PropertyKey[], problem: string) => {
    wrong = { path, problem, canBeMissing: false }
    return new KmipFault('INVALID_FIELD', problem)
  }
  try {
    return { read: policyIn({ value: outcome.value, refusal }, names) }
  } catch (error) {
    if (wrong === undefined) throw error
    return { wrong }
  }
}

function policyIn(file: YamlFile<PolicyText>, names: PolicyNames): ReadPolicy {
  const counts = countsOf(file.value)
  if (counts.statements + counts.approvals > MOST_STATEMENTS) {
    throw file.refusal([], `has more than ${MOST_STATEMENTS} statements`)
  }
  const wrong = (path: Path, problem: string) => {
    throw file.refusal(path, problem)
  }
  return { policy: new PolicyReader(file.value, names, wrong).policy(), counts }
}

/** Keys that lead to a part of a policy. */
export type Path = readonly (string | number)[]

/** Makes a policy of what a file says, and has `wrong` told of names that nobody has: it goes on where that does. */
export class PolicyReader {
  readonly #value: PolicyText
  readonly #names: PolicyNames
  readonly #wrong: (path: Path, problem: string) => void

  constructor(value: PolicyText, names: PolicyNames, wrong: (path: Path, problem: string) => void) {
    this.#value = value
    this.#names = names
    this.#wrong = wrong
  }

  policy(): Policy {
    const { roles, namespaces, operationPolicies, administration } = this.#value
    const statements =
      (section: string) =>
      ([name, value]: readonly [
        string,
        Pick<PolicyText['namespaces'][string], 'allow' | 'deny'>,
      ]) =>
        [name, this.#statements(value, [section, name])] as const
    return {
      roles: new Map(Object.entries(roles).map(statements('roles'))),
      namespaces: new Map(Object.entries(namespaces).map((entry) => this.#namespace(entry))),
      operationPolicies: new Map(
        Object.entries(operationPolicies).map(statements('operationPolicies')),
      ),
      administration: administration.approvals.map(({ calls, approvers, expires }) => ({
        calls: new Set<string>(calls),
        approvers,
        expires,
      })),
    }
  }

  #namespace([name, value]: readonly [string, PolicyText['namespaces'][string]]): readonly [
    string,
    NamespaceStatements,
  ] {
    const path = ['namespaces', name]
    const id = this.#names.namespace(name)
    if (id === undefined) this.#wrong(path, 'there is no such namespace')
    const approvals = value.approvals.map((each, index) =>
      this.#approval(each, [...path, 'approvals', index]),
    )
    return [id ?? name, { name, ...this.#statements(value, path), approvals }]
  }

  #statements(
    { allow, deny }: { allow: readonly StatementText[]; deny: readonly StatementText[] },
    path: Path,
  ): Statements {
    return {
      allow: allow.map((each, index) => this.#statement(each, [...path, 'allow', index])),
      deny: deny.map((each, index) => this.#statement(each, [...path, 'deny', index])),
    }
  }

  #statement({ operations, to, objects }: StatementText, path: Path): Statement {
    return {
      operations: operationsIn(operations),
      ...(to && { to: this.#audience(to, [...path, 'to']) }),
      ...(objects && { objects: this.#objects(objects, [...path, 'objects']) }),
    }
  }

  #audience({ clients = [], roles = [] }: NonNullable<StatementText['to']>, path: Path): Audience {
    roles.forEach((role, index) => {
      if (!this.#hasRole(role)) this.#wrong([...path, 'roles', index], 'there is no such role')
    })
    return { clients: this.#clients(clients, [...path, 'clients']), roles: new Set(roles) }
  }

  #approval(approval: ApprovalText, path: Path): OperationApproval {
    const { operations, objects, approvers, expires, plaintext } = approval
    const stated = objects && this.#objects(objects, [...path, 'objects'])
    return {
      operations: operationsIn(operations),
      ...(stated && { objects: { ...stated, owner: stated.owner ?? 'any' } }),
      isPlaintextOnly: plaintext,
      approvers,
      expires,
    }
  }

  #objects({ owner, name, group, type, usage }: ObjectsText, path: Path): StatedObjects {
    return {
      ...(owner !== undefined && { owner: this.#owner(owner, [...path, 'owner']) }),
      ...(name && { names: name.map(namePattern) }),
      ...(group && { groups: new Set(group) }),
      ...(type && { types: new Set(type.map((each) => valueIn(ObjectType, each))) }),
      ...(usage !== undefined && { usage: maskOf(usage) }),
    }
  }

  #owner(owner: NonNullable<ObjectsText['owner']>, path: Path): OwnerSelector {
    return typeof owner === 'string' ? owner : this.#clients(owner, path)
  }

  #clients(names: readonly string[], path: Path): ReadonlySet<string> {
    const ids = names.flatMap((name, index) => {
      const id = this.#names.client(name)
      if (id === undefined) this.#wrong([...path, index], `there is no client ${name}`)
      return id ?? []
    })
    return new Set(ids)
  }

  #hasRole(name: string): boolean {
    return Object.hasOwn(ROLES, name) || Object.hasOwn(this.#value.roles, name)
  }
}

function operationsIn(words: readonly string[]): ReadonlySet<OperationName> {
  return new Set(words.flatMap((word) => operationsOf(word) ?? []))
}

function maskOf(bits: readonly string[]): number {
  return bits.reduce((mask, name) => mask | valueIn(CryptographicUsageMask, name), 0)
}

function valueIn(members: AnyMembers, name: string): number {
  return membersOf(members).valueOf(name) ?? 0
}
