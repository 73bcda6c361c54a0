import { describe, expect, test } from 'vitest'
import { ROLES } from '../../../src/config/roles.ts'
import { Tag } from '../../../src/spec/tag.ts'
import { Bench, find, textOf } from '../harness.ts'
import { buffer, count, mechanism, Pkcs11Client, template, ulong } from './client.ts'

describe('[KMIP 2.1 6.1.37] PKCS#11', () => {
  test('begins with C_Initialize, which alone gives a Correlation Value', async () => {
    const client = await Pkcs11Client.begin(await Bench.open())
    const { code, item } = await client.call('C_GetInfo')
    expect(code).toBe('OK')
    expect(find(item.payload, Tag.CorrelationValue)).toBeUndefined()
    expect((await client.call('C_Initialize', '01')).code).toBe('CRYPTOKI_ALREADY_INITIALIZED')
    expect((await client.call('C_Finalize')).code).toBe('OK')
    expect((await client.call('C_GetInfo')).code).toBe('CRYPTOKI_NOT_INITIALIZED')
    expect((await client.call('C_Finalize')).code).toBe('CRYPTOKI_NOT_INITIALIZED')
  })

  test('tells of the module in 76 bytes', async () => {
    const { output } = await (await Pkcs11Client.begin(await Bench.open())).call('C_GetInfo')
    expect(output.toString('latin1')).toBe(
      `\u0003\u0000${'maker'.padEnd(32)}${'\u0000'.repeat(8)}${'module'.padEnd(32)}\u0001\u0000`,
    )
  })

  test.each([
    [
      'an unknown interface',
      '<PKCS_11Interface type="TextString" value="Vendor X"/>',
      'C_GetInfo',
      'PKCS_11InvalidInterface',
    ],
    ['an unknown function', '', '0x0000005d', 'PKCS_11InvalidFunction'],
    ['an extension that nobody has', '', '0x80000001', 'PKCS_11InvalidFunction'],
  ])('%s is refused', async (_, before, name, reason) => {
    const bench = await Bench.open()
    const payload = `${before}<PKCS_11Function type="Enumeration" value="${name}"/>`
    expect(await bench.ask('2.1', 'PKCS_11', payload)).toMatchObject({ reason })
  })

  test('a function of a vendor, which is an Integer, is not in the interface', async () => {
    const payload = '<PKCS_11Function type="Integer" value="7"/>'
    const item = await (await Bench.open()).ask('2.1', 'PKCS_11', payload)
    expect(item).toMatchObject({ reason: 'PKCS_11InvalidFunction' })
  })

  test('the interface of the standard may be named, and is named in the answer', async () => {
    const payload = `<PKCS_11Interface type="TextString" value="PKCS 11"/>
      <PKCS_11Function type="Enumeration" value="C_Initialize"/>
      <PKCS_11InputParameters type="ByteString" value="01"/>`
    const item = await (await Bench.open()).ask('2.0', 'PKCS_11', payload)
    expect(textOf(find(item.payload, Tag.PKCS_11Interface))).toBe('PKCS 11')
  })

  test.each([
    ['C_Initialize', ''],
    ['C_Initialize', '02'],
    ['C_Initialize', '0100'],
  ])('%s with parameters %j is refused', async (name, input) => {
    const client = new Pkcs11Client(await Bench.open())
    expect((await client.call(name, input)).item).toMatchObject({ reason: 'PKCS_11CodecError' })
  })

  test.each([
    ['C_GetInfo', '00'],
    ['C_Finalize', '00'],
    ['C_GetSlotList', '01'],
    ['C_GetSlotList', '020000000000'],
    ['C_GetSlotInfo', '00000001'],
    ['C_OpenSession', ulong(1)],
    ['C_OpenSession', ulong(1) + ulong(4) + '02'],
    ['C_GetMechanismInfo', ulong(1) + ulong(1) + '00'],
    ['C_FindObjectsInit', ulong(1) + count(1)],
    ['C_FindObjectsInit', ulong(1) + count(0xffffffff)],
    ['C_FindObjectsInit', ulong(1) + template(ulong(0x7777) + '0000')],
    ['C_EncryptInit', ulong(1) + mechanism(0x1081)],
    ['C_Encrypt', ulong(1) + count(0xffffffff) + '00'],
  ])('%s with parameters %j, which are not its own, is refused', async (name, input) => {
    const client = await Pkcs11Client.begin(await Bench.open())
    expect((await client.call(name, input)).item).toMatchObject({ reason: 'PKCS_11CodecError' })
  })

  test.each(['C_GetFunctionList', 'C_InitToken', 'C_WrapKey', 'C_MessageEncryptInit'])(
    '%s succeeds in saying that it is not supported',
    async (name) => {
      const client = await Pkcs11Client.begin(await Bench.open())
      const { code, item } = await client.call(name, '00')
      expect([code, item.status]).toEqual(['FUNCTION_NOT_SUPPORTED', 'Success'])
    },
  )

  test("nobody goes on with another client's application", async () => {
    const bench = await Bench.open()
    const alice = await Pkcs11Client.begin(bench)
    const mallory = new Pkcs11Client(bench, 'mallory')
    mallory.correlation = alice.correlation
    expect((await mallory.call('C_GetInfo')).code).toBe('CRYPTOKI_NOT_INITIALIZED')
    expect((await mallory.call('C_Finalize')).code).toBe('CRYPTOKI_NOT_INITIALIZED')
    expect((await alice.call('C_GetInfo')).code).toBe('OK')
  })

  test('a client begins as many applications as it may, and another one is not hindered', async () => {
    const bench = await Bench.open({ cryptoki: { applications: 2 } })
    await Pkcs11Client.begin(bench)
    const second = await Pkcs11Client.begin(bench)
    const third = new Pkcs11Client(bench)
    expect((await third.call('C_Initialize', '01')).code).toBe('HOST_MEMORY')
    expect((await new Pkcs11Client(bench, 'bob').call('C_Initialize', '01')).code).toBe('OK')
    await second.call('C_Finalize')
    expect((await third.call('C_Initialize', '01')).code).toBe('OK')
  })

  test('an application that nobody calls is forgotten', async () => {
    const bench = await Bench.open({ cryptoki: { seconds: 60 } })
    const client = await Pkcs11Client.begin(bench)
    bench.now += 59
    expect((await client.call('C_GetInfo')).code).toBe('OK')
    bench.now += 60
    expect((await client.call('C_GetInfo')).code).toBe('CRYPTOKI_NOT_INITIALIZED')
  })

  test('nothing is called in a batch that may have to be undone', async () => {
    const bench = await Bench.open()
    const header = '<BatchErrorContinuationOption type="Enumeration" value="Undo"/>'
    const payload = `<PKCS_11Function type="Enumeration" value="C_Initialize"/>
      <PKCS_11InputParameters type="ByteString" value="01"/>`
    const item = { operation: 'PKCS_11', payload }
    const { items } = await bench.send('2.1', [item, item], { header })
    expect(items[0]).toMatchObject({ reason: 'FeatureNotSupported' })
  })

  test('a client without the operation behind a function is refused it, and nothing changes', async () => {
    const operations = new Set(['PKCS_11', 'GetAttributes'] as const)
    const bench = await Bench.open({ operations })
    const client = await Pkcs11Client.begin(bench)
    const session = await client.session()
    const before = await bench.dump()
    const wanted = template(ulong(0x161) + '0101' + ulong(32))
    for (const [name, input] of [
      ['C_GenerateKey', session + mechanism(0x1080) + wanted],
      ['C_GenerateRandom', session + count(16)],
      ['C_FindObjectsInit', session + count(0)],
    ] as const) {
      expect((await client.call(name, input)).item, name).toMatchObject({
        reason: 'PermissionDenied',
      })
    }
    expect(await bench.dump()).toEqual(before)
  })

  test('a client that may only read may not ask for it', async () => {
    const client = new Pkcs11Client(await Bench.open({ operations: ROLES.reader.operations }))
    expect((await client.call('C_Initialize', '01')).item.reason).toBe('PermissionDenied')
  })
})

