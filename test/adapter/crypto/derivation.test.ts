import { expect, test } from 'vitest'
import { nodeCrypto } from '../../../src/adapter/crypto-node.ts'
import { BlockCipherMode as M } from '../../../src/spec/enum/block-cipher-mode.ts'
import { CryptographicAlgorithm as A } from '../../../src/spec/enum/cryptographic-algorithm.ts'
import { HashingAlgorithm as H } from '../../../src/spec/enum/hashing-algorithm.ts'
import { Secret } from '../../../src/secret/secret.ts'
import { hex, secret, shown, utf8 } from './hex.ts'

const { derivation } = nodeCrypto
const code = (name: string): unknown => expect.objectContaining({ code: name })

test('[RFC 6070 vectors 1, 2 and 5] PBKDF2 with HMAC-SHA-1', async () => {
  const password = Secret.take(utf8('password'))
  const common = { hash: H.SHA_1, password, salt: utf8('salt'), length: 20 }
  expect(shown(await derivation.pbkdf2({ ...common, iterations: 1 }))).toBe(
    '0c60c80f961f0e71f3a9b524af6012062fe037a6',
  )
  expect(shown(await derivation.pbkdf2({ ...common, iterations: 2 }))).toBe(
    'ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957',
  )
  const long = {
    hash: H.SHA_1,
    password: Secret.take(utf8('passwordPASSWORDpassword')),
    salt: utf8('saltSALTsaltSALTsaltSALTsaltSALTsalt'),
    iterations: 4096,
    length: 25,
  }
  expect(shown(await derivation.pbkdf2(long))).toBe(
    '3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038',
  )
  await expect(derivation.pbkdf2({ ...common, iterations: 0 })).rejects.toThrow(
    code('INVALID_FIELD'),
  )
})

test('[RFC 5869 appendix A.1] HKDF with SHA-256', () => {
  const request = {
    hash: H.SHA_256,
    key: secret('0b'.repeat(22)),
    salt: hex('000102030405060708090a0b0c'),
    info: hex('f0f1f2f3f4f5f6f7f8f9'),
    length: 42,
  }
  expect(shown(derivation.hkdf(request))).toBe(
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  )
  expect(() => derivation.hkdf({ ...request, length: 255 * 32 + 1 })).toThrow(code('CRYPTO_FAILED'))
})

test('[KMIP 1.4 section 4.6] HASH, HMAC and ENCRYPT give the first bytes, and never more than there are', () => {
  expect(shown(derivation.hash(H.SHA_256, utf8('abc'), 4))).toBe('ba7816bf')
  expect(() => derivation.hash(H.SHA_256, utf8('abc'), 33)).toThrow(code('CRYPTO_FAILED'))
  expect(() => derivation.hash(H.SHA_256, utf8('abc'), 0)).toThrow(code('INVALID_FIELD'))
  const mac = { algorithm: A.HMAC_SHA256, key: secret('4a656665'), parameters: {} }
  expect(shown(derivation.mac(mac, utf8('what do ya want for nothing?'), 4))).toBe('5bdcc146')
  const cipher = {
    algorithm: A.AES,
    key: secret('2b7e151628aed2a6abf7158809cf4f3c'),
    parameters: { blockCipherMode: M.ECB },
  }
  const block = hex('6bc1bee22e409f96e93d7e117393172a')
  expect(shown(derivation.encrypt(cipher, block, 8))).toBe('3ad77bb40d7a3660')
  expect(() => derivation.encrypt(cipher, block, 17)).toThrow(code('CRYPTO_FAILED'))
})

test('[SP 800-108] an IV belongs to the feedback mode alone', () => {
  const request = {
    mode: 'counter' as const,
    hash: H.SHA_256,
    key: secret('00'),
    fixed: hex('00'),
    iv: hex('00'),
    length: 16,
  }
  expect(() => derivation.sp800108(request)).toThrow(code('INVALID_FIELD'))
})
