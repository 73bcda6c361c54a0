import { beforeAll, describe, expect, test } from 'vitest'
import { Bench, identifierOf, uid } from '../harness.ts'
import { MISSING } from '../refusal-case.ts'
import {
  ACTIVE,
  KEY,
  mode,
  NO_ENCODING,
  parameters,
  register,
  registerText,
  wrapper,
  wrapping,
  type WrappingText,
} from './sample.ts'

type Named = Readonly<
  Record<
    | 'key'
    | 'kek'
    | 'gcm'
    | 'noWrap'
    | 'preActive'
    | 'stopped'
    | 'revoked'
    | 'destroyed'
    | 'archived'
    | 'secret'
    | 'opaque'
    | 'transparent'
    | 'elsewhere'
    | 'locked'
    | 'foreign'
    | 'mac',
    string
  >
>

let bench: Bench
let o: Named

const OPAQUE = `<ObjectType type="Enumeration" value="OpaqueObject"/><Attributes/>
  <OpaqueObject><OpaqueDataType type="Enumeration" value="0x80000001"/>
  <OpaqueDataValue type="ByteString" value="00"/></OpaqueObject>`
const TRANSPARENT = `<KeyValue><KeyMaterial><Key type="ByteString" value="${KEY}"/></KeyMaterial></KeyValue>`
const REVOKE = `<RevocationReason>
  <RevocationReasonCode type="Enumeration" value="Unspecified"/></RevocationReason>`
const past = (name: string): string => `<${name} type="DateTime" value="2020-01-02T00:00:00Z"/>`

beforeAll(async () => {
  bench = await Bench.open({ policy: { wrapWithoutParameters: false } })
  const changed = async (operation: string, rest = '', attributes = ACTIVE): Promise<string> => {
    const own = `${attributes}${parameters(mode('NISTKeyWrap'))}`
    const identifier = await register(bench, KEY, { mask: 'WrapKey', attributes: own })
    await bench.ask('2.1', operation, uid(identifier) + rest)
    return identifier
  }
  o = {
    key: await register(bench, KEY),
    kek: await wrapper(bench),
    gcm: await wrapper(bench, [mode('GCM')]),
    noWrap: await wrapper(bench, [mode('NISTKeyWrap')], { mask: 'Encrypt Decrypt UnwrapKey' }),
    preActive: await register(bench, KEY, {
      mask: 'WrapKey',
      attributes: parameters(mode('NISTKeyWrap')),
    }),
    stopped: await wrapper(bench, [mode('NISTKeyWrap')], { attributes: past('ProtectStopDate') }),
    revoked: await changed('Revoke', REVOKE),
    destroyed: await changed('Destroy', '', ''),
    archived: await changed('Archive'),
    secret: await register(bench, KEY, { type: 'SecretData', mask: 'WrapKey' }),
    opaque: identifierOf(await bench.ask('2.1', 'Register', OPAQUE)),
    transparent: await register(bench, TRANSPARENT, {
      format: 'TransparentSymmetricKey',
      length: 128,
    }),
    elsewhere: identifierOf(
      await bench.ask(
        '2.1',
        'Register',
        registerText('<Empty/>', { length: 128 }).replace('<Empty/>', ''),
      ),
    ),
    locked: await register(bench, KEY, {
      attributes: '<Extractable type="Boolean" value="false"/>',
    }),
    foreign: identifierOf(await bench.ask('2.1', 'Register', registerText(KEY), 'bob')),
    mac: await wrapper(bench, [], { mask: 'MACGenerate' }),
  }
})

type Spec = (objects: Named) => WrappingText
const by =
  (name: keyof Named, params?: string, rest = NO_ENCODING): Spec =>
  (objects) => ({
    encryption: params === undefined ? [objects[name]] : [objects[name], params],
    rest,
  })
const NAMED = '<AttributeName type="TextString" value="State"/>'

