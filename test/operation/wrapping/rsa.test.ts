import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Tag } from '../../../src/spec/tag.ts'
import { ItemType } from '../../../src/ttlv/item.ts'
import { Bench, find, uid } from '../harness.ts'
import {
  ACTIVE,
  ask,
  KEY,
  NO_ENCODING,
  openssl,
  parameters,
  register,
  valueOf,
  wrapping,
} from './sample.ts'

const NOT_WRAPPED = '<KeyWrapType type="Enumeration" value="NotWrapped"/>'
const padding = (name: string, rest = ''): string =>
  `<PaddingMethod type="Enumeration" value="${name}"/>${rest}`
const hash = (name: string): string => `<HashingAlgorithm type="Enumeration" value="${name}"/>`
const mgf = (name: string): string =>
  `<MaskGeneratorHashingAlgorithm type="Enumeration" value="${name}"/>`
const OAEP = padding('OAEP', hash('SHA_256')) + mgf('SHA_256')
const ROLE = '<KeyRoleType type="Enumeration" value="KEK"/>'

let bench: Bench
let folder: string
let key: string
let publicKey: string
let privateKey: string

const { privateKey: pair, publicKey: half } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const pkcs8 = pair.export({ type: 'pkcs8', format: 'der' }).toString('hex')
const spki = half.export({ type: 'spki', format: 'der' }).toString('hex')

const link = (type: string, identifier: string): string =>
  `<Link><LinkType type="Enumeration" value="${type}"/>
   <LinkedObjectIdentifier type="TextString" value="${identifier}"/></Link>`

