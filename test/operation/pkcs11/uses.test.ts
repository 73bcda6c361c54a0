import {
  constants,
  createCipheriv,
  createHash,
  createHmac,
  createPublicKey,
  verify,
} from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { Bench, uid } from '../harness.ts'
import {
  array,
  buffer,
  count,
  fixedAttribute,
  mechanism,
  Pkcs11Client,
  template,
  ulong,
} from './client.ts'

const IV = '000102030405060708090a0b0c0d0e0f'
const NONCE = IV.slice(0, 24)
const ROOM = buffer(1_000)
const TEXT = Buffer.from('as many as sixteen, and then a few more bytes of it')
const WHOLE_BLOCKS = TEXT.subarray(0, 48)

let bench: Bench
let client: Pkcs11Client
let session: string

beforeEach(async () => {
  bench = await Bench.open()
  client = await Pkcs11Client.begin(bench)
  session = await client.session()
})

/** A new key with its value, as C_GetAttributeValue tells it. */
async function knownKey() {
  const handle = await client.aesKey(session)
  const { value } = await client.attribute(session, handle, 0x11)
  return { handle, value }
}

async function uniqueIdentifierOf(handle: string): Promise<string> {
  return (await client.attribute(session, handle, 0x4)).value.toString()
}

function openssl(cipher: string, key: Uint8Array, iv: string | null, isPadded: boolean): Buffer {
  const made = createCipheriv(cipher, key, iv === null ? null : Buffer.from(iv, 'hex'))
  made.setAutoPadding(isPadded)
  const data = isPadded || cipher.endsWith('ctr') ? TEXT : WHOLE_BLOCKS
  return Buffer.concat([made.update(data), made.final()])
}

