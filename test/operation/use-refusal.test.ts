import { createCipheriv } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { Bench, createAes, identifierOf, uid } from './harness.ts'
import { bytes, data, parameters, registerAes, registerKey, registerPair } from './key-sample.ts'
import { ROWS, type Keys } from './refusals-of-uses.ts'

const KEY = Buffer.alloc(16, 7)
const PAST = '<ActivationDate type="DateTime" value="2020-01-01T00:00:00Z"/>'
const ECB = parameters({ BlockCipherMode: 'ECB' })
const CBC = parameters({ BlockCipherMode: 'CBC', PaddingMethod: 'PKCS5' })
const GCM = parameters({ BlockCipherMode: 'GCM', TagLength: 16 })
const OAEP = parameters({ PaddingMethod: 'OAEP', HashingAlgorithm: 'SHA_256' })
const BLOCK = '00'.repeat(16)
const iv = bytes('IVCounterNonce', BLOCK)
const nonce = bytes('IVCounterNonce', '00'.repeat(12))

let bench: Bench
let keys: Keys

async function makeKeys(): Promise<Keys> {
  const rsa = await registerPair(bench, 'RSA')
  const ec = await registerPair(bench, 'EC')
  const aes = async (more = '') => registerAes(bench, KEY, more)
  const date = (name: string, value: string) => `<${name} type="DateTime" value="${value}"/>`
  const revoked = await aes()
  const destroyed = await aes()
  const reason = (code: string) =>
    `<RevocationReason><RevocationReasonCode type="Enumeration" value="${code}"/></RevocationReason>`
  await bench.ask('2.1', 'Revoke', uid(revoked) + reason('Superseded'))
  await bench.ask('2.1', 'Revoke', uid(destroyed) + reason('KeyCompromise'))
  await bench.ask('2.1', 'Destroy', uid(destroyed))
  const used = await aes(
    '<UsageLimits><UsageLimitsTotal type="LongInteger" value="15"/><UsageLimitsUnit type="Enumeration" value="Byte"/></UsageLimits>',
  )
  return {
    aes: await aes(),
    preActive: await registerKey(bench, {
      type: 'SymmetricKey',
      mask: 'Encrypt Decrypt MACGenerate MACVerify',
      format: 'Raw',
      material: KEY,
      algorithm: 'AES',
      bits: 128,
      active: false,
    }),
    maskless: await registerKey(bench, {
      type: 'SymmetricKey',
      mask: 'WrapKey',
      format: 'Raw',
      material: KEY,
      algorithm: 'AES',
      bits: 128,
    }),
    signer: await registerKey(bench, {
      type: 'SymmetricKey',
      mask: 'Sign Verify',
      format: 'Raw',
      material: KEY,
      algorithm: 'AES',
      bits: 128,
    }),
    maker: await registerKey(bench, {
      type: 'PrivateKey',
      mask: 'MACGenerate',
      format: 'PKCS_8',
      material: ec.privateKey.export({ format: 'der', type: 'pkcs8' }),
      algorithm: 'EC',
      bits: 256,
    }),
    stopped: await aes(date('ProtectStopDate', '2021-01-01T00:00:00Z')),
    notStarted: await aes(date('ProcessStartDate', '2030-01-01T00:00:00Z')),
    revoked,
    destroyed,
    used,
    elsewhere: identifierOf(
      await bench.ask(
        '2.1',
        'Register',
        `<ObjectType type="Enumeration" value="SymmetricKey"/><Attributes>
          <CryptographicUsageMask type="Integer" value="Encrypt Decrypt MACGenerate MACVerify"/>${PAST}
          <KeyValueLocation><KeyValueLocationValue type="TextString" value="safe"/>
          <KeyValueLocationType type="Enumeration" value="UninterpretedTextString"/></KeyValueLocation></Attributes>
          <SymmetricKey><KeyBlock><KeyFormatType type="Enumeration" value="Raw"/>
          <CryptographicAlgorithm type="Enumeration" value="AES"/>
          <CryptographicLength type="Integer" value="128"/></KeyBlock></SymmetricKey>`,
      ),
    ),
    opaque: identifierOf(
      await bench.ask(
        '2.1',
        'Register',
        `<ObjectType type="Enumeration" value="OpaqueObject"/><Attributes/>
          <OpaqueObject><OpaqueDataType type="Enumeration" value="0x80000001"/>
          <OpaqueDataValue type="ByteString" value="00"/></OpaqueObject>`,
      ),
    ),
    rsaPrivate: rsa.privateId,
    rsaPublic: rsa.publicId,
    ecPrivate: ec.privateId,
    ecPublic: ec.publicId,
    foreign: identifierOf(await bench.ask('2.1', 'Create', createAes(PAST), 'bob')),
  }
}

beforeAll(async () => {
  bench = await Bench.open()
  keys = await makeKeys()
})

describe('a use of a key that is refused', () => {
  test.each(ROWS)('$version $operation: $what', async ({ version, operation, reason, payload }) => {
    const before = await bench.dump()
    const answer = await bench.ask(version, operation, payload(keys))
    expect([answer.status, answer.reason]).toEqual(['OperationFailed', reason])
    expect(await bench.dump()).toEqual(before)
  })

  test('answers every failure of cryptography in the same words', async () => {
    const cipher = createCipheriv('aes-128-cbc', KEY, Buffer.alloc(16)).setAutoPadding(false)
    const unpadded = cipher.update(Buffer.alloc(16, 0xff))
    const tag = bytes('AuthenticatedEncryptionTag', BLOCK)
    const asked: readonly (readonly [operation: string, payload: string])[] = [
      ['Decrypt', uid(keys.aes) + CBC + data(unpadded) + iv],
      ['Decrypt', uid(keys.aes) + GCM + data(BLOCK) + nonce + tag],
      ['Decrypt', uid(keys.aes) + GCM + data('00') + nonce],
      ['Decrypt', uid(keys.aes) + ECB + data('00')],
      [
        'Decrypt',
        uid(keys.aes) + parameters({ BlockCipherMode: 'NISTKeyWrap' }) + data('00'.repeat(24)),
      ],
      ['Decrypt', uid(keys.rsaPrivate) + OAEP + data('01'.repeat(256))],
      ['Decrypt', uid(keys.rsaPrivate) + OAEP + data('01')],
    ]
    const answers = await Promise.all(
      asked.map(async ([operation, payload]) => bench.ask('2.1', operation, payload)),
    )
    expect(new Set(answers.map(({ reason }) => reason))).toEqual(new Set(['CryptographicFailure']))
    expect(new Set(answers.map(({ message }) => message)).size).toBe(1)
  })
})

describe('policy', () => {
  test('may allow short tags, and forbid IVs that GCM is not made for', async () => {
    const strange = await Bench.open({ policy: { shortTags: true, anyGcmIv: false } })
    const key = await registerAes(strange, KEY)
    const gcm = (tagLength: number) => parameters({ BlockCipherMode: 'GCM', TagLength: tagLength })
    const ask = async (rest: string) => strange.ask('2.1', 'Encrypt', uid(key) + rest)
    expect((await ask(gcm(4) + data('00') + nonce)).status).toBe('Success')
    expect((await ask(gcm(8) + data('00') + nonce)).status).toBe('Success')
    expect((await ask(gcm(5) + data('00') + nonce)).reason).toBe('GeneralFailure')
    expect((await ask(gcm(16) + data('00') + iv)).reason).toBe('InvalidField')
    const standard = await bench.ask('2.1', 'Encrypt', uid(keys.aes) + GCM + data('00') + iv)
    expect(standard.status).toBe('Success')
  })
})