/** Registers one half of the pair, active, with the parameters that the tests use. */
async function registerHalf(type: 'PublicKey' | 'PrivateKey', mask: string, more = '') {
  const [format, material] = type === 'PublicKey' ? ['X_509', spki] : ['PKCS_8', pkcs8]
  const own = [OAEP + ROLE, padding('PKCS1V1_5'), hash('SHA_256')].map(parameters).join('')
  return register(bench, material, {
    type,
    format,
    algorithm: 'RSA',
    length: 2_048,
    mask,
    attributes: ACTIVE + own + more,
  })
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wrapping-'))
  writeFileSync(join(folder, 'key.pem'), pair.export({ type: 'pkcs8', format: 'pem' }))
  bench = await Bench.open()
  key = await register(bench, KEY)
  privateKey = await registerHalf('PrivateKey', 'Sign UnwrapKey')
  publicKey = await registerHalf(
    'PublicKey',
    'Encrypt WrapKey Verify',
    link('PrivateKeyLink', privateKey),
  )
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

const decrypted = (hex: string, options: readonly string[]): string =>
  openssl(
    [
      'pkeyutl',
      '-decrypt',
      '-inkey',
      join(folder, 'key.pem'),
      ...options.flatMap((option) => ['-pkeyopt', option]),
    ],
    hex,
  )

describe('wrapping by a public RSA key (KMIP 1.4 section 2.1.5)', () => {
  test.each([
    ['OAEP', OAEP, ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256']],
    ['PKCS#1 v1.5', padding('PKCS1V1_5'), ['rsa_padding_mode:pkcs1']],
  ])('with %s is what openssl decrypts', async (_, params, options) => {
    const text = wrapping({ encryption: [publicKey, params], rest: NO_ENCODING })
    for (const version of ['1.4', '2.1']) {
      expect(decrypted(valueOf(await ask(bench, key, text, version)), options)).toBe(KEY)
    }
  })

  test('tells the parameters as the request did, as zkey checks', async () => {
    const { payload } = await ask(
      bench,
      key,
      wrapping({ encryption: [publicKey, OAEP], rest: NO_ENCODING }),
    )
    const told = find(find(payload, Tag.KeyWrappingData), Tag.CryptographicParameters)
    expect(told?.type === ItemType.Structure && told.value.length).toBe(3)
  })

  test.each([OAEP, padding('PKCS1V1_5')])(
    'is taken off by the private key that is linked',
    async (params) => {
      const data = { encryption: [publicKey, params] as const, rest: NO_ENCODING }
      const wrapped = valueOf(await ask(bench, key, wrapping(data)))
      const value = `<KeyValue type="ByteString" value="${wrapped}"/>`
      const behind = wrapping(data, 'KeyWrappingData')
      const kept = await register(bench, value, { behind, length: 128 })
      expect(valueOf(await ask(bench, kept, NOT_WRAPPED))).toBe(KEY)
    },
  )

  test.each([
    ['OAEP', OAEP],
    ['PKCS#1 v1.5', padding('PKCS1V1_5')],
  ])('that is spoiled is one and the same failure with %s', async (_, params) => {
    // Encoded: of the made-up messages of PKCS#1 v1.5, one in some hundreds would be as long as the key.
    const data = { encryption: [publicKey, params] as const }
    const wrapped = valueOf(await ask(bench, key, wrapping(data)))
    const behind = wrapping(data, 'KeyWrappingData')
    const spoiled = [
      `${wrapped.startsWith('00') ? '01' : '00'}${wrapped.slice(2)}`,
      wrapped.slice(2),
      `${wrapped}00`,
      '00'.repeat(256),
      'ff'.repeat(256),
      `${wrapped.slice(0, -2)}${wrapped.endsWith('00') ? '01' : '00'}`,
    ]
    for (const hex of spoiled) {
      const value = `<KeyValue type="ByteString" value="${hex}"/>`
      const kept = await register(bench, value, { behind, length: 128 })
      const answer = await ask(bench, kept, NOT_WRAPPED)
      expect([answer.reason, answer.message]).toEqual([
        'CryptographicFailure',
        'The cryptographic operation failed',
      ])
    }
  })

  test('does not take a key that is too long for it', async () => {
    const long = await register(bench, 'aa'.repeat(300), { algorithm: 'HMAC_SHA256' })
    const text = wrapping({ encryption: [publicKey, OAEP], rest: NO_ENCODING })
    expect((await ask(bench, long, text)).reason).toBe('InvalidField')
  })
})

describe('signing a Key Value by a private key (KMIP 1.4 section 2.1.5)', () => {
  test('is what openssl verifies, and is checked with the public key', async () => {
    const data = { method: 'MACSign', mac: [privateKey, hash('SHA_256')] as const }
    const answer = await ask(bench, key, wrapping({ ...data, rest: NO_ENCODING }))
    const signature = find(answer.payload, Tag.MACSignature)
    if (signature?.type !== ItemType.ByteString) throw new TypeError('no signature')
    writeFileSync(join(folder, 'signature'), signature.value)
    writeFileSync(join(folder, 'data'), Buffer.from(KEY, 'hex'))
    const args = ['dgst', '-sha256', '-prverify', join(folder, 'key.pem'), '-signature']
    const told = execFileSync('openssl', [...args, join(folder, 'signature'), join(folder, 'data')])
    expect(told.toString()).toContain('Verified OK')
    const hex = Buffer.from(signature.value).toString('hex')
    const take = async (bytes: string) => {
      const rest = `<MACSignature type="ByteString" value="${bytes}"/>${NO_ENCODING}`
      const behind = wrapping(
        { method: 'MACSign', mac: [publicKey, hash('SHA_256')], rest },
        'KeyWrappingData',
      )
      const value = `<KeyValue type="ByteString" value="${KEY}"/>`
      return ask(bench, await register(bench, value, { behind, length: 128 }), NOT_WRAPPED)
    }
    expect(valueOf(await take(hex))).toBe(KEY)
    expect((await take(`${hex.slice(0, -2)}00`)).reason).toBe('CryptographicFailure')
  })

  test('is found by the link of the public key', async () => {
    const text = {
      method: 'MACSign',
      mac: [publicKey, hash('SHA_256')] as const,
      rest: NO_ENCODING,
    }
    expect((await ask(bench, key, wrapping(text))).status).toBe('Success')
  })
})

describe('an asymmetric key', () => {
  test.each([
    ['EC', 'P-256'],
    ['RSA', undefined],
  ])('of kind %s is wrapped as PKCS#8, and unwrapped again', async (algorithm, curve) => {
    const der =
      curve === undefined
        ? pkcs8
        : generateKeyPairSync('ec', { namedCurve: curve })
            .privateKey.export({ type: 'pkcs8', format: 'der' })
            .toString('hex')
    const length = curve === undefined ? 2_048 : 256
    const text = { type: 'PrivateKey', format: 'PKCS_8', algorithm, length, mask: 'Sign' }
    const own = await register(bench, der, text)
    const kek = await register(bench, KEY, { mask: 'WrapKey', attributes: ACTIVE })
    const kwp = '<BlockCipherMode type="Enumeration" value="AESKeyWrapPadding"/>'
    const data = { encryption: [kek, kwp] as const, rest: NO_ENCODING }
    const wrapped = valueOf(await ask(bench, own, wrapping(data)))
    const args = ['enc', '-d', '-id-aes128-wrap-pad', '-K', KEY, '-iv', 'a65959a6']
    expect(openssl(args, wrapped)).toBe(der)
    const kept = await register(bench, `<KeyValue type="ByteString" value="${wrapped}"/>`, {
      ...text,
      behind: wrapping(data, 'KeyWrappingData'),
    })
    expect(valueOf(await ask(bench, kept, NOT_WRAPPED))).toBe(der)
    const { payload } = await bench.ask('2.1', 'GetAttributes', uid(kept))
    const links = find(payload, Tag.Link)
    // KMIP 2.1 section 6.1.43: 0x10e is the Wrapping Key Link.
    expect(find(links, Tag.LinkType)).toMatchObject({ value: 0x10e })
  })
})
