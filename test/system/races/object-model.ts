import type { Model } from './checker.ts'

/** One question about the object that everybody races for. */
export type Input =
  /** Import under the one Unique Identifier; `replaces` is its Replace Existing. */
  | { readonly kind: 'bring'; readonly value: string; readonly replaces: boolean }
  | { readonly kind: 'activate' }
  | { readonly kind: 'destroy' }
  | { readonly kind: 'deactivate' }
  | { readonly kind: 'compromise' }
  | { readonly kind: 'get' }
  | { readonly kind: 'look' }
  /** Add, Modify and Set Attribute of the one Contact Information. */
  | { readonly kind: 'add' | 'modify' | 'set'; readonly note: string }
  | { readonly kind: 'delete' }
  /** Adjust Attribute: one more. */
  | { readonly kind: 'count' }
  | { readonly kind: 'allocate'; readonly units: number }

/** `done`, what was told, or `refused` with no matter which reason but for one: that there is no such object. */
export type Output = string

type Life =
  'PreActive' | 'Active' | 'Deactivated' | 'Compromised' | 'Destroyed' | 'DestroyedCompromised'

export interface RacedObject {
  readonly life: Life
  readonly value: string
  readonly note: string | undefined
  readonly counted: number
  readonly left: number
}

/** Units of Usage Limits that the object has at first. */
export const UNITS = 20

/** What Get Attributes tells of the object, in the form in which answers are read. */
export function told({ life, note, counted, left }: RacedObject): string {
  return `${life} ${note ?? '-'} ${String(counted)} ${String(left)}`
}

/** One object by the standard: KMIP 2.1 section 4.57 for its states, 6.1 for the operations. */
export const raced: Model<RacedObject | undefined, Input, Output> = {
  initial: undefined,
  step(state, input, output) {
    const [expected, after] = apply(state, input)
    return output === undefined || output === expected ? [after] : []
  },
  leavesAlone: ({ kind }, output) => kind === 'get' || kind === 'look' || output !== 'done',
  keyOf: (state) => (state === undefined ? 'absent' : `${told(state)} ${state.value}`),
}

type Step = readonly [Output, RacedObject | undefined]

function apply(object: RacedObject | undefined, input: Input): Step {
  if (input.kind === 'bring') return bring(object, input)
  if (object === undefined) return ['absent', undefined]
  if (input.kind === 'get') return [isDestroyed(object) ? 'refused' : object.value, object]
  if (input.kind === 'look') return [told(object), object]
  if (isMove(input)) return moved(object, MOVES[input.kind])
  return isDestroyed(object) ? ['refused', object] : changed(object, input)
}

type Move = Extract<Input, { kind: 'activate' | 'deactivate' | 'compromise' | 'destroy' }>

function isMove(input: Input): input is Move {
  return input.kind in MOVES
}

const MOVES: Readonly<Record<Move['kind'], Partial<Record<Life, Life>>>> = {
  activate: { PreActive: 'Active' },
  deactivate: { Active: 'Deactivated' },
  compromise: {
    PreActive: 'Compromised',
    Active: 'Compromised',
    Deactivated: 'Compromised',
    Destroyed: 'DestroyedCompromised',
  },
  destroy: {
    PreActive: 'Destroyed',
    Deactivated: 'Destroyed',
    Compromised: 'DestroyedCompromised',
  },
}

function isDestroyed({ life }: RacedObject): boolean {
  return life === 'Destroyed' || life === 'DestroyedCompromised'
}

function moved(object: RacedObject, to: Partial<Record<Life, Life>>): Step {
  const life = to[object.life]
  return life === undefined ? ['refused', object] : ['done', { ...object, life }]
}

function bring(
  object: RacedObject | undefined,
  { value, replaces }: Extract<Input, { kind: 'bring' }>,
): Step {
  if (object !== undefined && !replaces) return ['refused', object]
  return ['done', { life: 'PreActive', value, note: undefined, counted: 0, left: UNITS }]
}

type Change = Extract<Input, { kind: 'add' | 'modify' | 'set' | 'delete' | 'count' | 'allocate' }>

function changed(object: RacedObject, input: Change): Step {
  switch (input.kind) {
    case 'set':
      return ['done', { ...object, note: input.note }]
    case 'add':
      return when(object.note === undefined, object, { note: input.note })
    case 'modify':
      return when(object.note !== undefined, object, { note: input.note })
    case 'delete':
      return when(object.note !== undefined, object, { note: undefined })
    case 'count':
      return ['done', { ...object, counted: object.counted + 1 }]
    case 'allocate': {
      const left = object.left - input.units
      return when(object.life === 'Active' && left >= 0, object, { left })
    }
  }
}

function when(isPossible: boolean, object: RacedObject, change: Partial<RacedObject>): Step {
  return isPossible ? ['done', { ...object, ...change }] : ['refused', object]
}
