import { describe, expect, test } from 'vitest'
import type { AttributeEntry } from '../../src/model/attribute-set.ts'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import { newObject } from '../../src/model/new-object.ts'
import {
  replacedBy,
  replacementEntries,
  replacing,
  type ReplacementRequest,
} from '../../src/model/replacement.ts'
import type { AttributeName } from '../../src/spec/attribute.ts'
import { LinkType } from '../../src/spec/enum/link-type.ts'
import { NameType } from '../../src/spec/enum/name-type.ts'
import { RNGAlgorithm } from '../../src/spec/enum/rng-algorithm.ts'
import { UsageLimitsUnit } from '../../src/spec/enum/usage-limits-unit.ts'
import { NOW, codeOf, entry, keyContent, keyIn, stateOf, vendorEntry } from './sample.ts'

const name = (nameValue: string): AttributeEntry =>
  entry('Name', { nameValue, nameType: NameType.UninterpretedTextString })

/** The object that takes the place of `existing`, as an operation makes it. */
function replacementOf(
  existing: ManagedObject,
  { requested = [], offset }: Partial<ReplacementRequest> = {},
): ManagedObject {
  const object = newObject({
    uniqueIdentifier: 'key-2',
    owner: existing.owner,
    content: keyContent(),
    requested: replacementEntries(existing, { requested, offset, now: NOW }),
    shortUniqueIdentifier: new Uint8Array(32),
    digest: undefined,
    leaseTime: 3_600,
    generator: { rngAlgorithm: RNGAlgorithm.DRBG },
    rules: { usageMask: 'free', conflictingUsage: 'allow' },
    now: NOW,
  })
  return replacing(object, existing, NOW)
}

function valuesOf({ attributes }: ManagedObject, ...names: readonly AttributeName[]) {
  return names.map((each) => attributes.get(each))
}

const namesOf = ({ attributes }: ManagedObject) =>
  attributes.all('Name').map(({ nameValue }) => nameValue)

describe('the object that takes the place of another (1.4 tables 173, 177, 187)', () => {
  test('has the attributes of the other that clients set, custom ones among them', () => {
    const existing = keyIn(
      'Active',
      entry('ContactInformation', 'office'),
      entry('ObjectGroup', 'a'),
      entry('ObjectGroup', 'b'),
      entry('Sensitive', true),
      vendorEntry('x', 'Site', 'north'),
    )
    const made = replacementOf(existing)
    expect(valuesOf(made, 'ContactInformation', 'Sensitive')).toEqual(['office', true])
    expect(made.attributes.all('ObjectGroup')).toEqual(['a', 'b'])
    expect(made.attributes.has({ vendor: 'x', name: 'Site' })).toBe(true)
  })

  test('has nothing of what happened to the other', () => {
    const compromised = keyIn(
      'Compromised',
      entry('CompromiseDate', NOW - 5),
      entry('CompromiseOccurrenceDate', NOW - 9),
      entry('RevocationReason', { revocationReasonCode: 2 }),
      entry('OriginalCreationDate', NOW - 1_000),
      entry('RandomNumberGenerator', { rngAlgorithm: RNGAlgorithm.ANSIX9_31 }),
      entry('Fresh', false),
    )
    const made = replacementOf(compromised)
    expect(
      valuesOf(made, 'CompromiseDate', 'CompromiseOccurrenceDate', 'RevocationReason'),
    ).toEqual([undefined, undefined, undefined])
    expect(valuesOf(made, 'InitialDate', 'OriginalCreationDate', 'Fresh')).toEqual([NOW, NOW, true])
    expect(made.attributes.get('RandomNumberGenerator')).toEqual({
      rngAlgorithm: RNGAlgorithm.DRBG,
    })
    expect(stateOf(made)).toBe('PreActive')
  })

  test('starts with all of its Usage Limits left', () => {
    const limits = {
      usageLimitsTotal: 10n,
      usageLimitsCount: 3n,
      usageLimitsUnit: UsageLimitsUnit.Byte,
    }
    const made = replacementOf(keyIn('Active', entry('UsageLimits', limits)))
    expect(made.attributes.get('UsageLimits')).toEqual({ ...limits, usageLimitsCount: 10n })
  })

  test('takes over every name and gets those of the request behind them', () => {
    const existing = keyIn('Active', name('first'), name('second'))
    const made = replacementOf(existing, { requested: [name('second'), name('third')] })
    expect(namesOf(made)).toEqual(['first', 'second', 'third'])
    expect(namesOf(replacedBy(existing, 'key-2', NOW))).toEqual([])
  })

  test('lets the request change what it inherits', () => {
    const existing = keyIn('Active', entry('ContactInformation', 'office'))
    const made = replacementOf(existing, { requested: [entry('ContactInformation', 'home')] })
    expect(made.attributes.get('ContactInformation')).toBe('home')
  })

  test('and the other are linked, and keep none of the links for themselves', () => {
    const link = { linkType: LinkType.CertificateLink, linkedObjectIdentifier: 'c' }
    const existing = keyIn('Active', entry('Link', link))
    expect(replacementOf(existing).attributes.all('Link')).toEqual([
      { linkType: LinkType.ReplacedObjectLink, linkedObjectIdentifier: 'key-1' },
    ])
    expect(replacedBy(existing, 'key-2', NOW).attributes.all('Link')).toEqual([
      link,
      { linkType: LinkType.ReplacementObjectLink, linkedObjectIdentifier: 'key-2' },
    ])
  })
})

