import { KmipFault } from '../fault/fault.ts'
import type { DateTime } from '../schema/primitive.ts'
import { State } from '../spec/enum/state.ts'
import type { AttributeSet } from './attribute-set.ts'
import type { ManagedObject } from './managed-object.ts'

/** What moves an object from one state to another. */
export type LifecycleEvent = 'activate' | 'deactivate' | 'compromise' | 'destroy'

type KnownState = (typeof State)[keyof typeof State & string]

/**
 * The transitions of KMIP 1.4 section 3.22 and KMIP 2.1 section 4.57, by the standard's numbers; the first is the
 * creation of the object. What is not here is not permitted.
 */
export const TRANSITIONS = {
  [State.PreActive]: {
    destroy: State.Destroyed, // 2
    compromise: State.Compromised, // 3
    activate: State.Active, // 4
  },
  [State.Active]: {
    compromise: State.Compromised, // 5
    deactivate: State.Deactivated, // 6
  },
  [State.Deactivated]: {
    destroy: State.Destroyed, // 7
    compromise: State.Compromised, // 8
  },
  [State.Compromised]: {
    destroy: State.DestroyedCompromised, // 9
  },
  [State.Destroyed]: {
    compromise: State.DestroyedCompromised, // 10
  },
  [State.DestroyedCompromised]: {},
} as const satisfies Record<KnownState, Partial<Record<LifecycleEvent, KnownState>>>

/** The state an event leads to; undefined when the standard knows no such transition. */
export function nextState(state: State, event: LifecycleEvent): State | undefined {
  const transitions: Partial<Record<number, Partial<Record<LifecycleEvent, State>>>> = TRANSITIONS
  return transitions[state]?.[event]
}

/** Moves an object by an event, stamping the date that the event sets. Throws `WRONG_STATE`. */
export function transition(
  object: ManagedObject,
  event: LifecycleEvent,
  now: DateTime,
): ManagedObject {
  const state = object.attributes.get('State')
  const next = state === undefined ? undefined : nextState(state, event)
  if (next === undefined) {
    throw new KmipFault('WRONG_STATE', `The object is not in a state that permits to ${event} it`)
  }
  return { ...object, attributes: stamp(object.attributes.with('State', next), event, now) }
}

function stamp(attributes: AttributeSet, event: LifecycleEvent, now: DateTime): AttributeSet {
  switch (event) {
    case 'activate':
      return attributes.with('ActivationDate', now)
    case 'deactivate':
      return attributes.with('DeactivationDate', now)
    case 'compromise':
      return attributes.with('CompromiseDate', now)
    case 'destroy':
      return attributes.with('DestroyDate', now)
  }
}

/**
 * Makes the transitions that dates have brought about: an Activation Date reached in Pre-Active, a Deactivation Date
 * reached in Active. Gives back the same object when none is due, so that a caller can tell. A date that lies before
 * the last change brings its change about with that change, so the Last Change Date never goes back.
 */
export function settle(object: ManagedObject, now: DateTime): ManagedObject {
  const due = dueDate(object)
  if (due === undefined || due > now) return object
  const isActivation = object.attributes.get('State') === State.PreActive
  const settled = object.attributes
    .with('State', isActivation ? State.Active : State.Deactivated)
    .with('LastChangeDate', Math.max(due, object.attributes.get('LastChangeDate') ?? due))
  return settle({ ...object, attributes: settled }, now)
}

/** When dates will next change the state of an object; undefined when none will. */
export function dueDate({ attributes }: ManagedObject): DateTime | undefined {
  const state = attributes.get('State')
  if (state === State.PreActive) return attributes.get('ActivationDate')
  return state === State.Active ? attributes.get('DeactivationDate') : undefined
}
