import { beforeEach, describe, expect, test } from 'vitest'
import { HAS_OPENSSL, Openssl } from '../../adapter/certificate/openssl.ts'
import { certificateObject } from '../certificate/sample.ts'
import { Bench, createAes, identifierOf, name2, uid } from '../harness.ts'
import {
  array,
  bytesAttribute,
  count,
  fixedAttribute,
  mechanism,
  Pkcs11Client,
  template,
  ulong,
} from './client.ts'

const CLASS = 0x0
const LABEL = 0x3
const UNIQUE_ID = 0x4
const VALUE = 0x11
const KEY_TYPE = 0x100
const ID = 0x102
const SENSITIVE = 0x103
const VALUE_LEN = 0x161
const EXTRACTABLE = 0x162

let bench: Bench
let client: Pkcs11Client
let session: string

beforeEach(async () => {
  bench = await Bench.open()
  client = await Pkcs11Client.begin(bench)
  session = await client.session()
})

/** The Unique Identifiers of what a template finds. */
async function found(...attributes: readonly string[]): Promise<readonly string[]> {
  await client.call('C_FindObjectsInit', session + template(...attributes))
  const { output } = await client.call('C_FindObjects', session + count(100))
  await client.call('C_FindObjectsFinal', session)
  const handles = output.subarray(4).toString('hex').match(/.{16}/g) ?? []
  expect(handles).toHaveLength(output.readUInt32BE(0))
  const identifiers: string[] = []
  for (const each of handles) {
    identifiers.push((await client.attribute(session, each, UNIQUE_ID)).value.toString())
  }
  return identifiers
}

describe('[PKCS#11 3.0 5.7] searching', () => {
  test("finds the client's own managed objects by what they are, the newest first", async () => {
    const first = await bench.createKey(name2('first'))
    const second = await bench.createKey()
    await bench.createKey('', 'bob')
    const pair = await bench.ask(
      '2.1',
      'CreateKeyPair',
      `<CommonAttributes><CryptographicAlgorithm type="Enumeration" value="RSA"/>
      <CryptographicLength type="Integer" value="1024"/></CommonAttributes>`,
    )
    expect(pair.status).toBe('Success')
    expect(await found(fixedAttribute(CLASS, ulong(4)))).toEqual([second, first])
    expect(await found(bytesAttribute(LABEL, 'first'))).toEqual([first])
    expect(await found(bytesAttribute(UNIQUE_ID, second))).toEqual([second])
    expect(await found(fixedAttribute(KEY_TYPE, ulong(0)))).toHaveLength(2)
    expect(
      await found(fixedAttribute(KEY_TYPE, ulong(0x1f)), fixedAttribute(VALUE_LEN, ulong(16))),
    ).toHaveLength(2)
    expect(await found(fixedAttribute(VALUE_LEN, ulong(32)))).toEqual([])
    expect(await found()).toHaveLength(4)
  })

  test('goes on until it ends, with counts in four bytes or in eight', async () => {
    await bench.createKey()
    await bench.createKey()
    const ask = async (most: string) => (await client.call('C_FindObjects', session + most)).output
    expect((await client.call('C_FindObjects', session + count(1))).code).toBe(
      'OPERATION_NOT_INITIALIZED',
    )
    await client.call('C_FindObjectsInit', session + count(0))
    expect((await client.call('C_FindObjectsInit', session + count(0))).code).toBe(
      'OPERATION_ACTIVE',
    )
    expect((await ask(count(1))).readUInt32BE(0)).toBe(1)
    expect((await ask(ulong(5))).readUInt32BE(0)).toBe(1)
    expect((await ask(ulong(5))).toString('hex')).toBe(count(0))
    const finals = ['C_FindObjectsFinal', session] as const
    expect(await client.codesOf(finals, finals)).toEqual(['OK', 'OPERATION_NOT_INITIALIZED'])
  })

  test('finds no more than an application may hold, rather than to leave some of it out', async () => {
    const small = await Pkcs11Client.begin(await Bench.open({ cryptoki: { objects: 1 } }))
    await small.bench.createKey(name2('first'))
    await small.bench.createKey()
    const own = await small.session()
    expect((await small.call('C_FindObjectsInit', own + count(0))).code).toBe('DEVICE_MEMORY')
    const first = template(bytesAttribute(LABEL, 'first'))
    expect((await small.call('C_FindObjectsInit', own + first)).code).toBe('OK')
    // What one search has not told yet leaves less for another.
    const other = await small.session()
    expect((await small.call('C_FindObjectsInit', other + first)).code).toBe('DEVICE_MEMORY')
    await small.call('C_FindObjectsFinal', own)
    expect((await small.call('C_FindObjectsInit', other + first)).code).toBe('OK')
  })

  test('looks at more objects than one Locate gives', async () => {
    bench = await Bench.open({ policy: { locateItems: 2 } })
    client = await Pkcs11Client.begin(bench)
    session = await client.session()
    const first = await bench.createKey(name2('first'))
    for (let more = 0; more < 3; more += 1) await bench.createKey()
    expect(await found(bytesAttribute(LABEL, 'first'))).toEqual([first])
    expect(await found(fixedAttribute(VALUE_LEN, ulong(16)))).toHaveLength(4)
    expect(await found()).toHaveLength(4)
  })
})

