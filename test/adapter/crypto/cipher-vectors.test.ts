import { describe, expect, test } from 'vitest'
import { nodeCrypto } from '../../../src/adapter/crypto-node.ts'
import type { CipherRequest } from '../../../src/port/crypto.ts'
import { BlockCipherMode as M } from '../../../src/spec/enum/block-cipher-mode.ts'
import { CryptographicAlgorithm as A } from '../../../src/spec/enum/cryptographic-algorithm.ts'
import { PaddingMethod as P } from '../../../src/spec/enum/padding-method.ts'
import { hex, secret, shown, utf8 } from './hex.ts'

interface Row {
  readonly name: string
  readonly request: CipherRequest
  readonly plain: Uint8Array
  readonly cipher: string
  readonly tag?: string
}

const AES128 = '2b7e151628aed2a6abf7158809cf4f3c'
const AES192 = '8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b'
const AES256 = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4'
const IV = hex('000102030405060708090a0b0c0d0e0f')
const COUNTER = hex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff')
const FIRST = hex('6bc1bee22e409f96e93d7e117393172a')
const aes = (key: string, mode: CipherRequest['parameters']['blockCipherMode'], iv?: Uint8Array) =>
  request(A.AES, key, { parameters: { blockCipherMode: mode }, iv })

function request(
  algorithm: CipherRequest['algorithm'],
  key: string,
  more: { parameters: object; iv?: Uint8Array | undefined; associated?: Uint8Array },
): CipherRequest {
  const { parameters, iv, associated } = more
  return {
    algorithm,
    key: secret(key),
    parameters,
    ...(iv === undefined ? {} : { iv }),
    ...(associated === undefined ? {} : { associated }),
  }
}

const KEY_192_RFC5649 = '5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8'
const GCM_KEY = 'feffe9928665731c6d6a8f9467308308'
const GCM_PLAIN = hex(
  'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
)
const SUNSCREEN = utf8(
  "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
)

