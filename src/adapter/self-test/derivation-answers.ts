import { SplitKeyMethod } from '../../spec/enum/split-key-method.ts'
import { CryptographicAlgorithm as A } from '../../spec/enum/cryptographic-algorithm.ts'
import { HashingAlgorithm as H } from '../../spec/enum/hashing-algorithm.ts'
import { BlockCipherMode as M } from '../../spec/enum/block-cipher-mode.ts'
import type { CounterKdfRequest } from '../../port/crypto.ts'
import { bytesOf, hexOf, publicSecret, utf8Of, type KnownAnswer } from './known-answer.ts'

const COUNTED = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'

/** The modes of SP 800-108 with HMAC-SHA-256 and a counter of 32 bits. */
const MODES: readonly (readonly [CounterKdfRequest['mode'], string])[] = [
  [
    'counter',
    '793c8c6322234b76061bb6be858d899cf6c2cf3a2cf075f22bed2b8a17d10ff1cd9a6cdfd6c0f4bcaea6f6700b4decc8cb28a019968a859f4e2d4ec8c686dbd5a33e6943413e3db9b6c04a28022f936e',
  ],
  [
    'feedback',
    '8c978addb55387634752548af7bd13e0dc5ba99ca862fddd47f87baaa94eddf5732cbf6af82481c0a4d788ed7b6906f9767a250cdac6a45b61009f764807411d6a51ca5097dc58c6681c9149c8e5ecff',
  ],
  [
    'double-pipeline',
    '35e297f71a608735462708a2acfcd32b04670e15f391bf71c25007e3c7197844e358b452f58f0e99c9c72b52cf05a8118343c4f6c27cf10f08d1740a042dba90dae53703894d5a4400f069d177cd17d4',
  ],
]

const COUNTERS: readonly KnownAnswer[] = MODES.map(([mode, derived]) => ({
  name: `derivation by SP 800-108 in ${mode} mode`,
  source: 'SP 800-108 section 5, computed with HMAC of Python',
  expected: derived,
  answer: ({ crypto }) =>
    hexOf(
      crypto.derivation.sp800108({
        mode,
        hash: H.SHA_256,
        key: publicSecret(COUNTED),
        fixed: bytesOf('6c6162656c00636f6e7465787400000280'),
        length: 80,
        ...(mode === 'feedback'
          ? { iv: bytesOf('404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f') }
          : {}),
      }),
    ),
}))

const DERIVATIONS: readonly KnownAnswer[] = [
  {
    name: 'PBKDF2',
    source: 'RFC 6070 vector 2',
    expected: 'ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957',
    answer: async ({ crypto }) => {
      const password = publicSecret(hexOf(utf8Of('password')))
      const salt = utf8Of('salt')
      const request = { hash: H.SHA_1, password, salt, iterations: 2, length: 20 }
      return hexOf(await crypto.derivation.pbkdf2(request))
    },
  },
  {
    name: 'HKDF',
    source: 'RFC 5869 appendix A.1',
    expected:
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    answer: ({ crypto }) =>
      hexOf(
        crypto.derivation.hkdf({
          hash: H.SHA_256,
          key: publicSecret('0b'.repeat(22)),
          salt: bytesOf('000102030405060708090a0b0c'),
          info: bytesOf('f0f1f2f3f4f5f6f7f8f9'),
          length: 42,
        }),
      ),
  },
  {
    name: 'derivation by hash',
    source: 'FIPS 180-4, example values',
    expected: 'ba7816bf8f01cfea',
    answer: ({ crypto }) => hexOf(crypto.derivation.hash(H.SHA_256, utf8Of('abc'), 8)),
  },
  {
    name: 'derivation by HMAC',
    source: 'RFC 4231 case 2',
    expected: '5bdcc146bf60754e',
    answer: ({ crypto }) => {
      const request = { algorithm: A.HMAC_SHA256, key: publicSecret('4a656665'), parameters: {} }
      return hexOf(crypto.derivation.mac(request, utf8Of('what do ya want for nothing?'), 8))
    },
  },
  {
    name: 'derivation by encryption',
    source: 'SP 800-38A F.1.1',
    expected: '3ad77bb40d7a3660',
    answer: ({ crypto }) => {
      const request = {
        algorithm: A.AES,
        key: publicSecret('2b7e151628aed2a6abf7158809cf4f3c'),
        parameters: { blockCipherMode: M.ECB },
      }
      const block = bytesOf('6bc1bee22e409f96e93d7e117393172a')
      return hexOf(crypto.derivation.encrypt(request, block, 8))
    },
  },
  ...COUNTERS,
]

