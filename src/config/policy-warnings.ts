import { operationsOf } from '../model/permission/operation-class.ts'
import type { OperationName } from '../spec/operation.ts'
import type { Path, PolicyNames } from './policy-file.ts'
import type { ApprovalText, ObjectsText, PolicyText, StatementText } from './policy-schema.ts'
import { ROLES } from './roles.ts'
import { shown } from './schema-words.ts'
import type { WrongValue } from './yaml.ts'

/** Among whom a policy is to decide. */
export interface PolicySurroundings extends PolicyNames {
  /** What is known of a client; undefined where there is none of the name. */
  about(
    name: string,
  ): { readonly role: string; readonly namespace?: string | undefined } | undefined
  /** Clients who approve. */
  readonly officers: number
}

/** What a policy says that can never count, or that looks like something else. Its names are known to mean something. */
export function policyWarnings(
  policy: PolicyText,
  around: PolicySurroundings,
): readonly WrongValue[] {
  const look = new Look(around)
  for (const [name, section] of Object.entries(policy.namespaces)) {
    look.namespace(name, section)
  }
  for (const [name, section] of Object.entries(policy.roles)) {
    look.statements(['roles', name], section, 'own')
  }
  for (const [name, section] of Object.entries(policy.operationPolicies)) {
    look.statements(['operationPolicies', name], section, 'any')
  }
  policy.administration.approvals.forEach(({ approvers }, index) => {
    look.approvers(['administration', 'approvals', index], approvers)
  })
  return look.found
}

interface Section {
  readonly allow: readonly StatementText[]
  readonly deny: readonly StatementText[]
}

class Look {
  readonly found: WrongValue[] = []
  readonly #around: PolicySurroundings

  constructor(around: PolicySurroundings) {
    this.#around = around
  }

  namespace(name: string, section: PolicyText['namespaces'][string]): void {
    const path = ['namespaces', name]
    this.statements(path, section, 'any')
    for (const effect of ['allow', 'deny'] as const) {
      section[effect].forEach(({ to, objects }, index) => {
        const at = [...path, effect, index]
        this.#audience([...at, 'to'], to, name)
        this.#owners([...at, 'objects'], objects, name)
      })
    }
    section.approvals.forEach((approval, index) => {
      const at = [...path, 'approvals', index]
      this.#approval(at, approval)
      this.approvers(at, approval.approvers)
      this.#objects([...at, 'objects'], approval.objects)
      this.#owners([...at, 'objects'], approval.objects, name)
    })
  }

  /** @param owner - whose objects a statement is about that says nothing of that */
  statements(path: Path, { allow, deny }: Section, owner: 'own' | 'any'): void {
    const refused = new Refused(deny, owner)
    for (const [effect, list] of [
      ['allow', allow],
      ['deny', deny],
    ] as const) {
      list.forEach((statement, index) => {
        const at = [...path, effect, index]
        this.#objects([...at, 'objects'], statement.objects)
        if (effect === 'allow' && refused.covers(statement)) {
          this.#say(at, 'allows nothing: a deny of the same part refuses all of it')
        }
      })
    }
  }

  approvers(path: Path, wanted: number): void {
    const { officers } = this.#around
    if (wanted <= officers) return
    this.#say([...path, 'approvers'], `wants more crypto officers than there are: ${officers}`)
  }

