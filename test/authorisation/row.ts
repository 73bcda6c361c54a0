import type { Relation, StateName } from './cases.ts'
import type { Kind } from './kinds.ts'
import type { Fate } from './oracle.ts'
import type { Made, Placing, Stage, Told } from './stage.ts'

/** What a request is about. */
export interface Scene {
  /** Identifier of what the row is about, which may not be there. */
  readonly id: string
  readonly name: string
  /** Undefined for what is not there, and for what is no object. */
  readonly it: Made | undefined
  readonly relation: Relation
  /** What was put up besides. */
  readonly beside: readonly Made[]
  /** An identifier that nothing has yet. */
  readonly chosen: string
  /** What the client was told before, which the request says again. */
  readonly learnt: string
}

/** An object that a request has to do with. */
export interface Touched {
  /** What the row is about, or the number of what stands beside it. */
  readonly which: 'it' | number
  /** The operation that it is asked for with. */
  readonly as: string
  /** Where it is not there, the operation goes on without it. */
  readonly isOptional?: boolean
  /** It is an operation of its own, which is asked for first. */
  readonly isOperation?: boolean
}

/** One way of asking for an operation, to be asked by every role, about what is of every relation in every state. */
export interface Row {
  readonly operation: string
  /** What tells it from other rows of the operation. */
  readonly what?: string
  /** What it is about: an object of a kind, a new object that the request describes, what was asked for, or nothing. */
  readonly about: Kind | 'new' | 'job' | 'nothing'
  /** Another that is put up before it in the same relation and state, and then stands beside it first. */
  readonly half?: Kind
  /** How it is put up otherwise than its kind is. */
  readonly put?: (relation: Relation, half: Made | undefined) => Partial<Placing>
  /** What else is put up, to be had by everybody. */
  readonly beside?: readonly Kind[]
  /** The same, once it is known what the row is about. */
  readonly around?: (stage: Stage, scene: Scene) => Promise<readonly Made[]>
  /** What the client does before, while it may do everything; gives what the request says again. */
  readonly learn?: (stage: Stage, scene: Scene) => Promise<string>
  readonly version?: string
  /** Those in which it is worth asking; all where it is absent. */
  readonly states?: readonly StateName[]
  readonly payload: (scene: Scene) => string
  /** The objects that are asked for, in their order; what the row is about, with the operation, where it is absent. */
  readonly touches?: readonly Touched[] | ((relation: Relation) => readonly Touched[])
  /** What is told of what is hidden in the namespace, where that is not to be kept a secret. */
  readonly hiddenHere?: string
  /** What becomes of it for whom the operation itself is allowed, where it is no object. */
  readonly fateOf?: (relation: Relation) => Fate
  /** What else is to be told of what has happened. */
  readonly told?: (stage: Stage, told: Told) => Promise<string>
}

export const titleOf = ({ operation, what }: Row): string =>
  what === undefined ? operation : `${operation} (${what})`
