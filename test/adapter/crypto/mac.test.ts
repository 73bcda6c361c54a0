import { describe, expect, test } from 'vitest'
import { nodeCrypto } from '../../../src/adapter/crypto-node.ts'
import type { MacRequest } from '../../../src/port/crypto.ts'
import { BlockCipherMode as M } from '../../../src/spec/enum/block-cipher-mode.ts'
import { CryptographicAlgorithm as A } from '../../../src/spec/enum/cryptographic-algorithm.ts'
import { HashingAlgorithm as H } from '../../../src/spec/enum/hashing-algorithm.ts'
import { hex, secret, shown, utf8 } from './hex.ts'

const JEFE = secret('4a656665')
const QUESTION = utf8('what do ya want for nothing?')
const AES_KEY = secret('2b7e151628aed2a6abf7158809cf4f3c')
const BLOCKS = hex(
  '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
)
const hmac = (algorithm: MacRequest['algorithm']): MacRequest => ({
  algorithm,
  key: JEFE,
  parameters: {},
})
const cmac: MacRequest = { algorithm: A.AES, key: AES_KEY, parameters: { blockCipherMode: M.CMAC } }
const des3: MacRequest = {
  algorithm: A.DES3,
  key: secret('8aa83bf8cbda10620bc1bf19fbb6cd58bc313d4a371ca8b5'),
  parameters: { blockCipherMode: M.CMAC },
}

const ROWS: readonly [string, MacRequest, Uint8Array, string][] = [
  [
    '[RFC 2202 case 2] HMAC-SHA-1',
    hmac(A.HMAC_SHA1),
    QUESTION,
    'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
  ],
  ['[RFC 2202 case 2] HMAC-MD5', hmac(A.HMAC_MD5), QUESTION, '750c783e6ab0b503eaa86e310a5db738'],
  [
    '[RFC 4231 case 2] HMAC-SHA-224',
    hmac(A.HMAC_SHA224),
    QUESTION,
    'a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44',
  ],
  [
    '[RFC 4231 case 2] HMAC-SHA-256',
    hmac(A.HMAC_SHA256),
    QUESTION,
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    '[RFC 4231 case 2] HMAC-SHA-384',
    hmac(A.HMAC_SHA384),
    QUESTION,
    'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649',
  ],
  [
    '[RFC 4231 case 2] HMAC-SHA-512',
    hmac(A.HMAC_SHA512),
    QUESTION,
    '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
  ],
  [
    '[CS-AC-M-5-14] an AES key with HMAC-SHA-256 in the parameters',
    { algorithm: A.AES, key: JEFE, parameters: { cryptographicAlgorithm: A.HMAC_SHA256 } },
    QUESTION,
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    '[RFC 2286 section 2 case 2] HMAC-RIPEMD160 by its hash',
    { algorithm: A.AES, key: JEFE, parameters: { hashingAlgorithm: H.RIPEMD_160 } },
    QUESTION,
    'dda6c0213a485a9e24f4742064a7f033b43c4069',
  ],
  ['[RFC 4493 example 1] AES-CMAC of nothing', cmac, hex(''), 'bb1d6929e95937287fa37d129b756746'],
  [
    '[RFC 4493 example 2] AES-CMAC of a block',
    cmac,
    BLOCKS.subarray(0, 16),
    '070a16b46b4d4144f79bdd9dd04a287c',
  ],
  [
    '[RFC 4493 example 3] AES-CMAC of 40 bytes',
    cmac,
    BLOCKS.subarray(0, 40),
    'dfa66747de9ae63030ca32611497c827',
  ],
  ['[RFC 4493 example 4] AES-CMAC of 64 bytes', cmac, BLOCKS, '51f0bebf7e3b9d92fc49741779363cfe'],
  ['[SP 800-38B D.4] 3DES-CMAC of nothing', des3, hex(''), 'b7a688e122ffaf95'],
  ['[SP 800-38B D.4] 3DES-CMAC of a block', des3, BLOCKS.subarray(0, 8), '8e8f293136283797'],
  [
    '[FIPS 81 appendix F] DES CBC-MAC',
    {
      algorithm: A.DES,
      key: secret('0123456789abcdef'),
      parameters: { blockCipherMode: M.CBC_MAC },
    },
    utf8('7654321 Now is the time for '),
    'f1d30f6849312ca4',
  ],
  [
    '[SP 800-38D] GMAC is GCM over additional data alone',
    {
      algorithm: A.AES,
      key: secret('00'.repeat(16)),
      parameters: { blockCipherMode: M.GCM },
      iv: new Uint8Array(12),
    },
    hex(''),
    '58e2fccefa7e3061367f1d57a4e7455a',
  ],
  [
    '[RFC 8439 section 2.5.2] Poly1305',
    {
      algorithm: A.Poly1305,
      key: secret('85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b'),
      parameters: {},
    },
    utf8('Cryptographic Forum Research Group'),
    'a8061dc1305136c6c22b8baf0c0127a9',
  ],
]

