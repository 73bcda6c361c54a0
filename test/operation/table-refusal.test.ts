import { beforeAll, describe, expect, test } from 'vitest'
import { State } from '../../src/spec/enum/state.ts'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import { attribute1, Bench, find, identifierOf, identifiersOf, uid } from './harness.ts'

const OPAQUE_DATA = `<OpaqueObject><OpaqueDataType type="Enumeration" value="0x80000001"/>
  <OpaqueDataValue type="ByteString" value="00112233"/></OpaqueObject>`
const VENDORS_REASON = `<RevocationReason>
  <RevocationReasonCode type="Enumeration" value="0x80000001"/></RevocationReason>`
const FUTURE = '2040-01-01T00:00:00Z'
const MASK = '<CryptographicUsageMask type="Integer" value="Encrypt"/>'

let bench: Bench
let opaque: string
let key: string
let wrapper: string

async function createKey(): Promise<string> {
  const attributes = [
    attribute1('Cryptographic Algorithm', 'Enumeration', 'AES'),
    attribute1('Cryptographic Length', 'Integer', '128'),
    attribute1('Cryptographic Usage Mask', 'Integer', 'Encrypt Decrypt WrapKey'),
    attribute1('Activation Date', 'DateTime', '2020-01-01T00:00:00Z'),
  ]
  const made = await bench.ask(
    '1.4',
    'Create',
    `<ObjectType type="Enumeration" value="SymmetricKey"/>
      <TemplateAttribute>${attributes.join('')}</TemplateAttribute>`,
  )
  return identifierOf(made)
}

async function reasonOf(version: string, operation: string, payload: string) {
  const before = await bench.dump()
  const { reason, status } = await bench.ask(version, operation, payload)
  if (status !== 'Success') expect(await bench.dump()).toEqual(before)
  return reason ?? status
}

beforeAll(async () => {
  bench = await Bench.open()
  const registered = await bench.ask(
    '1.4',
    'Register',
    `<ObjectType type="Enumeration" value="OpaqueObject"/><TemplateAttribute/>${OPAQUE_DATA}`,
  )
  opaque = identifierOf(registered)
  key = await createKey()
  wrapper = await createKey()
})

describe('an Opaque Object has no State in 1.x (KMIP 1.4 section 3.22)', () => {
  test('[KMIP 1.4 section 11.20] Activate refuses it', async () => {
    expect(await reasonOf('1.4', 'Activate', uid(opaque))).toBe('IllegalOperation')
  })

  test('[KMIP 1.4 section 11.11] Check refuses it', async () => {
    expect(await reasonOf('1.4', 'Check', uid(opaque) + MASK)).toBe('IllegalOperation')
  })

  test('[KMIP 2.1 section 4.57] in 2.x it has one, and is activated', async () => {
    expect(await reasonOf('2.1', 'Check', uid(opaque) + MASK)).toBe(
      'IncompatibleCryptographicUsageMask',
    )
    expect(await reasonOf('2.1', 'Activate', uid(opaque))).toBe('Success')
  })
})

describe('[KMIP 1.4 section 11.15] Add Attribute refuses what the object cannot have', () => {
  test.each([
    ['Process Start Date', 'DateTime', FUTURE],
    ['Protect Stop Date', 'DateTime', FUTURE],
    ['Deactivation Date', 'DateTime', FUTURE],
  ])('%s', async (name, type, value) => {
    const text = uid(opaque) + attribute1(name, type, value)
    expect(await reasonOf('1.4', 'AddAttribute', text)).toBe('PermissionDenied')
    expect(await reasonOf('1.4', 'AddAttribute', uid(key) + attribute1(name, type, value))).toBe(
      'Success',
    )
  })

  test('of which 2.x lets it have all (KMIP 2.1 section 4.41)', async () => {
    const text = `<NewAttribute><ProtectStopDate type="DateTime" value="${FUTURE}"/></NewAttribute>`
    expect(await reasonOf('2.1', 'AddAttribute', uid(opaque) + text)).toBe('Success')
  })
})

describe('values that only vendors know', () => {
  test.each(['1.4', '2.1'])('[KMIP %s] Get with an Encoding Option of theirs', async (version) => {
    const text = `${uid(key)}<KeyWrappingSpecification>
      <WrappingMethod type="Enumeration" value="Encrypt"/>
      <EncryptionKeyInformation>${uid(wrapper)}</EncryptionKeyInformation>
      <EncodingOption type="Enumeration" value="0x80000001"/></KeyWrappingSpecification>`
    expect(await reasonOf(version, 'Get', text)).toBe('EncodingOptionError')
  })

  test.each(['1.4', '2.1'])('[KMIP %s] Revoke for a reason of theirs', async (version) => {
    expect(await reasonOf(version, 'Revoke', uid(key) + VENDORS_REASON)).toBe('InvalidField')
  })

  test.each([
    ['1.4', 'FeatureNotSupported'],
    ['2.1', 'KeyWrapTypeNotSupported'],
  ])('[KMIP %s] Export with a Key Wrap Type of theirs', async (version, reason) => {
    const text = '<KeyWrapType type="Enumeration" value="0x80000001"/>'
    expect(await reasonOf(version, 'Export', uid(key) + text)).toBe(reason)
  })
})

