import { createECDH, generateKeyPairSync, getCurves } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { CURVES } from '../../../src/adapter/key-format/curve.ts'
import { nodeKeyFormats } from '../../../src/adapter/key-format/index.ts'
import { membersOf } from '../../../src/schema/enumeration.ts'
import { KeyCompressionType } from '../../../src/spec/enum/key-compression-type.ts'
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
} from './blocks.ts'

const K = KeyCompressionType
const ENCODED = 'KEY_COMPRESSION_UNSUPPORTED'

test('every Recommended Curve is known but the two that have formats of their own', () => {
  const known = CURVES.map(({ recommended }) => recommended)
  const missing = membersOf(RecommendedCurve).members.filter(
    ({ value }) => !known.some((one) => one === value),
  )
  expect(missing.map(({ name }) => name)).toEqual(['CURVE25519', 'CURVE448'])
  expect(CURVES.filter(({ openssl: name }) => !getCurves().includes(name))).toEqual([])
})

describe.each(CURVES)('$openssl', (curve) => {
  const pair = generateKeyPairSync('ec', { namedCurve: curve.openssl })
  const sec1 = pair.privateKey.export({ format: 'der', type: 'sec1' }).toString('hex')
  const pkcs8 = pair.privateKey.export({ format: 'der', type: 'pkcs8' }).toString('hex')
  const spki = pair.publicKey.export({ format: 'der', type: 'spki' }).toString('hex')
  const { recommended, length, isBinary } = curve

  test('is read and written as OpenSSL does, by its identifier and the width of its order', () => {
    const priv = bytesBlock(F.ECPrivateKey, sec1)
    const transparent = convertTo(PrivateKey, priv, F.TransparentECPrivateKey)
    expect(nodeKeyFormats.describe(PrivateKey, priv)).toMatchObject({ length, curve: recommended })
    expect(hexOf(convertTo(PrivateKey, priv, F.PKCS_8))).toBe(pkcs8)
    expect(hexOf(convertTo(PrivateKey, transparent, F.ECPrivateKey))).toBe(sec1)
  })

  test('has points that compress as OpenSSL does, and back (KMIP 1.4 section 9.1.3.2.2)', () => {
    const pub = convertTo(PublicKey, bytesBlock(F.X_509, spki), F.TransparentECPublicKey)
    const point = fieldsOf(pub)['QString']
    const compress = (block: typeof pub, keyCompressionType: KeyCompressionType) =>
      nodeKeyFormats.convert(PublicKey, block, { keyCompressionType })
    const [own, other] = isBinary
      ? [K.ECPublicKeyTypeX9_62CompressedChar2, K.ECPublicKeyTypeX9_62CompressedPrime]
      : [K.ECPublicKeyTypeX9_62CompressedPrime, K.ECPublicKeyTypeX9_62CompressedChar2]
    const short = compress(pub, own)
    expect(short.keyCompressionType).toBe(own)
    const bytes = Buffer.from(String(point), 'hex')
    const half = (bytes.length - 1) / 2
    expect(String(fieldsOf(short)['QString'])).toMatch(
      new RegExp(`^0[23]${bytes.subarray(1, half + 1).toString('hex')}$`),
    )
    expect(fieldsOf(compress(short, K.ECPublicKeyTypeUncompressed))['QString']).toBe(point)
    const hybrid = String(fieldsOf(compress(short, K.ECPublicKeyTypeX9_62Hybrid))['QString'])
    expect(hybrid).toMatch(new RegExp(`^0[67]${bytes.subarray(1).toString('hex')}$`))
    expect(() => compress(pub, other)).toThrow(expect.objectContaining({ code: ENCODED }))
  })

  test('refuses points that do not lie on it, and private numbers out of range', () => {
    const holder = createECDH(curve.openssl)
    const point = Uint8Array.from(holder.generateKeys())
    point[point.length - 1] = (point.at(-1) ?? 0) ^ 1
    const read = (qString: Uint8Array) =>
      nodeKeyFormats.describe(
        PublicKey,
        structureBlock(F.TransparentECPublicKey, {
          RecommendedCurve: recommended,
          QString: qString,
        }),
      )
    const INVALID = expect.objectContaining({ code: 'INVALID_FIELD' }) as Error
    expect(() => read(point)).toThrow(INVALID)
    expect(() => read(Uint8Array.of())).toThrow(INVALID)
    expect(() => read(Uint8Array.of(0))).toThrow(INVALID)
    for (const d of ['00', 'ff'.repeat(curve.orderBytes), '01'.repeat(curve.orderBytes + 1)]) {
      const block = structureBlock(F.TransparentECPrivateKey, {
        RecommendedCurve: recommended,
        D: d,
      })
      expect(() => nodeKeyFormats.describe(PrivateKey, block), d).toThrow(INVALID)
    }
  })
})

describe('compression', () => {
  const compress = (block: Parameters<typeof hexOf>[0], keyCompressionType: KeyCompressionType) =>
    nodeKeyFormats.convert(PublicKey, block, { keyCompressionType })

  test.each([
    ['p256', K.ECPublicKeyTypeX9_62CompressedPrime],
    ['k283', K.ECPublicKeyTypeX9_62CompressedChar2],
  ])('of an X.509 key of %s is what OpenSSL writes', (key, compressed) => {
    const block = bytesBlock(F.X_509, openssl(key, 'spki'))
    expect(hexOf(compress(block, compressed))).toBe(openssl(key, 'compressed'))
    expect(hexOf(compress(block, K.ECPublicKeyTypeX9_62Hybrid))).toBe(openssl(key, 'hybrid'))
    const short = bytesBlock(F.X_509, openssl(key, 'compressed'))
    expect(hexOf(compress(short, K.ECPublicKeyTypeUncompressed))).toBe(openssl(key, 'spki'))
  })

  test('stays where no other is asked for', () => {
    const keyCompressionType = K.ECPublicKeyTypeX9_62CompressedPrime
    const short = bytesBlock(F.X_509, openssl('p256', 'compressed'), { keyCompressionType })
    const there = convertTo(PublicKey, short, F.TransparentECPublicKey)
    expect(there.keyCompressionType).toBe(keyCompressionType)
    expect(hexOf(convertTo(PublicKey, there, F.X_509))).toBe(openssl('p256', 'compressed'))
  })

  test('is refused for keys that are not on a curve, for Edwards keys and for private keys', () => {
    const wanted = { keyCompressionType: K.ECPublicKeyTypeUncompressed }
    const refused = expect.objectContaining({ code: ENCODED }) as Error
    for (const key of ['rsa', 'ed25519']) {
      const block = bytesBlock(F.X_509, openssl(key, 'spki'))
      expect(() => nodeKeyFormats.convert(PublicKey, block, wanted)).toThrow(refused)
    }
    const priv = bytesBlock(F.PKCS_8, openssl('p256', 'pkcs8'))
    expect(() => nodeKeyFormats.convert(PrivateKey, priv, wanted)).toThrow(refused)
  })
})
