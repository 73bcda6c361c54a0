import { beforeAll, describe, expect, test } from 'vitest'
import { Tag } from '../../../src/spec/tag.ts'
import { ItemType } from '../../../src/ttlv/item.ts'
import { Bench, find, findAll, textOf, uid } from '../harness.ts'
import {
  ask,
  itemOf,
  KEK,
  KEY,
  mode,
  NO_ENCODING,
  openssl,
  register,
  valueOf,
  wrapper,
  wrapping,
  WRAPPED,
} from './sample.ts'

let bench: Bench
let key: string

beforeAll(async () => {
  bench = await Bench.open()
  key = await register(bench, KEY)
})

/** What Get gives when it wraps the key. */
async function wrapped(text: Parameters<typeof wrapping>[0], version = '2.1') {
  return ask(bench, key, wrapping(text), version)
}

describe('Get with a Key Wrapping Specification (KMIP 1.4 section 2.1.6)', () => {
  test('without encoding gives the key data of RFC 3394 section 4.1', async () => {
    const kek = await wrapper(bench)
    const answer = await wrapped({ encryption: [kek, mode('NISTKeyWrap')], rest: NO_ENCODING })
    expect(valueOf(answer)).toBe(WRAPPED)
    expect(find(answer.payload, Tag.KeyValue)?.type).toBe(ItemType.ByteString)
  })

  test('wraps the TTLV encoding of the Key Value where no Encoding Option is given', async () => {
    const kek = await wrapper(bench)
    const hex = valueOf(await wrapped({ encryption: [kek, mode('NISTKeyWrap')] }))
    // Header 42 00 45 01 (Key Value, structure) and 42 00 43 08 (Key Material, byte string) of 16 bytes.
    const encoded = `42004501000000184200430800000010${KEY}`
    const args = ['enc', '-d', '-id-aes128-wrap', '-K', KEK, '-iv', 'a6a6a6a6a6a6a6a6']
    expect(openssl(args, hex)).toBe(encoded)
  })

  test.each([
    ['1.4', Tag.Attribute, Tag.AttributeValue],
    ['2.1', Tag.Attributes, Tag.Comment],
  ])('wraps named attributes along as KMIP %s carries them', async (version, holder, held) => {
    const kek = await wrapper(bench, [mode('CBC', 'PKCS5')])
    const commented = await register(bench, KEY, {
      attributes: '<Comment type="TextString" value="a"/>',
    })
    const names = `<AttributeName type="TextString" value="Comment"/>
      <AttributeName type="TextString" value="x-None"/>`
    const answer = await ask(
      bench,
      commented,
      wrapping({ encryption: [kek], rest: names }),
      version,
    )
    const iv = find(answer.payload, Tag.IVCounterNonce)
    if (iv?.type !== ItemType.ByteString) throw new TypeError('no IV')
    const ivHex = Buffer.from(iv.value).toString('hex')
    const args = ['enc', '-d', '-aes-128-cbc', '-K', KEK, '-iv', ivHex]
    const value = itemOf(openssl(args, valueOf(answer)))
    expect(findAll(value, holder)).toHaveLength(1)
    expect(textOf(find(value, held))).toBe('a')
  })

  test('tells method, key and the parameters that were used', async () => {
    const kek = await wrapper(bench, [mode('AESKeyWrapPadding'), mode('NISTKeyWrap')])
    const { payload } = await wrapped({ encryption: [kek], rest: NO_ENCODING })
    const data = find(payload, Tag.KeyWrappingData)
    expect(textOf(find(data, Tag.UniqueIdentifier))).toBe(kek)
    // The first of the key's own (KMIP 1.4 section 2.1.6): 0x0c is AES Key Wrap Padding.
    expect(find(data, Tag.BlockCipherMode)).toMatchObject({ value: 0x0c })
    expect(find(data, Tag.WrappingMethod)).toMatchObject({ value: 1 })
    expect(find(data, Tag.EncodingOption)).toMatchObject({ value: 1 })
  })

  test('takes any of the parameters that the wrapping key has', async () => {
    const kek = await wrapper(bench, [mode('AESKeyWrapPadding'), mode('NISTKeyWrap')])
    const answer = await wrapped({ encryption: [kek, mode('NISTKeyWrap')], rest: NO_ENCODING })
    expect(valueOf(answer)).toBe(WRAPPED)
  })

  test('uses RFC 3394 where neither the key nor the request names a mode, as VAST Data expects', async () => {
    const kek = await wrapper(bench, [])
    expect(valueOf(await wrapped({ encryption: [kek], rest: NO_ENCODING }))).toBe(WRAPPED)
  })

  test('encrypts with GCM under an IV of the server, the tag at the end', async () => {
    const kek = await wrapper(bench, [mode('GCM')])
    const values: string[] = []
    for (let times = 0; times < 2; times += 1) {
      const answer = await wrapped({ encryption: [kek], rest: NO_ENCODING })
      expect(find(answer.payload, Tag.IVCounterNonce)).toMatchObject({ value: { length: 12 } })
      values.push(valueOf(answer))
    }
    expect(values[0]).toHaveLength(2 * (16 + 16))
    expect(values[0]).not.toBe(values[1])
  })

  test('gives what is not encoded inside the structure where the policy says so, as PyKMIP reads it', async () => {
    const own = await Bench.open({ policy: { wrapInsideStructure: true } })
    const kek = await wrapper(own)
    const plain = await register(own, KEY)
    const inside = await ask(own, plain, wrapping({ encryption: [kek], rest: NO_ENCODING }))
    expect(find(inside.payload, Tag.KeyValue)?.type).toBe(ItemType.Structure)
    expect(valueOf(inside)).toBe(WRAPPED)
    const encoded = await ask(own, plain, wrapping({ encryption: [kek] }))
    expect(find(encoded.payload, Tag.KeyValue)?.type).toBe(ItemType.ByteString)
  })

  test('lets a sensitive key leave encrypted, and in no other way (KMIP 1.4 section 3.48)', async () => {
    const kek = await wrapper(bench)
    const sensitive = await register(bench, KEY, {
      attributes: '<Sensitive type="Boolean" value="true"/>',
    })
    expect((await ask(bench, sensitive)).reason).toBe('Sensitive')
    const text = wrapping({ encryption: [kek], rest: NO_ENCODING })
    expect(valueOf(await ask(bench, sensitive, text))).toBe(WRAPPED)
  })

  test('makes a fresh object used', async () => {
    const kek = await wrapper(bench)
    const fresh = await register(bench, KEY)
    await ask(bench, fresh, wrapping({ encryption: [kek] }))
    const { payload } = await bench.ask(
      '2.1',
      'GetAttributes',
      `${uid(fresh)}<AttributeReference type="Enumeration" value="Fresh"/>`,
    )
    expect(find(payload, Tag.Fresh)).toMatchObject({ value: false })
  })

  test('takes what it protects from the Usage Limits of the wrapping key (KMIP 1.4 section 3.21)', async () => {
    const limits = `<UsageLimits><UsageLimitsTotal type="LongInteger" value="40"/>
      <UsageLimitsUnit type="Enumeration" value="Byte"/></UsageLimits>`
    const kek = await wrapper(bench, [mode('NISTKeyWrap')], { attributes: limits })
    const once = async () => wrapped({ encryption: [kek], rest: NO_ENCODING })
    expect((await once()).status).toBe('Success')
    expect((await once()).status).toBe('Success')
    expect((await once()).reason).toBe('PermissionDenied')
  })
})
