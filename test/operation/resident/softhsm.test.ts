import {
  constants,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  verify,
  type KeyObject,
} from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openToken } from '../../../src/adapter/pkcs11/index.ts'
import type { Token } from '../../../src/port/token.ts'
import { Tag } from '../../../src/spec/tag.ts'
import { HAS_OPENSSL } from '../../adapter/certificate/openssl.ts'
import { silentLog } from '../../adapter/fixtures/recording-log.ts'
import { createSoftHsm, NO_SOFTHSM, type SoftHsm } from '../../adapter/pkcs11/softhsm.ts'
import { Bench, find, identifierOf, name2, textOf, uid } from '../harness.ts'
import {
  Authority,
  certificateObject,
  certificateOf,
  ISSUER,
  keyObject,
  OFFICER,
  SIGNS_CERTIFICATES,
  X509,
} from '../certificate/sample.ts'
import { hsmOf } from '../pkcs11/hsm.ts'
import {
  IN_TOKEN,
  bytes,
  createKey,
  createPair,
  dataIn,
  hexIn,
  parameters,
  registerKey,
  registerPrivate,
  registerWrapped,
} from './request.ts'

// Processes are started and awaited, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const GCM = parameters({ BlockCipherMode: 'GCM', TagLength: 16 })
const NO_PADDING = { PaddingMethod: 'None' }

