import { describe, expect, test } from 'vitest'
import type { AttributeEntry } from '../../src/model/attribute-set.ts'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import {
  checkUsable,
  commonUses,
  permitsUses,
  withUsage,
  type Usage,
} from '../../src/model/usage.ts'
import { UsageLimitsUnit } from '../../src/spec/enum/usage-limits-unit.ts'
import { CryptographicUsageMask } from '../../src/spec/mask/cryptographic-usage-mask.ts'
import { NOW, STATES, codeOf, entry, keyIn, type StateName } from './sample.ts'

const { Encrypt, Decrypt } = CryptographicUsageMask
const PROTECT: Usage = { mask: Encrypt, purpose: 'protect' }
const PROCESS: Usage = { mask: Decrypt, purpose: 'process' }

function key(state: StateName, ...more: readonly AttributeEntry[]): ManagedObject {
  return keyIn(state, entry('CryptographicUsageMask', Encrypt | Decrypt), ...more)
}

/** NIST SP 800-57 part 1 section 7: which states may still protect, and which may process. */
const PERMITTED: Readonly<Record<StateName, readonly ('protect' | 'process')[]>> = {
  PreActive: [],
  Active: ['protect', 'process'],
  Deactivated: ['process'],
  Compromised: ['process'],
  Destroyed: [],
  DestroyedCompromised: [],
}

describe.each(STATES)('a key that is %s', (state) => {
  test.each([PROTECT, PROCESS])('is usable to $purpose as its state says', (usage) => {
    const use = () => {
      checkUsable(key(state), usage, NOW)
    }
    if (PERMITTED[state].includes(usage.purpose)) expect(codeOf(use)).toBeUndefined()
    else
      expect(codeOf(use)).toBe(state.startsWith('Destroyed') ? 'OBJECT_DESTROYED' : 'WRONG_STATE')
  })
})

test('each bit of the use must be in the Cryptographic Usage Mask (1.4 section 3.19)', () => {
  const usage: Usage = { mask: Encrypt | CryptographicUsageMask.Sign, purpose: 'protect' }
  expect(
    codeOf(() => {
      checkUsable(key('Active'), usage, NOW)
    }),
  ).toBe('INCOMPATIBLE_USAGE')
})

test('an unrestricted key is for every use, but in its states alone (2.1 section 12.1)', () => {
  const { DeriveKey, Sign, Unrestricted } = CryptographicUsageMask
  const unrestricted = (state: StateName) =>
    keyIn(state, entry('CryptographicUsageMask', Unrestricted))
  const use = (state: StateName) =>
    codeOf(() => {
      checkUsable(unrestricted(state), { mask: Encrypt | Sign, purpose: 'protect' }, NOW)
    })
  expect(use('Active')).toBeUndefined()
  expect(use('Deactivated')).toBe('WRONG_STATE')
  expect(permitsUses(unrestricted('Active'), DeriveKey)).toBe(true)
  expect(permitsUses(key('Active'), DeriveKey)).toBe(false)
})

test('what is made of several keys is for what all of them are for', () => {
  const { Sign, Unrestricted } = CryptographicUsageMask
  expect(commonUses([Encrypt | Decrypt, Encrypt | Sign])).toBe(Encrypt)
  expect(commonUses([Encrypt, Unrestricted])).toBe(Encrypt)
  expect(commonUses([Unrestricted | Sign, Encrypt | Decrypt])).toBe(Encrypt | Decrypt)
  expect(commonUses([Unrestricted, Unrestricted])).toBe(Unrestricted)
})

test.each([
  ['ProtectStopDate', NOW, PROTECT, false],
  ['ProtectStopDate', NOW + 1, PROTECT, true],
  ['ProtectStopDate', NOW, PROCESS, true],
  ['ProcessStartDate', NOW + 1, PROCESS, false],
  ['ProcessStartDate', NOW, PROCESS, true],
  ['ProcessStartDate', NOW + 1, PROTECT, true],
] as const)('%s at %d for $purpose (1.4 sections 3.25, 3.26)', (name, date, usage, isPermitted) => {
  const use = () => {
    checkUsable(key('Active', entry(name, date)), usage, NOW)
  }
  if (isPermitted) expect(codeOf(use)).toBeUndefined()
  else expect(codeOf(use)).toBe('WRONG_STATE')
})

describe('Usage Limits (1.4 section 3.21)', () => {
  const limited = (unit: 'Byte' | 'Object', left: bigint) =>
    key(
      'Active',
      entry('UsageLimits', {
        usageLimitsTotal: 10n,
        usageLimitsCount: left,
        usageLimitsUnit: UsageLimitsUnit[unit],
      }),
    )
  const left = (object: ManagedObject) => object.attributes.get('UsageLimits')?.usageLimitsCount

  test('count the bytes that are protected', () => {
    expect(left(withUsage(limited('Byte', 10n), 10))).toBe(0n)
    expect(codeOf(() => withUsage(limited('Byte', 9n), 10))).toBe('USAGE_EXHAUSTED')
  })

  test('count each use as one where objects are counted', () => {
    expect(left(withUsage(limited('Object', 1n), 5_000))).toBe(0n)
    expect(codeOf(() => withUsage(limited('Object', 0n), 0))).toBe('USAGE_EXHAUSTED')
  })

  test('leave a key without limits as it is', () => {
    const free = key('Active')
    expect(withUsage(free, 5_000)).toBe(free)
  })
})
