import { describe, expect, test } from 'vitest'
import type { AttributeName } from '../../src/spec/attribute.ts'
import { dueDate, settle, transition, type LifecycleEvent } from '../../src/model/lifecycle.ts'
import { codeOf, entry, keyIn, NOW, stateOf, STATES, type StateName } from './sample.ts'

const EVENTS: readonly LifecycleEvent[] = ['activate', 'deactivate', 'compromise', 'destroy']

/** Typed by hand from KMIP 1.4 section 3.22: the transitions 2 to 10; the first is the creation. */
const PERMITTED: readonly [number, StateName, LifecycleEvent, StateName][] = [
  [2, 'PreActive', 'destroy', 'Destroyed'],
  [3, 'PreActive', 'compromise', 'Compromised'],
  [4, 'PreActive', 'activate', 'Active'],
  [5, 'Active', 'compromise', 'Compromised'],
  [6, 'Active', 'deactivate', 'Deactivated'],
  [7, 'Deactivated', 'destroy', 'Destroyed'],
  [8, 'Deactivated', 'compromise', 'Compromised'],
  [9, 'Compromised', 'destroy', 'DestroyedCompromised'],
  [10, 'Destroyed', 'compromise', 'DestroyedCompromised'],
]

const FORBIDDEN = STATES.flatMap((state) =>
  EVENTS.filter((event) => !PERMITTED.some(([, from, by]) => from === state && by === event)).map(
    (event) => [state, event] as const,
  ),
)

/** The date each event sets (KMIP 1.4 sections 3.24, 3.27, 3.28, 3.30). */
const STAMPS: Readonly<Record<LifecycleEvent, AttributeName>> = {
  activate: 'ActivationDate',
  deactivate: 'DeactivationDate',
  compromise: 'CompromiseDate',
  destroy: 'DestroyDate',
}

describe('the states of an object (KMIP 1.4 section 3.22)', () => {
  test.each(PERMITTED)('transition %i: %s, %s, %s', (_number, from, event, to) => {
    const moved = transition(keyIn(from), event, NOW)
    expect(stateOf(moved)).toBe(to)
  })

  test('there are fifteen other pairs of state and event', () => {
    expect(FORBIDDEN).toHaveLength(15)
  })

  test.each(FORBIDDEN)('%s: %s is not permitted', (state, event) => {
    expect(codeOf(() => transition(keyIn(state), event, NOW))).toBe('WRONG_STATE')
  })

  test.each(PERMITTED)('transition %i stamps its own date and no other', (_number, from, event) => {
    const moved = transition(keyIn(from), event, NOW)
    const dates = Object.values(STAMPS).filter((name) => moved.attributes.has({ name }))
    expect(dates).toEqual([STAMPS[event]])
    expect(moved.attributes.get('InitialDate')).toBe(NOW - 1_000)
    expect(moved.attributes.instances({ name: STAMPS[event] })).toEqual([{ index: 0, value: NOW }])
  })

  test('an Activate before the Activation Date moves the date to now (transition 4)', () => {
    const key = keyIn('PreActive', entry('ActivationDate', NOW + 50))
    expect(transition(key, 'activate', NOW).attributes.get('ActivationDate')).toBe(NOW)
  })
})

describe('what dates bring about', () => {
  const cases: readonly [
    string,
    StateName,
    readonly [activation?: number | undefined, deactivation?: number],
    StateName,
  ][] = [
    ['no dates', 'PreActive', [], 'PreActive'],
    ['activation a second ahead', 'PreActive', [1], 'PreActive'],
    ['activation now', 'PreActive', [0], 'Active'],
    ['activation past', 'PreActive', [-1], 'Active'],
    ['activation past, deactivation ahead', 'PreActive', [-5, 1], 'Active'],
    ['both past', 'PreActive', [-5, -1], 'Deactivated'],
    ['both now', 'PreActive', [0, 0], 'Deactivated'],
    ['deactivation past without activation', 'PreActive', [undefined, -1], 'PreActive'],
    ['deactivation a second ahead', 'Active', [-5, 1], 'Active'],
    ['deactivation now', 'Active', [-5, 0], 'Deactivated'],
    ['deactivation past', 'Active', [-5, -1], 'Deactivated'],
    ['a compromised key with dates past', 'Compromised', [-5, -1], 'Compromised'],
    ['a destroyed key with dates past', 'Destroyed', [-5, -1], 'Destroyed'],
    ['a deactivated key with dates past', 'Deactivated', [-5, -1], 'Deactivated'],
  ]

  test.each(cases)('%s', (_case, state, [activation, deactivation], expected) => {
    const key = keyIn(
      state,
      ...(activation === undefined ? [] : [entry('ActivationDate', NOW + activation)]),
      ...(deactivation === undefined ? [] : [entry('DeactivationDate', NOW + deactivation)]),
    )
    expect(stateOf(settle(key, NOW))).toBe(expected)
  })

  test('gives back the same object when nothing is due, and when it is settled again', () => {
    const waiting = keyIn('PreActive', entry('ActivationDate', NOW + 1))
    expect(settle(waiting, NOW)).toBe(waiting)
    const settled = settle(waiting, NOW + 1)
    expect(settled).not.toBe(waiting)
    expect(settle(settled, NOW + 1)).toBe(settled)
  })

  test('leaves the dates themselves as they were set', () => {
    const key = keyIn(
      'PreActive',
      entry('ActivationDate', NOW - 9),
      entry('DeactivationDate', NOW - 3),
    )
    const { attributes } = settle(key, NOW)
    expect(attributes.get('ActivationDate')).toBe(NOW - 9)
    expect(attributes.get('DeactivationDate')).toBe(NOW - 3)
  })

  test('does not undo a transition when the clock goes back', () => {
    const key = settle(keyIn('PreActive', entry('ActivationDate', NOW)), NOW)
    expect(settle(key, NOW - 1_000)).toBe(key)
  })

  test('the change counts from the date that brought it (KMIP 1.4 section 3.38)', () => {
    const key = keyIn('PreActive', entry('ActivationDate', NOW - 7))
    expect(settle(key, NOW).attributes.get('LastChangeDate')).toBe(NOW - 7)
  })

  test('a date before the last change does not set the Last Change Date back', () => {
    const key = keyIn('PreActive', entry('ActivationDate', NOW - 5_000))
    expect(settle(key, NOW).attributes.get('LastChangeDate')).toBe(NOW - 1_000)
  })

  test('the next change is told beforehand', () => {
    const dates = [entry('ActivationDate', NOW + 1), entry('DeactivationDate', NOW + 2)]
    expect(dueDate(keyIn('PreActive', ...dates))).toBe(NOW + 1)
    expect(dueDate(keyIn('Active', ...dates))).toBe(NOW + 2)
    expect(dueDate(keyIn('Deactivated', ...dates))).toBeUndefined()
    expect(dueDate(keyIn('PreActive', entry('DeactivationDate', NOW)))).toBeUndefined()
  })
})
