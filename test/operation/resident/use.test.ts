import { describe, expect, test, vi } from 'vitest'
import { KmipFault } from '../../../src/fault/fault.ts'
import { TokenRefusal } from '../../../src/port/token.ts'
import { PKCS_11ReturnCode as RC } from '../../../src/spec/enum/pkcs-11-return-code.ts'
import { Bench, find, identifierOf, uid } from '../harness.ts'
import { hsmOf } from '../pkcs11/hsm.ts'
import { FakeToken } from '../pkcs11/fake-token.ts'
import { Tag } from '../../../src/spec/tag.ts'
import { bytes, createKey, createPair, IN_TOKEN, parameters, registerKey } from './request.ts'

const CIPHER = 0x300
const SIGN = 0x2800

/** What the token of these tests can do beside making keys. */
const MECHANISMS = [
  [0x1080, 0x8000],
  [0x350, 0x8000],
  [0x1081, CIPHER],
  [0x1082, CIPHER],
  [0x1085, CIPHER],
  [0x1087, CIPHER],
  [0x251, SIGN],
].map(([type = 0, flags = 0]) => ({ type, sizes: [1, 4_096] as const, flags }))

interface Place {
  readonly bench: Bench
  readonly token: FakeToken
}

async function openPlace(): Promise<Place> {
  const token = new FakeToken()
  token.mechanisms = MECHANISMS
  return { token, bench: await Bench.open({ hsm: hsmOf(token) }) }
}

async function keyIn({ bench }: Place, wanted?: Parameters<typeof createKey>[0]): Promise<string> {
  return uid(identifierOf(await bench.ask('2.1', 'Create', createKey(wanted))))
}

const DATA = bytes('Data', '00'.repeat(16))
const ECB = parameters({ BlockCipherMode: 'ECB', PaddingMethod: 'None' })
const CBC = parameters({ BlockCipherMode: 'CBC', PaddingMethod: 'PKCS5' })
const WRAPPED_BY = (key: string) => `<KeyWrappingSpecification>
  <WrappingMethod type="Enumeration" value="Encrypt"/>
  <EncryptionKeyInformation>${key}</EncryptionKeyInformation></KeyWrappingSpecification>`
const SPLIT = `<ObjectType type="Enumeration" value="SplitKey"/>
  <SplitKeyParts type="Integer" value="3"/><SplitKeyThreshold type="Integer" value="2"/>
  <SplitKeyMethod type="Enumeration" value="XOR"/><Attributes/>`
const DERIVE = (key: string) => `<ObjectType type="Enumeration" value="SymmetricKey"/>${key}
  <DerivationMethod type="Enumeration" value="HMAC"/><DerivationParameters>
  ${parameters({ HashingAlgorithm: 'SHA_256' })}<DerivationData type="ByteString" value="00"/>
  </DerivationParameters><Attributes><CryptographicAlgorithm type="Enumeration" value="AES"/>
  <CryptographicLength type="Integer" value="128"/>
  <CryptographicUsageMask type="Integer" value="Encrypt"/></Attributes>`

interface Refused {
  readonly operation: string
  readonly payload: (key: string) => string
  readonly reason: string
  readonly wanted?: Parameters<typeof createKey>[0]
  readonly as?: string
}

const MASK = { mask: 'Encrypt Decrypt MACGenerate MACVerify DeriveKey WrapKey' }

