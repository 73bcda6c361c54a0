import { createPrivateKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { nodeKeyFormats } from '../../../src/adapter/key-format/index.ts'
import { CryptographicAlgorithm as A } from '../../../src/spec/enum/cryptographic-algorithm.ts'
import { RecommendedCurve } from '../../../src/spec/enum/recommended-curve.ts'
import {
  bytesBlock,
  convertTo,
  F,
  fieldsOf,
  hexOf,
  openssl,
  PrivateKey,
  PublicKey,
  structureBlock,
  SymmetricKey,
} from './blocks.ts'

const describeKey = nodeKeyFormats.describe.bind(nodeKeyFormats)

describe('keys that OpenSSL wrote', () => {
  test.each([
    ['rsa', { type: F.PKCS_1, name: 'pkcs1' }],
    ['p256', { type: F.ECPrivateKey, name: 'sec1' }],
    ['k283', { type: F.ECPrivateKey, name: 'sec1' }],
  ])('a private key of %s goes from its own encoding to PKCS#8 and back', (key, { type, name }) => {
    const there = convertTo(PrivateKey, bytesBlock(type, openssl(key, name)), F.PKCS_8)
    expect(hexOf(there)).toBe(openssl(key, 'pkcs8'))
    expect(there.keyFormatType).toBe(F.PKCS_8)
    expect(hexOf(convertTo(PrivateKey, there, type))).toBe(openssl(key, name))
  })

  test('an RSA public key goes from PKCS#1 to X.509 and back', () => {
    const there = convertTo(PublicKey, bytesBlock(F.PKCS_1, openssl('rsa', 'pkcs1Public')), F.X_509)
    expect(hexOf(there)).toBe(openssl('rsa', 'spki'))
    expect(hexOf(convertTo(PublicKey, there, F.PKCS_1))).toBe(openssl('rsa', 'pkcs1Public'))
  })

  test.each([
    ['rsa', F.TransparentRSAPrivateKey, F.TransparentRSAPublicKey],
    ['dsa', F.TransparentDSAPrivateKey, F.TransparentDSAPublicKey],
    ['dh', F.TransparentDHPrivateKey, F.TransparentDHPublicKey],
    ['dhx', F.TransparentDHPrivateKey, F.TransparentDHPublicKey],
    ['p256', F.TransparentECPrivateKey, F.TransparentECPublicKey],
    ['p256', F.TransparentECDSAPrivateKey, F.TransparentECDSAPublicKey],
    ['k283', F.TransparentECDHPrivateKey, F.TransparentECDHPublicKey],
    ['k283', F.TransparentECMQVPrivateKey, F.TransparentECMQVPublicKey],
  ])(
    'the keys of %s go to their transparent form and back (KMIP 1.4 section 2.1.7)',
    (key, a, b) => {
      const priv = convertTo(PrivateKey, bytesBlock(F.PKCS_8, openssl(key, 'pkcs8')), a)
      const pub = convertTo(PublicKey, bytesBlock(F.X_509, openssl(key, 'spki')), b)
      expect([priv.keyValue?.form, pub.keyValue?.form]).toEqual(['structure', 'structure'])
      expect(hexOf(convertTo(PrivateKey, priv, F.PKCS_8))).toBe(openssl(key, 'pkcs8'))
      expect(hexOf(convertTo(PublicKey, pub, F.X_509))).toBe(openssl(key, 'spki'))
    },
  )

  test.each([
    ['dsa', F.TransparentDSAPrivateKey, F.TransparentDSAPublicKey],
    ['dh', F.TransparentDHPrivateKey, F.TransparentDHPublicKey],
    ['dhx', F.TransparentDHPrivateKey, F.TransparentDHPublicKey],
    ['p256', F.TransparentECPrivateKey, F.TransparentECPublicKey],
  ])('the transparent form of %s has the numbers that OpenSSL prints', (key, a, b) => {
    const priv = convertTo(PrivateKey, bytesBlock(F.PKCS_8, openssl(key, 'pkcs8')), a)
    const pub = convertTo(PublicKey, bytesBlock(F.X_509, openssl(key, 'spki')), b)
    const [secret, open] = key === 'p256' ? ['D', 'QString'] : ['X', 'Y']
    expect(fieldsOf(priv)[secret]).toBe(openssl(key, 'private').replace(/^(00)+/, ''))
    expect(fieldsOf(pub)[open]).toBe(openssl(key, 'public').replace(/^(00)+/, ''))
  })

  test('the transparent form of an RSA key has the numbers of its JWK', () => {
    const der = Buffer.from(openssl('rsa', 'pkcs8'), 'hex')
    const jwk = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({
      format: 'jwk',
    })
    const hex = (text: string | undefined): string =>
      Buffer.from(text ?? '', 'base64url').toString('hex')
    const block = bytesBlock(F.PKCS_1, openssl('rsa', 'pkcs1'))
    expect(fieldsOf(convertTo(PrivateKey, block, F.TransparentRSAPrivateKey))).toEqual({
      Modulus: hex(jwk.n),
      PublicExponent: hex(jwk.e),
      PrivateExponent: hex(jwk.d),
      P: hex(jwk.p),
      Q: hex(jwk.q),
      PrimeExponentP: hex(jwk.dp),
      PrimeExponentQ: hex(jwk.dq),
      CRTCoefficient: hex(jwk.qi),
    })
  })

  test('keys without numbers pass between PKCS#8 or X.509 and Raw', () => {
    const stated = { cryptographicAlgorithm: A.Ed25519, cryptographicLength: 256 }
    const pkcs8 = bytesBlock(F.PKCS_8, openssl('ed25519', 'pkcs8'), stated)
    const raw = convertTo(PrivateKey, pkcs8, F.Raw)
    expect(hexOf(raw)).toBe(openssl('ed25519', 'pkcs8').slice(-64))
    expect(hexOf(convertTo(PrivateKey, raw, F.PKCS_8))).toBe(openssl('ed25519', 'pkcs8'))
    const spki = bytesBlock(F.X_509, openssl('ed25519', 'spki'), stated)
    const open = convertTo(PublicKey, spki, F.Raw)
    expect(hexOf(open)).toBe(openssl('ed25519', 'spki').slice(-64))
    expect(hexOf(convertTo(PublicKey, open, F.X_509))).toBe(openssl('ed25519', 'spki'))
  })

  test('an encrypted PKCS#8 is kept as it is, and nobody tries a passphrase on it', () => {
    const block = bytesBlock(F.PKCS_8, openssl('p256', 'encrypted'))
    expect(describeKey(PrivateKey, block)).toBeUndefined()
    expect(hexOf(convertTo(PrivateKey, block, F.PKCS_8))).toBe(openssl('p256', 'encrypted'))
    expect(() => convertTo(PrivateKey, block, F.ECPrivateKey)).toThrow(
      expect.objectContaining({ code: 'KEY_FORMAT_UNSUPPORTED' }),
    )
  })
})

describe('what a key is', () => {
  test.each([
    ['rsa', { algorithm: A.RSA, length: 1024 }],
    ['dsa', { algorithm: A.DSA, length: 1024 }],
    ['dh', { algorithm: A.DH, length: 1536 }],
    ['dhx', { algorithm: A.DH, length: 1024 }],
    ['p256', { algorithm: A.EC, length: 256, curve: RecommendedCurve.P_256 }],
    ['k283', { algorithm: A.EC, length: 283, curve: RecommendedCurve.K_283 }],
    ['ed25519', { algorithm: A.Ed25519, length: 256 }],
    ['x448', { algorithm: A.ECDH, length: 448, curve: RecommendedCurve.CURVE448 }],
  ])('is told by PKCS#8 and X.509 for %s', (key, expected) => {
    expect(describeKey(PrivateKey, bytesBlock(F.PKCS_8, openssl(key, 'pkcs8')))).toEqual(expected)
    expect(describeKey(PublicKey, bytesBlock(F.X_509, openssl(key, 'spki')))).toEqual(expected)
  })

  test.each([A.EC, A.ECDSA, A.ECDH, A.ECMQV])(
    'is the algorithm of the Key Block where the curve does not tell (%i)',
    (cryptographicAlgorithm) => {
      const block = bytesBlock(F.X_509, openssl('p256', 'spki'), { cryptographicAlgorithm })
      expect(describeKey(PublicKey, block)?.algorithm).toBe(cryptographicAlgorithm)
    },
  )

  test('is not the algorithm of the Key Block where the material tells another', () => {
    const block = bytesBlock(F.X_509, openssl('p256', 'spki'), { cryptographicAlgorithm: A.RSA })
    expect(describeKey(PublicKey, block)?.algorithm).toBe(A.EC)
  })

  test('is the algorithm that the format names', () => {
    const block = bytesBlock(F.PKCS_8, openssl('p256', 'pkcs8'))
    const named = convertTo(PrivateKey, block, F.TransparentECDSAPrivateKey)
    expect(describeKey(PrivateKey, named)?.algorithm).toBe(A.ECDSA)
  })

  test('is the length of a symmetric key, and the algorithm that was stated', () => {
    const material = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
    expect(describeKey(SymmetricKey, bytesBlock(F.Raw, material.toString('hex')))).toEqual({
      length: 128,
    })
    const block = structureBlock(
      F.TransparentSymmetricKey,
      { Key: material },
      { cryptographicAlgorithm: A.AES },
    )
    expect(describeKey(SymmetricKey, block)).toEqual({ algorithm: A.AES, length: 128 })
    expect(hexOf(convertTo(SymmetricKey, block, F.Raw))).toBe(material.toString('hex'))
    const raw = bytesBlock(F.Raw, material.toString('hex'))
    expect(fieldsOf(convertTo(SymmetricKey, raw, F.TransparentSymmetricKey))).toEqual({
      Key: material.toString('hex'),
    })
  })
})
