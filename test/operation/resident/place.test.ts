import { describe, expect, test } from 'vitest'
import { KmipFault } from '../../../src/fault/fault.ts'
import type { Policy } from '../../../src/operation/policy.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../../src/spec/pkcs11/attribute.ts'
import { Tag } from '../../../src/spec/tag.ts'
import { attribute1, Bench, find, findAll, identifierOf, name2, uid } from '../harness.ts'
import { hsmOf } from '../pkcs11/hsm.ts'
import { FakeToken } from '../pkcs11/fake-token.ts'
import { ACTIVE, createKey, HARDWARE, importKey, IN_TOKEN, masks, registerKey } from './request.ts'

const HEX = '00112233445566778899aabbccddeeff'

async function place(
  policy: Partial<Policy> = {},
  objectsPerClient = 10,
): Promise<{ bench: Bench; token: FakeToken }> {
  const token = new FakeToken()
  const bench = await Bench.open({ policy, hsm: hsmOf(token, { objectsPerClient }) })
  return { bench, token }
}

/** What a request with these masks and attributes leads to: where the key is, or why there is none. */
async function outcome(bench: Bench, more: string, behind: string): Promise<unknown> {
  const made = await bench.ask('2.1', 'Create', createKey({ more, behind }))
  if (made.reason !== undefined) return made.reason
  const reference = '<AttributeReference type="Enumeration" value="ProtectionStorageMask"/>'
  const told = await bench.ask('2.1', 'GetAttributes', uid(identifierOf(made)) + reference)
  return find(told.payload, Tag.ProtectionStorageMask)?.value
}

const of = (...names: readonly string[]) => masks('ProtectionStorageMasks', ...names)
const IN_STORE = IN_TOKEN.replace('"token"', '"store"')
const [STORE, TOKEN, REFUSED] = [1, 2, 'ProtectionStorageUnavailable']

describe('[KMIP 2.1 7.33] A key is kept', () => {
  test.each([
    ['asked', 'in the store where nobody says', '', '', STORE],
    ['asked', 'where its attribute says', IN_TOKEN, '', TOKEN],
    ['asked', 'where its only mask says', '', HARDWARE, TOKEN],
    ['asked', 'where the first mask says', '', of('Software', 'Hardware'), STORE],
    ['asked', 'where the first mask says that can be had', '', of('Container', 'Hardware'), TOKEN],
    ['asked', 'nowhere where no mask can be had', '', of('Hardware Validated'), REFUSED],
    ['asked', 'where both say', IN_TOKEN, of('Software', 'Hardware'), TOKEN],
    ['asked', 'nowhere where the two contradict', IN_TOKEN, of('Software'), REFUSED],
    ['asked', 'in the store where its attribute says so', IN_STORE, '', STORE],
    ['always', 'in the token where nobody says', '', '', TOKEN],
    ['always', 'in the token where it may', '', of('Software', 'Hardware'), TOKEN],
    ['always', 'nowhere where it may not be there', '', of('Software'), REFUSED],
    ['always', 'nowhere where its attribute wants the store', IN_STORE, '', REFUSED],
    ['never', 'in the store where nobody says', '', '', STORE],
    ['never', 'nowhere where its attribute wants the token', IN_TOKEN, '', REFUSED],
    ['never', 'nowhere where its mask wants the token', '', HARDWARE, REFUSED],
  ] as const)('with %s, %s', async (...row) => {
    const [residentKeys, , more, behind, expected] = row
    const { bench, token } = await place({ residentKeys })
    expect(await outcome(bench, more, behind)).toBe(expected)
    expect(token.objects).toHaveLength(expected === TOKEN ? 1 : 0)
  })

  test('nowhere where there is no token, in every version', async () => {
    const bench = await Bench.open()
    expect(await outcome(bench, IN_TOKEN, '')).toBe(REFUSED)
    const attributes = [
      attribute1('Cryptographic Algorithm', 'Enumeration', 'AES'),
      attribute1('Cryptographic Length', 'Integer', '128'),
      attribute1('Cryptographic Usage Mask', 'Integer', 'Encrypt'),
      attribute1('x-KeyStorage', 'TextString', 'token'),
    ]
    const payload = `<ObjectType type="Enumeration" value="SymmetricKey"/>
      <TemplateAttribute>${attributes.join('')}</TemplateAttribute>`
    expect((await bench.ask('1.4', 'Create', payload)).reason).toBe('FeatureNotSupported')
    const { bench: other, token } = await place()
    expect((await other.ask('1.4', 'Create', payload)).status).toBe('Success')
    expect(token.objects).toHaveLength(1)
  })

  test.each([
    ['another text', IN_TOKEN.replace('"token"', '"hsm"')],
    ['two values', IN_TOKEN + IN_STORE],
  ])('nowhere where its attribute is %s', async (_, more) => {
    const { bench, token } = await place()
    expect(await outcome(bench, more, '')).toBe('InvalidAttributeValue')
    expect(token.objects).toEqual([])
  })

  test.each([
    ['Camellia', 256],
    ['DES3', 112],
  ])('nowhere where the token has no keys like %s with %i bits', async (algorithm, length) => {
    const { bench } = await place()
    const made = await bench.ask('2.1', 'Create', createKey({ algorithm, length }))
    expect(made.reason).toBe(REFUSED)
  })

  test.each([
    ['DES3', 8],
    ['DES3', 16],
    ['AES', 20],
  ])('nowhere where the token has no keys of %s with %i bytes', async (algorithm, bytes) => {
    const { bench, token } = await place()
    const made = await bench.ask('2.1', 'Register', registerKey('01'.repeat(bytes), { algorithm }))
    expect([made.reason, token.objects]).toEqual([REFUSED, []])
  })

  test('nowhere but in the store where it is none', async () => {
    const { bench } = await place({ residentKeys: 'always' })
    const payload = (
      more: string,
    ) => `<ObjectType type="Enumeration" value="SecretData"/><Attributes>
      <CryptographicUsageMask type="Integer" value="DeriveKey"/>${more}</Attributes>`
    expect((await bench.ask('2.1', 'Create', payload(IN_TOKEN))).reason).toBe(REFUSED)
    expect((await bench.ask('2.1', 'Create', payload(''))).status).toBe('Success')
  })

  test('and Query tells where it can be', async () => {
    const offered = async (residentKeys: Policy['residentKeys']) => {
      const { bench } = await place({ residentKeys })
      const asked = '<QueryFunction type="Enumeration" value="QueryStorageProtectionMasks"/>'
      const { payload } = await bench.ask('2.1', 'Query', asked)
      return findAll(payload, Tag.ProtectionStorageMask).map(({ value }) => value)
    }
    expect(await offered('asked')).toEqual([1, 2])
    expect(await offered('never')).toEqual([1])
  })
})

