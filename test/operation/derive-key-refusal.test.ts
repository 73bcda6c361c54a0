import { beforeAll, describe, expect, test } from 'vitest'
import {
  ACTIVE,
  AES1,
  AES2,
  bits1,
  bits2,
  data,
  derivation1,
  derivation2,
  hash,
  iv,
  registerHalf,
  registerKey,
  registerSecret,
  salt,
  type Derivation,
} from './derive-key.fixture.ts'
import { attribute1, Bench, name1, name2, uid } from './harness.ts'
import { algorithm1, algorithm2, mask2 } from './key-pair.fixture.ts'
import { MISSING, REASON } from './refusal-case.ts'

interface Bases {
  readonly key: string
  readonly hmac: string
  readonly secret: string
  readonly masked: string
  readonly preActive: string
  readonly compromised: string
  readonly destroyed: string
  readonly foreign: string
  readonly bound: string
  readonly privateKey: string
  readonly publicKey: string
  readonly otherPrivate: string
}

/** Attributes in both dialects. */
interface Wish {
  readonly v1: string
  readonly v2: string
}
type Asked = Partial<Omit<Derivation, 'attributes'>> & Pick<Derivation, 'from'>
type Case = readonly [
  what: string,
  reasons: readonly [v1: string | undefined, v2: string | undefined],
  asked: (bases: Bases) => Asked,
  wish?: Wish,
]

const AES: Wish = { v1: AES1, v2: AES2 }
const FIELD = ['InvalidField', 'InvalidField'] as const
const TWICE = ['InvalidMessage', 'InvalidMessage'] as const
const FAILURE = ['CryptographicFailure', 'CryptographicFailure'] as const
const algorithm = (name: string) => `<CryptographicAlgorithm type="Enumeration" value="${name}"/>`