const ROWS: readonly Row[] = [
  {
    name: '[SP 800-38A F.1.1] AES-128 in ECB',
    request: aes(AES128, M.ECB),
    plain: FIRST,
    cipher: '3ad77bb40d7a3660a89ecaf32466ef97',
  },
  {
    name: '[SP 800-38A F.2.1] AES-128 in CBC',
    request: aes(AES128, M.CBC, IV),
    plain: FIRST,
    cipher: '7649abac8119b246cee98e9b12e9197d',
  },
  {
    name: '[SP 800-38A F.2.3] AES-192 in CBC',
    request: aes(AES192, M.CBC, IV),
    plain: FIRST,
    cipher: '4f021db243bc633d7178183a9fa071e8',
  },
  {
    name: '[SP 800-38A F.2.5] AES-256 in CBC',
    request: aes(AES256, M.CBC, IV),
    plain: FIRST,
    cipher: 'f58c4c04d6e5f1ba779eabfb5f7bfbd6',
  },
  {
    name: '[SP 800-38A F.3.13] AES-128 in CFB',
    request: aes(AES128, M.CFB, IV),
    plain: FIRST,
    cipher: '3b3fd92eb72dad20333449f8e83cfb4a',
  },
  {
    name: '[SP 800-38A F.4.1] AES-128 in OFB, two blocks',
    request: aes(AES128, M.OFB, IV),
    plain: hex('6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51'),
    cipher: '3b3fd92eb72dad20333449f8e83cfb4a7789508d16918f03f53c52dac54ed825',
  },
  {
    name: '[SP 800-38A F.5.1] AES-128 in CTR',
    request: aes(AES128, M.CTR, COUNTER),
    plain: FIRST,
    cipher: '874d6191b620e3261bef6864990db6ce',
  },
  {
    name: '[RFC 3686 section 6, vector 1] AES-CTR with nonce, IV and Initial Counter Value 1',
    request: request(A.AES, 'ae6852f8121067cc4bf7a5765577f39e', {
      parameters: { blockCipherMode: M.CTR, initialCounterValue: 1, counterLength: 32 },
      iv: hex('000000300000000000000000'),
    }),
    plain: utf8('Single block msg'),
    cipher: 'e4095d4fb7a7b3792d6175a3261311b8',
  },
  {
    name: '[SP 800-38D, test case 4 of its submission] AES-128 in GCM with additional data',
    request: request(A.AES, GCM_KEY, {
      parameters: { blockCipherMode: M.GCM, tagLength: 16 },
      iv: hex('cafebabefacedbaddecaf888'),
      associated: hex('feedfacedeadbeeffeedfacedeadbeefabaddad2'),
    }),
    plain: GCM_PLAIN,
    cipher:
      '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091',
    tag: '5bc94fbc3221a5db94fae95ae7121a47',
  },
  {
    name: '[SP 800-38D, test case 1 of its submission] AES-128 in GCM over nothing',
    request: request(A.AES, '00000000000000000000000000000000', {
      parameters: { blockCipherMode: M.GCM },
      iv: new Uint8Array(12),
    }),
    plain: new Uint8Array(0),
    cipher: '',
    tag: '58e2fccefa7e3061367f1d57a4e7455a',
  },
  {
    name: '[SP 800-38C example 1] AES-128 in CCM with a short tag',
    request: {
      ...request(A.AES, '404142434445464748494a4b4c4d4e4f', {
        parameters: { blockCipherMode: M.CCM, tagLength: 4 },
        iv: hex('10111213141516'),
        associated: hex('0001020304050607'),
      }),
      shortTags: true,
    },
    plain: hex('20212223'),
    cipher: '7162015b',
    tag: '4dac255d',
  },
  {
    name: '[IEEE 1619 vector 2] AES-128 in XTS',
    request: request(A.AES, `${'11'.repeat(16)}${'22'.repeat(16)}`, {
      parameters: { blockCipherMode: M.XTS },
      iv: hex('33333333330000000000000000000000'),
    }),
    plain: hex('44'.repeat(32)),
    cipher: 'c454185e6a16936e39334038acef838bfb186fff7480adc4289382ecd6d394f0',
  },
  {
    name: '[RFC 3394 section 4.1] AES key wrap',
    request: aes('000102030405060708090a0b0c0d0e0f', M.NISTKeyWrap),
    plain: hex('00112233445566778899aabbccddeeff'),
    cipher: '1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5',
  },
  {
    name: '[RFC 5649 section 6] AES key wrap with padding, 20 bytes',
    request: aes(KEY_192_RFC5649, M.AESKeyWrapPadding),
    plain: hex('c37b7e6492584340bed12207808941155068f738'),
    cipher: '138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a',
  },
  {
    name: '[RFC 5649 section 6] AES key wrap with padding, 7 bytes',
    request: aes(KEY_192_RFC5649, M.AESKeyWrapPadding),
    plain: hex('466f7250617369'),
    cipher: 'afbeb0f07dfbf5419200f2ccb50bb24f',
  },
  {
    name: '[SP 800-67 appendix B] triple DES with three keys',
    request: request(A.DES3, '0123456789abcdef23456789abcdef01456789abcdef0123', {
      parameters: { blockCipherMode: M.ECB },
    }),
    plain: hex('5468652071756663'),
    cipher: 'a826fd8ce53b855f',
  },
  {
    name: '[FIPS 81 table B1] DES in ECB',
    request: request(A.DES, '0123456789abcdef', { parameters: { blockCipherMode: M.ECB } }),
    plain: utf8('Now is t'),
    cipher: '3fa40e8a984d4815',
  },
  {
    name: '[RFC 3713 appendix A] Camellia with 128 bits',
    request: request(A.Camellia, '0123456789abcdeffedcba9876543210', {
      parameters: { blockCipherMode: M.ECB },
    }),
    plain: hex('0123456789abcdeffedcba9876543210'),
    cipher: '67673138549669730857065648eabe43',
  },
  {
    name: '[RFC 5794 appendix A.1] ARIA with 128 bits',
    request: request(A.ARIA, '000102030405060708090a0b0c0d0e0f', {
      parameters: { blockCipherMode: M.ECB },
    }),
    plain: hex('00112233445566778899aabbccddeeff'),
    cipher: 'd718fbd6ab644c739da95f3be6451778',
  },
  {
    name: '[GB/T 32907 example 1] SM4',
    request: request(A.SM4, '0123456789abcdeffedcba9876543210', {
      parameters: { blockCipherMode: M.ECB },
    }),
    plain: hex('0123456789abcdeffedcba9876543210'),
    cipher: '681edf34d206965e86b3e94f536e4246',
  },
  {
    name: '[CS-BC-M-CHACHA20-3-20] ChaCha20 with a nonce of 8 bytes',
    request: request(A.ChaCha20, '00'.repeat(32), { parameters: {}, iv: hex('0000000000000001') }),
    plain: new Uint8Array(16),
    cipher: 'de9cba7bf3d69ef5e786dc63973f653a',
  },
  {
    name: '[RFC 8439 section 2.4.2] ChaCha20 with a nonce of 12 bytes and counter 1',
    request: request(
      A.ChaCha20,
      '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
      { parameters: { initialCounterValue: 1 }, iv: hex('000000000000004a00000000') },
    ),
    plain: SUNSCREEN.subarray(0, 16),
    cipher: '6e2e359a2568f98041ba0728dd0d6981',
  },
  {
    name: '[RFC 8439 section 2.8.2] ChaCha20-Poly1305',
    request: request(
      A.ChaCha20Poly1305,
      '808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f',
      {
        parameters: { blockCipherMode: M.AEAD, tagLength: 16 },
        iv: hex('070000004041424344454647'),
        associated: hex('50515253c0c1c2c3c4c5c6c7'),
      },
    ),
    plain: SUNSCREEN,
    cipher:
      'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116',
    tag: '1ae10b594f09e26a7e902ecbd0600691',
  },
]

