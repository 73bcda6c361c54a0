import { describe, expect, test } from 'vitest'
import { checkConflicts, checkShrunk } from '../../src/model/usage-safety.ts'
import { CryptographicUsageMask as Mask } from '../../src/spec/mask/cryptographic-usage-mask.ts'
import { codeOf } from './sample.ts'

const REFUSE = { usageMask: 'shrink', conflictingUsage: 'refuse' } as const
const ALLOW = { usageMask: 'free', conflictingUsage: 'allow' } as const
const WRONG = 'INVALID_ATTRIBUTE_VALUE'

describe('uses that do not go together', () => {
  test.each<[string, number]>([
    ['Wrap Key and Decrypt', Mask.WrapKey | Mask.Decrypt],
    ['Unwrap Key and Encrypt', Mask.UnwrapKey | Mask.Encrypt],
    ['Sign and Decrypt', Mask.Sign | Mask.Decrypt],
    ['Derive Key and Encrypt', Mask.DeriveKey | Mask.Encrypt],
    ['MAC Generate and Encrypt', Mask.MACGenerate | Mask.Encrypt],
    ['all that there are', Mask.Unrestricted],
  ])('%s', (_, mask) => {
    expect(
      codeOf(() => {
        checkConflicts(mask, REFUSE)
      }),
    ).toBe(WRONG)
    expect(
      codeOf(() => {
        checkConflicts(mask | Mask.Verify, REFUSE)
      }),
    ).toBe(WRONG)
    expect(
      codeOf(() => {
        checkConflicts(mask, ALLOW)
      }),
    ).toBeUndefined()
  })

  test.each<[string, number | undefined]>([
    ['Encrypt and Decrypt', Mask.Encrypt | Mask.Decrypt],
    ['Wrap Key and Unwrap Key', Mask.WrapKey | Mask.UnwrapKey],
    ['Wrap Key and Encrypt, as public keys do', Mask.WrapKey | Mask.Encrypt],
    ['Sign and Verify', Mask.Sign | Mask.Verify],
    ['MAC Generate and MAC Verify', Mask.MACGenerate | Mask.MACVerify],
    ['none', 0],
    ['a key without a mask', undefined],
  ])('%s go together', (_, mask) => {
    expect(
      codeOf(() => {
        checkConflicts(mask, REFUSE)
      }),
    ).toBeUndefined()
  })
})

describe('uses that only become fewer', () => {
  test.each<[string, number | undefined, number | undefined, string | undefined]>([
    ['the same', Mask.Encrypt, Mask.Encrypt, undefined],
    ['fewer', Mask.Encrypt, Mask.Encrypt | Mask.Decrypt, undefined],
    ['none', undefined, Mask.Encrypt, undefined],
    ['of a key for everything, any', Mask.Sign, Mask.Unrestricted, undefined],
    ['another', Mask.Decrypt, Mask.Encrypt, WRONG],
    ['one more', Mask.Encrypt | Mask.Decrypt, Mask.Encrypt, WRONG],
    ['some where there were none', Mask.Encrypt, undefined, WRONG],
    ['everything', Mask.Unrestricted, Mask.Encrypt, WRONG],
  ])('%s', (_, mask, bound, code) => {
    expect(
      codeOf(() => {
        checkShrunk(mask, bound, REFUSE)
      }),
    ).toBe(code)
    expect(
      codeOf(() => {
        checkShrunk(mask, bound, ALLOW)
      }),
    ).toBeUndefined()
  })
})
