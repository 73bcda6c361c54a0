import { describe, expect, test } from 'vitest'
import { adjustAttribute } from '../../src/model/attribute-adjustment.ts'
import {
  addAttribute,
  deleteAttribute,
  modifyAttribute,
  setAttribute,
} from '../../src/model/attribute-change.ts'
import { MAXIMUM_INSTANCES } from '../../src/model/attribute-rules.ts'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import type { AttributeName } from '../../src/spec/attribute.ts'
import { AdjustmentType } from '../../src/spec/enum/adjustment-type.ts'
import { UsageLimitsUnit } from '../../src/spec/enum/usage-limits-unit.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { codeOf, entry, keyIn, NOW, stateOf, vendorEntry, type StateName } from './sample.ts'

type DateName = 'ActivationDate' | 'ProcessStartDate' | 'ProtectStopDate' | 'DeactivationDate'

/** In which states, and whether once reached, each date may be changed (KMIP 1.4 sections 3.24 to 3.27). */
const DATES: readonly [DateName, held: number, StateName, string | undefined][] = [
  ['ActivationDate', 10, 'PreActive', undefined],
  ['ActivationDate', -10, 'Active', 'WRONG_STATE'],
  ['ActivationDate', -10, 'Deactivated', 'WRONG_STATE'],
  ['ActivationDate', -10, 'Compromised', 'WRONG_STATE'],
  ['ProcessStartDate', 10, 'PreActive', undefined],
  ['ProcessStartDate', 10, 'Active', undefined],
  ['ProcessStartDate', 0, 'Active', 'WRONG_STATE'],
  ['ProcessStartDate', -10, 'PreActive', 'WRONG_STATE'],
  ['ProcessStartDate', 10, 'Deactivated', 'WRONG_STATE'],
  ['ProtectStopDate', 10, 'Active', undefined],
  ['ProtectStopDate', 0, 'Active', 'WRONG_STATE'],
  ['ProtectStopDate', 10, 'Compromised', 'WRONG_STATE'],
  ['DeactivationDate', 10, 'PreActive', undefined],
  ['DeactivationDate', 10, 'Active', undefined],
  ['DeactivationDate', -10, 'Deactivated', 'WRONG_STATE'],
  ['DeactivationDate', 10, 'Compromised', 'WRONG_STATE'],
]

describe('the dates of an object', () => {
  test.each(DATES)('%s at %i in %s: %s', (name, held, state, expected) => {
    const key = keyIn(state, entry(name, NOW + held))
    const next = entry(name, NOW + 20)
    expect(codeOf(() => modifyAttribute(key, next, { by: 'only' }, NOW))).toBe(expected)
    expect(codeOf(() => setAttribute(key, next, NOW))).toBe(expected)
  })

  test.each<[DateName, StateName, string | undefined]>([
    ['ActivationDate', 'PreActive', undefined],
    ['ActivationDate', 'Active', 'WRONG_STATE'],
    ['ProcessStartDate', 'Active', undefined],
    ['ProcessStartDate', 'Deactivated', 'WRONG_STATE'],
    ['ProtectStopDate', 'Compromised', 'WRONG_STATE'],
    ['DeactivationDate', 'Active', undefined],
    ['DeactivationDate', 'Deactivated', 'WRONG_STATE'],
  ])('a first %s in %s: %s', (name, state, expected) => {
    expect(codeOf(() => addAttribute(keyIn(state), entry(name, NOW + 20), NOW))).toBe(expected)
  })

  test.each<[DateName, DateName]>([
    ['ActivationDate', 'DeactivationDate'],
    ['ActivationDate', 'ProcessStartDate'],
    ['ProtectStopDate', 'DeactivationDate'],
  ])('%s may be %s, and may not lie after it', (earlier, later) => {
    const key = keyIn('PreActive', entry(later, NOW + 50))
    expect(codeOf(() => addAttribute(key, entry(earlier, NOW + 50), NOW))).toBeUndefined()
    expect(codeOf(() => addAttribute(key, entry(earlier, NOW + 51), NOW))).toBe(
      'INVALID_ATTRIBUTE_VALUE',
    )
  })

  test('an Activation Date that is not ahead activates (transition 4)', () => {
    const key = keyIn('PreActive', entry('ActivationDate', NOW + 10))
    for (const date of [NOW, NOW - 1]) {
      const next = entry('ActivationDate', date)
      const { object } = modifyAttribute(key, next, { by: 'only' }, NOW)
      expect(stateOf(object)).toBe('Active')
      expect(object.attributes.get('ActivationDate')).toBe(date)
    }
  })

  test('a Deactivation Date that is not ahead deactivates (transition 6)', () => {
    const { object } = addAttribute(keyIn('Active'), entry('DeactivationDate', NOW), NOW)
    expect(stateOf(object)).toBe('Deactivated')
  })
})