describe('[PKCS#11 3.0 5.8, 5.10] AES', () => {
  test.each([
    ['ECB', 'aes-256-ecb', mechanism(0x1081), WHOLE_BLOCKS, null, false],
    ['CBC', 'aes-256-cbc', mechanism(0x1082, IV), WHOLE_BLOCKS, IV, false],
    [
      'CBC, its IV behind its length',
      'aes-256-cbc',
      mechanism(0x1082, count(16) + IV),
      WHOLE_BLOCKS,
      IV,
      false,
    ],
    ['CBC with padding', 'aes-256-cbc', mechanism(0x1085, IV), TEXT, IV, true],
    ['CTR', 'aes-256-ctr', mechanism(0x1086, ulong(128) + IV), TEXT, IV, false],
    [
      'CTR, its bits in four bytes',
      'aes-256-ctr',
      mechanism(0x1086, count(128) + IV),
      TEXT,
      IV,
      false,
    ],
  ] as const)(
    'in %s gives what OpenSSL gives, and takes it back',
    async (...[, cipher, how, data, iv, isPadded]) => {
      const { handle, value } = await knownKey()
      const expected = openssl(cipher, value, iv, isPadded)
      await client.call('C_EncryptInit', session + how + handle)
      const sealed = await client.into('C_Encrypt', session + array(data) + ROOM)
      expect(sealed).toEqual(expected)
      await client.call('C_DecryptInit', session + how + handle)
      expect(await client.into('C_Decrypt', session + array(sealed) + ROOM)).toEqual(data)
      expect((await client.call('C_Encrypt', session + array(data) + ROOM)).code).toBe(
        'OPERATION_NOT_INITIALIZED',
      )
    },
  )

  test.each([ulong, count])('in GCM has the tag behind the data', async (number) => {
    const { handle, value } = await knownKey()
    const how = mechanism(
      0x1087,
      array(Buffer.from(NONCE, 'hex')) + number(96) + array('aad') + number(128),
    )
    const made = createCipheriv('aes-256-gcm', value, Buffer.from(NONCE, 'hex'))
    made.setAAD(Buffer.from('aad'))
    const expected = Buffer.concat([made.update(TEXT), made.final(), made.getAuthTag()])
    await client.call('C_EncryptInit', session + how + handle)
    const sealed = await client.into('C_Encrypt', session + array(TEXT) + ROOM)
    expect(sealed).toEqual(expected)
    await client.call('C_DecryptInit', session + how + handle)
    expect(await client.into('C_Decrypt', session + array(sealed) + ROOM)).toEqual(TEXT)
    sealed[0] = (sealed[0] ?? 0) ^ 1
    await client.call('C_DecryptInit', session + how + handle)
    const wrong = await client.call('C_Decrypt', session + array(sealed) + ROOM)
    expect([wrong.code, wrong.output.length]).toEqual(['ENCRYPTED_DATA_INVALID', 0])
    expect((await client.call('C_Decrypt', session + array(sealed) + ROOM)).code).toBe(
      'OPERATION_NOT_INITIALIZED',
    )
  })

  test('by parts gives the same, each part where it is certain', async () => {
    const { handle, value } = await knownKey()
    const how = mechanism(0x1085, IV)
    await client.call('C_EncryptInit', session + how + handle)
    const pieces = [
      await client.into('C_EncryptUpdate', session + array(TEXT.subarray(0, 20)) + buffer(16)),
      await client.into('C_EncryptUpdate', session + array(TEXT.subarray(20)) + buffer(32)),
      await client.into('C_EncryptFinal', session + buffer(16)),
    ]
    expect(pieces.map(({ length }) => length)).toEqual([16, 32, 16])
    const sealed = Buffer.concat(pieces)
    expect(sealed).toEqual(openssl('aes-256-cbc', value, IV, true))
    await client.call('C_DecryptInit', session + how + handle)
    const opened = [
      await client.into('C_DecryptUpdate', session + array(sealed.subarray(0, 33)) + ROOM),
      await client.into('C_DecryptUpdate', session + array(sealed.subarray(33)) + ROOM),
      await client.into('C_DecryptFinal', session + ROOM),
    ]
    expect(Buffer.concat(opened)).toEqual(TEXT)
  })

  test('ends of which nothing came before are those of no data', async () => {
    const { handle } = await knownKey()
    await client.call('C_EncryptInit', session + mechanism(0x1085, IV) + handle)
    expect(await client.into('C_EncryptFinal', session + ROOM)).toHaveLength(16)
  })

  test('tells how much room it needs, and waits until there is as much', async () => {
    const { handle } = await knownKey()
    await client.call('C_EncryptInit', session + mechanism(0x1085, IV) + handle)
    const ask = async (name: string, data: string, room: string) => {
      const { code, output } = await client.call(name, session + data + room)
      return [code, output.subarray(0, 5).toString('hex')]
    }
    const data = array(TEXT)
    expect(await ask('C_Encrypt', data, buffer(undefined))).toEqual(['OK', '00' + count(64)])
    expect(await ask('C_Encrypt', data, buffer(63))).toEqual(['BUFFER_TOO_SMALL', '00' + count(64)])
    expect(await ask('C_Encrypt', data, buffer(64))).toEqual(['OK', '01' + count(64)])
    await client.call('C_EncryptInit', session + mechanism(0x1081) + handle)
    expect(await ask('C_EncryptUpdate', array(WHOLE_BLOCKS), buffer(47))).toEqual([
      'BUFFER_TOO_SMALL',
      '00' + count(48),
    ])
    expect(await ask('C_EncryptUpdate', array(WHOLE_BLOCKS), buffer(48))).toEqual([
      'OK',
      '01' + count(48),
    ])
  })

  test('plaintext that has no room waits too', async () => {
    const { handle } = await knownKey()
    await client.call('C_EncryptInit', session + mechanism(0x1085, IV) + handle)
    const sealed = await client.into('C_Encrypt', session + array(TEXT) + ROOM)
    await client.call('C_DecryptInit', session + mechanism(0x1085, IV) + handle)
    const small = await client.call('C_Decrypt', session + array(sealed) + buffer(TEXT.length - 1))
    expect([small.code, small.output.toString('hex')]).toEqual([
      'BUFFER_TOO_SMALL',
      '00' + count(TEXT.length),
    ])
    expect(await client.into('C_Decrypt', session + array(sealed) + buffer(TEXT.length))).toEqual(
      TEXT,
    )
  })

  test.each([
    ['C_EncryptInit', mechanism(0x9999), 'MECHANISM_INVALID'],
    ['C_EncryptInit', mechanism(0x0040), 'MECHANISM_INVALID'],
    ['C_EncryptInit', mechanism(0x1080), 'MECHANISM_INVALID'],
    ['C_EncryptInit', mechanism(0x1081, IV), 'MECHANISM_PARAM_INVALID'],
    ['C_EncryptInit', mechanism(0x1082), 'MECHANISM_PARAM_INVALID'],
    ['C_EncryptInit', mechanism(0x1082, NONCE), 'MECHANISM_PARAM_INVALID'],
    ['C_EncryptInit', mechanism(0x1086, ulong(32) + IV), 'MECHANISM_PARAM_INVALID'],
    [
      'C_EncryptInit',
      mechanism(0x1087, array('') + ulong(0) + array('') + ulong(128)),
      'MECHANISM_PARAM_INVALID',
    ],
    ['C_EncryptInit', mechanism(0x0001), 'KEY_TYPE_INCONSISTENT'],
    ['C_SignInit', mechanism(0x0251), 'KEY_TYPE_INCONSISTENT'],
  ])('%s with mechanism %s is refused: %s', async (name, how, code) => {
    const handle = await client.aesKey(session)
    expect((await client.call(name, session + how + handle)).code).toBe(code)
  })

  test('takes only whole blocks where nothing is padded', async () => {
    const { handle } = await knownKey()
    await client.call('C_EncryptInit', session + mechanism(0x1081) + handle)
    expect((await client.call('C_Encrypt', session + array(TEXT) + ROOM)).code).toBe(
      'DATA_LEN_RANGE',
    )
    await client.call('C_DecryptInit', session + mechanism(0x1085, IV) + handle)
    expect((await client.call('C_Decrypt', session + array(TEXT) + ROOM)).code).toBe(
      'ENCRYPTED_DATA_LEN_RANGE',
    )
  })
})

