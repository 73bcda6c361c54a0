import { describe, expect, test } from 'vitest'
import { KNOWN_ANSWERS, runSelfTest, TESTED } from '../../../src/adapter/self-test/index.ts'
import { computeKnownAnswers, type Tested } from '../../../src/adapter/self-test/known-answer.ts'
import { CIPHER_ROWS } from '../../../src/adapter/self-test/cipher-answers.ts'
import { CURVE_ROWS } from '../../../src/adapter/self-test/curve-answers.ts'
import { SHARE_ROWS } from '../../../src/adapter/self-test/derivation-answers.ts'
import { HASH_ROWS } from '../../../src/adapter/self-test/digest-answers.ts'
import { SIGNATURE_ROWS } from '../../../src/adapter/self-test/key-answers.ts'
import { nodeCrypto } from '../../../src/adapter/crypto-node.ts'
import { KmipFault } from '../../../src/fault/fault.ts'
import { fieldOf } from '../../../src/model/split-key/plan.ts'
import type { Crypto } from '../../../src/port/crypto.ts'
import { membersOf, type AnyMembers } from '../../../src/schema/enumeration.ts'
import { Secret } from '../../../src/secret/secret.ts'
import { BlockCipherMode } from '../../../src/spec/enum/block-cipher-mode.ts'
import { CryptographicAlgorithm } from '../../../src/spec/enum/cryptographic-algorithm.ts'
import { DerivationMethod } from '../../../src/spec/enum/derivation-method.ts'
import { DigitalSignatureAlgorithm } from '../../../src/spec/enum/digital-signature-algorithm.ts'
import { HashingAlgorithm } from '../../../src/spec/enum/hashing-algorithm.ts'
import { RecommendedCurve } from '../../../src/spec/enum/recommended-curve.ts'
import { SplitKeyMethod } from '../../../src/spec/enum/split-key-method.ts'

const { ciphers, hashes, keys, macs, signatures } = nodeCrypto

/** Values of the members of an enumeration that are of its type. */
function valuesOf<V extends number>(
  enumeration: AnyMembers,
  isValue: (value: number) => value is V,
): readonly V[] {
  return membersOf(enumeration)
    .members.map(({ value }) => value)
    .filter(isValue)
}

const algorithms = valuesOf(
  CryptographicAlgorithm,
  (value): value is CryptographicAlgorithm => value > 0,
)
const modes = valuesOf(BlockCipherMode, (value): value is BlockCipherMode => value > 0)
const allHashes = valuesOf(HashingAlgorithm, (value): value is HashingAlgorithm => value > 0)
const curves = valuesOf(RecommendedCurve, (value): value is RecommendedCurve => value > 0)
const schemes = valuesOf(
  DigitalSignatureAlgorithm,
  (value): value is DigitalSignatureAlgorithm => value > 0,
)
const splitMethods = valuesOf(SplitKeyMethod, (value): value is SplitKeyMethod => value > 0)

describe('the self-test', () => {
  test('finds that every algorithm gives its known answer', async () => {
    await runSelfTest()
  })

  test.each(KNOWN_ANSWERS)('names $name, and says where its answer is from', ({ name, source }) => {
    expect(name).not.toMatch(/undefined|^ | $/)
    expect(source.length).toBeGreaterThan(7)
  })

  test('has no name twice but for ciphers of one length', () => {
    const names = KNOWN_ANSWERS.map(({ name }) => name)
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })
})

