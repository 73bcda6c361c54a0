import { beforeAll, describe, expect, test } from 'vitest'
import { Tag } from '../../../src/spec/tag.ts'
import { ItemType } from '../../../src/ttlv/item.ts'
import { Bench, find, identifierOf, textOf, uid } from '../harness.ts'
import {
  ask,
  KEK,
  KEY,
  mode,
  NO_ENCODING,
  openssl,
  parameters,
  register,
  registerText,
  valueOf,
  wrapper,
  wrapping,
  WRAPPED,
  type WrappingText,
} from './sample.ts'

const NOT_WRAPPED = '<KeyWrapType type="Enumeration" value="NotWrapped"/>'
const AS_REGISTERED = '<KeyWrapType type="Enumeration" value="AsRegistered"/>'

let bench: Bench
let kek: string

beforeAll(async () => {
  bench = await Bench.open()
  kek = await wrapper(bench)
})

const byteString = (hex: string): string => `<KeyValue type="ByteString" value="${hex}"/>`

/** Registers a key that is wrapped so. */
async function wrapped(hex: string, text: WrappingText, length = 128): Promise<string> {
  const behind = wrapping(text, 'KeyWrappingData')
  return register(bench, byteString(hex), { behind, length })
}

const iv = (hex: string): string => `<IVCounterNonce type="ByteString" value="${hex}"/>`

describe('Get of a key that was registered wrapped (KMIP 1.4 section 4.11)', () => {
  const plainRfc3394 = { rest: NO_ENCODING }

  test('gives it as it was registered, asked for so or not asked', async () => {
    const key = await wrapped(WRAPPED, { encryption: [kek], ...plainRfc3394 })
    for (const rest of ['', AS_REGISTERED]) {
      const answer = await ask(bench, key, rest)
      expect(valueOf(answer)).toBe(WRAPPED)
      const data = find(answer.payload, Tag.KeyWrappingData)
      expect(textOf(find(data, Tag.UniqueIdentifier))).toBe(kek)
    }
  })

  test('gives it unwrapped: the key data of RFC 3394 section 4.1', async () => {
    const key = await wrapped(WRAPPED, { encryption: [kek], ...plainRfc3394 })
    const answer = await ask(bench, key, NOT_WRAPPED)
    expect(valueOf(answer)).toBe(KEY)
    expect(find(answer.payload, Tag.KeyValue)?.type).toBe(ItemType.Structure)
    expect(find(answer.payload, Tag.KeyWrappingData)).toBeUndefined()
  })

  test('unwraps what RFC 5649 section 6 has wrapped', async () => {
    const own = await wrapper(bench, [mode('AESKeyWrapPadding')], {
      material: '5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8',
    })
    const hex = '138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a'
    const key = await register(bench, byteString(hex), {
      algorithm: 'HMAC_SHA1',
      length: 160,
      behind: wrapping({ encryption: [own], rest: NO_ENCODING }, 'KeyWrappingData'),
    })
    const material = 'c37b7e6492584340bed12207808941155068f738'
    expect(valueOf(await ask(bench, key, NOT_WRAPPED))).toBe(material)
  })

  test('unwraps what openssl has encrypted with CBC', async () => {
    const ivHex = '0f0e0d0c0b0a09080706050403020100'
    const encoded = `42004501000000184200430800000010${KEY}`
    const hex = openssl(['enc', '-aes-128-cbc', '-K', KEK, '-iv', ivHex], encoded)
    const key = await wrapped(hex, { encryption: [kek, mode('CBC', 'PKCS5')], rest: iv(ivHex) })
    expect(valueOf(await ask(bench, key, NOT_WRAPPED))).toBe(KEY)
  })

  test('converts it once it is unwrapped', async () => {
    const key = await wrapped(WRAPPED, { encryption: [kek], ...plainRfc3394 })
    const rest = '<KeyFormatType type="Enumeration" value="TransparentSymmetricKey"/>'
    expect((await ask(bench, key, rest)).reason).toBe('KeyFormatTypeNotSupported')
    const { payload } = await ask(bench, key, rest + NOT_WRAPPED)
    const bytes = find(find(payload, Tag.KeyMaterial), Tag.Key)
    expect(bytes).toMatchObject({ value: new Uint8Array(Buffer.from(KEY, 'hex')) })
  })

  test('goes through a wrapping key that is itself wrapped', async () => {
    const behind = wrapping({ encryption: [kek], rest: NO_ENCODING }, 'KeyWrappingData')
    const middle = await wrapper(bench, [mode('NISTKeyWrap')], {
      material: byteString(WRAPPED),
      length: 128,
      behind,
    })
    const inner = openssl(
      ['enc', '-id-aes128-wrap', '-K', KEY, '-iv', 'a6a6a6a6a6a6a6a6'],
      'aa'.repeat(16),
    )
    const key = await wrapped(inner, { encryption: [middle], ...plainRfc3394 })
    expect(valueOf(await ask(bench, key, NOT_WRAPPED))).toBe('aa'.repeat(16))
  })

  test('is used unwrapped, by Encrypt and Decrypt, as openssl uses it', async () => {
    const key = await register(bench, byteString(WRAPPED), {
      attributes: `<ActivationDate type="DateTime" value="2020-01-01T00:00:00Z"/>${parameters(mode('ECB'))}`,
      length: 128,
      behind: wrapping({ encryption: [kek], rest: NO_ENCODING }, 'KeyWrappingData'),
    })
    const data = (hex: string) => `${uid(key)}<Data type="ByteString" value="${hex}"/>`
    const bytes = async (operation: string, hex: string) => {
      const { payload } = await bench.ask('2.1', operation, data(hex))
      const item = find(payload, Tag.Data)
      return item?.type === ItemType.ByteString ? Buffer.from(item.value).toString('hex') : ''
    }
    const encrypted = openssl(['enc', '-aes-128-ecb', '-K', KEY, '-nopad'], 'cc'.repeat(16))
    expect(await bytes('Encrypt', 'cc'.repeat(16))).toBe(encrypted)
    expect(await bytes('Decrypt', encrypted)).toBe('cc'.repeat(16))
    expect(valueOf(await ask(bench, key))).toBe(WRAPPED)
  })

  test('keeps a sensitive one wrapped (KMIP 1.4 section 3.48)', async () => {
    const key = await register(bench, byteString(WRAPPED), {
      attributes: '<Sensitive type="Boolean" value="true"/>',
      length: 128,
      behind: wrapping({ encryption: [kek], rest: NO_ENCODING }, 'KeyWrappingData'),
    })
    expect((await ask(bench, key, NOT_WRAPPED)).reason).toBe('Sensitive')
    expect(valueOf(await ask(bench, key))).toBe(WRAPPED)
  })
})

