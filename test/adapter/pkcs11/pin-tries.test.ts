import { describe, expect, test } from 'vitest'
import { checkPinTries } from '../../../src/adapter/pkcs11/pin-tries.ts'
import { KmipFault } from '../../../src/fault/fault.ts'

function outcomeOf(flags: unknown): string | undefined {
  try {
    checkPinTries(flags)
    return undefined
  } catch (error) {
    return error instanceof KmipFault ? `${error.code}: ${error.message}` : 'a defect'
  }
}

// PKCS#11 3.0 section 3.2: 0x40D says RNG, LOGIN_REQUIRED, USER_PIN_INITIALIZED and TOKEN_INITIALIZED.
describe('[PKCS#11 3.0 section 3.2] a PIN', () => {
  test.each([
    ['nothing was tried', 0x40d],
    ['one try failed', 0x1040d],
    ['the token says nothing', undefined],
  ])('is tried when %s', (_, flags) => {
    expect(outcomeOf(flags)).toBeUndefined()
  })

  test('is not tried when that could lock the token', () => {
    expect(outcomeOf(0x3040d)).toBe(
      'AUTHENTICATION_FAILED: The token allows one more try of its PIN, which is not taken: log in to it once by other means',
    )
  })

  test('is not tried when it is locked', () => {
    expect(outcomeOf(0x4040d)).toBe(
      'AUTHENTICATION_FAILED: The PIN of the token is locked: its security officer has to set a new one',
    )
  })
})