describe('there is a known answer for every', () => {
  test('cipher in every mode that is served', () => {
    const tested = CIPHER_ROWS.map(({ algorithm, mode }) => `${algorithm} ${mode ?? ''}`)
    const streams: readonly number[] = [
      CryptographicAlgorithm.ChaCha20,
      CryptographicAlgorithm.ChaCha20Poly1305,
    ]
    const served = algorithms.flatMap((algorithm) =>
      modes
        .filter((mode) => ciphers.supports(algorithm, { blockCipherMode: mode }))
        .filter(() => !streams.includes(algorithm))
        .map((mode) => `${algorithm} ${mode}`),
    )
    expect(served.length).toBeGreaterThan(30)
    expect(served.filter((each) => !tested.includes(each))).toEqual([])
    for (const stream of streams) {
      expect(CIPHER_ROWS.filter(({ algorithm }) => algorithm === stream)).toHaveLength(1)
    }
  })

  test('hash, and HMAC with it', () => {
    const served = allHashes.filter((hash) => hashes.supports(hash))
    expect(HASH_ROWS.map(({ hash }) => hash).sort(byNumber)).toEqual([...served].sort(byNumber))
  })

  test('construction of a MAC', () => {
    const names = KNOWN_ANSWERS.map(({ name }) => name)
    const key = Secret.take(new Uint8Array(16))
    const built = modes.filter((mode) =>
      isBuilt(() =>
        macs.begin({
          algorithm: CryptographicAlgorithm.AES,
          key,
          parameters: { blockCipherMode: mode },
          iv: new Uint8Array(12),
        }),
      ),
    )
    const { CMAC, CBC_MAC, GCM } = BlockCipherMode
    expect(built.sort(byNumber)).toEqual([CMAC, CBC_MAC, GCM].sort(byNumber))
    expect(names).toEqual(
      expect.arrayContaining([
        'CMAC with AES',
        'CMAC with triple DES',
        'CBC-MAC',
        'GMAC',
        'Poly1305',
      ]),
    )
  })

  test('curve that keys are made on', () => {
    const served = curves.filter((curve) => keys.supportsCurve(curve))
    expect(CURVE_ROWS.map(([curve]) => curve).sort(byNumber)).toEqual([...served].sort(byNumber))
  })

  test('Digital Signature Algorithm', async () => {
    const pairs = await Promise.all([
      keys.generate({ kind: 'RSA', bits: 1024 }),
      keys.generate({ kind: 'EC', curve: RecommendedCurve.P_256 }),
      keys.generate({ kind: 'DSA', bits: 1024 }),
    ])
    const served = schemes.filter((digitalSignatureAlgorithm) =>
      pairs.some(({ privateKey }) =>
        isBuilt(() => signatures.begin(privateKey, { digitalSignatureAlgorithm })),
      ),
    )
    const tested: readonly (number | undefined)[] = [
      ...SIGNATURE_ROWS.map(({ parameters }) => parameters.digitalSignatureAlgorithm),
      // Tested by its padding.
      DigitalSignatureAlgorithm.RSASSA_PSS,
    ]
    expect(served.length).toBeGreaterThan(15)
    expect(served.filter((each) => !tested.includes(each))).toEqual([])
  }, 60_000)

  test('kind of asymmetric key', () => {
    const names = KNOWN_ANSWERS.map(({ name }) => name).join('\n')
    for (const kind of [
      'RSA',
      'DSA',
      'DH',
      'ECDSA',
      'ECDH',
      'Ed25519',
      'Ed448',
      'X25519',
      'X448',
    ]) {
      expect(names).toMatch(new RegExp(`\\b${kind}\\b`))
    }
  })

  test('method of splitting keys, and of deriving them', () => {
    const methods = splitMethods.filter((splitKeyMethod) =>
      isBuilt(() =>
        fieldOf({
          splitKeyMethod,
          splitKeyParts: 3,
          splitKeyThreshold: 2,
          primeFieldSize: Uint8Array.of(0, 0, 0, 0, 0, 0, 6, 0x4d),
        }),
      ),
    )
    expect(SHARE_ROWS.map(({ method }) => method).sort(byNumber)).toEqual(
      [...methods].sort(byNumber),
    )
    const derivations: Readonly<Record<string, string>> = {
      PBKDF2: 'PBKDF2',
      HASH: 'derivation by hash',
      HMAC: 'derivation by HMAC',
      ENCRYPT: 'derivation by encryption',
      NIST800_108_C: 'derivation by SP 800-108 in counter mode',
      NIST800_108_F: 'derivation by SP 800-108 in feedback mode',
      NIST800_108_DPI: 'derivation by SP 800-108 in double-pipeline mode',
      AsymmetricKey: 'ECDH',
      AWSSignatureVersion4: 'HMAC with SHA_256',
      HKDF: 'HKDF',
    }
    const names = KNOWN_ANSWERS.map(({ name }) => name)
    expect(Object.keys(derivations)).toEqual(
      membersOf(DerivationMethod).members.map(({ name }) => name),
    )
    expect(Object.values(derivations).filter((name) => !names.includes(name))).toEqual([])
  })
})