describe('split keys', () => {
  const split = async (of: string, rest = ''): Promise<readonly string[]> => {
    const text = `<ObjectType type="Enumeration" value="SplitKey"/>${of === '' ? '' : uid(of)}
      <SplitKeyParts type="Integer" value="3"/><SplitKeyThreshold type="Integer" value="2"/>
      <SplitKeyMethod type="Enumeration" value="PolynomialSharingGF2_8"/>
      <TemplateAttribute>${rest}</TemplateAttribute>`
    return identifiersOf(await bench.ask('1.4', 'CreateSplitKey', text))
  }
  const join = async (parts: readonly (string | undefined)[]) =>
    reasonOf(
      '1.4',
      'JoinSplitKey',
      `<ObjectType type="Enumeration" value="SymmetricKey"/>
        ${parts.map((part) => uid(part ?? '')).join('')}`,
    )
  const LENGTH = [
    attribute1('Cryptographic Algorithm', 'Enumeration', 'AES'),
    attribute1('Cryptographic Length', 'Integer', '128'),
    attribute1('Cryptographic Usage Mask', 'Integer', 'Encrypt Decrypt'),
  ].join('')

  test('[KMIP 1.4 section 4.38] a length gives way to that of the key that is split', async () => {
    const [first = '', second] = await split(
      key,
      attribute1('Cryptographic Length', 'Integer', '256'),
    )
    expect(await join([first, second])).toBe('Success')
  })

  test('[KMIP 1.4 section 11.40] parts of two keys are not joined', async () => {
    const [first] = await split(key)
    const [, second, third] = await split(wrapper)
    expect(await join([first, second])).toBe('CryptographicFailure')
    expect(await join([second, third])).toBe('Success')
  })

  test('[KMIP 1.4 section 11.40] nor parts of two keys that nobody else has', async () => {
    const [first] = await split('', LENGTH)
    const [, second, third] = await split('', LENGTH)
    expect(await join([first, third])).toBe('CryptographicFailure')
    expect(await join([second, third])).toBe('Success')
  })

  const stateOf = async (identifier: string) => {
    const names = '<AttributeName type="TextString" value="State"/>'
    const { payload } = await bench.ask('1.4', 'GetAttributes', uid(identifier) + names)
    const found = find(payload, Tag.AttributeValue)
    return found?.type === ItemType.Enumeration ? found.value : undefined
  }
  const joined = async (parts: readonly string[]) => {
    const text = `<ObjectType type="Enumeration" value="SymmetricKey"/>${parts.map(uid).join('')}`
    return identifierOf(await bench.ask('1.4', 'JoinSplitKey', text))
  }
  const revoke = async (identifier: string, code: string) =>
    bench.ask(
      '1.4',
      'Revoke',
      `${uid(identifier)}<RevocationReason>
        <RevocationReasonCode type="Enumeration" value="${code}"/></RevocationReason>`,
    )

  test.each([
    ['KeyCompromise', State.Compromised],
    ['Superseded', State.Deactivated],
  ])('what is joined of a key that was revoked for %s is in its state', async (code, state) => {
    const own = await createKey()
    const parts = (await split(own)).slice(0, 2)
    expect(await stateOf(await joined(parts))).toBe(State.PreActive)
    await revoke(own, code)
    expect(await stateOf(await joined(parts))).toBe(state)
  })

  test('a key with Usage Limits is not split, and parts of one are not joined', async () => {
    const limits = `<Attribute><AttributeName type="TextString" value="Usage Limits"/>
      <AttributeValue><UsageLimitsTotal type="LongInteger" value="10"/>
      <UsageLimitsUnit type="Enumeration" value="Object"/></AttributeValue></Attribute>`
    const own = await createKey()
    const parts = (await split(own)).slice(0, 2)
    expect(await join(parts)).toBe('Success')
    expect(await reasonOf('1.4', 'AddAttribute', uid(own) + limits)).toBe('Success')
    expect(await join(parts)).toBe('PermissionDenied')
    expect(await split(own)).toEqual([])
  })
})

describe('[KMIP 2.1 section 6.1.28] Locate with a value that nobody knows', () => {
  test.each(['1.4', '2.1'])('finds nothing in KMIP %s, and is no error', async (version) => {
    const filter =
      version === '1.4'
        ? attribute1('Cryptographic Algorithm', 'Enumeration', '0x00000077')
        : '<Attributes><CryptographicAlgorithm type="Enumeration" value="0x00000077"/></Attributes>'
    const answer = await bench.ask(version, 'Locate', filter)
    expect(answer.reason).toBeUndefined()
    expect(identifiersOf(answer)).toEqual([])
  })
})