/** What only this program computes with: its passphrases, records, containers, generators and shares. */
const OWN: readonly KnownAnswer[] = [
  {
    name: 'scrypt',
    source: 'RFC 7914 section 12, vector 1',
    expected: '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442',
    answer: ({ scrypt }) => hexOf(scrypt('', '', 32, { N: 16, r: 1, p: 1 })),
  },
  {
    name: 'the sealing of records with AES-GCM',
    source: 'the submission of GCM, test case 14',
    expected: 'cea7403d4d606b6e074ec5d3baf39d18 d0d1c8a799996bf0265b98b5d48ab919 00 none',
    answer: ({ sealing }) => {
      const input = {
        key: new Uint8Array(32),
        iv: new Uint8Array(12),
        associated: new Uint8Array(0),
      }
      const sealed = sealing.encrypt(input, new Uint8Array(16))
      const { ciphertext, tag } = sealed
      const opened = sealing.decrypt(input, sealed) ?? new Uint8Array(0)
      const wrong = tag.map((byte) => byte ^ 1)
      const none = sealing.decrypt(input, { ciphertext, tag: wrong })
      const shown = opened.length === 16 ? hexOf(opened).slice(0, 2) : 'nothing'
      return `${hexOf(ciphertext)} ${hexOf(tag)} ${shown} ${none === undefined ? 'none' : 'some'}`
    },
  },
  {
    name: 'the key derivation of PKCS#12',
    source: 'published with the first implementations: the password "smeg"',
    expected: '8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3',
    answer: ({ container }) =>
      hexOf(
        container.deriveKey(bytesOf('0073006d006500670000'), {
          hash: 'sha1',
          purpose: 1,
          salt: bytesOf('0a58cf64530d823f'),
          iterations: 1,
          length: 24,
        }),
      ),
  },
  {
    name: 'RC2 of PKCS#12',
    source: 'RFC 2268 section 5',
    expected: '0000000000000000',
    answer: ({ container }) => {
      const how = { iv: new Uint8Array(8), effectiveBits: 128 }
      const key = bytesOf('88bca90e90875a7f0f79c384627bafb2')
      return hexOf(container.decryptRc2Cbc(key, how, bytesOf('2269552ab0f85ca6')))
    },
  },
  {
    name: 'the generator of X9.31',
    source: 'ANSI X9.31 appendix A.2.4, computed with AES of Libgcrypt',
    expected: '2e74dabf32dd1bd8fcf797ceabedb84adcacabe90cd1597fe746a653ea9beacc1999f88f82a882e6',
    answer: ({ x931 }) =>
      hexOf(
        x931(40, {
          key: bytesOf(COUNTED),
          value: bytesOf('202122232425262728292a2b2c2d2e2f'),
          dateTime: bytesOf('000000000000000000000000000000ff'),
        }),
      ),
  },
  {
    name: 'the random number generator',
    source: 'SP 800-90B section 4.4.1: no value comes twice',
    expected: 'different',
    answer: ({ random }) => {
      const drawn = [1, 2, 3].map(() => hexOf(random.bytes(32)))
      const seen = new Set([...drawn, '00'.repeat(32)])
      return seen.size === 4 && drawn.every((each) => each.length === 64) ? 'different' : 'same'
    },
  },
]

/** A method of splitting keys: what it is named, its shares and what they join to. */
export interface ShareRow {
  readonly name: string
  readonly source: string
  readonly method: SplitKeyMethod
  readonly shares: readonly string[]
  readonly threshold: number
  readonly prime?: string
  readonly secret: string
}

/** Every method that keys are split by. */
export const SHARE_ROWS: readonly ShareRow[] = [
  {
    name: 'joining by XOR',
    source: 'TC-SJ-4-14',
    method: SplitKeyMethod.XOR,
    shares: [
      'd4b92c299199298e30dee13b967e6dda',
      '35ea4f615686230c7b11538693674e89',
      '3478ddd2e1f89f2005011d26d9fff37c',
      'd429bd9e23e192aa47c4a497d1e8df3f',
    ],
    threshold: 4,
    secret: '0102030405060708090a0b0c0d0e0f10',
  },
  {
    name: 'joining over GF(2^8)',
    source: 'TC-SJ-2-14',
    method: SplitKeyMethod.PolynomialSharingGF2_8,
    shares: ['66c46a7754f94de420c7b1a7fff5ec56', 'cf93d1e2a7e593cd5b8d6247f4e5d49c'],
    threshold: 2,
    secret: '0102030405060708090a0b0c0d0e0f10',
  },
  {
    name: 'joining over GF(2^16)',
    source: 'KMIP 1.4 section 2.2.5, computed in Python',
    method: SplitKeyMethod.PolynomialSharingGF2_16,
    shares: ['125598dbdab4', '27ac2ea1b60c'],
    threshold: 2,
    secret: '01020304fedc',
  },
  {
    name: 'joining in a prime field',
    source: '1234 + 166x + 94x² modulo 1613, the example that is printed most often',
    method: SplitKeyMethod.PolynomialSharingPrimeField,
    shares: ['05d6', '0149', '03c5'],
    threshold: 3,
    prime: '000000000000064d',
    secret: '04d2',
  },
]

const SHARES: readonly KnownAnswer[] = SHARE_ROWS.map((row) => ({
  name: row.name,
  source: row.source,
  expected: row.secret,
  answer: ({ joinParts }) => {
    const parts = row.shares.map((share, index) => ({
      keyPartIdentifier: index + 1,
      material: publicSecret(share),
    }))
    const plan = {
      splitKeyMethod: row.method,
      splitKeyParts: parts.length,
      splitKeyThreshold: row.threshold,
      ...(row.prime === undefined ? {} : { primeFieldSize: bytesOf(row.prime) }),
    }
    return hexOf(joinParts(parts, plan))
  },
}))

/** How keys come from passwords, other keys, generators and shares. */
export const DERIVATION_ANSWERS: readonly KnownAnswer[] = [...DERIVATIONS, ...OWN, ...SHARES]