test('the object that was replaced stays in its state and was changed now', () => {
  const replaced = replacedBy(keyIn('Active', name('a')), 'key-2', NOW)
  expect(stateOf(replaced)).toBe('Active')
  expect(replaced.attributes.get('LastChangeDate')).toBe(NOW)
})

const DATES = ['ActivationDate', 'ProcessStartDate', 'ProtectStopDate', 'DeactivationDate'] as const

describe('the dates (1.4 tables 172, 176, 186)', () => {
  const existing = keyIn(
    'Active',
    entry('ActivationDate', NOW - 100),
    entry('ProcessStartDate', NOW - 50),
    entry('ProtectStopDate', NOW + 50),
    entry('DeactivationDate', NOW + 100),
  )

  test('stay as they are without an Offset', () => {
    const made = replacementOf(existing)
    expect(valuesOf(made, ...DATES)).toEqual([NOW - 100, NOW - 50, NOW + 50, NOW + 100])
    expect(stateOf(made)).toBe('Active')
  })

  test('move with an Offset as far as the Activation Date does', () => {
    const made = replacementOf(existing, { offset: 20 })
    expect(valuesOf(made, ...DATES)).toEqual([NOW + 20, NOW + 70, NOW + 170, NOW + 220])
    expect(stateOf(made)).toBe('PreActive')
  })

  test('an Offset of zero activates at once', () => {
    expect(stateOf(replacementOf(existing, { offset: 0 }))).toBe('Active')
  })

  test('with an Offset there is an Activation Date even where there was no date', () => {
    const made = replacementOf(keyIn('PreActive'), { offset: 20 })
    expect(valuesOf(made, ...DATES)).toEqual([NOW + 20, undefined, undefined, undefined])
  })

  test.each(DATES)(
    'an Offset beside %s in the request is Invalid Message (1.4 section 11.5)',
    (date) => {
      const requested = [entry(date, NOW + 1)]
      expect(codeOf(() => replacementOf(existing, { requested, offset: 1 }))).toBe(
        'INVALID_MESSAGE',
      )
      expect(codeOf(() => replacementOf(keyIn('PreActive'), { requested }))).toBeUndefined()
    },
  )

  test.each(['ProcessStartDate', 'ProtectStopDate', 'DeactivationDate'] as const)(
    'an Offset cannot move %s without an Activation Date (1.4 section 11.5)',
    (date) => {
      const undated = keyIn('PreActive', entry(date, NOW + 500))
      expect(codeOf(() => replacementOf(undated, { offset: 1 }))).toBe('ILLEGAL_OPERATION')
      expect(codeOf(() => replacementOf(undated))).toBeUndefined()
    },
  )
})