describe('the rules of KMIP', () => {
  test('a mask without the use refuses the beginning', async () => {
    const decryptOnly = fixedAttribute(0x105, '01')
    const handle = await client.aesKey(session, 32, decryptOnly)
    const how = mechanism(0x1085, IV)
    expect(
      await client.codesOf(
        ['C_EncryptInit', session + how + handle],
        ['C_DecryptInit', session + how + handle],
      ),
    ).toEqual(['KEY_FUNCTION_NOT_PERMITTED', 'OK'])
  })

  test('a key that is revoked between the parts protects nothing more', async () => {
    const handle = await client.aesKey(session)
    await client.call('C_EncryptInit', session + mechanism(0x1081) + handle)
    await client.into('C_EncryptUpdate', session + array(WHOLE_BLOCKS) + ROOM)
    const reason = `<RevocationReason><RevocationReasonCode type="Enumeration"
      value="KeyCompromise"/></RevocationReason>`
    await bench.ask('2.1', 'Revoke', uid(await uniqueIdentifierOf(handle)) + reason)
    const part = session + array(WHOLE_BLOCKS) + ROOM
    expect((await client.call('C_EncryptUpdate', part)).code).toBe('KEY_FUNCTION_NOT_PERMITTED')
    expect((await client.call('C_EncryptUpdate', part)).code).toBe('OPERATION_NOT_INITIALIZED')
  })

  test('Usage Limits are used by what is done, not by what is refused room', async () => {
    const handle = await client.aesKey(session)
    const limits = `<NewAttribute><UsageLimits><UsageLimitsTotal type="LongInteger" value="2"/>
      <UsageLimitsCount type="LongInteger" value="2"/>
      <UsageLimitsUnit type="Enumeration" value="Object"/></UsageLimits></NewAttribute>`
    const identifier = uid(await uniqueIdentifierOf(handle))
    expect((await bench.ask('2.1', 'AddAttribute', identifier + limits)).status).toBe('Success')
    const encrypt = async (room: string) => {
      await client.call('C_EncryptInit', session + mechanism(0x1081) + handle)
      return (await client.call('C_Encrypt', session + array(WHOLE_BLOCKS) + room)).code
    }
    expect([await encrypt(buffer(3)), await encrypt(ROOM), await encrypt(ROOM)]).toEqual([
      'BUFFER_TOO_SMALL',
      'OK',
      'OK',
    ])
    const before = await bench.dump()
    expect(await encrypt(ROOM)).toBe('KEY_EXHAUSTED')
    expect(await bench.dump()).toEqual(before)
  })

  test('a second beginning waits for the first to end, or to be canceled', async () => {
    const handle = await client.aesKey(session)
    const begin = ['C_EncryptInit', session + mechanism(0x1081) + handle] as const
    expect(
      await client.codesOf(begin, begin, ['C_SessionCancel', session + ulong(0x100)], begin),
    ).toEqual(['OK', 'OPERATION_ACTIVE', 'OK', 'OK'])
  })

  test('additional data of operations under way is kept as far as there is room', async () => {
    const handle = await client.aesKey(session)
    const aad = Buffer.alloc(140_000)
    const how = array(Buffer.from(NONCE, 'hex')) + count(96) + array(aad) + count(128)
    const begin = [session, await client.session()].map(
      (each) => ['C_EncryptInit', each + mechanism(0x1087, how) + handle] as const,
    )
    const cancel = ['C_SessionCancel', session + ulong(0x100)] as const
    expect(await client.codesOf(...begin, cancel, ...begin.slice(1))).toEqual([
      'OK',
      'DEVICE_MEMORY',
      'OK',
      'OK',
    ])
  })

  test.each([
    ['C_SessionCancel', (own: string) => own + ulong(0x100)],
    ['C_CloseSession', (own: string) => own],
    ['C_CloseAllSessions', () => ulong(1)],
    ['C_Finalize', () => ''],
  ])('by parts takes no place any more behind %s', async (name, input) => {
    bench = await Bench.open({ streams: { perClient: 1, bytes: 65_536, seconds: 60 } })
    client = await Pkcs11Client.begin(bench)
    session = await client.session()
    const handle = await client.aesKey(session)
    await client.call('C_EncryptInit', session + mechanism(0x1081) + handle)
    await client.into('C_EncryptUpdate', session + array(WHOLE_BLOCKS) + ROOM)
    expect((await client.call(name, input(session))).code).toBe('OK')
    const next = await Pkcs11Client.begin(bench)
    const other = await next.session()
    const key = await next.aesKey(other)
    await next.call('C_EncryptInit', other + mechanism(0x1081) + key)
    const part = await next.call('C_EncryptUpdate', other + array(WHOLE_BLOCKS) + ROOM)
    expect(part.code).toBe('OK')
  })

  test('a key that is revoked between the parts leaves no place taken', async () => {
    bench = await Bench.open({ streams: { perClient: 1, bytes: 65_536, seconds: 60 } })
    client = await Pkcs11Client.begin(bench)
    session = await client.session()
    const begun = async () => {
      const handle = await client.aesKey(session)
      await client.call('C_EncryptInit', session + mechanism(0x1081) + handle)
      const part = await client.call('C_EncryptUpdate', session + array(WHOLE_BLOCKS) + ROOM)
      return { handle, part }
    }
    const { handle } = await begun()
    const reason = `<RevocationReason>
      <RevocationReasonCode type="Enumeration" value="CessationOfOperation"/></RevocationReason>`
    await bench.ask('2.1', 'Revoke', uid(await uniqueIdentifierOf(handle)) + reason)
    const refused = await client.call('C_EncryptUpdate', session + array(WHOLE_BLOCKS) + ROOM)
    expect(refused.code).toBe('KEY_FUNCTION_NOT_PERMITTED')
    expect((await begun()).part.code).toBe('OK')
  })

  test('all data at once is not for an operation by parts', async () => {
    const handle = await client.aesKey(session)
    await client.call('C_EncryptInit', session + mechanism(0x1081) + handle)
    await client.into('C_EncryptUpdate', session + array(WHOLE_BLOCKS) + ROOM)
    const whole = await client.call('C_Encrypt', session + array(WHOLE_BLOCKS) + ROOM)
    expect(whole.code).toBe('OPERATION_ACTIVE')
  })
})

