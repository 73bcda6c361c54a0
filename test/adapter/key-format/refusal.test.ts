import { describe, expect, test } from 'vitest'
import { nodeKeyFormats } from '../../../src/adapter/key-format/index.ts'
import type { KeyBlock } from '../../../src/model/key-block.ts'
import { Secret } from '../../../src/secret/secret.ts'
import { CryptographicAlgorithm as A } from '../../../src/spec/enum/cryptographic-algorithm.ts'
import { EncodingOption } from '../../../src/spec/enum/encoding-option.ts'
import { ObjectType } from '../../../src/spec/enum/object-type.ts'
import { RecommendedCurve } from '../../../src/spec/enum/recommended-curve.ts'
import { WrappingMethod } from '../../../src/spec/enum/wrapping-method.ts'
import {
  bytesBlock,
  convertTo,
  F,
  hexOf,
  openssl,
  PrivateKey,
  PublicKey,
  structureBlock,
  SymmetricKey,
} from './blocks.ts'

const coded = (code: string) => expect.objectContaining({ name: 'KmipFault', code }) as Error
const MALFORMED = expect.objectContaining({
  code: 'INVALID_FIELD',
  message: 'The Key Material is malformed',
}) as Error

const FILES = [
  ['PKCS#1', PrivateKey, F.PKCS_1, openssl('rsa', 'pkcs1')],
  ['PKCS#1 public', PublicKey, F.PKCS_1, openssl('rsa', 'pkcs1Public')],
  ['ECPrivateKey', PrivateKey, F.ECPrivateKey, openssl('p256', 'sec1')],
  ...['rsa', 'dsa', 'dh', 'dhx', 'p256', 'k283', 'ed25519', 'x448'].flatMap((key) => [
    [`PKCS#8 of ${key}`, PrivateKey, F.PKCS_8, openssl(key, 'pkcs8')] as const,
    [`X.509 of ${key}`, PublicKey, F.X_509, openssl(key, 'spki')] as const,
  ]),
] as const

test('a key is read of DER alone, and of no more of it than a key could have', () => {
  const der = openssl('rsa', 'pkcs1Public')
  const describeHex = (hex: string) => () =>
    nodeKeyFormats.describe(PublicKey, bytesBlock(F.PKCS_1, hex))
  expect(describeHex(der)()).toMatchObject({ algorithm: A.RSA })
  // The indefinite form of BER, behind the four bytes of the SEQUENCE's own head.
  expect(describeHex(`3080${der.slice(8)}0000`)).toThrow(MALFORMED)
  const number = '0203010001'
  const large = `0283010000${'7f'.repeat(65_536)}`
  const length = (large.length + number.length) / 2
  expect(describeHex(`3083${length.toString(16).padStart(6, '0')}${large}${number}`)).toThrow(
    MALFORMED,
  )
})

describe.each(FILES)('%s', (_, objectType, format, hex) => {
  test('is refused when it is cut short anywhere, or followed by a byte', () => {
    for (let length = 0; length < hex.length; length += 2) {
      const block = bytesBlock(format, hex.slice(0, length))
      expect(() => nodeKeyFormats.describe(objectType, block), `${length}`).toThrow(MALFORMED)
    }
    const longer = bytesBlock(format, `${hex}00`)
    expect(() => nodeKeyFormats.describe(objectType, longer)).toThrow(MALFORMED)
  })

  test('with any byte changed is read or refused, and nothing else', () => {
    const bytes = Buffer.from(hex, 'hex')
    const step = Math.ceil(bytes.length / 150)
    for (let index = 0; index < bytes.length; index += step) {
      for (const bit of [0x01, 0x80]) {
        const changed = Buffer.from(bytes)
        changed[index] = (changed[index] ?? 0) ^ bit
        const attempt = () =>
          nodeKeyFormats.describe(objectType, bytesBlock(format, changed.toString('hex')))
        try {
          attempt()
        } catch (error) {
          expect(error).toMatchObject({ name: 'KmipFault', code: 'INVALID_FIELD' })
        }
      }
    }
  })
})