const REFUSED: readonly (readonly [string, Refused])[] = [
  ['Get', { operation: 'Get', payload: (key) => key, reason: 'NotExtractable' }],
  [
    'Get, wrapped with itself or another',
    {
      operation: 'Get',
      payload: (key) => key + WRAPPED_BY(key),
      reason: 'NotExtractable',
      wanted: MASK,
    },
  ],
  ['Export', { operation: 'Export', payload: (key) => key, reason: 'PermissionDenied' }],
  [
    'Create Split Key',
    { operation: 'CreateSplitKey', payload: (key) => SPLIT + key, reason: 'CryptographicFailure' },
  ],
  [
    'Derive Key',
    {
      operation: 'DeriveKey',
      payload: DERIVE,
      reason: 'KeyValueNotPresent',
      wanted: MASK,
    },
  ],
  [
    'a use before it is active',
    {
      operation: 'Encrypt',
      payload: (key) => key + ECB + DATA,
      reason: 'PermissionDenied',
      wanted: { activation: '' },
    },
  ],
  [
    'a use that its mask does not permit',
    {
      operation: 'Encrypt',
      payload: (key) => key + ECB + DATA,
      reason: 'IncompatibleCryptographicUsageMask',
      wanted: { mask: 'Decrypt' },
    },
  ],
  [
    'another client',
    {
      operation: 'Encrypt',
      payload: (key) => key + ECB + DATA,
      reason: 'ObjectNotFound',
      as: 'bob',
    },
  ],
  [
    'a mode that PKCS#11 has no mechanism for',
    {
      operation: 'Encrypt',
      payload: (key) => key + parameters({ BlockCipherMode: 'XTS' }) + DATA,
      reason: 'UnsupportedCryptographicParameters',
    },
  ],
  [
    'a mode that the token does not have',
    {
      operation: 'Encrypt',
      payload: (key) => key + parameters({ BlockCipherMode: 'CTR' }) + DATA,
      reason: 'UnsupportedCryptographicParameters',
    },
  ],
  [
    'data that does not come in blocks',
    {
      operation: 'Encrypt',
      payload: (key) => key + ECB + bytes('Data', '00'),
      reason: 'InvalidField',
    },
  ],
  [
    'an IV of a wrong length',
    {
      operation: 'Encrypt',
      payload: (key) => key + CBC + DATA + bytes('IVCounterNonce', '00'),
      reason: 'InvalidField',
    },
  ],
  [
    'a tag that is too short',
    {
      operation: 'Encrypt',
      payload: (key) => key + parameters({ BlockCipherMode: 'GCM', TagLength: 4 }) + DATA,
      reason: 'GeneralFailure',
    },
  ],
]

describe('A key in the token is refused', () => {
  test.each(REFUSED)('%s', async (_, refused) => {
    const { operation, payload, reason, wanted, as } = refused
    const { bench, token } = await openPlace()
    const made = await bench.ask('2.1', 'Create', createKey(wanted))
    const before = await bench.dump()
    const answer = await bench.ask('2.1', operation, payload(uid(identifierOf(made))), as)
    expect(answer.reason).toBe(reason)
    expect(token.worked).toEqual([])
    expect(await bench.dump()).toEqual(before)
  })

  test('a destroyed one', async () => {
    const { bench } = await openPlace()
    const pending = createKey({ activation: '' })
    const key = uid(identifierOf(await bench.ask('2.1', 'Create', pending)))
    await bench.ask('2.1', 'Destroy', key)
    const answer = await bench.ask('2.1', 'Encrypt', key + ECB + DATA)
    expect(answer.reason).toBe('PermissionDenied')
  })

  test('pairs that the token does not make', async () => {
    const { bench } = await openPlace()
    const made = await bench.ask('2.1', 'CreateKeyPair', createPair('EC', 256, 'Sign'))
    expect(made.reason).toBe('PrivateProtectionStorageUnavailable')
  })
})

/** What a token says, and what a client is told of it. */
const TOLD: readonly (readonly [string, number, string, string])[] = [
  ['ENCRYPTED_DATA_INVALID', RC.ENCRYPTED_DATA_INVALID, 'Decrypt', 'CryptographicFailure'],
  ['ENCRYPTED_DATA_LEN_RANGE', RC.ENCRYPTED_DATA_LEN_RANGE, 'Decrypt', 'CryptographicFailure'],
  ['GENERAL_ERROR', RC.GENERAL_ERROR, 'Decrypt', 'CryptographicFailure'],
  ['FUNCTION_FAILED', RC.FUNCTION_FAILED, 'Decrypt', 'CryptographicFailure'],
  ['DATA_LEN_RANGE', RC.DATA_LEN_RANGE, 'Encrypt', 'CryptographicFailure'],
  [
    'MECHANISM_PARAM_INVALID',
    RC.MECHANISM_PARAM_INVALID,
    'Encrypt',
    'UnsupportedCryptographicParameters',
  ],
  [
    'KEY_FUNCTION_NOT_PERMITTED',
    RC.KEY_FUNCTION_NOT_PERMITTED,
    'Encrypt',
    'IncompatibleCryptographicUsageMask',
  ],
  ['OBJECT_HANDLE_INVALID', RC.OBJECT_HANDLE_INVALID, 'Encrypt', 'KeyValueNotPresent'],
]