describe('MACs and signatures over a Key Value (KMIP 1.4 section 2.1.5)', () => {
  const HASH = '<HashingAlgorithm type="Enumeration" value="SHA_256"/>'
  let mac: string
  let key: string

  beforeAll(async () => {
    key = await register(bench, KEY)
    mac = await register(bench, 'bb'.repeat(32), {
      mask: 'MACGenerate MACVerify',
      algorithm: 'HMAC_SHA256',
      attributes: `<ActivationDate type="DateTime" value="2020-01-01T00:00:00Z"/>${parameters(HASH)}`,
    })
  })

  const macOf = (hex: string): string =>
    openssl(
      ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', `hexkey:${'bb'.repeat(32)}`, '-binary'],
      hex,
    )

  test.each([
    ['MACSign', () => KEY, () => KEY],
    ['MACSignThenEncrypt', () => KEY, () => WRAPPED],
    ['EncryptThenMACSign', () => WRAPPED, () => WRAPPED],
  ])(
    '%s covers the right bytes, and is checked when it is taken off',
    async (method, of, gives) => {
      const keys = {
        method,
        mac: [mac] as const,
        rest: NO_ENCODING,
        ...(method === 'MACSign' ? {} : { encryption: [kek] as const }),
      }
      const answer = await ask(bench, key, wrapping(keys))
      expect(valueOf(answer)).toBe(gives())
      const given = find(answer.payload, Tag.MACSignature)
      if (given?.type !== ItemType.ByteString) throw new TypeError('no MAC')
      const macHex = Buffer.from(given.value).toString('hex')
      expect(macHex).toBe(macOf(of()))
      const take = async (hex: string) => {
        const rest = `<MACSignature type="ByteString" value="${hex}"/>${NO_ENCODING}`
        const again = await wrapped(gives(), { ...keys, rest })
        return ask(bench, again, NOT_WRAPPED)
      }
      expect(valueOf(await take(macHex))).toBe(KEY)
      expect((await take(`00${macHex.slice(2)}`)).reason).toBe('CryptographicFailure')
      expect((await take('')).reason).toBe('CryptographicFailure')
    },
  )

  test('hide nothing, so that a sensitive key does not leave under them', async () => {
    const sensitive = await register(bench, KEY, {
      attributes: '<Sensitive type="Boolean" value="true"/>',
    })
    const answer = await ask(bench, sensitive, wrapping({ method: 'MACSign', mac: [mac] }))
    expect(answer.reason).toBe('Sensitive')
  })
})

