import { BUILT_IN_ROLES } from '../../../src/config/roles.ts'
import { AttributeSet, type AttributeEntry } from '../../../src/model/attribute-set.ts'
import { operationsOf } from '../../../src/model/permission/operation-class.ts'
import { CompiledPolicy, type AskedObject } from '../../../src/model/permission/permission.ts'
import { EMPTY_POLICY, type Policy, type Statement } from '../../../src/model/permission/policy.ts'
import { NameType } from '../../../src/spec/enum/name-type.ts'
import { ObjectType } from '../../../src/spec/enum/object-type.ts'

/** What an object of a test is like; where nothing is said it is a nameless key of app-1 in payments. */
export interface Traits {
  readonly owner?: string
  readonly namespace?: string
  readonly names?: readonly string[]
  readonly groups?: readonly string[]
  readonly type?: ObjectType
  readonly mask?: number
  readonly policy?: string
}

export function objectOf(traits: Traits = {}): AskedObject {
  const { owner = 'app-1', namespace = 'payments', names = [], groups = [] } = traits
  const nameType = NameType.UninterpretedTextString
  const entries: AttributeEntry[] = [
    ...names.map((nameValue) => ({
      reference: { name: 'Name' as const },
      value: { nameValue, nameType },
    })),
    ...groups.map((value) => ({ reference: { name: 'ObjectGroup' as const }, value })),
    ...(traits.mask === undefined
      ? []
      : [{ reference: { name: 'CryptographicUsageMask' as const }, value: traits.mask }]),
    ...(traits.policy === undefined
      ? []
      : [{ reference: { name: 'OperationPolicyName' as const }, value: traits.policy }]),
  ]
  return {
    owner,
    namespace,
    objectType: traits.type ?? ObjectType.SymmetricKey,
    attributes: AttributeSet.from(entries),
  }
}

/** A client of payments. */
export function clientOf(id = 'app-1', role = 'user', namespace: string | undefined = 'payments') {
  return { id, role, namespace }
}

/** A statement about operations by their words. */
export function statementOf(words: string, rest: Omit<Statement, 'operations'> = {}): Statement {
  const operations = new Set(words.split(' ').flatMap((word) => operationsOf(word) ?? []))
  return { operations, ...rest }
}

/** A policy of parts, with the built-in roles. */
export function policyOf(parts: Partial<Policy>): CompiledPolicy {
  return new CompiledPolicy({ ...EMPTY_POLICY, ...parts }, BUILT_IN_ROLES)
}

/** A policy that lays down something for payments. */
export function payments(
  allow: readonly Statement[],
  deny: readonly Statement[] = [],
  parts: Partial<Policy> = {},
): CompiledPolicy {
  const namespaces = new Map([['payments', { name: 'payments', allow, deny, approvals: [] }]])
  return policyOf({ namespaces, ...parts })
}
