import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { KmipFault } from '../../../src/fault/fault.ts'
import { PKCS_11ReturnCode as RC } from '../../../src/spec/enum/pkcs-11-return-code.ts'
import { TokenRefusal } from '../../../src/port/token.ts'
import type { OperationName } from '../../../src/spec/operation.ts'
import { Bench } from '../harness.ts'
import {
  array,
  buffer,
  bytesAttribute,
  count,
  fixedAttribute,
  mechanism,
  Pkcs11Client,
  template,
  ulong,
} from './client.ts'
import { hsmOf } from './hsm.ts'
import { FakeToken } from './fake-token.ts'

const LABEL = 0x3
const VALUE = 0x11
const ID = 0x102
const ECB = mechanism(0x1081)
const BLOCK = '00112233445566778899aabbccddeeff'

interface Place {
  readonly token: FakeToken
  readonly bench: Bench
  readonly alice: Pkcs11Client
  readonly session: string
}

async function place(
  more: { objectsPerClient?: number; extractable?: boolean; operations?: OperationName[] } = {},
): Promise<Place> {
  const token = new FakeToken()
  const { objectsPerClient = 10, extractable = false, operations } = more
  const bench = await Bench.open({
    hsm: hsmOf(token, { objectsPerClient, extractable }),
    ...(operations === undefined ? {} : { operations: new Set(operations) }),
  })
  const alice = await Pkcs11Client.begin(bench)
  return { token, bench, alice, session: await alice.session() }
}

async function handlesOf(client: Pkcs11Client, session: string, wanted = template()) {
  expect((await client.call('C_FindObjectsInit', session + wanted)).code).toBe('OK')
  const { output } = await client.call('C_FindObjects', session + count(100))
  expect((await client.call('C_FindObjectsFinal', session)).code).toBe('OK')
  return Array.from({ length: output.readUInt32BE() }, (_, index) =>
    output.subarray(4 + index * 8, 12 + index * 8).toString('hex'),
  )
}

