import { describe, expect, test } from 'vitest'
import { membersOf } from '../../src/schema/enumeration.ts'
import { PKCS_11ReturnCode } from '../../src/spec/enum/pkcs-11-return-code.ts'
import { CRYPTOKI_ATTRIBUTES } from '../../src/spec/pkcs11/attribute.ts'
import {
  KeyType,
  MaskGeneration,
  Mechanism,
  MechanismFlag,
  ObjectClass,
} from '../../src/spec/pkcs11/constant.ts'

const header = await import('pkcs11js').catch(() => undefined)
if (header === undefined) {
  console.warn(
    '!!! pkcs11js is not built here: its numbers are not compared; run npm ci with a compiler',
  )
}
const numbers = new Map<string, unknown>(Object.entries(header?.default ?? {}))

/** Names for which the header of that package, which is of PKCS#11 2.40, has nothing, or another number by mistake. */
const NEWER = ['UNIQUE_ID', 'PUBLIC_KEY_INFO', 'PROFILE_ID', 'MGF1_SHA224']

describe.skipIf(header === undefined)('the numbers of PKCS#11', () => {
  test.each([
    ['CKA_', Object.entries(CRYPTOKI_ATTRIBUTES).map(([name, [number]]) => [name, number])],
    ['CKM_', Object.entries(Mechanism)],
    ['CKK_', Object.entries(KeyType)],
    ['CKG_', Object.entries(MaskGeneration)],
  ] as const)('%s… are those of another implementation', (prefix, rows) => {
    const known = rows.filter(([name]) => !NEWER.includes(String(name)))
    expect(known.map(([name]) => [name, numbers.get(`${prefix}${name}`)])).toEqual(known)
  })

  test('of return codes are those of another implementation', () => {
    const own = membersOf(PKCS_11ReturnCode).members.filter(({ name }) =>
      numbers.has(`CKR_${name}`),
    )
    expect(own.length).toBeGreaterThan(80)
    expect(own.map(({ name }) => numbers.get(`CKR_${name}`))).toEqual(own.map(({ value }) => value))
  })

  test('of classes and of flags are those of another implementation', () => {
    const { Data, Certificate, PublicKey, PrivateKey, SecretKey } = ObjectClass
    const classes = ['DATA', 'CERTIFICATE', 'PUBLIC_KEY', 'PRIVATE_KEY', 'SECRET_KEY']
    expect(classes.map((name) => numbers.get(`CKO_${name}`))).toEqual([
      Data,
      Certificate,
      PublicKey,
      PrivateKey,
      SecretKey,
    ])
    const { Encrypt, Decrypt, Digest, Sign, Verify, Generate, GenerateKeyPair } = MechanismFlag
    const flags = [
      'ENCRYPT',
      'DECRYPT',
      'DIGEST',
      'SIGN',
      'VERIFY',
      'GENERATE',
      'GENERATE_KEY_PAIR',
    ]
    expect(flags.map((name) => numbers.get(`CKF_${name}`))).toEqual([
      Encrypt,
      Decrypt,
      Digest,
      Sign,
      Verify,
      Generate,
      GenerateKeyPair,
    ])
  })
})