describe('A key in the token', () => {
  test('is named after its client and its object, and may do there what its mask says', async () => {
    const { bench, token } = await place()
    const mask = 'Encrypt MACGenerate'
    const made = identifierOf(await bench.ask('2.1', 'Create', createKey({ mask })))
    const [object] = token.objects
    expect(object?.text('ID')).toBe(made)
    expect(object?.text('LABEL')).toMatch(/^kmipd-key:[0-9a-f]{32}:[0-9a-f]{32}$/)
    const flags = ['ENCRYPT', 'DECRYPT', 'SIGN', 'VERIFY', 'WRAP', 'UNWRAP', 'DERIVE'] as const
    expect(flags.filter((flag) => object?.flag(flag) === true)).toEqual([
      'ENCRYPT',
      'SIGN',
      'VERIFY',
    ])
    expect(flags.map((flag) => object?.flag(flag))).not.toContain(undefined)
    const guards = ['TOKEN', 'PRIVATE', 'SENSITIVE', 'EXTRACTABLE'] as const
    expect(guards.map((name) => object?.flag(name))).toEqual([true, true, true, false])
  })

  test('that wraps encrypts there: with WRAP and DECRYPT it would give away what it wraps', async () => {
    const { bench, token } = await place()
    await bench.ask('2.1', 'Create', createKey({ mask: 'WrapKey UnwrapKey Encrypt Decrypt' }))
    const [object] = token.objects
    const flags = (['WRAP', 'UNWRAP', 'ENCRYPT', 'DECRYPT'] as const).map((name) =>
      object?.flag(name),
    )
    expect(flags).toEqual([false, false, true, true])
  })

  const SAID = [
    'Sensitive',
    'AlwaysSensitive',
    'Extractable',
    'NeverExtractable',
    'KeyValuePresent',
  ] as const

  test.each([
    ['Create', createKey(), [true, true, false, true, false]],
    ['Register', registerKey(HEX), [true, false, false, false, false]],
  ])('tells what is true of it after %s', async (operation, payload, expected) => {
    const { bench } = await place()
    const made = uid(identifierOf(await bench.ask('2.1', operation, payload)))
    const { payload: told } = await bench.ask('2.1', 'GetAttributes', made)
    expect(SAID.map((name) => find(told, Tag[name])?.value)).toEqual(expected)
    // A key that was brought was seen, and its digest is the server's to tell (KMIP 1.4 section 3.17).
    const hasDigest = find(told, Tag.Digest) !== undefined
    expect(hasDigest).toBe(operation === 'Register')
    const older = await bench.ask('1.4', 'GetAttributes', made)
    const names = findAll(older.payload, Tag.AttributeName).map(({ value }) =>
      value instanceof Uint8Array ? Buffer.from(value).toString() : '',
    )
    expect(names).toContain('x-KeyStorage')
  })

  test.each([
    ['Sensitive', 'false'],
    ['Extractable', 'true'],
  ])('is not to be had with %s %s', async (name, value) => {
    const { bench, token } = await place()
    const more = `${IN_TOKEN}<${name} type="Boolean" value="${value}"/>`
    const made = await bench.ask('2.1', 'Create', createKey({ more }))
    expect(made.reason).toBe('InvalidAttributeValue')
    await bench.hsm?.residents.settle()
    expect(token.objects).toEqual([])
  })

  test('takes the place of one in the store, of which it does not take over that it is shown', async () => {
    const { bench, token } = await place()
    const kept = uid(identifierOf(await bench.ask('2.1', 'Create', createKey({ more: '' }))))
    const shown = `<Attributes><Extractable type="Boolean" value="true"/></Attributes>`
    const refused = await bench.ask('2.1', 'ReKey', kept + shown + HARDWARE)
    // The table of Re-key has no other word for a value that cannot be (KMIP 2.1 section 6.1.46).
    expect([refused.reason, token.objects.length]).toEqual(['InvalidField', 0])
    const moved = uid(identifierOf(await bench.ask('2.1', 'ReKey', kept + HARDWARE)))
    expect((await bench.ask('2.1', 'Get', moved)).reason).toBe('NotExtractable')
    expect(token.objects).toHaveLength(1)
    const next = uid(identifierOf(await bench.ask('2.1', 'ReKey', moved)))
    expect((await bench.ask('2.1', 'Get', next)).reason).toBe('NotExtractable')
    expect(token.objects).toHaveLength(2)
  })

  test('brings its bytes to the token, and the store has none of them', async () => {
    const { bench, token } = await place()
    const made = await bench.ask('2.1', 'Register', registerKey(HEX))
    expect(made.status).toBe('Success')
    const value = token.objects[0]?.value(CKA.VALUE[0])
    expect(value instanceof Uint8Array && Buffer.from(value).toString('hex')).toBe(HEX)
    const got = await bench.ask('2.1', 'Get', uid(identifierOf(made)))
    expect(got.reason).toBe('NotExtractable')
  })

  const STORAGE =
    '<AttributeReference><VendorIdentification type="TextString" value="x"/><AttributeName type="TextString" value="KeyStorage"/></AttributeReference>'
  const current = (text: string) => IN_TOKEN.replace('"token"', `"${text}"`)

  test.each([
    ['ModifyAttribute', `<NewAttribute>${current('store')}</NewAttribute>`, 'AttributeReadOnly'],
    ['ModifyAttribute', NEW('Extractable', 'true'), 'AttributeReadOnly'],
    ['ModifyAttribute', NEW('Sensitive', 'false'), 'AttributeReadOnly'],
    ['SetAttribute', NEW('Extractable', 'true'), 'ReadOnlyAttribute'],
    ['AddAttribute', `<NewAttribute>${current('store')}</NewAttribute>`, 'ReadOnlyAttribute'],
    ['DeleteAttribute', STORAGE, 'AttributeReadOnly'],
  ])('stays what it is with %s (%s)', async (operation, payload, reason) => {
    const { bench } = await place()
    const made = uid(identifierOf(await bench.ask('2.1', 'Create', createKey())))
    const before = await bench.dump()
    expect((await bench.ask('2.1', operation, made + payload)).reason).toBe(reason)
    expect(await bench.dump()).toEqual(before)
  })

  test('stays in the store where it is there, whatever is added to it', async () => {
    const { bench } = await place()
    const made = uid(identifierOf(await bench.ask('2.1', 'Create', createKey({ more: '' }))))
    const added = await bench.ask(
      '2.1',
      'AddAttribute',
      `${made}<NewAttribute>${IN_TOKEN}</NewAttribute>`,
    )
    expect(added.reason).toBe('ReadOnlyAttribute')
  })
})

