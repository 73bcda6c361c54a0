import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { nodeKeyFormats } from '../../../src/adapter/key-format/index.ts'
import { bytesBlock, convertTo, F, hexOf, openssl, PrivateKey, structureBlock } from './blocks.ts'

const INVALID = expect.objectContaining({
  code: 'INVALID_FIELD',
  message: 'The Key Material is malformed',
}) as Error

/** The numbers of an RSA key, by OpenSSL. */
function numbersOf(pkcs8: Buffer): Record<string, string> {
  const jwk = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({
    format: 'jwk',
  })
  const hex = (text: string | undefined) => Buffer.from(text ?? '', 'base64url').toString('hex')
  return {
    Modulus: hex(jwk.n),
    PublicExponent: hex(jwk.e),
    PrivateExponent: hex(jwk.d),
    P: hex(jwk.p),
    Q: hex(jwk.q),
    PrimeExponentP: hex(jwk.dp),
    PrimeExponentQ: hex(jwk.dq),
    CRTCoefficient: hex(jwk.qi),
  }
}

function pick(numbers: Record<string, string>, names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, numbers[name] ?? '']))
}

const ENOUGH: readonly (readonly string[])[] = [
  ['PublicExponent', 'PrivateExponent'],
  ['PrivateExponent'],
  ['PublicExponent', 'P', 'Q'],
  ['PrivateExponent', 'P', 'Q'],
  ['P', 'Q'],
  ['PublicExponent', 'P'],
  ['PublicExponent', 'Q'],
  ['PublicExponent', 'PrimeExponentP', 'PrimeExponentQ'],
  ['PrimeExponentP', 'PrimeExponentQ'],
  ['PublicExponent', 'PrimeExponentQ'],
  ['P', 'Q', 'PrimeExponentP', 'PrimeExponentQ', 'CRTCoefficient'],
]

describe('an RSA private key', () => {
  const numbers = numbersOf(Buffer.from(openssl('rsa', 'pkcs8'), 'hex'))

  test.each(ENOUGH.map((names) => ({ names, given: names.join(', ') })))(
    'is whole again from its modulus and $given (KMIP 1.4 section 2.1.7.4)',
    ({ names }) => {
      const block = structureBlock(F.TransparentRSAPrivateKey, pick(numbers, ['Modulus', ...names]))
      const whole = createPrivateKey({
        key: Buffer.from(hexOf(convertTo(PrivateKey, block, F.PKCS_1)), 'hex'),
        format: 'der',
        type: 'pkcs1',
      })
      const der = whole.export({ format: 'der', type: 'pkcs8' })
      const found = numbersOf(der)
      expect([found['Modulus'], found['PublicExponent']]).toEqual([
        numbers['Modulus'],
        numbers['PublicExponent'],
      ])
      expect([found['P'], found['Q']].sort()).toEqual([numbers['P'], numbers['Q']].sort())
    },
  )

  test('is the very key that OpenSSL wrote, from n, e and d', () => {
    const names = ['Modulus', 'PublicExponent', 'PrivateExponent']
    const block = structureBlock(F.TransparentRSAPrivateKey, pick(numbers, names))
    const again = hexOf(convertTo(PrivateKey, block, F.PKCS_1))
    const isInOrder = (numbers['P'] ?? '') > (numbers['Q'] ?? '')
    expect(again === openssl('rsa', 'pkcs1')).toBe(isInOrder)
  })

  test('of 2,048 bits with the exponent 3 is whole again from n, e and d', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 })
    const own = numbersOf(privateKey.export({ format: 'der', type: 'pkcs8' }))
    for (const names of [['PublicExponent', 'PrivateExponent'], ['PrivateExponent']]) {
      const block = structureBlock(F.TransparentRSAPrivateKey, pick(own, ['Modulus', ...names]))
      const there = convertTo(PrivateKey, block, F.PKCS_8)
      const found = numbersOf(Buffer.from(hexOf(there), 'hex'))
      expect([found['P'], found['Q']].sort()).toEqual([own['P'], own['Q']].sort())
    }
  })

  test.each([
    ['a modulus alone', {}],
    ['a modulus and a public exponent', { PublicExponent: '010001' }],
    [
      'a private exponent of another key',
      { PublicExponent: '010001', PrivateExponent: '0123456789' },
    ],
    ['a private exponent of zero', { PublicExponent: '010001', PrivateExponent: '00' }],
    ['a prime that is no factor', { PublicExponent: '010001', P: '0d', Q: '11' }],
    ['a prime of one', { PublicExponent: '010001', P: '01' }],
    ['a prime of zero', { PublicExponent: '010001', P: '00', Q: '00' }],
    ['a second prime of another key', { PublicExponent: '010001', P: numbers['P'] ?? '', Q: '11' }],
    ['a public exponent of one', { PublicExponent: '01', P: numbers['P'] ?? '' }],
    [
      'a prime exponent of another key',
      { PublicExponent: '010001', PrimeExponentP: '1234567' + '1' },
    ],
  ])('is refused from %s', (_, fields) => {
    const block = structureBlock(F.TransparentRSAPrivateKey, {
      Modulus: numbers['Modulus'] ?? '',
      ...fields,
    })
    expect(() => nodeKeyFormats.describe(PrivateKey, block)).toThrow(INVALID)
  })

  test.each(['00', '01', '02', '1234', 'ff'])('is refused with the modulus %s', (Modulus) => {
    const fields = { Modulus, PublicExponent: '03', PrivateExponent: '07' }
    const block = structureBlock(F.TransparentRSAPrivateKey, fields)
    expect(() => nodeKeyFormats.describe(PrivateKey, block)).toThrow(INVALID)
  })

  test('with more than two primes is left alone', () => {
    // The version of the structure is one then.
    const several = openssl('rsa', 'pkcs1').replace(/^(3082.{4})020100/, '$1020101')
    expect(nodeKeyFormats.describe(PrivateKey, bytesBlock(F.PKCS_1, several))).toBeUndefined()
  })
})