describe('What the token refuses', () => {
  test.each(TOLD)('as %s (%i) fails %s as %s', async (...row) => {
    const [, code, operation, reason] = row
    const place = await openPlace()
    const key = await keyIn(place)
    const before = await place.bench.dump()
    place.token.fault = new TokenRefusal(code)
    const iv = bytes('IVCounterNonce', '00'.repeat(16))
    const answer = await place.bench.ask('2.1', operation, key + CBC + DATA + iv)
    expect(answer.reason).toBe(reason)
    expect(await place.bench.dump()).toEqual(before)
  })

  test('of data has the one text that all keys have, whatever is wrong', async () => {
    const place = await openPlace()
    const key = await keyIn(place)
    const iv = bytes('IVCounterNonce', '00'.repeat(16))
    const texts = new Set<string | undefined>()
    const kept = await place.bench.ask(
      '2.1',
      'Register',
      registerKey('00'.repeat(16), { more: '' }),
    )
    const padded = bytes('Data', 'ff'.repeat(16))
    const failed = uid(identifierOf(kept)) + CBC + padded + iv
    const software = await place.bench.ask('2.1', 'Decrypt', failed)
    texts.add(`${software.reason}: ${software.message}`)
    for (const code of [RC.ENCRYPTED_DATA_INVALID, RC.GENERAL_ERROR, RC.DATA_INVALID]) {
      place.token.fault = new TokenRefusal(code)
      const { message, reason } = await place.bench.ask('2.1', 'Decrypt', key + CBC + DATA + iv)
      texts.add(`${reason}: ${message}`)
    }
    expect(texts.size).toBe(1)
  })

  const AWAY: readonly (readonly [string, (key: string) => string])[] = [
    ['Create', () => createKey()],
    ['Register', () => registerKey('00'.repeat(16))],
    ['ReKey', (key) => key],
    ['Encrypt', (key) => key + ECB + DATA],
    ['Decrypt', (key) => key + ECB + DATA],
    ['MAC', (key) => key + parameters({ HashingAlgorithm: 'SHA_256' }) + DATA],
  ]
  test.each(AWAY)('because it is away is a General Failure of %s', async (operation, payload) => {
    const place = await openPlace()
    const key = await keyIn(place, MASK)
    const before = await place.bench.dump()
    place.token.fault = new KmipFault('UNAVAILABLE', 'away')
    const answer = await place.bench.ask('2.1', operation, payload(key))
    expect(answer.reason).toBe('GeneralFailure')
    expect(await place.bench.dump()).toEqual(before)
  })
})

describe('A key in the token', () => {
  test('is counted by its Usage Limits as others are', async () => {
    const { bench, token } = await openPlace()
    const limits = `<UsageLimits><UsageLimitsTotal type="LongInteger" value="1"/>
      <UsageLimitsUnit type="Enumeration" value="Object"/></UsageLimits>`
    const made = await bench.ask('2.1', 'Create', createKey({ more: IN_TOKEN + limits }))
    const key = uid(identifierOf(made))
    expect((await bench.ask('2.1', 'Encrypt', key + ECB + DATA)).status).toBe('Success')
    const second = await bench.ask('2.1', 'Encrypt', key + ECB + DATA)
    expect(second.reason).toBe('PermissionDenied')
    expect(token.worked).toEqual(['encrypt 16'])
  })

  test('is made once, however often its unit of work is tried because another was faster', async () => {
    const place = await openPlace()
    const key = await keyIn(place)
    const generate = vi.spyOn(place.token, 'generate')
    const asked = Array.from({ length: 3 }, async () => place.bench.ask('2.1', 'ReKey', key))
    const done = (await Promise.all(asked)).map(({ status }) => status)
    expect(done).toEqual(['Success', 'Success', 'Success'])
    expect(generate).toHaveBeenCalledTimes(3)
    await place.bench.hsm?.residents.settle()
    expect(place.token.objects).toHaveLength(4)
  })

  test('is used once for a part, and not again while its unit of work is tried anew', async () => {
    const place = await openPlace()
    const key = await keyIn(place)
    const first = `${key}${ECB}${DATA}<InitIndicator type="Boolean" value="true"/>`
    const begun = await place.bench.ask('2.1', 'Encrypt', first)
    const found = find(begun.payload, Tag.CorrelationValue)
    const hex = found?.value instanceof Uint8Array ? Buffer.from(found.value).toString('hex') : ''
    const rest = `${key}${DATA}${bytes('CorrelationValue', hex)}`
    const last = `${rest}<FinalIndicator type="Boolean" value="true"/>`
    expect(place.token.worked).toEqual([])
    expect((await place.bench.ask('2.1', 'Encrypt', last)).status).toBe('Success')
    expect(place.token.worked).toEqual(['encrypt 32'])
    expect((await place.bench.ask('2.1', 'Encrypt', last)).reason).toBe('InvalidCorrelationValue')
  })
})
