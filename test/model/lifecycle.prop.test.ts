import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KmipFault } from '../../src/fault/fault.ts'
import { modifyAttribute, setAttribute } from '../../src/model/attribute-change.ts'
import { settle, transition, type LifecycleEvent } from '../../src/model/lifecycle.ts'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import { entry, keyIn, NOW, stateOf } from './sample.ts'

type Step = (object: ManagedObject, now: number) => ManagedObject

interface Move {
  readonly after: number
  readonly step: Step
}

const events: readonly LifecycleEvent[] = ['activate', 'deactivate', 'compromise', 'destroy']

const offset = fc.integer({ min: -200, max: 200 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom(...events).map(
    (event): Step =>
      (object, now) =>
        transition(object, event, now),
  ),
  fc.constant<Step>(settle),
  fc
    .tuple(fc.constantFrom('ActivationDate', 'DeactivationDate'), offset)
    .map(([name, by]): Step => (object, now) => {
      return setAttribute(object, entry(name, now + by), now).object
    }),
  offset.map((by): Step => (object, now) => {
    const select = { by: 'only' } as const
    return modifyAttribute(object, entry('ActivationDate', now + by), select, now).object
  }),
)
const moves = fc.array(fc.record<Move>({ after: fc.nat(150), step }), { maxLength: 25 })

/** Every object that a path leads through; a step that is refused leaves the object as it was. */
function pathOf(path: readonly Move[]): readonly ManagedObject[] {
  let now = NOW
  let object = keyIn('PreActive')
  const passed = [object]
  for (const { after, step: take } of path) {
    now += after
    object = attempt(take, object, now)
    passed.push(object)
  }
  return passed
}

function attempt(take: Step, object: ManagedObject, now: number): ManagedObject {
  try {
    return take(settle(object, now), now)
  } catch (error) {
    if (error instanceof KmipFault) return settle(object, now)
    throw error
  }
}

/** Pairs of what was before and what came after. */
function* stepsOf(path: readonly Move[]) {
  const passed = pathOf(path)
  for (const [index, after] of passed.entries()) {
    const before = passed[index - 1]
    if (before !== undefined) yield [before, after] as const
  }
}

describe('on every path of events, dates and changes', () => {
  test('a destroyed object stays destroyed, or becomes Destroyed Compromised', () => {
    fc.assert(
      fc.property(moves, (path) => {
        for (const [before, after] of stepsOf(path)) {
          if (stateOf(before) === 'Destroyed') {
            expect(['Destroyed', 'DestroyedCompromised']).toContain(stateOf(after))
          }
          if (stateOf(before) === 'DestroyedCompromised') {
            expect(stateOf(after)).toBe('DestroyedCompromised')
          }
        }
      }),
      { numRuns: 400 },
    )
  })

  test('no state leads back to Pre-Active, and none from Deactivated or Compromised to Active', () => {
    const left = ['Active', 'Deactivated', 'Compromised', 'Destroyed', 'DestroyedCompromised']
    fc.assert(
      fc.property(moves, (path) => {
        for (const [before, after] of stepsOf(path)) {
          const from = stateOf(before) ?? ''
          if (left.includes(from)) expect(stateOf(after)).not.toBe('PreActive')
          if (left.indexOf(from) > 0) expect(stateOf(after)).not.toBe('Active')
        }
      }),
      { numRuns: 400 },
    )
  })

  test('the Last Change Date never goes back, and dates once stamped stay', () => {
    const stamps = ['DestroyDate', 'CompromiseDate', 'InitialDate'] as const
    fc.assert(
      fc.property(moves, (path) => {
        for (const [before, after] of stepsOf(path)) {
          const earlier = before.attributes.get('LastChangeDate') ?? 0
          expect(after.attributes.get('LastChangeDate')).toBeGreaterThanOrEqual(earlier)
          for (const name of stamps) {
            const stamped = before.attributes.get(name)
            if (stamped !== undefined) expect(after.attributes.get(name)).toBe(stamped)
          }
        }
      }),
      { numRuns: 400 },
    )
  })
})
