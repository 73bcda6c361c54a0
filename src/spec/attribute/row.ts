import type { Codec } from '../../schema/codec.ts'
import type { TagRow } from '../../schema/tag.ts'
import type { Lifetime, Version } from '../../schema/version.ts'
import type { OperationName } from '../operation.ts'
import { ALL_OBJECTS, type ObjectTypeName } from './object-types.ts'

/** Who sets the first value of an attribute. */
export type Setter = 'server' | 'client'

/**
 * While what an attribute may be changed: the object is Pre-Active; it is Pre-Active or Active; the same, and the
 * date that the attribute holds has not come; nothing of the limit was allocated yet.
 */
export type Changeable = 'preActive' | 'preActiveOrActive' | 'notReached' | 'unallocated'

/** One attribute with the rules it lives by (KMIP 1.4 section 3, KMIP 2.1 section 4). */
export interface AttributeRow<T, N extends string = string> extends Lifetime {
  /** Normalised name: the key of the table, as in `CryptographicLength`. */
  readonly name: N
  /** The Attribute Name of KMIP 1.x, as in `Cryptographic Length`; of 2.x-only attributes the heading. */
  readonly title: string
  /** The tag of KMIP 2.x. */
  readonly tag: TagRow<unknown>
  readonly codec: Codec<T>
  /** Whether an object may have several. */
  readonly multiple: boolean
  /** Whether each object it applies to has it from creation to destruction. */
  readonly alwaysPresent: boolean
  /** Object Types that may lack it although it is always present. */
  readonly absentFrom: readonly ObjectTypeName[]
  readonly setBy: readonly Setter[]
  readonly serverModifies: boolean
  readonly clientModifies: boolean
  readonly clientDeletes: boolean
  /** The condition on a client's changes and deletions, where there is one. */
  readonly changeableWhile?: Changeable
  /** Operations that may set it without being asked to. */
  readonly implicitlySetBy: readonly OperationName[]
  readonly appliesTo: readonly ObjectTypeName[]
  /** What KMIP 1.4 says, where 2.1 lets more objects have it. */
  readonly appliesToV1?: readonly ObjectTypeName[]
  /** Where the rules stand: in 1.4 and in 2.1. */
  readonly clause: { readonly v1?: string; readonly v2?: string }
}

type Rules = Pick<AttributeRow<unknown>, 'title' | 'setBy' | 'clause'> &
  Partial<Omit<AttributeRow<unknown>, 'name' | 'tag' | 'codec' | 'until'>> & {
    readonly until?: Version
  }

/** A row before it has its name. */
export type NamelessAttributeRow<T> = Omit<AttributeRow<T>, 'name'>

function isCodec<T>(value: Codec<T> | Rules): value is Codec<T> {
  return 'bind' in value
}

/**
 * Describes an attribute: its tag, its codec where that is not the tag's own, and its rules. A rule left out is "no";
 * an attribute applies to all objects unless it says otherwise.
 */
export function attribute<T>(tag: TagRow<T>, rules: Rules): NamelessAttributeRow<T>
export function attribute<T>(
  tag: TagRow<unknown>,
  codec: Codec<T>,
  rules: Rules,
): NamelessAttributeRow<T>
export function attribute(
  tag: TagRow<unknown>,
  second: Codec<unknown> | Rules,
  third?: Rules,
): NamelessAttributeRow<unknown> {
  const [codec, rules] = isCodec(second) ? [second, third] : [tag.codec, second]
  return {
    title: tag.name,
    setBy: [],
    clause: {},
    multiple: false,
    alwaysPresent: false,
    absentFrom: [],
    serverModifies: false,
    clientModifies: false,
    clientDeletes: false,
    implicitlySetBy: [],
    appliesTo: ALL_OBJECTS,
    ...rules,
    tag,
    codec,
  }
}

type NamelessTable = Readonly<Record<string, NamelessAttributeRow<unknown>>>

/** Gives each row the name of its key. */
export function defineAttributes<R extends NamelessTable>(
  rows: R,
): {
  readonly [K in keyof R & string]: R[K] extends NamelessAttributeRow<infer T>
    ? AttributeRow<T, K>
    : never
}
export function defineAttributes(
  rows: NamelessTable,
): Readonly<Record<string, AttributeRow<unknown>>> {
  const named = Object.entries(rows).map(
    ([name, row]) => [name, Object.freeze({ name, ...row })] as const,
  )
  return Object.freeze(Object.fromEntries(named))
}
