import { membersOf } from '../../schema/enumeration.ts'
import type { CipherRequest } from '../../port/crypto.ts'
import { BlockCipherMode as M } from '../../spec/enum/block-cipher-mode.ts'
import { CryptographicAlgorithm as A } from '../../spec/enum/cryptographic-algorithm.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import { bytesOf, hexOf, publicSecret, type KnownAnswer, type Tested } from './known-answer.ts'

/** One encryption, all of it in hexadecimal digits. */
export interface CipherRow {
  readonly source: string
  readonly algorithm: CipherRequest['algorithm']
  readonly mode?: CryptographicParameters['blockCipherMode']
  readonly key: string
  readonly iv?: string
  readonly associated?: string
  readonly plain: string
  readonly cipher: string
  readonly tag?: string
  /** In bytes, where it is not that of the tag of 16. */
  readonly tagLength?: number
  readonly counter?: number
}

const AES_128 = '2b7e151628aed2a6abf7158809cf4f3c'
const AES_192 = '8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b'
const AES_256 = '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4'
const IV = '000102030405060708090a0b0c0d0e0f'
const BLOCK = '6bc1bee22e409f96e93d7e117393172a'
const DES = '0123456789abcdef'
const DES_3 = '0123456789abcdef23456789abcdef01456789abcdef0123'
const DES_IV = '1234567890abcdef'
const DES_TEXT = '4e6f77206973207468652074696d6520666f7220616c6c20'
const CAMELLIA = '0123456789abcdeffedcba9876543210'
const ARIA_KEY = '00112233445566778899aabbccddeeff'
const ARIA_IV = '0f1e2d3c4b5a69788796a5b4c3d2e1f0'
const ARIA_TEXT = '11111111aaaaaaaa11111111bbbbbbbb'
const RFC_8269 =
  'f57af5fd4ae19562976ec57a5a7ad55a5af5c5e5c5fdf5c55ad57a4a7272d57262e9729566ed66e97ac54a4a5a7ad5e15ae5fdd5fd5ac5d56ae56ad5c572d54ae54ac55a956afd6aed5a4ac562957a9516991691d572fd14e97ae962ed7a9f4a955af572e162f57a956666e17ae1f54a95f566d54a66e16e4afd6a9f7ae1c5c55ae5d56afde916c5e94a6ec56695e14afde1148416e94ad57ac5146ed59d1cc5'
const SM4_KEY = '0123456789abcdeffedcba9876543210'
const SUNSCREEN =
  '4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f756c642062652069742e'

const NTT = 'test vectors of NTT for Camellia'
const KISA = 'ARIA-testvector-e, National Security Research Institute'
const SM4_DRAFT = 'draft-ribose-cfrg-sm4-10 appendix A'