test('a private key with the public point of another is refused', () => {
  const hex = openssl('p256', 'sec1')
  const point = openssl('p256', 'public')
  const mirrored = structureBlock(F.TransparentECPrivateKey, {
    RecommendedCurve: RecommendedCurve.P_256,
    D: '02',
  })
  const other = hexOf(convertTo(PrivateKey, mirrored, F.ECPrivateKey)).slice(-130)
  const block = bytesBlock(F.ECPrivateKey, hex.replace(point, other))
  expect(() => nodeKeyFormats.describe(PrivateKey, block)).toThrow(MALFORMED)
})

test('a private key without its public point gets it', () => {
  // Without the last element: its tag, both lengths and what it holds.
  const short = openssl('p256', 'sec1')
    .replace(/a144.*$/, '')
    .replace(/^3077/, '3031')
  expect(hexOf(convertTo(PrivateKey, bytesBlock(F.ECPrivateKey, short), F.PKCS_8))).toBe(
    openssl('p256', 'pkcs8'),
  )
})

describe('a Key Format Type that does not suit its object', () => {
  test.each([
    ['X.509 for a private key', PrivateKey, bytesBlock(F.X_509, openssl('rsa', 'spki'))],
    ['PKCS#8 for a public key', PublicKey, bytesBlock(F.PKCS_8, openssl('rsa', 'pkcs8'))],
    [
      'ECPrivateKey for a public key',
      PublicKey,
      bytesBlock(F.ECPrivateKey, openssl('p256', 'sec1')),
    ],
    ['PKCS#1 for a symmetric key', SymmetricKey, bytesBlock(F.PKCS_1, openssl('rsa', 'pkcs1'))],
    ['bytes for a structure', SymmetricKey, bytesBlock(F.TransparentSymmetricKey, '00')],
    ['a structure for bytes', SymmetricKey, structureBlock(F.Raw, { Key: Uint8Array.of(1) })],
    ['a structure without its field', SymmetricKey, structureBlock(F.TransparentSymmetricKey, {})],
    ['a negative number', PublicKey, negative()],
    ['no bytes', SymmetricKey, bytesBlock(F.Raw, '')],
  ])('is refused: %s', (_, objectType, block) => {
    expect(() => nodeKeyFormats.describe(objectType, block)).toThrow(coded('INVALID_FIELD'))
  })

  test('Raw of another length than the algorithm has is refused', () => {
    const block = bytesBlock(F.Raw, 'aabb', { cryptographicAlgorithm: A.Ed448 })
    expect(() => nodeKeyFormats.describe(PrivateKey, block)).toThrow(MALFORMED)
  })

  function negative(): KeyBlock {
    const number = Buffer.from(`ff${'00'.repeat(7)}`, 'hex')
    const block = structureBlock(F.TransparentRSAPublicKey, { Modulus: '0f', PublicExponent: '03' })
    const material = block.keyValue?.material.expose((bytes) => {
      const copy = Buffer.from(bytes)
      copy.set(number, copy.indexOf(Buffer.from('000000000000000f', 'hex')))
      return Secret.copyOf(copy)
    })
    return {
      ...block,
      keyValue: { form: 'structure', material: material ?? Secret.take(number), attributes: [] },
    }
  }
})