/** Reasons of 1.4 section 11.7 and 2.1 section 6.1.14.1. */
const CASES: readonly Case[] = [
  ['no object', TWICE, () => ({ from: [] })],
  ['a missing object', ['ItemNotFound', 'ObjectNotFound'], () => ({ from: [MISSING] })],
  [
    "another client's object",
    ['ItemNotFound', 'ObjectNotFound'],
    ({ foreign }) => ({ from: [foreign] }),
  ],
  ['the ID Placeholder', FIELD, () => ({ from: [''] })],
  ['an object named twice', FIELD, ({ key }) => ({ from: [key, key] })],
  ['three objects', FIELD, ({ key, hmac, secret }) => ({ from: [key, hmac, secret] })],
  [
    'a base without the Derive Key bit',
    ['InvalidField', 'IncompatibleCryptographicUsageMask'],
    ({ masked }) => ({ from: [masked] }),
  ],
  [
    'a base that is not active yet',
    ['InvalidField', 'WrongKeyLifecycleState'],
    ({ preActive }) => ({ from: [preActive] }),
  ],
  [
    'a compromised base',
    ['InvalidField', 'WrongKeyLifecycleState'],
    ({ compromised }) => ({ from: [compromised] }),
  ],
  [
    'a destroyed base',
    ['InvalidField', 'KeyValueNotPresent'],
    ({ destroyed }) => ({ from: [destroyed] }),
  ],
  [
    'a private key',
    ['InvalidField', 'InvalidObjectType'],
    ({ privateKey }) => ({ from: [privateKey], cryptographic: hash('SHA_256') }),
  ],
  [
    'data of another type of object',
    ['InvalidField', 'InvalidObjectType'],
    ({ hmac, key }) => ({ from: [hmac, key], parameters: '' }),
  ],
  [
    'a method that is none',
    ['InvalidField', 'UnknownEnumeration'],
    ({ hmac }) => ({ from: [hmac], method: '0x00000077' }),
  ],
  ['data given twice', TWICE, ({ hmac, secret }) => ({ from: [hmac, secret] })],
  ['no data', FIELD, ({ hmac }) => ({ from: [hmac], parameters: '' })],
  [
    'two Derivation Data',
    FIELD,
    ({ hmac }) => ({ from: [hmac], parameters: data('01') + data('02') }),
  ],
  ['HMAC without a hash', FIELD, ({ key }) => ({ from: [key] })],
  ['HMAC with an IV', FIELD, ({ hmac }) => ({ from: [hmac], parameters: iv('00') + data('01') })],
  [
    'HMAC with a hash that is not built',
    ['InvalidField', 'UnsupportedCryptographicParameters'],
    ({ key }) => ({ from: [key], cryptographic: hash('Tiger') }),
  ],
  ['HASH without a hash', FIELD, ({ key }) => ({ from: [key], method: 'HASH', parameters: '' })],
  [
    'HASH of key and data',
    TWICE,
    ({ key }) => ({ from: [key], method: 'HASH', cryptographic: hash('SHA_256') }),
  ],
  [
    'parameters that are not the key’s (1.4 section 4.6)',
    ['InvalidField', 'BadCryptographicParameters'],
    ({ bound }) => ({
      from: [bound],
      method: 'HASH',
      cryptographic: hash('SHA_512'),
      parameters: '',
    }),
  ],
  [
    'PBKDF2 without Salt',
    FIELD,
    ({ secret }) => ({
      from: [secret],
      method: 'PBKDF2',
      parameters: '<IterationCount type="Integer" value="1"/>',
    }),
  ],
  [
    'PBKDF2 without Iteration Count',
    FIELD,
    ({ secret }) => ({
      from: [secret],
      method: 'PBKDF2',
      parameters: '<Salt type="ByteString" value="00"/>',
    }),
  ],
  [
    'PBKDF2 with no iterations',
    FIELD,
    ({ secret }) => ({ from: [secret], method: 'PBKDF2', parameters: salt('00', 0) }),
  ],
  [
    'PBKDF2 with fewer than none',
    FIELD,
    ({ secret }) => ({ from: [secret], method: 'PBKDF2', parameters: salt('00', -5) }),
  ],
  [
    'PBKDF2 with more than policy allows',
    FIELD,
    ({ secret }) => ({ from: [secret], method: 'PBKDF2', parameters: salt('00', 2_000_000_000) }),
  ],
  [
    'PBKDF2 with more blocks than policy allows',
    FIELD,
    ({ secret }) => ({
      from: [secret],
      type: 'SecretData',
      method: 'PBKDF2',
      parameters: salt('00', 60_000),
    }),
    { v1: bits1(65_536), v2: bits2(65_536) },
  ],
  [
    'PBKDF2 with data beside the password',
    TWICE,
    ({ secret }) => ({ from: [secret], method: 'PBKDF2', parameters: data('00') + salt('00', 1) }),
  ],
  [
    'ENCRYPT in a mode that lacks its IV',
    TWICE,
    ({ key }) => ({
      from: [key],
      method: 'ENCRYPT',
      cryptographic: '<BlockCipherMode type="Enumeration" value="CBC"/>',
      parameters: data('00'.repeat(16)),
    }),
  ],
  [
    'ENCRYPT of a part of a block',
    FIELD,
    ({ key }) => ({
      from: [key],
      method: 'ENCRYPT',
      cryptographic: '<BlockCipherMode type="Enumeration" value="ECB"/>',
    }),
  ],
  [
    'SP 800-108 with a cipher for its function',
    ['InvalidField', 'UnsupportedCryptographicParameters'],
    ({ key }) => ({
      from: [key],
      method: 'NIST800_108_C',
      cryptographic: '<BlockCipherMode type="Enumeration" value="CMAC"/>',
    }),
  ],
  [
    'the counter mode with an IV',
    FIELD,
    ({ hmac }) => ({ from: [hmac], method: 'NIST800_108_C', parameters: iv('00') + data('01') }),
  ],
  [
    'HKDF with an IV',
    [undefined, 'InvalidField'],
    ({ key }) => ({ from: [key], method: 'HKDF', parameters: iv('00') }),
  ],
  [
    'AWS without service',
    [undefined, 'InvalidField'],
    ({ secret }) => ({
      from: [secret],
      method: 'AWSSignatureVersion4',
      parameters: data('01') + data('02'),
    }),
  ],
  [
    'agreement of two private keys',
    ['InvalidField', 'InvalidObjectType'],
    ({ privateKey, otherPrivate }) => ({
      from: [privateKey, otherPrivate],
      method: 'AsymmetricKey',
      parameters: '',
    }),
  ],
  [
    'agreement with nobody',
    ['InvalidField', 'InvalidObjectType'],
    ({ privateKey }) => ({ from: [privateKey], method: 'AsymmetricKey', parameters: '' }),
  ],
  [
    'agreement by ECMQV',
    ['InvalidField', 'UnsupportedCryptographicParameters'],
    ({ privateKey, publicKey }) => ({
      from: [privateKey, publicKey],
      method: 'AsymmetricKey',
      parameters: '',
      cryptographic: algorithm('ECMQV'),
    }),
  ],
  [
    'agreement by DH of keys on a curve',
    FIELD,
    ({ privateKey, publicKey }) => ({
      from: [privateKey, publicKey],
      method: 'AsymmetricKey',
      parameters: '',
      cryptographic: algorithm('DH'),
    }),
  ],
  [
    'agreement with Derivation Data',
    FIELD,
    ({ privateKey, publicKey }) => ({ from: [privateKey, publicKey], method: 'AsymmetricKey' }),
  ],
  [
    'agreement on more than there is (1.4 section 11.7)',
    FAILURE,
    ({ privateKey, publicKey }) => ({
      from: [privateKey, publicKey],
      type: 'SecretData',
      method: 'AsymmetricKey',
      parameters: '',
    }),
    { v1: bits1(264), v2: bits2(264) },
  ],
  [
    'more than the hash gives (1.4 section 11.7)',
    FAILURE,
    ({ key }) => ({
      from: [key],
      type: 'SecretData',
      method: 'HASH',
      parameters: '',
      cryptographic: hash('SHA_256'),
    }),
    { v1: bits1(264), v2: bits2(264) },
  ],
  [
    'more than the HMAC gives',
    FAILURE,
    ({ hmac }) => ({ from: [hmac], type: 'SecretData' }),
    { v1: bits1(512), v2: bits2(512) },
  ],
  [
    'no length',
    FIELD,
    ({ hmac }) => ({ from: [hmac] }),
    { v1: algorithm1('AES'), v2: algorithm2('AES') },
  ],
  [
    'no algorithm for a key',
    FIELD,
    ({ hmac }) => ({ from: [hmac] }),
    { v1: bits1(128), v2: bits2(128) },
  ],
  [
    'a one-time pad',
    FIELD,
    ({ hmac }) => ({ from: [hmac] }),
    { v1: algorithm1('OneTimePad', 128), v2: algorithm2('OneTimePad', 128) },
  ],
  [
    'a length the algorithm has not',
    FIELD,
    ({ hmac }) => ({ from: [hmac] }),
    { v1: algorithm1('AES', 100), v2: algorithm2('AES', 100) },
  ],
  [
    'a secret of no length',
    FIELD,
    ({ hmac }) => ({ from: [hmac], type: 'SecretData' }),
    { v1: bits1(0), v2: bits2(0) },
  ],
  [
    'a secret of part of a byte',
    FIELD,
    ({ hmac }) => ({ from: [hmac], type: 'SecretData' }),
    { v1: bits1(12), v2: bits2(12) },
  ],
  [
    'a private key to be derived',
    ['InvalidField', 'InvalidObjectType'],
    ({ hmac }) => ({ from: [hmac], type: 'PrivateKey' }),
  ],
  [
    'a name that is taken',
    ['InvalidField', 'NonUniqueNameAttribute'],
    ({ hmac }) => ({ from: [hmac] }),
    { v1: AES1 + name1('dk-taken'), v2: AES2 + name2('dk-taken') },
  ],
  [
    'an attribute of the server',
    ['PermissionDenied', 'InvalidAttribute'],
    ({ hmac }) => ({ from: [hmac] }),
    {
      v1: AES1 + attribute1('State', 'Enumeration', 'Active'),
      v2: `${AES2}<State type="Enumeration" value="Active"/>`,
    },
  ],
  [
    'a key that is not quantum safe and should be',
    [undefined, 'GeneralFailure'],
    ({ hmac }) => ({ from: [hmac] }),
    { v1: '', v2: `${AES2}<QuantumSafe type="Boolean" value="true"/>` },
  ],
]