describe('what this server has wrapped', () => {
  const MODES = [
    mode('ECB'),
    mode('CBC'),
    mode('CBC', 'PKCS5'),
    mode('CFB'),
    mode('OFB'),
    mode('CTR'),
    mode('GCM'),
    mode('CCM'),
    mode('NISTKeyWrap'),
    mode('AESKeyWrapPadding'),
  ]
  const CASES = MODES.flatMap((params) => [
    { params, name: /value="(\w+)"\/>$/u.exec(params)?.[1], rest: NO_ENCODING },
    { params, name: /value="(\w+)"\/>$/u.exec(params)?.[1], rest: '' },
  ])

  test.each(CASES)('with $name it unwraps again', async ({ params, rest }) => {
    const key = await register(bench, KEY)
    const own = await wrapper(bench, [params])
    const answer = await ask(bench, key, wrapping({ encryption: [own], rest }))
    const made = find(answer.payload, Tag.IVCounterNonce)
    const ivText =
      made?.type === ItemType.ByteString ? iv(Buffer.from(made.value).toString('hex')) : ''
    const data = { encryption: [own] as const, rest: `${ivText}${rest}` }
    const again = await wrapped(valueOf(answer), data)
    expect(valueOf(await ask(bench, again, NOT_WRAPPED))).toBe(KEY)
    expect(valueOf(answer)).not.toContain(KEY)
  })
})