describe('every change', () => {
  const changes: readonly [string, (key: ManagedObject) => ManagedObject][] = [
    ['adding', (key) => addAttribute(key, entry('Comment', 'b'), NOW).object],
    [
      'modifying',
      (key) => modifyAttribute(key, entry('Description', 'b'), { by: 'only' }, NOW).object,
    ],
    ['setting', (key) => setAttribute(key, entry('Description', 'b'), NOW).object],
    ['deleting', (key) => deleteAttribute(key, { name: 'Description' }, { by: 'all' }, NOW).object],
  ]

  test.each(changes)('%s sets the Last Change Date (KMIP 1.4 section 3.38)', (_name, change) => {
    const key = keyIn('Active', entry('Description', 'a'))
    expect(change(key).attributes.get('LastChangeDate')).toBe(NOW)
    expect(key.attributes.get('Description')).toBe('a')
  })

  test.each(changes)('%s is refused once the object is destroyed', (_name, change) => {
    for (const state of ['Destroyed', 'DestroyedCompromised'] as const) {
      const key = keyIn(state, entry('Description', 'a'))
      expect(codeOf(() => change(key))).toBe('OBJECT_DESTROYED')
    }
  })
})

describe('instances (KMIP 1.4 section 2.1.1)', () => {
  const names = ['a', 'b', 'c'].map((name) => entry('ObjectGroup', name))
  const key = keyIn('PreActive', ...names)
  const group = { name: 'ObjectGroup' } as const
  const groupsOf = ({ attributes }: ManagedObject) => attributes.instances(group)

  test('keep their indices when one before them goes', () => {
    const { object, entry: gone } = deleteAttribute(key, group, { by: 'index', index: 1 }, NOW)
    expect(gone).toEqual({ reference: group, index: 1, value: 'b' })
    expect(groupsOf(object)).toEqual([
      { index: 0, value: 'a' },
      { index: 2, value: 'c' },
    ])
    expect(groupsOf(addAttribute(object, entry('ObjectGroup', 'd'), NOW).object)).toEqual([
      { index: 0, value: 'a' },
      { index: 2, value: 'c' },
      { index: 3, value: 'd' },
    ])
  })

  test('are chosen by index, by value, or all', () => {
    const next = entry('ObjectGroup', 'z')
    const byIndex = modifyAttribute(key, next, { by: 'index', index: 2 }, NOW)
    expect(byIndex.object.attributes.all('ObjectGroup')).toEqual(['a', 'b', 'z'])
    expect(byIndex.entry.index).toBe(2)
    const byValue = modifyAttribute(key, next, { by: 'value', value: 'b' }, NOW)
    expect(byValue.object.attributes.all('ObjectGroup')).toEqual(['a', 'z', 'c'])
    const { object } = deleteAttribute(key, group, { by: 'all' }, NOW)
    expect(object.attributes.has(group)).toBe(false)
  })

  test.each([
    ['index', { by: 'index', index: 3 }, 'ATTRIBUTE_INSTANCE_NOT_FOUND'],
    ['value', { by: 'value', value: 'x' }, 'ATTRIBUTE_INSTANCE_NOT_FOUND'],
    ['none of several', { by: 'only' }, 'ATTRIBUTE_MULTI_VALUED'],
  ] as const)('a choice by %s that means none is refused', (_name, select, code) => {
    const next = entry('ObjectGroup', 'z')
    expect(codeOf(() => modifyAttribute(key, next, select, NOW))).toBe(code)
    expect(codeOf(() => deleteAttribute(key, group, select, NOW))).toBe(code)
  })

  test('of an attribute that is not there cannot be chosen', () => {
    const bare = keyIn('PreActive')
    const next = entry('ObjectGroup', 'z')
    const code = 'ATTRIBUTE_NOT_FOUND'
    expect(codeOf(() => modifyAttribute(bare, next, { by: 'index', index: 0 }, NOW))).toBe(code)
    expect(codeOf(() => deleteAttribute(bare, group, { by: 'all' }, NOW))).toBe(code)
  })

  test('are numbered by the server', () => {
    const wanted = { ...entry('ObjectGroup', 'd'), index: 4 }
    expect(codeOf(() => addAttribute(key, wanted, NOW))).toBe('INVALID_FIELD')
    expect(addAttribute(key, { ...wanted, index: 0 }, NOW).entry.index).toBe(3)
  })

  test('are a hundred at most', () => {
    const full = keyIn(
      'PreActive',
      ...Array.from({ length: MAXIMUM_INSTANCES }, (_, index) => vendorEntry('x', 'N', `${index}`)),
    )
    expect(codeOf(() => addAttribute(full, vendorEntry('x', 'N', 'more'), NOW))).toBe(
      'ATTRIBUTE_INDEX_OUT_OF_BOUNDS',
    )
  })

  test('Set Attribute does not choose among several (KMIP 2.1 section 6.1.51)', () => {
    expect(codeOf(() => setAttribute(key, entry('ObjectGroup', 'z'), NOW))).toBe(
      'ATTRIBUTE_MULTI_VALUED',
    )
  })
})