let bench: Bench
let bases: Bases

async function makeBases(): Promise<Bases> {
  const material = '000102030405060708090a0b0c0d0e0f'
  const key = async (attributes: string) => registerKey(bench, { material, attributes })
  const [compromised, destroyed] = [await key(mask2('DeriveKey')), await key(mask2('DeriveKey'))]
  await bench.ask('2.1', 'Revoke', uid(compromised) + REASON)
  await bench.ask('2.1', 'Destroy', uid(destroyed))
  const own = `<CryptographicParameters>${hash('SHA_256')}</CryptographicParameters>`
  await bench.createKey(name2('dk-taken'))
  const number = (last: string) => last.padStart(16, '0')
  return {
    key: await registerKey(bench, { material }),
    hmac: await registerKey(bench, { material, algorithm: 'HMAC_SHA256' }),
    secret: await registerSecret(bench, { material }),
    masked: await key(ACTIVE + mask2('Encrypt')),
    preActive: await key(mask2('DeriveKey')),
    compromised,
    destroyed,
    foreign: await bench.createKey('', 'bob'),
    bound: await key(ACTIVE + mask2('DeriveKey') + own),
    privateKey: await registerHalf(bench, 'PrivateKey', number('05')),
    publicKey: await registerHalf(bench, 'PublicKey', POINT),
    otherPrivate: await registerHalf(bench, 'PrivateKey', number('06')),
  }
}

/** The generator of P-256 (SEC 2 section 2.4.2). */
const POINT =
  '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
  '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5'

beforeAll(async () => {
  bench = await Bench.open()
  bases = await makeBases()
})

const ALL = CASES.flatMap(([what, [v1, v2], asked, wish = AES]) => [
  ...(v1 === undefined ? [] : [{ version: '1.4', what, reason: v1, asked, wish }]),
  ...(v2 === undefined ? [] : [{ version: '2.1', what, reason: v2, asked, wish }]),
])

describe('Derive Key refuses', () => {
  test.each(ALL)('$version: $what', async ({ version, reason, asked, wish }) => {
    const derivation = { method: 'HMAC', parameters: data('0102'), ...asked(bases) }
    const payload =
      version === '1.4'
        ? derivation1({ ...derivation, attributes: wish.v1 })
        : derivation2({ ...derivation, attributes: wish.v2 })
    const before = await bench.dump()
    const answer = await bench.ask(version, 'DeriveKey', payload)
    expect([answer.status, answer.reason]).toEqual(['OperationFailed', reason])
    expect(await bench.dump()).toEqual(before)
  })
})