/** Every block cipher in every mode that is served, and the stream ciphers. */
export const CIPHER_ROWS: readonly CipherRow[] = [
  {
    source: 'SP 800-38A F.1.1',
    algorithm: A.AES,
    mode: M.ECB,
    key: AES_128,
    plain: BLOCK,
    cipher: '3ad77bb40d7a3660a89ecaf32466ef97',
  },
  {
    source: 'SP 800-38A F.2.1',
    algorithm: A.AES,
    mode: M.CBC,
    key: AES_128,
    iv: IV,
    plain: BLOCK,
    cipher: '7649abac8119b246cee98e9b12e9197d',
  },
  {
    source: 'SP 800-38A F.2.3',
    algorithm: A.AES,
    mode: M.CBC,
    key: AES_192,
    iv: IV,
    plain: BLOCK,
    cipher: '4f021db243bc633d7178183a9fa071e8',
  },
  {
    source: 'SP 800-38A F.2.5',
    algorithm: A.AES,
    mode: M.CBC,
    key: AES_256,
    iv: IV,
    plain: BLOCK,
    cipher: 'f58c4c04d6e5f1ba779eabfb5f7bfbd6',
  },
  {
    source: 'SP 800-38A F.3.13',
    algorithm: A.AES,
    mode: M.CFB,
    key: AES_128,
    iv: IV,
    plain: BLOCK,
    cipher: '3b3fd92eb72dad20333449f8e83cfb4a',
  },
  {
    source: 'SP 800-38A F.4.1',
    algorithm: A.AES,
    mode: M.OFB,
    key: AES_128,
    iv: IV,
    plain: `${BLOCK}ae2d8a571e03ac9c9eb76fac45af8e51`,
    cipher: '3b3fd92eb72dad20333449f8e83cfb4a7789508d16918f03f53c52dac54ed825',
  },
  {
    source: 'SP 800-38A F.5.1',
    algorithm: A.AES,
    mode: M.CTR,
    key: AES_128,
    iv: 'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff',
    plain: BLOCK,
    cipher: '874d6191b620e3261bef6864990db6ce',
  },
  {
    source: 'the submission of GCM, test case 4',
    algorithm: A.AES,
    mode: M.GCM,
    key: 'feffe9928665731c6d6a8f9467308308',
    iv: 'cafebabefacedbaddecaf888',
    associated: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
    plain:
      'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
    cipher:
      '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091',
    tag: '5bc94fbc3221a5db94fae95ae7121a47',
  },
  {
    source: 'SP 800-38C example 3',
    algorithm: A.AES,
    mode: M.CCM,
    key: '404142434445464748494a4b4c4d4e4f',
    iv: '101112131415161718191a1b',
    associated: '000102030405060708090a0b0c0d0e0f10111213',
    plain: '202122232425262728292a2b2c2d2e2f3031323334353637',
    cipher: 'e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5',
    tag: '484392fbc1b09951',
    tagLength: 8,
  },
  {
    source: 'IEEE 1619 vector 2',
    algorithm: A.AES,
    mode: M.XTS,
    key: `${'11'.repeat(16)}${'22'.repeat(16)}`,
    iv: '33333333330000000000000000000000',
    plain: '44'.repeat(32),
    cipher: 'c454185e6a16936e39334038acef838bfb186fff7480adc4289382ecd6d394f0',
  },
  {
    source: 'RFC 3394 section 4.1',
    algorithm: A.AES,
    mode: M.NISTKeyWrap,
    key: IV,
    plain: '00112233445566778899aabbccddeeff',
    cipher: '1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5',
  },
  {
    source: 'RFC 5649 section 6',
    algorithm: A.AES,
    mode: M.AESKeyWrapPadding,
    key: '5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8',
    plain: '466f7250617369',
    cipher: 'afbeb0f07dfbf5419200f2ccb50bb24f',
  },
  {
    source: 'SP 800-67 appendix B',
    algorithm: A.DES3,
    mode: M.ECB,
    key: DES_3,
    plain: '5468652071756663',
    cipher: 'a826fd8ce53b855f',
  },
  {
    source: 'computed with Libgcrypt',
    algorithm: A.DES3,
    mode: M.CBC,
    key: DES_3,
    iv: DES_IV,
    plain: DES_TEXT,
    cipher: 'f3c0ff026c023089656fbb169def7edb30ba36075d6f0176',
  },
  {
    source: 'computed with Libgcrypt',
    algorithm: A.DES3,
    mode: M.CFB,
    key: DES_3,
    iv: DES_IV,
    plain: DES_TEXT,
    cipher: 'ee7ec75c1a101301c4ab2f10462e5dd417400b445b5f2a72',
  },
  {
    source: 'computed with Libgcrypt',
    algorithm: A.DES3,
    mode: M.OFB,
    key: DES_3,
    iv: DES_IV,
    plain: DES_TEXT,
    cipher: 'ee7ec75c1a1013019a8a610002668e0787e28af9ec26b889',
  },
  {
    source: 'FIPS 81 table B1',
    algorithm: A.DES,
    mode: M.ECB,
    key: DES,
    plain: '4e6f772069732074',
    cipher: '3fa40e8a984d4815',
  },
  {
    source: 'FIPS 81 table C1',
    algorithm: A.DES,
    mode: M.CBC,
    key: DES,
    iv: DES_IV,
    plain: '4e6f772069732074',
    cipher: 'e5c7cdde872bf27c',
  },
  {
    source: 'FIPS 81 table D3',
    algorithm: A.DES,
    mode: M.CFB,
    key: DES,
    iv: DES_IV,
    plain: DES_TEXT,
    cipher: 'f3096249c7f46e51a69e839b1a92f78403467133898ea622',
  },
  {
    source: 'FIPS 81 table E1',
    algorithm: A.DES,
    mode: M.OFB,
    key: DES,
    iv: DES_IV,
    plain: DES_TEXT,
    cipher: 'f3096249c7f46e5135f24a242eeb3d3f3d6d5be3255af8c3',
  },
  {
    source: 'RFC 3713 appendix A',
    algorithm: A.Camellia,
    mode: M.ECB,
    key: CAMELLIA,
    plain: CAMELLIA,
    cipher: '67673138549669730857065648eabe43',
  },
  {
    source: NTT,
    algorithm: A.Camellia,
    mode: M.CBC,
    key: AES_128,
    iv: IV,
    plain: BLOCK,
    cipher: '1607cf494b36bbf00daeb0b503c831ab',
  },
  {
    source: NTT,
    algorithm: A.Camellia,
    mode: M.CFB,
    key: AES_128,
    iv: IV,
    plain: BLOCK,
    cipher: '14f7646187817eb586599146b82bd719',
  },
  {
    source: NTT,
    algorithm: A.Camellia,
    mode: M.OFB,
    key: AES_128,
    iv: '50fe67cc996d32b6da0937e99bafec60',
    plain: 'ae2d8a571e03ac9c9eb76fac45af8e51',
    cipher: '25623db569ca51e01482649977e28d84',
  },
  {
    source: 'RFC 5528 section 4, vector 1',
    algorithm: A.Camellia,
    mode: M.CTR,
    key: 'ae6852f8121067cc4bf7a5765577f39e',
    iv: '00000030000000000000000000000001',
    plain: '53696e676c6520626c6f636b206d7367',
    cipher: 'd09dc29a8214619a20877c76db1f0b3f',
  },
  {
    source: 'RFC 5794 appendix A.1',
    algorithm: A.ARIA,
    mode: M.ECB,
    key: IV,
    plain: '00112233445566778899aabbccddeeff',
    cipher: 'd718fbd6ab644c739da95f3be6451778',
  },
  {
    source: KISA,
    algorithm: A.ARIA,
    mode: M.CBC,
    key: ARIA_KEY,
    iv: ARIA_IV,
    plain: ARIA_TEXT,
    cipher: '49d61860b14909109cef0d22a9268134',
  },
  {
    source: KISA,
    algorithm: A.ARIA,
    mode: M.CFB,
    key: ARIA_KEY,
    iv: ARIA_IV,
    plain: `${ARIA_TEXT}11111111cccccccc11111111dddddddd`,
    cipher: '3720e53ba7d615383406b09f0a05a200c07c21e6370f413a5d132500a6828501',
  },
  {
    source: KISA,
    algorithm: A.ARIA,
    mode: M.OFB,
    key: ARIA_KEY,
    iv: ARIA_IV,
    plain: `${ARIA_TEXT}11111111cccccccc11111111dddddddd`,
    cipher: '3720e53ba7d615383406b09f0a05a2000063063f0560083483faeb041c8adece',
  },
  {
    source: KISA,
    algorithm: A.ARIA,
    mode: M.CTR,
    key: ARIA_KEY,
    iv: '00'.repeat(16),
    plain: ARIA_TEXT,
    cipher: 'ac5d7de805a0bf1c57c854501af60fa1',
  },
  {
    source: 'RFC 8269 appendix A.1.1',
    algorithm: A.ARIA,
    mode: M.GCM,
    key: 'e91e5e75da65554a48181f3846349562',
    iv: '000020e8f5eb00000000315e',
    associated: '8008315ebf2e6fe020e8f5eb',
    plain: RFC_8269,
    cipher:
      '4d8a9a0675550c704b17d8c9ddc81a5cd6f7da34f2fe1b3db7cb3dfb9697102ea0f3c1fc2dbc873d44bceeae8e4442974ba21ff6789d3272613fb9631a7cf3f14bacbeb421633a90ffbe58c2fa6bdca534f10d0de0502ce1d531b6336e58878278531e5c22bc6c85bbd784d78d9e680aa19031aaf89101d669d7a3965c1f7e16229d7463e0535f4e253f5d18187d40b8ae0f564bd970b5e7e2adfb211e89a953',
    tag: '5abace3f37f5a736f4be984bbffbedc1',
  },
  {
    source: 'draft-ietf-avtcore-aria-srtp-02 appendix A',
    algorithm: A.ARIA,
    mode: M.CCM,
    key: '974bee725d44fc3992267b284c3c6750',
    iv: '000020e8f5eb00000000315e',
    associated: '8008315ebf2e6fe020e8f5eb',
    plain: RFC_8269,
    cipher:
      '621e408a2e455505b39f704dcbac4307daabbd6d670abc4e42f2fd2fca263f094f4683e6fb0b10c5093d42b69dce0ba546520e7c4400975713f3bde93ef131160b9cbcd6df78a1502be7c6ea8d395b9ed0078819c3105c0ab92cb67b16ba51bb1f53508738bf7a37c9a905439b88b7af9d51a407916fdfea8d43bf253721846dc1671391225fc58d9d0693c8ade6a4ffb034ee6543dd4e651b7a084eae60f855',
    tag: '40f04b6467e300f6b336aedf9df4185b',
  },
  {
    source: 'GB/T 32907 example 1',
    algorithm: A.SM4,
    mode: M.ECB,
    key: SM4_KEY,
    plain: SM4_KEY,
    cipher: '681edf34d206965e86b3e94f536e4246',
  },
  {
    source: SM4_DRAFT,
    algorithm: A.SM4,
    mode: M.CBC,
    key: SM4_KEY,
    iv: SM4_KEY,
    plain: `${SM4_KEY}${SM4_KEY}`,
    cipher: '2677f46b09c122cc975533105bd4a22af6125f7275ce552c3a2bbcf533de8a3b',
  },
  {
    source: SM4_DRAFT,
    algorithm: A.SM4,
    mode: M.CFB,
    key: SM4_KEY,
    iv: SM4_KEY,
    plain: `${SM4_KEY}${SM4_KEY}`,
    cipher: '693d9a535bad5bb1786f53d7253a70569ed258a85a0467cc92aab393dd978995',
  },
  {
    source: SM4_DRAFT,
    algorithm: A.SM4,
    mode: M.OFB,
    key: SM4_KEY,
    iv: SM4_KEY,
    plain: `${SM4_KEY}${SM4_KEY}`,
    cipher: '693d9a535bad5bb1786f53d7253a7056f2075d28b5235f58d50027e4177d2bce',
  },
  {
    source: SM4_DRAFT,
    algorithm: A.SM4,
    mode: M.CTR,
    key: SM4_KEY,
    iv: SM4_KEY,
    plain: `${'aa'.repeat(8)}${'bb'.repeat(8)}`,
    cipher: 'c2b4759e78ac3cf43d0852f4e8d5f9fd',
  },
  {
    source: 'RFC 8439 section 2.4.2',
    algorithm: A.ChaCha20,
    key: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    iv: '000000000000004a00000000',
    counter: 1,
    plain: SUNSCREEN.slice(0, 32),
    cipher: '6e2e359a2568f98041ba0728dd0d6981',
  },
  {
    source: 'RFC 8439 section 2.8.2',
    algorithm: A.ChaCha20Poly1305,
    mode: M.AEAD,
    key: '808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f',
    iv: '070000004041424344454647',
    associated: '50515253c0c1c2c3c4c5c6c7',
    plain: SUNSCREEN,
    cipher:
      'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116',
    tag: '1ae10b594f09e26a7e902ecbd0600691',
  },
]