describe('what was wrapped wrongly (RFC 3394, RFC 5649, SP 800-38D)', () => {
  const flip = (hex: string, at: number): string => {
    const bytes = Buffer.from(hex, 'hex')
    bytes[at] = (bytes[at] ?? 0) ^ 1
    return bytes.toString('hex')
  }
  const kw = [mode('NISTKeyWrap')] as const
  const kwp = [mode('AESKeyWrapPadding')] as const
  const wrapWith = (cipher: string, ivHex: string, hex: string): string =>
    openssl(['enc', cipher, '-K', KEK, '-iv', ivHex, '-nopad'], hex)
  /** The blocks of RFC 5649 with an initial value of our own, which the integrity check must refuse. */
  const withInitial = (initial: string, hex: string): string =>
    wrapWith('-id-aes128-wrap', initial, hex)

  const BAD: readonly (readonly [what: string, params: string, hex: string, rest?: string])[] = [
    ['nothing', kw[0], ''],
    ['eight bytes', kw[0], WRAPPED.slice(0, 16)],
    ['sixteen bytes, one block of key', kw[0], WRAPPED.slice(0, 32)],
    ['one byte less', kw[0], WRAPPED.slice(0, -2)],
    ['one byte more', kw[0], `${WRAPPED}00`],
    ['one block more', kw[0], `${WRAPPED}0000000000000000`],
    ['the first bit changed', kw[0], flip(WRAPPED, 0)],
    ['the last bit changed', kw[0], flip(WRAPPED, 23)],
    ['the key itself, not wrapped', kw[0], KEY],
    ['another initial value', kw[0], withInitial('a6a6a6a6a6a6a6a7', KEY)],
    ['RFC 3394 read as RFC 5649', kwp[0], WRAPPED],
    ['RFC 5649 with a length too large', kwp[0], withInitial('a65959a600000011', KEY)],
    ['RFC 5649 with a length too small', kwp[0], withInitial('a65959a600000008', KEY)],
    ['RFC 5649 with a length of zero', kwp[0], withInitial('a65959a600000000', KEY)],
    ['RFC 5649 with a huge length', kwp[0], withInitial('a65959a6ffffffff', KEY)],
    ['RFC 5649 with padding that is not zero', kwp[0], withInitial('a65959a60000000f', KEY)],
    ['GCM without its tag', mode('GCM'), KEY, iv('00'.repeat(12))],
    ['GCM with a wrong tag', mode('GCM'), KEY + KEY, iv('00'.repeat(12))],
    ['CBC without padding at its end', mode('CBC', 'PKCS5'), KEY, iv('00'.repeat(16))],
    ['CBC of a part of a block', mode('CBC', 'PKCS5'), KEY.slice(2), iv('00'.repeat(16))],
  ]

  test.each(BAD)(
    '%s is a cryptographic failure, always told alike',
    async (_, params, hex, rest) => {
      const key = await wrapped(hex ?? '', {
        encryption: [kek, params ?? ''],
        rest: `${rest ?? ''}${NO_ENCODING}`,
      })
      const before = await bench.dump()
      const answer = await ask(bench, key, NOT_WRAPPED)
      expect([answer.reason, answer.message]).toEqual([
        'CryptographicFailure',
        'The cryptographic operation failed',
      ])
      expect(await bench.dump()).toEqual(before)
    },
  )

  test('the initial value of RFC 5649 that is right is taken', async () => {
    const hex = withInitial('a65959a600000010', KEY)
    const key = await wrapped(hex, { encryption: [kek, kwp[0]], rest: NO_ENCODING })
    expect(valueOf(await ask(bench, key, NOT_WRAPPED))).toBe(KEY)
  })

  test.each([
    ['another wrapping key', 'ff'.repeat(16), WRAPPED, NO_ENCODING],
    ['bytes that are no Key Value', KEK, WRAPPED, ''],
  ])('%s is the same failure', async (_, material, hex, rest) => {
    const own = await wrapper(bench, kw, { material })
    const answer = await ask(bench, await wrapped(hex, { encryption: [own], rest }), NOT_WRAPPED)
    expect([answer.reason, answer.message]).toEqual([
      'CryptographicFailure',
      'The cryptographic operation failed',
    ])
  })

  test('a key of another length than the Key Block states is the same failure', async () => {
    const text = { encryption: [kek] as const, rest: NO_ENCODING }
    const answer = await ask(bench, await wrapped(WRAPPED, text, 256), NOT_WRAPPED)
    expect(answer.reason).toBe('CryptographicFailure')
  })

  test('keys that wrap one another in a ring come to an end', async () => {
    const text = registerText(byteString(WRAPPED), {
      mask: 'WrapKey',
      length: 128,
      attributes: '<ActivationDate type="DateTime" value="2020-01-01T00:00:00Z"/>',
      // Identifiers of the bench are counted, so that the key can name itself before it is there.
      behind: wrapping({ encryption: ['$'], rest: NO_ENCODING }, 'KeyWrappingData'),
    })
    const probe = await register(bench, KEY)
    const count = Number.parseInt(probe.slice(-12), 10)
    for (let ahead = 1; ahead <= 4; ahead += 1) {
      const own = `${probe.slice(0, -12)}${String(count + ahead).padStart(12, '0')}`
      const made = await bench.ask('2.1', 'Register', text.replace('$', own))
      if (identifierOf(made) !== own) continue
      expect((await bench.ask('2.1', 'Get', uid(own) + NOT_WRAPPED)).reason).toBe(
        'ServerLimitExceeded',
      )
      return
    }
    throw new TypeError('the identifier could not be foreseen')
  })
})