const REFUSALS: readonly (readonly [
  what: string,
  reasons: readonly [v1: string, v2: string],
  spec: Spec,
  object?: keyof Named,
])[] = [
  [
    'a wrapping key that is not there',
    ['ItemNotFound', 'WrappingObjectNotFound'],
    () => ({ encryption: [MISSING] }),
  ],
  ['the wrapping key of another client', ['ItemNotFound', 'WrappingObjectNotFound'], by('foreign')],
  ['a destroyed wrapping key', ['PermissionDenied', 'WrappingObjectDestroyed'], by('destroyed')],
  ['an archived wrapping key', ['ObjectArchived', 'WrappingObjectArchived'], by('archived')],
  ['what is no key', ['IllegalOperation', 'InvalidObjectType'], by('opaque')],
  ['Secret Data for a wrapping key', ['IllegalOperation', 'InvalidObjectType'], by('secret')],
  [
    'a key that may not wrap',
    ['PermissionDenied', 'IncompatibleCryptographicUsageMask'],
    by('noWrap'),
  ],
  ['a wrapping key that is not active', ['PermissionDenied', 'PermissionDenied'], by('preActive')],
  [
    'a wrapping key past its Protect Stop Date',
    ['PermissionDenied', 'PermissionDenied'],
    by('stopped'),
  ],
  ['a deactivated wrapping key', ['PermissionDenied', 'PermissionDenied'], by('revoked')],
  [
    'parameters that the key does not have',
    ['ItemNotFound', 'BadCryptographicParameters'],
    by('kek', mode('GCM')),
  ],
  [
    'a padding that the key does not have',
    ['ItemNotFound', 'BadCryptographicParameters'],
    by('kek', mode('NISTKeyWrap', 'PKCS5')),
  ],
  [
    'a key without parameters',
    ['ItemNotFound', 'BadCryptographicParameters'],
    (each) => ({ method: 'MACSign', mac: [each.mac] }),
  ],
  [
    'attributes that are not encoded',
    ['EncodingOptionError', 'EncodingOptionError'],
    by('kek', undefined, NAMED + NO_ENCODING),
  ],
  [
    'an encoding of a vendor',
    ['EncodingOptionError', 'EncodingOptionError'],
    by('kek', undefined, '<EncodingOption type="Enumeration" value="0x80000001"/>'),
  ],
  [
    'a transparent key that is not encoded',
    ['EncodingOptionError', 'EncodingOptionError'],
    by('kek'),
    'transparent',
  ],
  [
    'a key that is kept elsewhere',
    ['KeyValueNotPresent', 'KeyValueNotPresent'],
    by('kek'),
    'elsewhere',
  ],
  ['an object without a key', ['IllegalOperation', 'InvalidObjectType'], by('kek'), 'opaque'],
  ['a key that is not extractable', ['NotExtractable', 'NotExtractable'], by('kek'), 'locked'],
  ['a destroyed object', ['IllegalOperation', 'KeyValueNotPresent'], by('kek'), 'destroyed'],
  ['a key that is to wrap itself', ['InvalidField', 'InvalidField'], by('kek'), 'kek'],
  [
    'TR-31',
    ['FeatureNotSupported', 'FeatureNotSupported'],
    (each) => ({ method: 'TR_31', encryption: [each.kek] }),
  ],
  [
    'a method of a vendor',
    ['FeatureNotSupported', 'FeatureNotSupported'],
    (each) => ({ method: '0x80000001', encryption: [each.kek] }),
  ],
  [
    'a method that is none',
    ['InvalidField', 'UnknownEnumeration'],
    (each) => ({ method: '0x00000099', encryption: [each.kek] }),
  ],
  ['no key to encrypt with', ['InvalidMessage', 'InvalidMessage'], () => ({})],
  [
    'a MAC key where nothing is authenticated',
    ['InvalidField', 'InvalidField'],
    (each) => ({ encryption: [each.kek], mac: [each.kek] }),
  ],
  [
    'no MAC key where something is',
    ['InvalidMessage', 'InvalidMessage'],
    (each) => ({ method: 'EncryptThenMACSign', encryption: [each.kek] }),
  ],
  [
    'a MAC key that may not make MACs',
    ['PermissionDenied', 'IncompatibleCryptographicUsageMask'],
    (each) => ({ method: 'MACSign', mac: [each.kek] }),
  ],
]

const CASES = REFUSALS.flatMap(([what, [v1, v2], spec, object = 'key']) => [
  { version: '1.4', what, reason: v1, spec, object },
  { version: '2.0', what, reason: v2, spec, object },
])

describe('Get refuses to wrap (KMIP 1.4 section 11.12, KMIP 2.1 section 6.1.19.1)', () => {
  test.each(CASES)('with $what in $version', async ({ version, reason, spec, object }) => {
    const before = await bench.dump()
    const payload = uid(o[object]) + wrapping(spec(o))
    const answer = await bench.ask(version, 'Get', payload)
    expect([answer.status, answer.reason]).toEqual(['OperationFailed', reason])
    expect(await bench.dump()).toEqual(before)
  })

  test.each([
    ['1.4', 'FeatureNotSupported'],
    ['2.0', 'KeyWrapTypeNotSupported'],
  ])('in %s by a Key Wrap Type that it does not know', async (version, reason) => {
    const type = '<KeyWrapType type="Enumeration" value="0x80000001"/>'
    expect((await bench.ask(version, 'Get', uid(o.key) + type)).reason).toBe(reason)
  })

  test.each(['NotWrapped', 'AsRegistered'])('as %s and under a key at once', async (type) => {
    const both = `<KeyWrapType type="Enumeration" value="${type}"/>${wrapping(by('kek')(o))}`
    expect((await bench.ask('2.1', 'Get', uid(o.key) + both)).reason).toBe('InvalidField')
  })

  test('a key of a length that RFC 3394 does not take', async () => {
    const odd = await register(bench, 'aabbcc', { algorithm: 'HMAC_SHA256' })
    const answer = await bench.ask('2.1', 'Get', uid(odd) + wrapping(by('kek')(o)))
    expect(answer.reason).toBe('InvalidField')
  })
})

describe('Register refuses Key Wrapping Data (KMIP 1.4 section 2.1.5)', () => {
  const NO_VALUE = registerText('<Empty/>', {
    length: 128,
    behind: wrapping({ encryption: [MISSING] }, 'KeyWrappingData'),
  }).replace('<Empty/>', '')
  const bytes = `<KeyValue type="ByteString" value="${KEY}"/>`

  test.each([
    ['without a Key Value', NO_VALUE],
    ['that names no key', registerText(bytes, { behind: wrapping({}, 'KeyWrappingData') })],
    ['that is not there for a Key Value of bytes', registerText(bytes)],
  ])('%s', async (_, payload) => {
    const before = await bench.dump()
    expect((await bench.ask('2.1', 'Register', payload)).reason).toBe('InvalidField')
    expect(await bench.dump()).toEqual(before)
  })

  test('but takes one of a wrapping key that it does not know, and cannot unwrap it', async () => {
    const behind = wrapping({ encryption: [MISSING] }, 'KeyWrappingData')
    const key = await register(bench, bytes, { behind, length: 128 })
    expect((await bench.ask('2.1', 'Get', uid(key))).status).toBe('Success')
    const plain = `${uid(key)}<KeyWrapType type="Enumeration" value="NotWrapped"/>`
    expect((await bench.ask('2.1', 'Get', plain)).reason).toBe('WrappingObjectNotFound')
    expect((await bench.ask('1.4', 'Get', plain)).reason).toBe('ItemNotFound')
  })
})