describe.skipIf(NO_SOFTHSM !== undefined)('Keys of managed objects in SoftHSM', () => {
  let softHsm: SoftHsm
  let token: Token
  let bench: Bench

  beforeAll(async () => {
    softHsm = createSoftHsm()
    const { settings, environment } = softHsm
    token = await openToken({ settings, environment, log: silentLog })
    bench = await Bench.open({ hsm: hsmOf(token) })
  })
  afterAll(async () => {
    await token.close()
    softHsm.remove()
  })

  async function create(payload: string): Promise<string> {
    return identifierOf(await bench.ask('2.1', 'Create', payload))
  }

  async function register(hex: string, wanted: Parameters<typeof registerKey>[1]): Promise<string> {
    return identifierOf(await bench.ask('2.1', 'Register', registerKey(hex, wanted)))
  }

  test('a key is made in the token, used there, and not to be had', async () => {
    const key = uid(await create(createKey()))
    const sealed = await bench.ask('2.1', 'Encrypt', key + GCM + bytes('Data', '00112233'))
    const iv = bytes('IVCounterNonce', hexIn(sealed, Tag.IVCounterNonce))
    const tag = hexIn(sealed, Tag.AuthenticatedEncryptionTag)
    const data = bytes('Data', dataIn(sealed)) + iv
    expect(dataIn(sealed)).not.toBe('00112233')
    const opened = await bench.ask(
      '2.1',
      'Decrypt',
      key + GCM + data + bytes('AuthenticatedEncryptionTag', tag),
    )
    expect(dataIn(opened)).toBe('00112233')
    const other = await bench.ask(
      '2.1',
      'Decrypt',
      key + GCM + data + bytes('AuthenticatedEncryptionTag', 'ff'.repeat(16)),
    )
    expect(other.reason).toBe('CryptographicFailure')
    expect((await bench.ask('2.1', 'Get', key)).reason).toBe('NotExtractable')
  })

  test('[SP 800-38A F.2.1, F.5.1] AES in CBC and in CTR gives the vectors', async () => {
    const key = uid(await register('2b7e151628aed2a6abf7158809cf4f3c', {}))
    const plain = bytes('Data', '6bc1bee22e409f96e93d7e117393172a')
    const cbc = parameters({ BlockCipherMode: 'CBC', ...NO_PADDING })
    const iv = bytes('IVCounterNonce', '000102030405060708090a0b0c0d0e0f')
    const one = await bench.ask('2.1', 'Encrypt', key + cbc + plain + iv)
    expect(dataIn(one)).toBe('7649abac8119b246cee98e9b12e9197d')
    const ctr = parameters({ BlockCipherMode: 'CTR' })
    const counter = bytes('IVCounterNonce', 'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff')
    const two = await bench.ask('2.1', 'Encrypt', key + ctr + plain + counter)
    expect(dataIn(two)).toBe('874d6191b620e3261bef6864990db6ce')
  })

  test('[FIPS 197 C.3] AES with 256 bits gives the vector of a block', async () => {
    const hex = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'
    const key = uid(await register(hex, {}))
    const ecb = parameters({ BlockCipherMode: 'ECB', ...NO_PADDING })
    const data = bytes('Data', '00112233445566778899aabbccddeeff')
    const answer = await bench.ask('2.1', 'Encrypt', key + ecb + data)
    expect(dataIn(answer)).toBe('8ea2b7ca516745bfeafc49904b496089')
  })

  test('[RFC 4231 4.7] HMAC gives the vector and verifies it alone', async () => {
    const key = uid(
      await register('aa'.repeat(131), {
        algorithm: 'HMAC_SHA256',
        mask: 'MACGenerate MACVerify',
      }),
    )
    const text = 'Test Using Larger Than Block-Size Key - Hash Key First'
    const data = bytes('Data', Buffer.from(text).toString('hex'))
    const mac = '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54'
    const answer = await bench.ask('2.1', 'MAC', key + data)
    expect(hexIn(answer, Tag.MACData)).toBe(mac)
    const check = async (hex: string) => {
      const checked = await bench.ask('2.1', 'MACVerify', key + data + bytes('MACData', hex))
      return find(checked.payload, Tag.ValidityIndicator)?.value
    }
    expect([await check(mac), await check(`00${mac.slice(2)}`), await check('00')]).toEqual([
      1, 2, 2,
    ])
  })

  test('[RFC 4493 4] CMAC gives the vector', async () => {
    const wanted = { mask: 'MACGenerate MACVerify' }
    const key = uid(await register('2b7e151628aed2a6abf7158809cf4f3c', wanted))
    const cmac = parameters({ BlockCipherMode: 'CMAC' })
    const data = bytes('Data', '6bc1bee22e409f96e93d7e117393172a')
    const answer = await bench.ask('2.1', 'MAC', key + cmac + data)
    expect(hexIn(answer, Tag.MACData)).toBe('070a16b46b4d4144f79bdd9dd04a287c')
  })

  test('data by parts is worked on at the end', async () => {
    const key = uid(await register('2b7e151628aed2a6abf7158809cf4f3c', {}))
    const cbc = parameters({ BlockCipherMode: 'CBC', ...NO_PADDING })
    const iv = bytes('IVCounterNonce', '000102030405060708090a0b0c0d0e0f')
    const first = await bench.ask(
      '2.1',
      'Encrypt',
      `${key}${cbc}${bytes('Data', '6bc1bee22e409f96')}${iv}<InitIndicator type="Boolean" value="true"/>`,
    )
    const value = bytes('CorrelationValue', hexIn(first, Tag.CorrelationValue))
    const last = await bench.ask(
      '2.1',
      'Encrypt',
      `${key}${bytes('Data', 'e93d7e117393172a')}${value}<FinalIndicator type="Boolean" value="true"/>`,
    )
    expect(dataIn(last)).toBe('7649abac8119b246cee98e9b12e9197d')
  })

  describe('key pairs', () => {
    async function pair(algorithm: string, length: number, mask: string): Promise<Pair> {
      const made = await bench.ask('2.1', 'CreateKeyPair', createPair(algorithm, length, mask))
      const [own, peer] = [Tag.PrivateKeyUniqueIdentifier, Tag.PublicKeyUniqueIdentifier].map(
        (tag) => textOf(find(made.payload, tag)),
      )
      if (own === undefined || peer === undefined) throw new TypeError(made.message)
      return { own: uid(own), peer: uid(peer) }
    }

    async function publicKey({ peer }: Pair): Promise<KeyObject> {
      const format = '<KeyFormatType type="Enumeration" value="X_509"/>'
      const got = await bench.ask('2.1', 'Get', peer + format)
      const key = Buffer.from(hexIn(got, Tag.KeyMaterial), 'hex')
      return createPublicKey({ key, format: 'der', type: 'spki' })
    }

    const DATA = bytes('Data', Buffer.from('signed').toString('hex'))

    test.each(['PKCS1V1_5', 'PSS'])('of RSA sign by %s what OpenSSL verifies', async (padding) => {
      const halves = await pair('RSA', 2_048, 'Sign')
      const how = parameters({
        PaddingMethod: padding,
        HashingAlgorithm: 'SHA_256',
        ...(padding === 'PSS' ? { MaskGeneratorHashingAlgorithm: 'SHA_256' } : {}),
      })
      const answer = await bench.ask('2.1', 'Sign', halves.own + how + DATA)
      const signature = Buffer.from(hexIn(answer, Tag.SignatureData), 'hex')
      const isPss = padding === 'PSS'
      const key = {
        key: await publicKey(halves),
        padding: isPss ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING,
      }
      expect(verify('sha256', Buffer.from('signed'), key, signature)).toBe(true)
      expect((await bench.ask('2.1', 'Get', halves.own)).reason).toBe('NotExtractable')
    })

    test.each([
      ['P-256', 256, 'SHA_512', 'sha512'],
      ['P-384', 384, 'SHA_384', 'sha384'],
      ['P-521', 521, 'SHA_256', 'sha256'],
    ])('on %s sign what OpenSSL verifies', async (_, length, hash, digest) => {
      const halves = await pair('EC', length, 'Sign')
      const how = parameters({ HashingAlgorithm: hash })
      const answer = await bench.ask('2.1', 'Sign', halves.own + how + DATA)
      const signature = Buffer.from(hexIn(answer, Tag.SignatureData), 'hex')
      expect(verify(digest, Buffer.from('signed'), await publicKey(halves), signature)).toBe(true)
      const own = await bench.ask(
        '2.1',
        'SignatureVerify',
        halves.peer + how + DATA + bytes('SignatureData', signature.toString('hex')),
      )
      expect(find(own.payload, Tag.ValidityIndicator)?.value).toBe(1)
    })

    test('decrypt what OpenSSL has encrypted with OAEP, and nothing by PKCS#1 v1.5', async () => {
      const halves = await pair('RSA', 2_048, 'Decrypt')
      const key = await publicKey(halves)
      const sealed = publicEncrypt({ key, oaepHash: 'sha1' }, Buffer.from('plain'))
      const oaep = parameters({ PaddingMethod: 'OAEP' })
      const data = bytes('Data', sealed.toString('hex'))
      const opened = await bench.ask('2.1', 'Decrypt', halves.own + oaep + data)
      expect(dataIn(opened)).toBe(Buffer.from('plain').toString('hex'))
      const old = parameters({ PaddingMethod: 'PKCS1V1_5' })
      const refused = await bench.ask('2.1', 'Decrypt', halves.own + old + data)
      expect(refused.reason).toBe('UnsupportedCryptographicParameters')
    })

    test.each([
      ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2_048 })],
      ['EC', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ])('of %s are brought, and sign what OpenSSL verifies', async (_, make) => {
      const made = make()
      const der = made.privateKey.export({ format: 'der', type: 'pkcs8' })
      const brought = await bench.ask('2.1', 'Register', registerPrivate(der.toString('hex')))
      const own = uid(identifierOf(brought))
      const how = parameters({ HashingAlgorithm: 'SHA_256' })
      const answer = await bench.ask('2.1', 'Sign', own + how + DATA)
      const signature = Buffer.from(hexIn(answer, Tag.SignatureData), 'hex')
      expect(verify('sha256', Buffer.from('signed'), made.publicKey, signature)).toBe(true)
      expect((await bench.ask('2.1', 'Get', own)).reason).toBe('NotExtractable')
    })

    test('are replaced by pairs in the token', async () => {
      const halves = await pair('EC', 256, 'Sign')
      const payload = halves.own.replaceAll('UniqueIdentifier', 'PrivateKeyUniqueIdentifier')
      const replaced = await bench.ask('2.1', 'ReKeyKeyPair', payload)
      const own = uid(textOf(find(replaced.payload, Tag.PrivateKeyUniqueIdentifier)) ?? '')
      expect(await storageOf(own)).toBe(2)
    })
  })

  async function storageOf(key: string): Promise<unknown> {
    const asked = `${key}<AttributeReference type="Enumeration" value="ProtectionStorageMask"/>`
    const answer = await bench.ask('2.1', 'GetAttributes', asked)
    return find(answer.payload, Tag.ProtectionStorageMask)?.value
  }

  test('[KMIP 2.1 6.1.46] a key is replaced by one in the token', async () => {
    const key = uid(await create(createKey()))
    const replaced = uid(identifierOf(await bench.ask('2.1', 'ReKey', key)))
    expect(await storageOf(replaced)).toBe(2)
    const sealed = await bench.ask('2.1', 'Encrypt', replaced + GCM + bytes('Data', '00'))
    expect(dataIn(sealed)).toHaveLength(2)
  })

  test('[RFC 3394 4.3] a key wraps another of the store by the vector, and it comes back', async () => {
    const hex = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'
    const wrapping = await register(hex, { mask: 'WrapKey UnwrapKey' })
    const secret = '00112233445566778899aabbccddeeff'
    const kept = await register(secret, { more: '' })
    const information = `<EncryptionKeyInformation>${uid(wrapping)}</EncryptionKeyInformation>`
    const how = `<WrappingMethod type="Enumeration" value="Encrypt"/>${information}`
    const encoding = '<EncodingOption type="Enumeration" value="NoEncoding"/>'
    const specification = `<KeyWrappingSpecification>${how}${encoding}</KeyWrappingSpecification>`
    const got = await bench.ask('2.1', 'Get', uid(kept) + specification)
    const wrapped = hexIn(got, Tag.KeyValue)
    expect(wrapped).toBe('64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7')
    const back = await bench.ask('2.1', 'Register', registerWrapped(wrapped, how + encoding, ''))
    const plain = '<KeyWrapType type="Enumeration" value="NotWrapped"/>'
    const opened = await bench.ask('2.1', 'Get', uid(identifierOf(back)) + plain)
    expect(hexIn(opened, Tag.KeyMaterial)).toBe(secret)
    const inside = registerWrapped(wrapped, how + encoding, IN_TOKEN)
    const resident = uid(identifierOf(await bench.ask('2.1', 'Register', inside)))
    expect(await storageOf(resident)).toBe(2)
  })

  test.runIf(HAS_OPENSSL)(
    '[KMIP 2.1 6.1.6] an issuing key signs what OpenSSL verifies',
    async () => {
      const authority = new Authority()
      const issuing = await Bench.open({ issuer: ISSUER, hsm: hsmOf(token) })
      const register = async (payload: string, as: string) =>
        identifierOf(await issuing.ask('2.1', 'Register', payload, as))
      try {
        const more = name2(ISSUER.privateKey) + SIGNS_CERTIFICATES + IN_TOKEN
        const { privateKey } = authority.key
        const own = await register(keyObject('PrivateKey', privateKey, more), OFFICER)
        expect((await issuing.ask('2.1', 'Get', uid(own), OFFICER)).reason).toBe('NotExtractable')
        const named = name2(ISSUER.certificate)
        await register(certificateObject(authority.certificate, named), OFFICER)
        const { publicKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
        const subject = await register(keyObject('PublicKey', key), 'alice')
        const certify = `${uid(subject)}<Attributes>${X509}</Attributes>`
        const made = await issuing.ask('2.1', 'Certify', certify)
        expect(authority.verifies(await certificateOf(issuing, identifierOf(made)))).toBe(true)
      } finally {
        authority.openssl.remove()
      }
    },
  )

  test('[KMIP 2.1 6.1.15] the key of a destroyed object is destroyed in the token', async () => {
    const before = await token.count([], 1_000)
    const key = uid(await create(createKey({ more: IN_TOKEN })))
    expect(await token.count([], 1_000)).toBe(before + 1)
    const reason =
      '<RevocationReason><RevocationReasonCode type="Enumeration" value="CessationOfOperation"/></RevocationReason>'
    await bench.ask('2.1', 'Revoke', key + reason)
    expect((await bench.ask('2.1', 'Destroy', key)).status).toBe('Success')
    await bench.hsm?.residents.settle()
    expect(await token.count([], 1_000)).toBe(before)
  })
})

/** Unique Identifiers of both halves, as XML. */
interface Pair {
  readonly own: string
  readonly peer: string
}