describe('[PKCS#11 3.0 5.5] the slot', () => {
  test('is one, and its number goes into a buffer that has room for it', async () => {
    const client = await Pkcs11Client.begin(await Bench.open())
    const ask = async (input: string) => {
      const { code, output } = await client.call('C_GetSlotList', '01' + input)
      return [code, output.toString('hex')]
    }
    expect(await ask(buffer(undefined))).toEqual(['OK', '00' + count(1)])
    expect(await ask(buffer(0))).toEqual(['BUFFER_TOO_SMALL', '00' + count(1)])
    expect(await ask(buffer(4))).toEqual(['OK', '01' + count(1) + ulong(1)])
  })

  test('tells of itself and of its token in the sizes of PKCS#11', async () => {
    const client = await Pkcs11Client.begin(await Bench.open())
    expect((await client.call('C_GetSlotInfo', ulong(1))).output).toHaveLength(64 + 32 + 8 + 4)
    const { output } = await client.call('C_GetTokenInfo', ulong(1))
    expect(output).toHaveLength(32 + 32 + 16 + 16 + 8 * 11 + 4 + 16)
    expect((await client.call('C_GetTokenInfo', ulong(2))).code).toBe('SLOT_ID_INVALID')
    expect((await client.call('C_GetSlotInfo', ulong(-1))).code).toBe('SLOT_ID_INVALID')
  })

  test('lists its mechanisms, each with what it is for', async () => {
    const client = await Pkcs11Client.begin(await Bench.open())
    const { output } = await client.call('C_GetMechanismList', ulong(1) + buffer(1_000))
    const types = Array.from({ length: output.readUInt32BE(1) }, (_, index) =>
      output.subarray(5 + 8 * index, 13 + 8 * index).toString('hex'),
    )
    expect(types).toContain(ulong(0x1087))
    for (const type of types) {
      const info = await client.call('C_GetMechanismInfo', ulong(1) + type)
      expect([info.code, info.output.length]).toEqual(['OK', 24])
    }
    const none = await client.call('C_GetMechanismInfo', ulong(1) + ulong(0x9999))
    expect(none.code).toBe('MECHANISM_INVALID')
  })
})