/** Encryption, decryption, and that nothing is decrypted whose tag is another. */
export const CIPHER_ANSWERS: readonly KnownAnswer[] = CIPHER_ROWS.map((row) => ({
  name: nameOf(row),
  source: row.source,
  expected: `${row.cipher} ${row.tag ?? ''} ${row.plain} ${row.tag === undefined ? '' : 'refused'}`,
  answer: (tested) => answerOf(row, tested),
}))

function nameOf({ algorithm, mode, key }: CipherRow): string {
  const cipher = `${membersOf(A).nameOf(algorithm) ?? ''} with ${key.length * 4} bits`
  return mode === undefined ? cipher : `${cipher} in ${membersOf(M).nameOf(mode) ?? ''}`
}

function answerOf(row: CipherRow, { crypto: { ciphers } }: Tested): string {
  const request = requestOf(row)
  const { data, tag } = ciphers.encrypt(request, bytesOf(row.plain))
  const sealed = bytesOf(row.cipher)
  if (row.tag === undefined) return `${hexOf(data)}  ${hexOf(ciphers.decrypt(request, sealed))} `
  const right = bytesOf(row.tag)
  const plain = hexOf(ciphers.decrypt({ ...request, tag: right }, sealed))
  const wrong = right.map((byte, index) => (index === 0 ? byte ^ 1 : byte))
  return `${hexOf(data)} ${hexOf(tag ?? new Uint8Array(0))} ${plain} ${refusal(() => {
    ciphers.decrypt({ ...request, tag: wrong }, sealed)
  })}`
}

function requestOf(row: CipherRow): CipherRequest {
  const { algorithm, mode, key, iv, associated, tagLength, counter } = row
  return {
    algorithm,
    key: publicSecret(key),
    shortTags: tagLength !== undefined,
    parameters: {
      ...(mode === undefined ? {} : { blockCipherMode: mode }),
      ...(tagLength === undefined ? {} : { tagLength }),
      ...(counter === undefined ? {} : { initialCounterValue: counter }),
    },
    ...(iv === undefined ? {} : { iv: bytesOf(iv) }),
    ...(associated === undefined ? {} : { associated: bytesOf(associated) }),
  }
}

function refusal(attempt: () => void): string {
  try {
    attempt()
    return 'taken'
  } catch {
    return 'refused'
  }
}