describe('A key that no object comes to need', () => {
  test('is destroyed where its object could not be stored', async () => {
    const { bench, token } = await place()
    const payload = createKey({ more: IN_TOKEN + name2('one') })
    expect((await bench.ask('2.1', 'Create', payload)).status).toBe('Success')
    const again = await bench.ask('2.1', 'Create', payload)
    expect(again.reason).toBe('NonUniqueNameAttribute')
    await bench.hsm?.residents.settle()
    expect(token.objects).toHaveLength(1)
  })

  test('is destroyed where two clients wanted one name at once', async () => {
    const { bench, token } = await place()
    const payload = createKey({ more: IN_TOKEN + name2('one') })
    const asked = Array.from({ length: 4 }, async () => bench.ask('2.1', 'Create', payload))
    const made = (await Promise.all(asked)).filter(({ status }) => status === 'Success')
    await bench.hsm?.residents.settle()
    expect([made.length, token.objects.length]).toEqual([1, 1])
    const [answer] = made
    expect(token.objects[0]?.text('ID')).toBe(answer && identifierOf(answer))
  })

  test('is destroyed where its batch is undone', async () => {
    const { bench, token } = await place()
    const items = [
      { operation: 'Create', payload: createKey(), id: '01' },
      { operation: 'Get', payload: uid('none'), id: '02' },
    ]
    const undo = '<BatchErrorContinuationOption type="Enumeration" value="Undo"/>'
    const answer = await bench.send('2.1', items, { header: undo })
    expect(answer.items.map(({ status }) => status)).toEqual(['OperationUndone', 'OperationFailed'])
    await bench.hsm?.residents.settle()
    expect(token.objects).toEqual([])
  })

  test('is destroyed where a client brings another in the place of its object', async () => {
    const { bench, token } = await place()
    const made = identifierOf(await bench.ask('2.1', 'Create', createKey()))
    const brought = importKey(made, HEX)
    const refused = await bench.ask('2.1', 'Import', brought)
    await bench.hsm?.residents.settle()
    expect([refused.reason, token.objects.length]).toEqual(['ObjectAlreadyExists', 1])
    const replacing = importKey(made, HEX, '<ReplaceExisting type="Boolean" value="true"/>')
    expect((await bench.ask('2.1', 'Import', replacing)).status).toBe('Success')
    await bench.hsm?.residents.settle()
    expect(token.objects).toHaveLength(0)
  })

  test('is destroyed with its object, as soon as the token can be reached', async () => {
    const { bench, token } = await place()
    const pending = createKey({ more: IN_TOKEN }).replace(ACTIVE, '')
    const made = uid(identifierOf(await bench.ask('2.1', 'Create', pending)))
    token.fault = new KmipFault('UNAVAILABLE', 'away')
    expect((await bench.ask('2.1', 'Destroy', made)).status).toBe('Success')
    await bench.hsm?.residents.settle()
    expect([token.objects.length, bench.hsm?.residents.waiting]).toEqual([1, 1])
    token.fault = undefined
    await bench.hsm?.residents.settle()
    expect([token.objects.length, bench.hsm?.residents.waiting]).toEqual([0, 0])
  })
})

describe('A client has in the token', () => {
  test('as many keys as it may, of both kinds together', async () => {
    const { bench, token } = await place({}, 2)
    await bench.ask('2.1', 'Create', createKey())
    await bench.ask('2.1', 'Create', createKey())
    const before = await bench.dump()
    const third = await bench.ask('2.1', 'Create', createKey())
    expect(third.reason).toBe('ServerLimitExceeded')
    expect((await bench.ask('2.1', 'Create', createKey(), 'bob')).status).toBe('Success')
    await bench.hsm?.residents.settle()
    expect(token.objects).toHaveLength(3)
    expect((await bench.dump()).length).toBeGreaterThan(before.length)
  })
})

function NEW(name: string, value: string): string {
  return `<NewAttribute><${name} type="Boolean" value="${value}"/></NewAttribute>`
}