describe.each(ROWS)('%s', (_, request, data, mac) => {
  test('at once, and byte by byte', () => {
    expect(shown(nodeCrypto.macs.mac(request, data))).toBe(mac)
    const stream = nodeCrypto.macs.begin(request)
    for (const byte of data) stream.update(Uint8Array.of(byte))
    expect(shown(stream.finish())).toBe(mac)
  })

  test('verifies, but neither changed nor cut short', () => {
    const right = hex(mac)
    expect(nodeCrypto.macs.verify(request, data, right)).toBe(true)
    const changed = right.map((byte, index) => (index === 0 ? byte ^ 1 : byte))
    expect(nodeCrypto.macs.verify(request, data, changed)).toBe(false)
    expect(nodeCrypto.macs.verify(request, data, right.subarray(1))).toBe(false)
  })
})

const REFUSED: readonly [string, MacRequest, string][] = [
  [
    'a hash that is not the algorithm’s',
    { ...hmac(A.HMAC_SHA1), parameters: { hashingAlgorithm: H.MD5 } },
    'PARAMETERS_NOT_OF_KEY',
  ],
  [
    'a hash that is not built',
    { ...hmac(A.AES), parameters: { hashingAlgorithm: H.Tiger } },
    'UNSUPPORTED_CRYPTOGRAPHY',
  ],
  ['an algorithm without MACs', hmac(A.RC4), 'UNSUPPORTED_CRYPTOGRAPHY'],
  [
    'a mode without MACs',
    { ...cmac, parameters: { blockCipherMode: M.OFB } },
    'UNSUPPORTED_CRYPTOGRAPHY',
  ],
  [
    'a block cipher that is not the key’s',
    { ...hmac(A.RC4), parameters: { cryptographicAlgorithm: A.AES } },
    'PARAMETERS_NOT_OF_KEY',
  ],
  ['a key of a wrong length', { ...cmac, key: secret('00') }, 'INVALID_FIELD'],
  ['a Poly1305 key of a wrong length', { ...hmac(A.Poly1305) }, 'INVALID_FIELD'],
  ['GMAC without an IV', { ...cmac, parameters: { blockCipherMode: M.GCM } }, 'INVALID_MESSAGE'],
]
test.each(REFUSED)('%s is refused before the key is used', (_, request, code) => {
  expect(() => nodeCrypto.macs.begin(request)).toThrow(expect.objectContaining({ code }))
})

test.each([
  ['GMAC', { ...cmac, parameters: { blockCipherMode: M.GCM }, iv: new Uint8Array(12) }],
  ['CMAC', cmac],
  ['HMAC', hmac(A.HMAC_SHA256)],
  [
    'Poly1305',
    { algorithm: A.Poly1305, key: secret('85'.repeat(32)), parameters: {} } satisfies MacRequest,
  ],
])('%s that is given up forgets what it took, finished or not', (_, request) => {
  const [left, ended] = [nodeCrypto.macs.begin(request), nodeCrypto.macs.begin(request)]
  left.update(utf8('a secret')).destroy()
  left.destroy()
  const mac = ended.update(utf8('a secret')).finish()
  ended.destroy()
  expect(mac.length).toBeGreaterThan(15)
})