describe('[PKCS#11 3.0 5.12] digests', () => {
  test.each([
    [0x220, 'sha1'],
    [0x255, 'sha224'],
    [0x250, 'sha256'],
    [0x260, 'sha384'],
    [0x270, 'sha512'],
  ])('of mechanism %i are those of %s, at once and by parts', async (type, name) => {
    const expected = createHash(name).update(TEXT).digest()
    await client.call('C_DigestInit', session + mechanism(type))
    expect(await client.into('C_Digest', session + array(TEXT) + ROOM)).toEqual(expected)
    await client.call('C_DigestInit', session + mechanism(type))
    await client.call('C_DigestUpdate', session + array(TEXT.subarray(0, 7)))
    await client.call('C_DigestUpdate', session + array(TEXT.subarray(7)))
    expect(await client.into('C_DigestFinal', session + ROOM)).toEqual(expected)
  })

  test('are refused what is none', async () => {
    expect(
      await client.codesOf(
        ['C_DigestInit', session + mechanism(0x1081)],
        ['C_DigestInit', session + mechanism(0x250, '00')],
        ['C_Digest', session + array(TEXT) + ROOM],
        ['C_DigestUpdate', session + array(TEXT)],
        ['C_DigestFinal', session + ROOM],
      ),
    ).toEqual([
      'MECHANISM_INVALID',
      'MECHANISM_PARAM_INVALID',
      'OPERATION_NOT_INITIALIZED',
      'OPERATION_NOT_INITIALIZED',
      'OPERATION_NOT_INITIALIZED',
    ])
  })
})

