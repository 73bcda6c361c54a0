import { constants, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { nodeCrypto } from '../../../src/adapter/crypto-node.ts'
import type { KeyPair } from '../../../src/port/crypto.ts'
import { HashingAlgorithm as H } from '../../../src/spec/enum/hashing-algorithm.ts'
import { KeyFormatType as F } from '../../../src/spec/enum/key-format-type.ts'
import { PaddingMethod as P } from '../../../src/spec/enum/padding-method.ts'
import { RecommendedCurve as C } from '../../../src/spec/enum/recommended-curve.ts'
import { DigitalSignatureAlgorithm as D } from '../../../src/spec/enum/digital-signature-algorithm.ts'
import { hex, secret, shown, utf8 } from './hex.ts'

const { keys, signatures, keyEncryption } = nodeCrypto
const code = (name: string): unknown => expect.objectContaining({ code: name })
const DATA = utf8('what is signed')
const DIGEST = nodeCrypto.hashes.hash(H.SHA_256, DATA)

let rsa: KeyPair
beforeAll(async () => {
  rsa = await keys.generate({ kind: 'RSA', bits: 1024 })
})

/** The same public key in OpenSSL's own hands. */
function openssl({ publicKey }: KeyPair) {
  const key = Buffer.from(keys.exportPublic(publicKey, F.X_509))
  return createPublicKey({ key, format: 'der', type: 'spki' })
}

const PKCS1 = { paddingMethod: P.PKCS1V1_5, hashingAlgorithm: H.SHA_256 }
const PSS = {
  paddingMethod: P.PSS,
  hashingAlgorithm: H.SHA_256,
  maskGeneratorHashingAlgorithm: H.SHA_256,
}

describe('RSA signatures', () => {
  test('[RFC 8017 section 8.2] OpenSSL takes PKCS#1 v1.5 ones, of data and of its digest alike', () => {
    const made = signatures.sign(rsa.privateKey, PKCS1, DATA)
    expect(verify('sha256', DATA, openssl(rsa), made)).toBe(true)
    expect(shown(signatures.signDigest(rsa.privateKey, PKCS1, DIGEST))).toBe(shown(made))
    expect(signatures.verify(rsa.publicKey, PKCS1, { data: DATA, signature: made })).toBe(true)
    const named = { digitalSignatureAlgorithm: D.SHA_256WithRSAEncryption }
    expect(shown(signatures.sign(rsa.privateKey, named, DATA))).toBe(shown(made))
  })

  test.each([0, 20, 32, 94])(
    '[RFC 8017 section 8.1] OpenSSL takes PSS ones, salt %i',
    (saltLength) => {
      const signature = signatures.sign(rsa.privateKey, { ...PSS, saltLength }, DATA)
      const key = { key: openssl(rsa), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }
      expect(verify('sha256', DATA, key, signature)).toBe(true)
      expect(signatures.verifyDigest(rsa.publicKey, PSS, { data: DIGEST, signature })).toBe(true)
      const otherMask = { ...PSS, maskGeneratorHashingAlgorithm: H.SHA_512 }
      expect(signatures.verify(rsa.publicKey, otherMask, { data: DATA, signature })).toBe(false)
    },
  )

  test('what was changed, or is no signature at all, is invalid and no failure', () => {
    for (const parameters of [PKCS1, PSS]) {
      const signature = signatures.sign(rsa.privateKey, parameters, DATA)
      const check = (bytes: Uint8Array, data = DATA): boolean =>
        signatures.verify(rsa.publicKey, parameters, { data, signature: bytes })
      expect(check(signature)).toBe(true)
      expect(check(signature.map((byte, index) => (index === 60 ? byte ^ 1 : byte)))).toBe(false)
      expect(check(signature, utf8('another'))).toBe(false)
      expect(check(signature.subarray(1))).toBe(false)
      expect(check(new Uint8Array(128).fill(255))).toBe(false)
    }
  })

  test('salts that do not fit, digests of a wrong length and other paddings are refused', () => {
    const long = { ...PSS, saltLength: 95 }
    expect(() => signatures.sign(rsa.privateKey, long, DATA)).toThrow(code('CRYPTO_FAILED'))
    expect(() => signatures.signDigest(rsa.privateKey, PKCS1, hex('00'))).toThrow(
      code('INVALID_FIELD'),
    )
    const ecdsa = { digitalSignatureAlgorithm: D.ECDSAWithSHA256 }
    expect(() => signatures.sign(rsa.privateKey, ecdsa, DATA)).toThrow(
      code('PARAMETERS_NOT_OF_KEY'),
    )
    for (const paddingMethod of [P.None, P.PKCS5]) {
      expect(() => signatures.sign(rsa.privateKey, { paddingMethod }, DATA)).toThrow(
        code('UNSUPPORTED_CRYPTOGRAPHY'),
      )
    }
    const tiger = { hashingAlgorithm: H.Tiger }
    expect(() => signatures.sign(rsa.privateKey, tiger, DATA)).toThrow(
      code('UNSUPPORTED_CRYPTOGRAPHY'),
    )
  })
})

const DIGEST_CURVES = [C.P_256, C.P_384, C.P_521, C.SECP256K1, C.BRAINPOOLP256R1]
test.each(DIGEST_CURVES)(
  'ECDSA of a digest is ECDSA of its data to OpenSSL, curve %i',
  async (curve) => {
    const pair = await keys.generate({ kind: 'EC', curve })
    const parameters = { hashingAlgorithm: H.SHA_256 }
    const signature = signatures.signDigest(pair.privateKey, parameters, DIGEST)
    expect(verify('sha256', DATA, openssl(pair), signature)).toBe(true)
    const other = signatures.sign(pair.privateKey, parameters, DATA)
    expect(
      signatures.verifyDigest(pair.publicKey, parameters, { data: DIGEST, signature: other }),
    ).toBe(true)
    const wrong = DIGEST.map((byte) => byte ^ 1)
    expect(signatures.verifyDigest(pair.publicKey, parameters, { data: wrong, signature })).toBe(
      false,
    )
  },
)

test('ECDSA over a digest is not built for binary curves; over data it is', async () => {
  const pair = await keys.generate({ kind: 'EC', curve: C.B_283 })
  expect(() => signatures.signDigest(pair.privateKey, {}, DIGEST)).toThrow(
    code('UNSUPPORTED_CRYPTOGRAPHY'),
  )
  const stream = signatures.begin(pair.privateKey, {})
  for (const byte of DATA) stream.update(Uint8Array.of(byte))
  const signature = stream.finish()
  expect(verify('sha256', DATA, openssl(pair), signature)).toBe(true)
  expect(signatures.verify(pair.publicKey, {}, { data: DATA, signature })).toBe(true)
})

test('[RFC 8032 section 7.1, test 1] Ed25519 signs nothing as published', () => {
  const key = keys.parsePrivate(
    F.PKCS_8,
    secret(
      '302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    ),
  )
  expect(shown(signatures.sign(key, {}, hex('')))).toBe(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  )
  expect(() => signatures.signDigest(key, {}, DIGEST)).toThrow(code('UNSUPPORTED_CRYPTOGRAPHY'))
})

test('[FIPS 186-4] DSA signatures go both ways with OpenSSL', () => {
  const made = generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 })
  const der = made.privateKey.export({ format: 'der', type: 'pkcs8' })
  const key = keys.parsePrivate(F.PKCS_8, secret(der.toString('hex')))
  const parameters = { digitalSignatureAlgorithm: D.DSAWithSHA256 }
  expect(verify('sha256', DATA, made.publicKey, signatures.sign(key, parameters, DATA))).toBe(true)
  const signature = Uint8Array.from(sign('sha256', DATA, made.privateKey))
  expect(signatures.verify(keys.publicOf(key), parameters, { data: DATA, signature })).toBe(true)
})