describe('[PKCS#11 3.0 5.7] attributes', () => {
  test('of a new key are those that it was to have', async () => {
    const handle = await client.aesKey(
      session,
      24,
      bytesAttribute(LABEL, 'a label'),
      bytesAttribute(ID, Buffer.from('c0ffee', 'hex')),
      fixedAttribute(EXTRACTABLE, '01'),
    )
    const of = async (type: number) =>
      (await client.attribute(session, handle, type)).value.toString('hex')
    expect((await client.attribute(session, handle, LABEL)).value.toString()).toBe('a label')
    expect(await of(ID)).toBe('c0ffee')
    expect(await of(VALUE)).toHaveLength(48)
    const wanted = template(...[CLASS, KEY_TYPE, VALUE_LEN].map((type) => ulong(type) + '0101'))
    const { output } = await client.call('C_GetAttributeValue', session + handle + wanted)
    const one = (type: number, value: number) => ulong(type) + '0101' + ulong(value)
    expect(output.toString('hex')).toBe(
      count(3) + one(CLASS, 4) + one(KEY_TYPE, 0x1f) + one(VALUE_LEN, 24),
    )
  })

  test('are asked for once each', async () => {
    const handle = await client.aesKey(session)
    const twice = template(ulong(VALUE) + '0101' + count(32), ulong(VALUE) + '0101' + count(32))
    const { code, output } = await client.call('C_GetAttributeValue', session + handle + twice)
    expect([code, output.length]).toEqual(['TEMPLATE_INCONSISTENT', 0])
  })

  test.runIf(HAS_OPENSSL)('of a certificate are the same however often they are told', async () => {
    const openssl = new Openssl()
    openssl.run(
      'req -x509 -newkey rsa:2048 -nodes -keyout k.pem -subj /CN=a -outform DER -out c.der',
    )
    const der = openssl.read('c.der')
    const registered = await bench.ask('2.1', 'Register', certificateObject(der))
    expect(registered.status).toBe('Success')
    await client.call('C_FindObjectsInit', session + template(fixedAttribute(CLASS, ulong(1))))
    const { output } = await client.call('C_FindObjects', session + count(1))
    const handle = output.subarray(4).toString('hex')
    const value = async () => (await client.attribute(session, handle, VALUE)).value
    expect(await value()).toEqual(der)
    expect(await value()).toEqual(der)
  })

  test('without room tell their lengths, with too little they are refused', async () => {
    const handle = await client.aesKey(session, 16)
    const ask = async (wanted: string) => {
      const { code, output } = await client.call(
        'C_GetAttributeValue',
        session + handle + template(wanted),
      )
      return [code, output.toString('hex')]
    }
    const value = ulong(VALUE)
    expect(await ask(value + '0000')).toEqual(['OK', count(1) + value + '0001' + count(16)])
    expect(await ask(value + '0101' + count(15))).toEqual([
      'BUFFER_TOO_SMALL',
      count(1) + value + '0000',
    ])
  })

  test.each([
    ['sensitive', fixedAttribute(SENSITIVE, '01')],
    ['not extractable', fixedAttribute(EXTRACTABLE, '00')],
  ])(
    'of a key that is %s hold no value, and the others are given all the same',
    async (_, flag) => {
      const handle = await client.aesKey(session, 16, flag)
      const wanted = template(ulong(VALUE) + '0101' + count(64), ulong(VALUE_LEN) + '0101')
      const { code, output } = await client.call('C_GetAttributeValue', session + handle + wanted)
      expect(code).toBe('ATTRIBUTE_SENSITIVE')
      expect(output.toString('hex')).toBe(
        count(2) + ulong(VALUE) + '0000' + ulong(VALUE_LEN) + '0101' + ulong(16),
      )
    },
  )

  test('that are private are sensitive, and those of others are none', async () => {
    const halves = template(fixedAttribute(0x121, ulong(1_024))) + template()
    const { output } = await client.call('C_GenerateKeyPair', session + mechanism(0) + halves)
    const privateHandle = output.subarray(8).toString('hex')
    for (const type of [VALUE, 0x123, 0x124, 0x128]) {
      const { code, value } = await client.attribute(session, privateHandle, type)
      expect([code, value.length]).toEqual(['ATTRIBUTE_SENSITIVE', 0])
    }
    const none = await client.attribute(session, privateHandle, 0x180)
    expect(none.code).toBe('ATTRIBUTE_TYPE_INVALID')
  })

  test('of an object that is gone, or of no object, are not to be had', async () => {
    const handle = await client.aesKey(session)
    expect((await client.call('C_DestroyObject', session + handle)).code).toBe('OK')
    expect((await client.attribute(session, handle, VALUE)).code).toBe('OBJECT_HANDLE_INVALID')
    expect((await client.attribute(session, handle, LABEL)).code).toBe('OBJECT_HANDLE_INVALID')
    expect((await client.attribute(session, ulong(77), LABEL)).code).toBe('OBJECT_HANDLE_INVALID')
    expect((await client.call('C_DestroyObject', session + handle)).code).toBe(
      'OBJECT_HANDLE_INVALID',
    )
  })
})