describe('Usage Limits (KMIP 1.4 section 3.21)', () => {
  const limits = (usageLimitsTotal: bigint, usageLimitsCount?: bigint) =>
    entry('UsageLimits', {
      usageLimitsTotal,
      ...(usageLimitsCount === undefined ? {} : { usageLimitsCount }),
      usageLimitsUnit: UsageLimitsUnit.Byte,
    })
  const countOf = ({ attributes }: ManagedObject) => attributes.get('UsageLimits')?.usageLimitsCount

  test('begin with all of the total, whatever count a client sends', () => {
    expect(countOf(addAttribute(keyIn('Active'), limits(9n, 3n), NOW).object)).toBe(9n)
    expect(countOf(addAttribute(keyIn('Active'), limits(9n), NOW).object)).toBe(9n)
  })

  test('are corrected while none are used', () => {
    const key = keyIn('Active', limits(9n, 9n))
    const changed = modifyAttribute(key, limits(5n, 1n), { by: 'only' }, NOW)
    expect(countOf(changed.object)).toBe(5n)
  })

  test('stay once some are used: neither corrected, set, nor deleted', () => {
    const key = keyIn('Active', limits(9n, 8n))
    const code = 'ATTRIBUTE_READ_ONLY'
    const reference = { name: 'UsageLimits' } as const
    expect(codeOf(() => modifyAttribute(key, limits(5n), { by: 'only' }, NOW))).toBe(code)
    expect(codeOf(() => setAttribute(key, limits(5n), NOW))).toBe(code)
    expect(codeOf(() => deleteAttribute(key, reference, { by: 'all' }, NOW))).toBe(code)
  })
})

describe('sensitivity (KMIP 1.4 sections 3.48 to 3.51)', () => {
  const open = keyIn(
    'Active',
    entry('Sensitive', false),
    entry('AlwaysSensitive', false),
    entry('Extractable', true),
    entry('NeverExtractable', false),
  )
  const set = (object: ManagedObject, name: AttributeName, value: boolean) =>
    setAttribute(object, { reference: { name }, value }, NOW).object

  test.each<[AttributeName, boolean, AttributeName]>([
    ['Sensitive', true, 'AlwaysSensitive'],
    ['Extractable', false, 'NeverExtractable'],
  ])('%s is made %s, is not made otherwise again, and %s stays false', (name, value, follower) => {
    const closed = set(open, name, value)
    expect(closed.attributes.get(name)).toBe(value)
    expect(closed.attributes.get(follower)).toBe(false)
    expect(set(closed, name, value).attributes.get(name)).toBe(value)
    const reference = { name } as const
    const opened = { reference, value: !value }
    const only = { by: 'only' } as const
    const ways = [
      () => setAttribute(closed, opened, NOW),
      () => modifyAttribute(closed, opened, only, NOW),
      () => adjustAttribute(closed, { reference, adjustmentType: AdjustmentType.Negate }, NOW),
      () => deleteAttribute(closed, reference, only, NOW),
    ]
    expect(ways.map(codeOf)).toEqual(ways.map(() => 'ATTRIBUTE_READ_ONLY'))
  })

  test('other attributes of a protected object change', () => {
    const closed = set(set(open, 'Sensitive', true), 'Extractable', false)
    const { object } = setAttribute(closed, entry('Comment', 'kept'), NOW)
    expect(object.attributes.get('Comment')).toBe('kept')
  })
})