describe('RSA encryption', () => {
  const oaep = {
    paddingMethod: P.OAEP,
    hashingAlgorithm: H.SHA_256,
    maskGeneratorHashingAlgorithm: H.SHA_1,
    pSource: utf8('label'),
  }

  test('[RFC 8017 section 7.1] OAEP with two hashes and a label comes back, and only with that label', () => {
    for (const length of [0, 1, 62]) {
      const plain = new Uint8Array(length).fill(7)
      const sealed = keyEncryption.encrypt(rsa.publicKey, oaep, plain)
      expect(shown(keyEncryption.decrypt(rsa.privateKey, oaep, sealed))).toBe(shown(plain))
      const other = { ...oaep, pSource: utf8('other') }
      expect(() => keyEncryption.decrypt(rsa.privateKey, other, sealed)).toThrow(
        code('CRYPTO_FAILED'),
      )
    }
    const long = new Uint8Array(63)
    expect(() => keyEncryption.encrypt(rsa.publicKey, oaep, long)).toThrow(code('CRYPTO_FAILED'))
  })

  test('[RFC 8017 section 7.2] PKCS#1 v1.5 comes back; bad padding gives other bytes, always the same', () => {
    const parameters = { paddingMethod: P.PKCS1V1_5 }
    const sealed = keyEncryption.encrypt(rsa.publicKey, parameters, DATA)
    expect(shown(keyEncryption.decrypt(rsa.privateKey, parameters, sealed))).toBe(shown(DATA))
    for (let flip = 1; flip < 40; flip += 1) {
      const broken = sealed.map((byte, index) => (index === 127 ? byte ^ flip : byte))
      const once = keyEncryption.decrypt(rsa.privateKey, parameters, broken)
      expect(once.length).toBeLessThanOrEqual(117)
      const again = keyEncryption.decrypt(rsa.privateKey, parameters, broken)
      expect(shown(again)).toBe(shown(once))
      expect(shown(once)).not.toBe(shown(DATA))
    }
    expect(() => keyEncryption.decrypt(rsa.privateKey, parameters, sealed.subarray(1))).toThrow(
      code('CRYPTO_FAILED'),
    )
  })

  test('a padding is needed, and must be one of RSA encryption', () => {
    const encrypt = (paddingMethod?: P) => () =>
      keyEncryption.encrypt(
        rsa.publicKey,
        paddingMethod === undefined ? {} : { paddingMethod },
        DATA,
      )
    expect(encrypt()).toThrow(code('INVALID_MESSAGE'))
    expect(encrypt(P.PKCS5)).toThrow(code('UNSUPPORTED_CRYPTOGRAPHY'))
  })
})