describe('what computes wrongly is not served with', () => {
  test.each(KNOWN_ANSWERS)('$name', async (known) => {
    const wrong = { ...known, answer: async () => `${await known.answer(TESTED)}0` }
    await expect(computeKnownAnswers(TESTED, [wrong])).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: `The self-test of ${known.name} failed, so nothing is served`,
    })
  })

  /** Providers of which one ability is broken, and the first test that must see it. */
  const BROKEN: readonly (readonly [string, Tested])[] = [
    ['MD5', withCrypto({ hashes: { ...hashes, hash: () => new Uint8Array(16) } })],
    ['HMAC with MD5', withCrypto({ macs: { ...macs, mac: () => new Uint8Array(16) } })],
    [
      'AES with 128 bits in ECB',
      withCrypto({ ciphers: { ...ciphers, encrypt: (_, data) => ({ data: secretOf(data) }) } }),
    ],
    [
      'AES with 128 bits in ECB',
      withCrypto({ ciphers: { ...ciphers, decrypt: (_, data) => secretOf(data) } }),
    ],
    [
      'AES with 128 bits in GCM',
      withCrypto({
        ciphers: {
          ...ciphers,
          // Takes any tag.
          decrypt: (request, data) => {
            if (request.tag === undefined) return ciphers.decrypt(request, data)
            const { algorithm, parameters, key, iv = new Uint8Array(12) } = request
            const { associated = new Uint8Array(0) } = request
            return ciphers.encrypt({ algorithm, parameters, key, iv, associated }, data).data
          },
        },
      }),
    ],
    ['RSA signatures with MD5', withCrypto({ signatures: { ...signatures, verify: () => true } })],
    [
      'signing with RSA',
      withCrypto({ signatures: { ...signatures, sign: () => new Uint8Array(256) } }),
    ],
    [
      'RSA encryption with OAEP',
      withCrypto({
        keyEncryption: {
          ...nodeCrypto.keyEncryption,
          decrypt: () => Secret.take(new Uint8Array(8)),
        },
      }),
    ],
    ['ECDH', withCrypto({ keys: { ...keys, agree: () => Secret.take(new Uint8Array(32)) } })],
    [
      'PBKDF2',
      withCrypto({
        derivation: {
          ...nodeCrypto.derivation,
          pbkdf2: async ({ password }) => Promise.resolve(password),
        },
      }),
    ],
    ['scrypt', { ...TESTED, scrypt: () => Buffer.alloc(32) }],
    [
      'the sealing of records with AES-GCM',
      { ...TESTED, sealing: { ...TESTED.sealing, decrypt: (_, { ciphertext }) => ciphertext } },
    ],
    ['the generator of X9.31', { ...TESTED, x931: (length) => new Uint8Array(length) }],
    [
      'the random number generator',
      {
        ...TESTED,
        random: {
          ...TESTED.random,
          bytes: (length) => Secret.take(new Uint8Array(length).fill(7)),
        },
      },
    ],
    ['joining by XOR', { ...TESTED, joinParts: () => Secret.take(new Uint8Array(16)) }],
    [
      'the key derivation of PKCS#12',
      { ...TESTED, container: { ...TESTED.container, deriveKey: () => new Uint8Array(24) } },
    ],
  ]
  test.each(BROKEN)('%s, when its provider is broken', async (name, tested) => {
    await expect(runSelfTest(tested)).rejects.toThrow(`The self-test of ${name} failed`)
  })

  test('nor with what fails, of whose words nothing is told', async () => {
    const failing = {
      ...TESTED,
      x931: (): never => {
        throw new Error('with a secret')
      },
    }
    const failure = await runSelfTest(failing).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(KmipFault)
    expect(String(failure)).not.toContain('secret')
  })
})

function withCrypto(other: Partial<Crypto>): Tested {
  return { ...TESTED, crypto: { ...nodeCrypto, ...other } }
}

function secretOf(data: Secret | Uint8Array): Secret {
  return data instanceof Secret ? data.clone() : Secret.copyOf(data)
}

function isBuilt(use: () => unknown): boolean {
  try {
    use()
    return true
  } catch (error) {
    if (error instanceof KmipFault && /UNSUPPORTED|INVALID_FIELD|NOT_OF_KEY/.test(error.code)) {
      return false
    }
    throw error
  }
}

function byNumber(one: number, other: number): number {
  return one - other
}