describe('Adjust Attribute (KMIP 2.1 section 6.1.3)', () => {
  const { Increment, Decrement, Negate } = AdjustmentType
  const TAG = 0x42_00_0b
  const interval = (value: number): Item => ({ tag: TAG, type: ItemType.Interval, value })
  const integer = (value: number): Item => ({ tag: TAG, type: ItemType.Integer, value })
  const long = (value: bigint): Item => ({ tag: TAG, type: ItemType.LongInteger, value })
  const site = { vendor: 'x', name: 'N' }

  const adjusted = (before: Item, adjustmentType: AdjustmentType, adjustmentValue?: Item) => {
    const key = keyIn('Active', { reference: site, value: before })
    const by = adjustmentValue === undefined ? {} : { adjustmentValue }
    const { object } = adjustAttribute(key, { reference: site, adjustmentType, ...by }, NOW)
    return object.attributes.instances(site)[0]?.value
  }

  test.each<[string, Item, AdjustmentType, Item | undefined, Item]>([
    ['one up', integer(5), Increment, undefined, integer(6)],
    ['one down', integer(5), Decrement, undefined, integer(4)],
    ['by an amount', integer(5), Increment, integer(7), integer(12)],
    ['negated', integer(5), Negate, undefined, integer(-5)],
    ['long', long(2n ** 40n), Decrement, long(1n), long(2n ** 40n - 1n)],
    ['long negated', long(-3n), Negate, undefined, long(3n)],
    ['an interval down to nothing', interval(1), Decrement, undefined, interval(0)],
    ['to the last integer', integer(2 ** 31 - 2), Increment, undefined, integer(2 ** 31 - 1)],
  ])('%s', (...[, before, type, by, after]) => {
    expect(adjusted(before, type, by)).toEqual(after)
  })

  test.each<[string, Item, AdjustmentType, Item | undefined, string]>([
    ['past the last integer', integer(2 ** 31 - 1), Increment, undefined, 'NUMERIC_RANGE'],
    ['the least integer negated', integer(-(2 ** 31)), Negate, undefined, 'NUMERIC_RANGE'],
    ['an interval below nothing', interval(0), Decrement, undefined, 'NUMERIC_RANGE'],
    ['an interval negated', interval(1), Negate, undefined, 'INVALID_DATA_TYPE'],
    ['an amount of another type', integer(1), Increment, long(1n), 'INVALID_DATA_TYPE'],
    [
      'a text',
      { tag: TAG, type: ItemType.TextString, value: new Uint8Array(1) },
      Increment,
      undefined,
      'INVALID_DATA_TYPE',
    ],
    [
      'a flag counted',
      { tag: TAG, type: ItemType.Boolean, value: true },
      Increment,
      undefined,
      'INVALID_DATA_TYPE',
    ],
  ])('%s is refused', (...[, before, type, by, code]) => {
    expect(codeOf(() => adjusted(before, type, by))).toBe(code)
  })

  test('moves dates, and what they bring about follows', () => {
    const key = keyIn('PreActive', entry('ActivationDate', NOW + 10))
    const adjustment = {
      reference: { name: 'ActivationDate' } as const,
      adjustmentType: Decrement,
      adjustmentValue: interval(10),
    }
    expect(stateOf(adjustAttribute(key, adjustment, NOW).object)).toBe('Active')
  })

  test('does not choose among several values', () => {
    const two = [integer(1), integer(2)].map((value) => ({ reference: site, value }))
    const adjustment = { reference: site, adjustmentType: Increment }
    expect(codeOf(() => adjustAttribute(keyIn('Active', ...two), adjustment, NOW))).toBe(
      'ATTRIBUTE_MULTI_VALUED',
    )
  })
})

test('dates that Activate and Revoke have set do not stand in the way of other attributes', () => {
  const stopped = keyIn(
    'Deactivated',
    entry('DeactivationDate', NOW),
    entry('ProtectStopDate', NOW + 60),
  )
  const { object } = addAttribute(stopped, vendorEntry('x', 'Site', 'a'), NOW)
  expect(object.attributes.has({ vendor: 'x', name: 'Site' })).toBe(true)
})