describe('[PKCS#11 3.0 5.6] sessions', () => {
  test('are serial, and of the one slot', async () => {
    const client = await Pkcs11Client.begin(await Bench.open())
    expect(
      await client.codesOf(
        ['C_OpenSession', ulong(1) + ulong(2)],
        ['C_OpenSession', ulong(2) + ulong(4)],
        ['C_OpenSession', ulong(1) + ulong(4)],
        ['C_OpenSession', ulong(1) + ulong(4) + '0000'],
      ),
    ).toEqual(['SESSION_PARALLEL_NOT_SUPPORTED', 'SLOT_ID_INVALID', 'OK', 'OK'])
  })

  test('are as many as there may be', async () => {
    const client = await Pkcs11Client.begin(await Bench.open({ cryptoki: { sessions: 1 } }))
    const session = await client.session()
    const open = ['C_OpenSession', ulong(1) + ulong(4)] as const
    expect(await client.codesOf(open, ['C_CloseSession', session], open)).toEqual([
      'SESSION_COUNT',
      'OK',
      'OK',
    ])
  })

  test('tell their state, and end one by one or together', async () => {
    const client = await Pkcs11Client.begin(await Bench.open())
    const reading = await client.session(4)
    const writing = await client.session(6)
    const state = async (session: string) =>
      (await client.call('C_GetSessionInfo', session)).output.readUInt32BE(12)
    expect([await state(reading), await state(writing)]).toEqual([0, 2])
    expect((await client.call('C_Login', writing + ulong(1) + count(0))).code).toBe('OK')
    expect([await state(reading), await state(writing)]).toEqual([1, 3])
    expect((await client.call('C_CloseSession', reading)).code).toBe('OK')
    expect((await client.call('C_GetSessionInfo', reading)).code).toBe('SESSION_HANDLE_INVALID')
    expect((await client.call('C_CloseAllSessions', ulong(1))).code).toBe('OK')
    expect((await client.call('C_GetSessionInfo', writing)).code).toBe('SESSION_HANDLE_INVALID')
  })

  test('are not seen by another application of the same client', async () => {
    const bench = await Bench.open()
    const session = await (await Pkcs11Client.begin(bench)).session()
    const other = await Pkcs11Client.begin(bench)
    expect((await other.call('C_GetSessionInfo', session)).code).toBe('SESSION_HANDLE_INVALID')
  })

  test('take a login without a PIN: there is none that could be right', async () => {
    const client = await Pkcs11Client.begin(await Bench.open())
    const session = await client.session()
    const user = session + ulong(1)
    expect(
      await client.codesOf(
        ['C_Logout', session],
        ['C_Login', user + count(4) + '31323334'],
        ['C_Login', session + ulong(0) + count(0)],
        ['C_Login', user + count(0)],
        ['C_Login', user + count(0)],
        ['C_Logout', session],
        ['C_CancelFunction', session],
      ),
    ).toEqual([
      'USER_NOT_LOGGED_IN',
      'PIN_INCORRECT',
      'USER_TYPE_INVALID',
      'OK',
      'USER_ALREADY_LOGGED_IN',
      'OK',
      'FUNCTION_NOT_PARALLEL',
    ])
  })
})

describe('[PKCS#11 3.0 5.21] random numbers', () => {
  test('come in the length that was asked for', async () => {
    const client = await Pkcs11Client.begin(await Bench.open())
    const session = await client.session()
    const { code, output } = await client.call('C_GenerateRandom', session + count(48))
    expect([code, output.length]).toEqual(['OK', 48])
    const other = await client.call('C_GenerateRandom', session + count(2) + '0000')
    expect([other.code, other.output.length]).toEqual(['OK', 2])
    expect((await client.call('C_SeedRandom', session + count(2) + 'abcd')).code).toBe('OK')
  })

  test('take no seed where the policy takes none', async () => {
    const client = await Pkcs11Client.begin(await Bench.open({ policy: { rngSeed: 'refuse' } }))
    const session = await client.session()
    const { code } = await client.call('C_SeedRandom', session + count(2) + 'abcd')
    expect(code).toBe('RANDOM_SEED_NOT_SUPPORTED')
  })
})