describe('[KMIP 2.1 6.1.37] PKCS#11 with a configured token', () => {
  test('makes keys in the token, sensitive, not extractable, for the named uses alone', async () => {
    const { token, alice, session } = await place()
    await alice.aesKey(session, 32, fixedAttribute(0x104, '01'), bytesAttribute(LABEL, 'mine'))
    const [made] = token.objects
    expect(made?.flag('SENSITIVE')).toBe(true)
    expect(made?.flag('EXTRACTABLE')).toBe(false)
    expect(made?.flag('PRIVATE')).toBe(true)
    expect(made?.flag('TOKEN')).toBe(true)
    expect([made?.flag('ENCRYPT'), made?.flag('DECRYPT'), made?.flag('SIGN')]).toEqual([
      true,
      false,
      false,
    ])
  })

  test('marks objects with their client, whom the token is told nothing else of', async () => {
    const { token, alice, session } = await place()
    await alice.aesKey(session)
    const mark = createHash('sha256').update('alice').digest('hex').slice(0, 32)
    expect(token.objects[0]?.text('LABEL')).toBe(`kmipd:${mark}`)
  })

  test('gives a client its own label and identifier back, and finds by them', async () => {
    const { alice, session } = await place()
    const names = [bytesAttribute(LABEL, 'mine'), bytesAttribute(ID, 'id-1')]
    const key = await alice.aesKey(session, 16, ...names)
    await alice.aesKey(session, 16, bytesAttribute(LABEL, 'another'))
    expect((await alice.attribute(session, key, LABEL)).value.toString()).toBe('mine')
    expect((await alice.attribute(session, key, ID)).value.toString()).toBe('id-1')
    expect(await handlesOf(alice, session, template(...names))).toEqual([key])
    expect(await handlesOf(alice, session)).toHaveLength(2)
    const none = template(bytesAttribute(LABEL, 'nobody'))
    expect(await handlesOf(alice, session, none)).toEqual([])
  })

  test('shows a client neither the objects of another nor those that others made', async () => {
    const { token, bench, alice, session } = await place()
    const key = await alice.aesKey(session)
    token.plant({ LABEL: 'someone else', ID: 'x', CLASS: 4 })
    const bob = await Pkcs11Client.begin(bench, 'bob')
    const theirs = await bob.session()
    expect(await handlesOf(bob, theirs)).toEqual([])
    expect(await handlesOf(alice, session)).toEqual([key])
    expect((await bob.call('C_EncryptInit', theirs + ECB + key)).code).toBe('KEY_HANDLE_INVALID')
    expect((await bob.call('C_DestroyObject', theirs + key)).code).toBe('OBJECT_HANDLE_INVALID')
    const mark = token.objects[0]?.text('LABEL') ?? ''
    const forged = template(bytesAttribute(LABEL, mark))
    expect(await handlesOf(bob, theirs, forged)).toEqual([])
    expect(token.objects).toHaveLength(2)
  })

  test('a client uses neither the application nor the session of another', async () => {
    const { bench, alice, session } = await place()
    const bob = new Pkcs11Client(bench, 'bob')
    bob.correlation = alice.correlation
    expect((await bob.call('C_GetSessionInfo', session)).code).toBe('CRYPTOKI_NOT_INITIALIZED')
    const own = await Pkcs11Client.begin(bench, 'bob')
    expect((await own.call('C_GetSessionInfo', session)).code).toBe('SESSION_HANDLE_INVALID')
  })

  test('an object that has gone is not taken for the next one', async () => {
    const { alice, session } = await place()
    const key = await alice.aesKey(session)
    expect((await alice.call('C_DestroyObject', session + key)).code).toBe('OK')
    await alice.aesKey(session)
    expect((await alice.call('C_EncryptInit', session + ECB + key)).code).toBe('KEY_HANDLE_INVALID')
    expect((await alice.attribute(session, key, LABEL)).code).toBe('OBJECT_HANDLE_INVALID')
  })

  test('tells the mechanisms that both sides know, and no decryption by PKCS#1 1.5', async () => {
    const { alice } = await place()
    const { output } = await alice.call('C_GetMechanismList', ulong(1) + buffer(100))
    const types = Array.from({ length: output.readUInt32BE(1) }, (_, index) =>
      Number(output.readBigUInt64BE(5 + index * 8)),
    )
    expect(types).toEqual([0x1080, 0x1081, 0x1, 0x0])
    const info = await alice.call('C_GetMechanismInfo', ulong(1) + ulong(0x1))
    expect(info.output.subarray(16).toString('hex')).toBe(ulong(0x100))
    expect((await alice.call('C_GetMechanismInfo', ulong(1) + ulong(0x1082))).code).toBe(
      'MECHANISM_INVALID',
    )
  })

  test('works on the parts of data at once, and gives the whole with the last', async () => {
    const { alice, session, token } = await place()
    const key = await alice.aesKey(session)
    const half = array(Buffer.from(BLOCK, 'hex').subarray(0, 8))
    expect(
      await alice.codesOf(
        ['C_EncryptInit', session + ECB + key],
        ['C_EncryptUpdate', session + half + buffer(0)],
        ['C_EncryptUpdate', session + half + buffer(0)],
        ['C_EncryptFinal', session + buffer(8)],
      ),
    ).toEqual(['OK', 'OK', 'OK', 'BUFFER_TOO_SMALL'])
    expect(await alice.into('C_EncryptFinal', session + buffer(16))).toHaveLength(16)
    expect(token.worked).toEqual(['encrypt 16'])
    expect((await alice.call('C_EncryptFinal', session + buffer(16))).code).toBe(
      'OPERATION_NOT_INITIALIZED',
    )
  })

  test('ends an operation that keeps more than it may', async () => {
    const { alice, session } = await place()
    const key = await alice.aesKey(session)
    await alice.call('C_EncryptInit', session + ECB + key)
    const much = session + array(new Uint8Array(300_000)) + buffer(0)
    const codes = await alice.codesOf(
      ...Array.from({ length: 4 }, () => ['C_EncryptUpdate', much] as const),
    )
    expect(codes).toEqual(['OK', 'OK', 'OK', 'DATA_LEN_RANGE'])
    expect((await alice.call('C_EncryptFinal', session + buffer(16))).code).toBe(
      'OPERATION_NOT_INITIALIZED',
    )
  })

  test.each<[string, string, string]>([
    ['C_GenerateKey', 'a key that can be read', fixedAttribute(0x103, '00')],
    ['C_GenerateKey', 'a key that can be taken out', fixedAttribute(0x162, '01')],
    ['C_GenerateKey', 'a key that wraps others', fixedAttribute(0x106, '01')],
    ['C_GenerateKey', 'a key that unwraps others', fixedAttribute(0x107, '01')],
    ['C_GenerateKey', 'a name that is too long', bytesAttribute(LABEL, 'x'.repeat(129))],
  ])('%s refuses %s', async (name, _, attribute) => {
    const { alice, session, token } = await place()
    const wanted = template(fixedAttribute(0x161, ulong(32)), attribute)
    const { code } = await alice.call(name, session + mechanism(0x1080) + wanted)
    expect(code).toBe('ATTRIBUTE_VALUE_INVALID')
    expect(token.objects).toEqual([])
  })

  test('makes a key that can be read where that is configured', async () => {
    const { alice, session, token } = await place({ extractable: true })
    const free = [fixedAttribute(0x103, '00'), fixedAttribute(0x162, '01')]
    const key = await alice.aesKey(session, 16, ...free)
    expect(token.objects[0]?.flag('EXTRACTABLE')).toBe(true)
    expect((await alice.attribute(session, key, VALUE)).code).toBe('OK')
  })

  test('does not even ask the token for what keys are made of', async () => {
    const { alice, session, token } = await place()
    const value = bytesAttribute(VALUE, 'sixteen bytes :)')
    const kind = [fixedAttribute(0, ulong(4)), fixedAttribute(0x100, ulong(0x1f))]
    const made = await alice.call('C_CreateObject', session + template(...kind, value))
    expect(made.code).toBe('OK')
    const key = made.output.toString('hex')
    expect((await alice.attribute(session, key, VALUE)).code).toBe('ATTRIBUTE_SENSITIVE')
    expect(await handlesOf(alice, session, template(value))).toEqual([])
    expect(token.asked).not.toContain(VALUE)
  })

  test('makes no more objects than a client may have, whatever others have', async () => {
    const { bench, alice, session, token } = await place({ objectsPerClient: 2 })
    await alice.aesKey(session)
    await alice.aesKey(session)
    const wanted = mechanism(0x1080) + template(fixedAttribute(0x161, ulong(32)))
    expect((await alice.call('C_GenerateKey', session + wanted)).code).toBe('DEVICE_MEMORY')
    const bob = await Pkcs11Client.begin(bench, 'bob')
    await bob.aesKey(await bob.session())
    expect(token.objects).toHaveLength(3)
  })

  test('a session that may not write makes and destroys nothing', async () => {
    const { alice, session, token } = await place()
    const key = await alice.aesKey(session)
    const reading = await alice.session(4)
    const wanted = mechanism(0x1080) + template(fixedAttribute(0x161, ulong(32)))
    expect(
      await alice.codesOf(['C_GenerateKey', reading + wanted], ['C_DestroyObject', reading + key]),
    ).toEqual(['SESSION_READ_ONLY', 'SESSION_READ_ONLY'])
    expect(token.objects).toHaveLength(1)
  })

  test.each(['C_InitToken', 'C_InitPIN', 'C_SetPIN', 'C_WrapKey', 'C_SetAttributeValue'])(
    '%s is not there',
    async (name) => {
      const { alice } = await place()
      expect((await alice.call(name)).code).toBe('FUNCTION_NOT_SUPPORTED')
    },
  )

  test('takes no PIN, and hands none on', async () => {
    const { alice, session } = await place()
    const login = session + ulong(1)
    expect((await alice.call('C_Login', login + array('1234'))).code).toBe('PIN_INCORRECT')
    expect((await alice.call('C_Login', login + array(''))).code).toBe('OK')
  })

  test.each<[OperationName, string, string]>([
    ['Create', 'C_GenerateKey', mechanism(0x1080) + template(fixedAttribute(0x161, ulong(32)))],
    ['Locate', 'C_FindObjectsInit', template()],
    ['RNGRetrieve', 'C_GenerateRandom', count(8)],
  ])('who may not ask for %s may not call %s either', async (_, name, input) => {
    const { alice, session, token } = await place({ operations: ['PKCS_11'] })
    const { item } = await alice.call(name, session + input)
    expect(item).toMatchObject({ reason: 'PermissionDenied' })
    expect(token.objects).toEqual([])
  })

  test.each([
    [RC.PIN_LOCKED, 'FUNCTION_FAILED'],
    [RC.USER_NOT_LOGGED_IN, 'FUNCTION_FAILED'],
    [0x8000_0001, 'FUNCTION_FAILED'],
    [RC.DATA_INVALID, 'DATA_INVALID'],
  ])('a refusal %i of the token is answered %s', async (returnCode, code) => {
    const { alice, session, token } = await place()
    const key = await alice.aesKey(session)
    await alice.call('C_EncryptInit', session + ECB + key)
    token.fault = new TokenRefusal(returnCode)
    const input = session + array(Buffer.from(BLOCK, 'hex')) + buffer(16)
    expect((await alice.call('C_Encrypt', input)).code).toBe(code)
    token.fault = undefined
    expect((await alice.call('C_Encrypt', input)).code).toBe('OPERATION_NOT_INITIALIZED')
  })

  test.each([RC.GENERAL_ERROR, RC.DATA_INVALID, RC.ENCRYPTED_DATA_LEN_RANGE, RC.FUNCTION_FAILED])(
    'decryption that is refused with %i says nothing of what was wrong',
    async (returnCode) => {
      const { alice, session, token } = await place()
      const key = await alice.aesKey(session)
      await alice.call('C_DecryptInit', session + ECB + key)
      token.fault = new TokenRefusal(returnCode)
      const input = session + array(Buffer.from(BLOCK, 'hex')) + buffer(16)
      expect((await alice.call('C_Decrypt', input)).code).toBe('ENCRYPTED_DATA_INVALID')
    },
  )

  test('a token that cannot be reached is a device error, and sessions stay', async () => {
    const { alice, session, token } = await place()
    token.fault = new KmipFault('UNAVAILABLE', 'The token cannot be reached')
    const random = session + count(8)
    expect((await alice.call('C_GenerateRandom', random)).code).toBe('DEVICE_ERROR')
    expect((await alice.call('C_GetSessionInfo', session)).code).toBe('OK')
    token.fault = undefined
    expect((await alice.call('C_GenerateRandom', random)).code).toBe('OK')
  })
})
