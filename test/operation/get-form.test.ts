import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import { Bench, find, identifierOf, uid } from './harness.ts'
import { ask, KEY, register, registerText, valueOf } from './wrapping/sample.ts'

const format = (name: string): string => `<KeyFormatType type="Enumeration" value="${name}"/>`
const compression = (name: string): string =>
  `<KeyCompressionType type="Enumeration" value="ECPublicKeyType${name}"/>`

const rsa = generateKeyPairSync('rsa', { modulusLength: 1_024 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const RSA_PRIVATE = {
  PKCS_1: hex(rsa.privateKey.export({ type: 'pkcs1', format: 'der' })),
  PKCS_8: hex(rsa.privateKey.export({ type: 'pkcs8', format: 'der' })),
}
const RSA_PUBLIC = {
  PKCS_1: hex(rsa.publicKey.export({ type: 'pkcs1', format: 'der' })),
  X_509: hex(rsa.publicKey.export({ type: 'spki', format: 'der' })),
}
const EC_PRIVATE = {
  PKCS_8: hex(ec.privateKey.export({ type: 'pkcs8', format: 'der' })),
  ECPrivateKey: hex(ec.privateKey.export({ type: 'sec1', format: 'der' })),
}
const EC_PUBLIC = hex(ec.publicKey.export({ type: 'spki', format: 'der' }))

const rsaText = { algorithm: 'RSA', length: 1_024, mask: 'Sign' }
const ecText = { algorithm: 'ECDSA', length: 256, mask: 'Sign' }
const REGISTERED = {
  rsaPrivate: [RSA_PRIVATE.PKCS_1, { ...rsaText, type: 'PrivateKey', format: 'PKCS_1' }],
  rsaPublic: [RSA_PUBLIC.X_509, { ...rsaText, type: 'PublicKey', format: 'X_509' }],
  rsaPublicOfZkey: [RSA_PUBLIC.X_509, { ...rsaText, type: 'PublicKey', format: 'PKCS_8' }],
  ecPrivate: [EC_PRIVATE.ECPrivateKey, { ...ecText, type: 'PrivateKey', format: 'ECPrivateKey' }],
  ecPublic: [EC_PUBLIC, { ...ecText, type: 'PublicKey', format: 'X_509' }],
  aes: [KEY, {}],
  password: ['6f70656e', { type: 'SecretData', format: 'Opaque' }],
  vendor: ['0102', { format: '0x80000001', length: 128 }],
} as const

let bench: Bench
const identifiers = new Map<string, string>()

beforeAll(async () => {
  bench = await Bench.open()
  for (const [name, [material, text]] of Object.entries(REGISTERED)) {
    identifiers.set(name, await register(bench, material, text))
  }
})

const of = (name: keyof typeof REGISTERED): string => identifiers.get(name) ?? ''

describe('Get with a Key Format Type (KMIP 1.4 section 4.11)', () => {
  test.each(Object.keys(REGISTERED) as (keyof typeof REGISTERED)[])(
    'gives %s as it was registered where none is asked for, and where that one is',
    async (name) => {
      const [material, text] = REGISTERED[name]
      const own = 'format' in text ? text.format : 'Raw'
      expect(valueOf(await ask(bench, of(name)))).toBe(material)
      expect(valueOf(await ask(bench, of(name), format(own)))).toBe(material)
    },
  )

  test.each([
    ['rsaPrivate', 'PKCS_8', RSA_PRIVATE.PKCS_8],
    ['rsaPublic', 'PKCS_1', RSA_PUBLIC.PKCS_1],
    ['rsaPublicOfZkey', 'X_509', RSA_PUBLIC.X_509],
    ['rsaPublicOfZkey', 'PKCS_1', RSA_PUBLIC.PKCS_1],
    ['ecPrivate', 'PKCS_8', EC_PRIVATE.PKCS_8],
    ['password', 'Raw', '6f70656e'],
  ] as const)('converts %s to %s as Node writes it', async (name, wanted, expected) => {
    for (const version of ['1.0', '1.4', '2.0', '2.1']) {
      const answer = await ask(bench, of(name), format(wanted), version)
      expect(valueOf(answer)).toBe(expected)
    }
  })

  test.each([
    ['rsaPrivate', 'TransparentRSAPrivateKey', Tag.PrivateExponent],
    ['rsaPublic', 'TransparentRSAPublicKey', Tag.Modulus],
    ['ecPrivate', 'TransparentECPrivateKey', Tag.D],
    ['ecPublic', 'TransparentECPublicKey', Tag.QString],
    ['aes', 'TransparentSymmetricKey', Tag.Key],
  ] as const)('takes %s apart as %s', async (name, wanted, tag) => {
    const { payload } = await ask(bench, of(name), format(wanted), '1.4')
    const material = find(payload, Tag.KeyMaterial)
    expect(material?.type).toBe(ItemType.Structure)
    expect(find(material, tag)).toBeDefined()
  })

  test('of 1.x knows the transparent forms of ECDSA, 2.x does not', async () => {
    const wanted = format('TransparentECDSAPublicKey')
    expect((await ask(bench, of('ecPublic'), wanted, '1.2')).status).toBe('Success')
    expect((await ask(bench, of('ecPublic'), format('0x0000000f'), '2.0')).reason).toBe(
      'UnknownEnumeration',
    )
  })

  test.each([
    ['aes', 'PKCS_8'],
    ['aes', 'Opaque'],
    ['rsaPrivate', 'ECPrivateKey'],
    ['rsaPrivate', 'X_509'],
    ['rsaPublic', 'Raw'],
    ['ecPublic', 'PKCS_1'],
    ['ecPublic', 'TransparentECDHPublicKey'],
    ['password', 'PKCS_8'],
    ['vendor', 'Raw'],
    ['aes', '0x80000002'],
  ] as const)('refuses %s as %s', async (name, wanted) => {
    const before = await bench.dump()
    for (const version of ['1.0', '1.4']) {
      const answer = await ask(bench, of(name), format(wanted), version)
      expect(answer.reason).toBe('KeyFormatTypeNotSupported')
    }
    expect(await bench.dump()).toEqual(before)
  })
})

describe('Get with a Key Compression Type (KMIP 1.4 section 2.1.3)', () => {
  test('compresses the point of a public key, and takes it apart again', async () => {
    const rest = compression('X9_62CompressedPrime')
    const { payload } = await ask(bench, of('ecPublic'), rest + format('TransparentECPublicKey'))
    // SEC 1 section 2.3.3: 33 bytes that begin with 2 or 3; the last 65 of the SubjectPublicKeyInfo are the point.
    const point = Buffer.from(EC_PUBLIC.slice(-130), 'hex')
    const expected = Buffer.concat([
      Buffer.of(2 + ((point.at(-1) ?? 0) & 1)),
      point.subarray(1, 33),
    ])
    expect(find(payload, Tag.QString)).toMatchObject({ value: new Uint8Array(expected) })
    expect(find(payload, Tag.KeyCompressionType)).toMatchObject({ value: 2 })
    const whole = valueOf(await ask(bench, of('ecPublic'), compression('Uncompressed')))
    expect(whole).toBe(EC_PUBLIC)
  })

  test.each(['aes', 'rsaPublic', 'ecPrivate', 'password'] as const)(
    'has none for %s',
    async (name) => {
      const answer = await ask(bench, of(name), compression('X9_62CompressedPrime'))
      expect(answer.reason).toBe('KeyCompressionTypeNotSupported')
    },
  )
})

describe('Register of a key (KMIP 1.4 section 4.3)', () => {
  const MEASURE = /<CryptographicAlgorithm.*\n?.*CryptographicLength[^>]*>/u

  test('reads algorithm and length in the key where nobody states them', async () => {
    const [material, text] = REGISTERED.rsaPrivate
    const payload = registerText(material, text).replace(MEASURE, '')
    expect(payload).not.toContain('CryptographicLength')
    const key = identifierOf(await bench.ask('2.1', 'Register', payload))
    const { payload: told } = await bench.ask('2.1', 'GetAttributes', uid(key))
    expect(find(told, Tag.CryptographicAlgorithm)).toMatchObject({ value: 4 })
    expect(find(told, Tag.CryptographicLength)).toMatchObject({ value: 1_024 })
  })

  test.each([
    ['another length', RSA_PRIVATE.PKCS_1, { ...REGISTERED.rsaPrivate[1], length: 2_048 }],
    ['another algorithm', RSA_PRIVATE.PKCS_1, { ...REGISTERED.rsaPrivate[1], algorithm: 'DSA' }],
    ['another kind of key', RSA_PUBLIC.X_509, { ...REGISTERED.rsaPrivate[1], format: 'X_509' }],
    ['no key at all', '3000', REGISTERED.rsaPrivate[1]],
    ['a key cut short', RSA_PRIVATE.PKCS_1.slice(0, -2), REGISTERED.rsaPrivate[1]],
    ['a symmetric key in PKCS#8', KEY, { format: 'PKCS_8' }],
  ])('refuses %s than its Key Block says', async (_, material, text) => {
    const before = await bench.dump()
    for (const version of ['2.0', '2.1']) {
      const answer = await bench.ask(version, 'Register', registerText(material, text))
      expect(answer.reason).toBe('InvalidField')
    }
    expect(await bench.dump()).toEqual(before)
  })
})