describe('what cannot be read', () => {
  const raw = bytesBlock(F.Raw, '00'.repeat(16))
  const wrapped: KeyBlock = {
    ...raw,
    keyWrappingData: {
      wrappingMethod: WrappingMethod.Encrypt,
      encodingOption: EncodingOption.NoEncoding,
    },
  }

  test.each([
    ['opaque', SymmetricKey, bytesBlock(F.Opaque, 'aabb'), F.Raw],
    ['wrapped', SymmetricKey, wrapped, F.TransparentSymmetricKey],
    ['secret data', ObjectType.SecretData, raw, F.TransparentSymmetricKey],
    ['a raw key on a curve', PrivateKey, raw, F.PKCS_8],
    [
      'an unknown algorithm',
      PublicKey,
      bytesBlock(F.X_509, '300a300506032a03040301' + '00'),
      F.PKCS_1,
    ],
  ])('is described by nothing and not converted: %s', (_, objectType, block, format) => {
    expect(nodeKeyFormats.describe(objectType, block)).toBeUndefined()
    expect(() => convertTo(objectType, block, format)).toThrow(coded('KEY_FORMAT_UNSUPPORTED'))
  })

  test('is passed on as it is, with material of its own', () => {
    for (const block of [wrapped, bytesBlock(F.Opaque, 'aabb')]) {
      const copy = convertTo(SymmetricKey, block, block.keyFormatType)
      expect(copy).toEqual(block)
      expect(copy.keyValue?.material).not.toBe(block.keyValue?.material)
    }
  })

  test('is a curve that has a format of its own, in transparent form', () => {
    const block = structureBlock(F.TransparentECPublicKey, {
      RecommendedCurve: RecommendedCurve.CURVE25519,
      QString: new Uint8Array(32),
    })
    expect(nodeKeyFormats.describe(PublicKey, block)).toBeUndefined()
  })

  test('is a key that is not there', () => {
    const block: KeyBlock = { keyFormatType: F.Raw }
    expect(nodeKeyFormats.describe(SymmetricKey, block)).toBeUndefined()
    expect(() => convertTo(SymmetricKey, block, F.Raw)).toThrow(coded('KEY_VALUE_NOT_PRESENT'))
  })
})

describe('formats that a key cannot be had in', () => {
  const pkcs8 = (key: string, more = {}) => bytesBlock(F.PKCS_8, openssl(key, 'pkcs8'), more)
  const x509 = (key: string) => bytesBlock(F.X_509, openssl(key, 'spki'))

  test.each([
    ['PKCS#1 of a key on a curve', PrivateKey, pkcs8('p256'), F.PKCS_1],
    ['ECPrivateKey of an RSA key', PrivateKey, pkcs8('rsa'), F.ECPrivateKey],
    ['a public format of a private key', PrivateKey, pkcs8('rsa'), F.X_509],
    ['a private format of a public key', PublicKey, x509('rsa'), F.PKCS_8],
    ['PKCS#1 of a DSA key', PublicKey, x509('dsa'), F.PKCS_1],
    ['the transparent form of another key', PrivateKey, pkcs8('dsa'), F.TransparentDHPrivateKey],
    ['Raw of a key with several numbers', PrivateKey, pkcs8('rsa'), F.Raw],
    ['Opaque', PrivateKey, pkcs8('rsa'), F.Opaque],
    ['PKCS#12', PrivateKey, pkcs8('rsa'), F.PKCS_12],
    [
      'the structure of ECDSA for a key of ECDH',
      PrivateKey,
      pkcs8('p256', { cryptographicAlgorithm: A.ECDH }),
      F.TransparentECDSAPrivateKey,
    ],
  ])('are refused: %s', (_, objectType, block, format) => {
    expect(() => convertTo(objectType, block, format)).toThrow(coded('KEY_FORMAT_UNSUPPORTED'))
  })
})

test('a conversion leaves the key that it was given as it is', () => {
  const block = bytesBlock(F.PKCS_1, openssl('rsa', 'pkcs1'), {
    cryptographicAlgorithm: A.RSA,
    cryptographicLength: 1024,
  })
  const there = convertTo(PrivateKey, block, F.PKCS_8)
  expect(hexOf(block)).toBe(openssl('rsa', 'pkcs1'))
  expect(there).toMatchObject({ cryptographicAlgorithm: A.RSA, cryptographicLength: 1024 })
  there.keyValue?.material.destroy()
  expect(hexOf(block)).toBe(openssl('rsa', 'pkcs1'))
})

test('a symmetric key converted outlives the one that it came from', () => {
  const block = structureBlock(F.TransparentSymmetricKey, { Key: Uint8Array.of(1, 2, 3) })
  const raw = convertTo(SymmetricKey, block, F.Raw)
  block.keyValue?.material.destroy()
  expect(hexOf(raw)).toBe('010203')
})