describe('[PKCS#11 3.0 5.7, 5.18] making and destroying', () => {
  test('destroys an object that KMIP would have deactivated first', async () => {
    const handle = await client.aesKey(session)
    const value = (await client.attribute(session, handle, UNIQUE_ID)).value.toString()
    expect((await client.call('C_DestroyObject', session + handle)).code).toBe('OK')
    expect((await bench.ask('2.1', 'Get', uid(value))).reason).toBe('KeyValueNotPresent')
    expect(await found()).toEqual([])
  })

  test('does neither in a session that only reads', async () => {
    const handle = await client.aesKey(session)
    const reading = await client.session(4)
    const before = await bench.dump()
    const wanted = template(fixedAttribute(VALUE_LEN, ulong(16)))
    expect(
      await client.codesOf(
        ['C_DestroyObject', reading + handle],
        ['C_GenerateKey', reading + mechanism(0x1080) + wanted],
        ['C_CreateObject', reading + secretKey(Buffer.alloc(16))],
      ),
    ).toEqual(['SESSION_READ_ONLY', 'SESSION_READ_ONLY', 'SESSION_READ_ONLY'])
    expect(await bench.dump()).toEqual(before)
  })

  function secretKey(value: Uint8Array, ...more: readonly string[]): string {
    const kind = [fixedAttribute(CLASS, ulong(4)), fixedAttribute(KEY_TYPE, ulong(0x1f))]
    return template(...kind, bytesAttribute(VALUE, value), ...more)
  }

  test('registers a key that is brought', async () => {
    const value = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
    const { code, output } = await client.call('C_CreateObject', session + secretKey(value))
    expect(code).toBe('OK')
    const { value: kept } = await client.attribute(session, output.toString('hex'), VALUE)
    expect(kept).toEqual(value)
  })

  test.each([
    ['C_GenerateKey', mechanism(0x1080) + template(), 'TEMPLATE_INCOMPLETE'],
    [
      'C_GenerateKey',
      mechanism(0x1080) + template(fixedAttribute(VALUE_LEN, ulong(17))),
      'ATTRIBUTE_VALUE_INVALID',
    ],
    [
      'C_GenerateKey',
      mechanism(0x1080) + template(fixedAttribute(VALUE_LEN, ulong(-1))),
      'ATTRIBUTE_VALUE_INVALID',
    ],
    [
      'C_GenerateKey',
      mechanism(0x1080) + template(fixedAttribute(VALUE_LEN, ulong(16)), fixedAttribute(0x1, '00')),
      'ATTRIBUTE_VALUE_INVALID',
    ],
    [
      'C_GenerateKey',
      mechanism(0x1080) +
        template(fixedAttribute(VALUE_LEN, ulong(16)), fixedAttribute(CLASS, ulong(2))),
      'TEMPLATE_INCONSISTENT',
    ],
    [
      'C_GenerateKey',
      mechanism(0x1080) +
        template(fixedAttribute(VALUE_LEN, ulong(16)), fixedAttribute(VALUE_LEN, ulong(16))),
      'TEMPLATE_INCONSISTENT',
    ],
    [
      'C_GenerateKey',
      mechanism(0x1080) +
        template(fixedAttribute(VALUE_LEN, ulong(16)), fixedAttribute(0x86, '01')),
      'ATTRIBUTE_TYPE_INVALID',
    ],
    [
      'C_GenerateKey',
      mechanism(0x1080) +
        template(fixedAttribute(VALUE_LEN, ulong(16)), bytesAttribute(VALUE, 'x')),
      'TEMPLATE_INCONSISTENT',
    ],
    [
      'C_GenerateKey',
      mechanism(0x1081) + template(fixedAttribute(VALUE_LEN, ulong(16))),
      'MECHANISM_INVALID',
    ],
    [
      'C_GenerateKey',
      mechanism(0x1080, '00') + template(fixedAttribute(VALUE_LEN, ulong(16))),
      'MECHANISM_PARAM_INVALID',
    ],
    ['C_GenerateKeyPair', mechanism(0) + template() + template(), 'TEMPLATE_INCOMPLETE'],
    [
      'C_GenerateKeyPair',
      mechanism(0) +
        template(fixedAttribute(0x121, ulong(1_024)), bytesAttribute(0x122, Buffer.from([3]))) +
        template(),
      'ATTRIBUTE_VALUE_INVALID',
    ],
    [
      'C_GenerateKeyPair',
      mechanism(0) + template(fixedAttribute(0x121, ulong(99_999))) + template(),
      'ATTRIBUTE_VALUE_INVALID',
    ],
    ['C_GenerateKeyPair', mechanism(0x1040) + template() + template(), 'MECHANISM_INVALID'],
    ['C_CreateObject', template(), 'TEMPLATE_INCONSISTENT'],
    ['C_CreateObject', template(fixedAttribute(CLASS, ulong(3))), 'TEMPLATE_INCONSISTENT'],
    [
      'C_CreateObject',
      template(fixedAttribute(CLASS, ulong(4)), fixedAttribute(KEY_TYPE, ulong(0x1f))),
      'TEMPLATE_INCOMPLETE',
    ],
  ])('%s of %s is refused: %s, and nothing changes', async (name, input, code) => {
    const before = await bench.dump()
    expect((await client.call(name, session + input)).code).toBe(code)
    expect(await bench.dump()).toEqual(before)
  })

  test('a label that is taken is refused', async () => {
    await client.aesKey(session, 16, bytesAttribute(LABEL, 'taken'))
    const wanted = template(fixedAttribute(VALUE_LEN, ulong(16)), bytesAttribute(LABEL, 'taken'))
    const again = await client.call('C_GenerateKey', session + mechanism(0x1080) + wanted)
    expect(again.code).toBe('ATTRIBUTE_VALUE_INVALID')
  })

  test('an object without a handle is not made', async () => {
    const small = await Pkcs11Client.begin(await Bench.open({ cryptoki: { objects: 1 } }))
    const own = await small.session()
    await small.aesKey(own)
    const before = await small.bench.dump()
    const wanted = template(fixedAttribute(VALUE_LEN, ulong(16)))
    const refused = await small.call('C_GenerateKey', own + mechanism(0x1080) + wanted)
    expect(refused.code).toBe('DEVICE_MEMORY')
    expect(await small.bench.dump()).toEqual(before)
  })

  test('a handle is free again once its object is destroyed, and never another object’s', async () => {
    const small = await Pkcs11Client.begin(await Bench.open({ cryptoki: { objects: 1 } }))
    const own = await small.session()
    const first = await small.aesKey(own)
    expect((await small.call('C_DestroyObject', own + first)).code).toBe('OK')
    const second = await small.aesKey(own)
    expect(second).not.toBe(first)
    const gone = await small.call('C_DestroyObject', own + first)
    expect(gone.code).toBe('OBJECT_HANDLE_INVALID')
    expect((await small.attribute(own, second, UNIQUE_ID)).code).toBe('OK')
  })

  test("another client's object has no handle, whatever its identifier", async () => {
    const made = await bench.ask('2.1', 'Create', createAes(), 'bob')
    expect(await found(bytesAttribute(UNIQUE_ID, identifierOf(made)))).toEqual([])
    expect(array('x')).toBe(count(1) + '78')
  })
})