  #approval(path: Path, { operations, plaintext, objects }: ApprovalText): void {
    const named = new Set(operations.flatMap((word) => operationsOf(word) ?? []))
    operations.forEach((word, index) => {
      const meant = operationsOf(word) ?? []
      const at = [...path, 'operations', index]
      if (meant.every((name) => EXEMPT.has(name))) {
        this.#say(at, `${word} never needs approval: it is for the server itself`)
      } else if (word === 'Locate' && objects !== undefined) {
        this.#say(at, 'Locate shows no object, and is never among those of an approval')
      }
    })
    if (plaintext && !named.has('Get') && !named.has('Export')) {
      this.#say([...path, 'plaintext'], 'is for Get and Export, and neither is named')
    }
  }

  #audience(path: Path, to: StatementText['to'], namespace: string): void {
    to?.clients?.forEach((name, index) => {
      const at = [...path, 'clients', index]
      this.#member(at, name, namespace)
      if (isOfficer(this.#around.about(name)?.role)) this.#say(at, `${name} ${NO_KEYS}`)
    })
    to?.roles?.forEach((role, index) => {
      if (isOfficer(role)) this.#say([...path, 'roles', index], `the role ${role} ${NO_KEYS}`)
    })
  }

  #owners(path: Path, objects: ObjectsText | undefined, namespace: string): void {
    const { owner } = objects ?? {}
    if (owner === undefined || typeof owner === 'string') return
    owner.forEach((name, index) => {
      this.#member([...path, 'owner', index], name, namespace)
    })
  }

  /** Statements of a namespace are for those who are in it, and about what is theirs. */
  #member(path: Path, name: string, namespace: string): void {
    const client = this.#around.about(name)
    if (client === undefined || client.namespace === this.#around.namespace(namespace)) return
    this.#say(path, `${name} is not in the namespace ${namespace}: this is never about it`)
  }

  #objects(path: Path, objects: ObjectsText | undefined): void {
    for (const key of ['name', 'group'] as const) {
      objects?.[key]?.forEach((text, index) => {
        const problem = strangenessOf(text)
        if (problem !== undefined) this.#say([...path, key, index], `${shown(text)} ${problem}`)
      })
    }
  }

  #say(path: Path, problem: string): void {
    this.found.push({ path, problem, canBeMissing: false })
  }
}

/** What the denies of a part refuse, by whom they are for and which objects they are about. */
class Refused {
  readonly #operations = new Map<string, Set<OperationName>>()
  readonly #owner: 'own' | 'any'

  constructor(denies: readonly StatementText[], owner: 'own' | 'any') {
    this.#owner = owner
    for (const { operations, to, objects } of denies) {
      const key = keyOf(to, objects)
      const known = this.#operations.get(key) ?? new Set()
      for (const name of operations.flatMap((word) => operationsOf(word) ?? [])) known.add(name)
      this.#operations.set(key, known)
    }
  }

  covers({ operations, to, objects }: StatementText): boolean {
    if (this.#operations.size === 0) return false
    // Without objects a deny of a role is about its own objects alone.
    const isWithin =
      this.#owner === 'any' || objects?.owner === undefined || objects.owner === 'own'
    const keys = [keyOf(to, objects), keyOf(undefined, objects)]
    if (isWithin) keys.push(keyOf(to, undefined), keyOf(undefined, undefined))
    return operations
      .flatMap((word) => operationsOf(word) ?? [])
      .every((name) => keys.some((key) => this.#operations.get(key)?.has(name) === true))
  }
}

function keyOf(to: StatementText['to'], objects: ObjectsText | undefined): string {
  return JSON.stringify([to ?? null, objects ?? null])
}

function isOfficer(role: string | undefined): boolean {
  return OFFICERS.has(role ?? '')
}

/** Why a name of objects may not be the one that somebody sees: it is compared byte for byte. */
function strangenessOf(text: string): string | undefined {
  if (/\p{Cf}/u.test(text)) return 'has characters that nobody sees'
  if (text !== text.normalize('NFC')) return 'can be written with other bytes that look the same'
  const scripts = SCRIPTS.filter((script) => script.test(text))
  return scripts.length > 1 ? 'mixes letters of scripts that look alike' : undefined
}

const SCRIPTS = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u]
const OFFICERS: ReadonlySet<string> = new Set(
  Object.entries(ROLES).flatMap(([name, role]) => (role.isOfficer ? [name] : [])),
)
const EXEMPT: ReadonlySet<OperationName> = new Set(operationsOf('server'))
const NO_KEYS = 'has no keys: no statement is for it'