describe('[PKCS#11 3.0 5.13, 5.15] signatures', () => {
  test('of HMAC are made and verified, at once and by parts', async () => {
    const wanted = template(fixedAttribute(0x161, ulong(32)))
    const made = await client.call('C_GenerateKey', session + mechanism(0x350) + wanted)
    const handle = made.output.toString('hex')
    const { value } = await client.attribute(session, handle, 0x11)
    const expected = createHmac('sha256', value).update(TEXT).digest()
    const how = session + mechanism(0x251) + handle
    await client.call('C_SignInit', how)
    expect(await client.into('C_Sign', session + array(TEXT) + ROOM)).toEqual(expected)
    await client.call('C_SignInit', how)
    await client.call('C_SignUpdate', session + array(TEXT))
    expect(await client.into('C_SignFinal', session + buffer(32))).toEqual(expected)
    const wrong = Buffer.from(expected).fill(0, 0, 1)
    expect(
      await client.codesOf(
        ['C_VerifyInit', how],
        ['C_Verify', session + array(TEXT) + array(expected)],
        ['C_VerifyInit', how],
        ['C_Verify', session + array(TEXT) + array(wrong)],
        ['C_VerifyInit', how],
        ['C_VerifyUpdate', session + array(TEXT)],
        ['C_VerifyFinal', session + array(expected)],
        ['C_VerifyFinal', session + array(expected)],
        ['C_Verify', session + array(TEXT) + array(expected)],
      ),
    ).toEqual(
      ['OK', 'OK', 'OK', 'SIGNATURE_INVALID', 'OK', 'OK', 'OK'].concat([
        'OPERATION_NOT_INITIALIZED',
        'OPERATION_NOT_INITIALIZED',
      ]),
    )
  })

  test('and ciphertexts of RSA are those of OpenSSL', async () => {
    const halves = template(fixedAttribute(0x121, ulong(2_048))) + template()
    const { code, output } = await client.call('C_GenerateKeyPair', session + mechanism(0) + halves)
    expect(code).toBe('OK')
    const [publicHandle = '', privateHandle = ''] = output.toString('hex').match(/.{16}/g) ?? []
    const info = await client.attribute(session, publicHandle, 0x129)
    const key = createPublicKey({ key: info.value, format: 'der', type: 'spki' })
    const jwk = key.export({ format: 'jwk' })
    const modulus = await client.attribute(session, publicHandle, 0x120)
    expect(modulus.value.toString('base64url')).toBe(jwk.n)
    expect((await client.attribute(session, publicHandle, 0x122)).value.toString('hex')).toBe(
      '010001',
    )

    await client.call('C_SignInit', session + mechanism(0x40) + privateHandle)
    const signature = await client.into('C_Sign', session + array(TEXT) + ROOM)
    expect(verify('sha256', TEXT, key, signature)).toBe(true)

    const pss = mechanism(0x43, ulong(0x250) + ulong(2) + ulong(32))
    await client.call('C_SignInit', session + pss + privateHandle)
    const salted = await client.into('C_Sign', session + array(TEXT) + ROOM)
    const padding = constants.RSA_PKCS1_PSS_PADDING
    expect(verify('sha256', TEXT, { key, padding, saltLength: 32 }, salted)).toBe(true)
    expect(
      await client.codesOf(
        ['C_VerifyInit', session + pss + publicHandle],
        ['C_Verify', session + array(TEXT) + array(salted)],
        ['C_VerifyInit', session + pss + publicHandle],
        ['C_Verify', session + array('another text') + array(salted)],
        [
          'C_SignInit',
          session + mechanism(0x43, ulong(0x260) + ulong(2) + ulong(32)) + privateHandle,
        ],
        ['C_SignInit', session + mechanism(0x40) + publicHandle],
      ),
    ).toEqual([
      'OK',
      'OK',
      'OK',
      'SIGNATURE_INVALID',
      'MECHANISM_PARAM_INVALID',
      'KEY_FUNCTION_NOT_PERMITTED',
    ])

    const oaep = mechanism(9, ulong(0x250) + ulong(2) + ulong(1) + array('label'))
    await client.call('C_EncryptInit', session + oaep + publicHandle)
    const sealed = await client.into('C_Encrypt', session + array(TEXT) + buffer(256))
    await client.call('C_DecryptInit', session + oaep + privateHandle)
    expect(await client.into('C_Decrypt', session + array(sealed) + ROOM)).toEqual(TEXT)
  })
})