describe.each(ROWS)('$name', ({ request: asked, plain, cipher, tag }) => {
  test('encrypts to the published bytes', () => {
    const result = nodeCrypto.ciphers.encrypt(asked, plain)
    expect(shown(result.data)).toBe(cipher)
    expect(result.tag === undefined ? undefined : shown(result.tag)).toBe(tag)
  })

  test('decrypts from them', () => {
    const given = tag === undefined ? asked : { ...asked, tag: hex(tag) }
    expect(shown(nodeCrypto.ciphers.decrypt(given, hex(cipher)))).toBe(shown(plain))
  })
})

test('[KMIP 1.4 section 4.30] up to KMIP 1.3 the tag is the end of the ciphertext', () => {
  const row = ROWS.find(({ tag }) => tag === '5bc94fbc3221a5db94fae95ae7121a47')
  const data = hex(`${row?.cipher ?? ''}${row?.tag ?? ''}`)
  const opened = nodeCrypto.ciphers.decrypt(row?.request ?? aes('', M.GCM), data)
  expect(shown(opened)).toBe(shown(GCM_PLAIN))
})

const ENDINGS = [
  ['PKCS5', P.PKCS5, '0b'.repeat(11)],
  ['ANSI X9.23', P.ANSIX9_23, `${'00'.repeat(10)}0b`],
  ['Zeros', P.Zeros, '00'.repeat(11)],
] as const
test.each(ENDINGS)(
  '[KMIP 1.4 section 9.1.3.2.15] %s ends the block as it says',
  (_, method, end) => {
    const asked = aes(AES128, M.CBC, IV)
    const padded = { ...asked, parameters: { blockCipherMode: M.CBC, paddingMethod: method } }
    const { data } = nodeCrypto.ciphers.encrypt(padded, utf8('hello'))
    expect(shown(nodeCrypto.ciphers.decrypt(asked, data))).toBe(`68656c6c6f${end}`)
  },
)
