import { describe, expect, test } from 'vitest'
import { membersOf } from '../../src/schema/enumeration.ts'
import { ProfileName } from '../../src/spec/enum/profile-name.ts'
import type { ProfileInformation } from '../../src/spec/structure/profile-information.ts'
import { ResultReason } from '../../src/spec/enum/result-reason.ts'
import { Tag } from '../../src/spec/tag.ts'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { encode } from '../../src/ttlv/encode.ts'
import { decode } from '../../src/ttlv/decode.ts'
import type { Item } from '../../src/ttlv/item.ts'
import { decodeJson, encodeJson } from '../../src/ttlv/json.ts'
import { decodeXml, encodeXml } from '../../src/ttlv/xml.ts'
import { wipeItem } from '../../src/server/format.ts'
import { ResultStatus } from '../../src/spec/enum/result-status.ts'
import { Bench, createAes, find, findAll, messageOf, name2, textOf, uid } from './harness.ts'

const ENCODINGS = {
  ttlv: { read: (bytes: Uint8Array) => decode(bytes), write: (item: Item) => encode(item) },
  xml: {
    read: (bytes: Uint8Array) => decodeXml(bytes, vocabulary),
    write: (item: Item) => encodeXml(item, vocabulary),
  },
  json: {
    read: (bytes: Uint8Array) => decodeJson(bytes, vocabulary),
    write: (item: Item) => encodeJson(item, vocabulary),
  },
} as const
const NAMES = ['ttlv', 'xml', 'json'] as const

async function askIn(bench: Bench, encoding: (typeof NAMES)[number], item: Item): Promise<Item> {
  const { read, write } = ENCODINGS[encoding]
  const answer = await bench.sendRaw(write(item), encoding)
  if (answer === undefined) throw new TypeError('nothing was answered')
  return read(answer)
}

describe('encodings of one message', () => {
  test.each(NAMES)('a key that is created in %s can be had in every encoding', async (encoding) => {
    const bench = await Bench.open()
    const create = messageOf('2.1', [{ operation: 'Create', payload: createAes() }], {})
    const identifier = textOf(find(await askIn(bench, encoding, create), Tag.UniqueIdentifier))
    const get = messageOf('1.4', [{ operation: 'Get', payload: uid(identifier ?? '') }], {})
    const materials = []
    for (const name of NAMES) {
      const answer = await askIn(bench, name, get)
      materials.push(find(answer, Tag.KeyMaterial)?.value)
    }
    expect(materials[0]).toHaveLength(16)
    expect(materials[1]).toEqual(materials[0])
    expect(materials[2]).toEqual(materials[0])
  })

  test.each(['xml', 'json'] as const)(
    'an operation that fails is answered in %s with its reason',
    async (encoding) => {
      const bench = await Bench.open()
      const get = messageOf('2.0', [{ operation: 'Get', payload: uid('none') }], {})
      const answer = await askIn(bench, encoding, get)
      expect(find(answer, Tag.ResultReason)?.value).toBe(ResultReason.ObjectNotFound)
    },
  )
})

describe('answers in XML', () => {
  test('leave out what XML cannot hold, and only that', async () => {
    const bench = await Bench.open()
    const named = (value: string) =>
      messageOf('2.1', [{ operation: 'Create', payload: createAes(name2(value)) }], {})
    const identifiers = []
    for (const value of ['plain', 'PLACE']) {
      // No XML has the character, so it is put into the bytes.
      const bytes = Buffer.from(encode(named(value)))
      const at = bytes.indexOf('PLACE')
      if (at >= 0) bytes[at] = 1
      const made = await bench.sendBytes(bytes)
      identifiers.push(textOf(find(made?.item, Tag.UniqueIdentifier)) ?? '')
    }
    const getBoth = messageOf(
      '2.1',
      identifiers.map((each) => ({ operation: 'GetAttributes', payload: uid(each) })),
      {},
    )
    const statuses = async (encoding: (typeof NAMES)[number]) =>
      findAll(await askIn(bench, encoding, getBoth), Tag.ResultStatus).map(({ value }) => value)
    const { Success, OperationFailed } = ResultStatus
    expect(await statuses('ttlv')).toEqual([Success, Success])
    expect(await statuses('json')).toEqual([Success, Success])
    expect(await statuses('xml')).toEqual([Success, OperationFailed])
  })

  test('values of a request are zeroed once it is answered', () => {
    const message = decodeXml(
      '<RequestMessage><KeyMaterial type="ByteString" value="0102"/></RequestMessage>',
      vocabulary,
    )
    const material = find(message, Tag.KeyMaterial)?.value
    expect(material).toEqual(Uint8Array.of(1, 2))
    wipeItem(message)
    expect(material).toEqual(Uint8Array.of(0, 0))
  })

  test('[official case MSGENC-XML-M-1-14] are as long as they would be in TTLV', async () => {
    const bench = await Bench.open()
    const functions = ['QueryOperations', 'QueryObjects'].map(
      (each) => `<QueryFunction type="Enumeration" value="${each}"/>`,
    )
    const ask = (size: number) =>
      messageOf('1.4', [{ operation: 'Query', payload: functions.join('') }], {
        header: `<MaximumResponseSize type="Integer" value="${size}"/>`,
      })
    const answer = await askIn(bench, 'ttlv', ask(8_192))
    const { length } = encode(answer)
    for (const encoding of NAMES) {
      const whole = await askIn(bench, encoding, ask(length))
      expect(find(whole, Tag.ResultReason)).toBeUndefined()
      const short = await askIn(bench, encoding, ask(length - 1))
      expect(find(short, Tag.ResultReason)?.value).toBe(ResultReason.ResponseTooLarge)
    }
  })
})

describe('[2.1 6.1.40] Query Profiles', () => {
  const namesIn = async (version: string, profiles?: readonly ProfileInformation[]) => {
    const bench = await Bench.open(
      profiles === undefined ? {} : { policy: { query: { profiles } } },
    )
    const functions = '<QueryFunction type="Enumeration" value="QueryProfiles"/>'
    const { payload } = await bench.ask(version, 'Query', functions)
    const names = membersOf(ProfileName)
    return findAll(payload, Tag.ProfileName).map(({ value }) => names.nameOf(Number(value)))
  }
  const named = (...suffixes: readonly string[]) =>
    suffixes.flatMap((suffix) => ['HTTPS', 'JSON', 'XML'].map((each) => `${each}Server${suffix}`))

  test.each([
    ['1.3', named('KMIPV1_0', 'KMIPV1_1', 'KMIPV1_2', 'KMIPV1_3')],
    ['1.4', named('KMIPV1_0', 'KMIPV1_1', 'KMIPV1_2', 'KMIPV1_3', 'KMIPV1_4')],
    ['2.0', named('')],
    ['2.1', named('')],
  ])('in %s names the encodings by the names that the version has', async (version, names) => {
    expect((await namesIn(version)).sort()).toEqual(names.sort())
  })

  test('names what is stated instead, as far as the version has names for it', async () => {
    const { BaselineServerBasicKMIPV1_4, TapeLibraryServerKMIPV1_2 } = ProfileName
    const stated = [BaselineServerBasicKMIPV1_4, TapeLibraryServerKMIPV1_2].map((profileName) => ({
      profileName,
    }))
    expect(await namesIn('1.4', stated)).toHaveLength(2)
    expect(await namesIn('1.3', stated)).toEqual(['TapeLibraryServerKMIPV1_2'])
    expect(await namesIn('2.0', stated)).toEqual([])
    expect(await namesIn('2.0', [])).toEqual([])
  })
})

describe('numbers and masks as clients write them', () => {
  test('a client of JSON joins masks by bars and writes integers as hexadecimal texts', async () => {
    const bench = await Bench.open()
    const item = (tag: string, type: string, value: string) =>
      `{"tag":"${tag}","type":"${type}","value":"${value}"}`
    const attribute = (name: string, type: string, value: string) =>
      `{"tag":"Attribute","value":[${item('AttributeName', 'TextString', name)},
      ${item('AttributeValue', type, value)}]}`
    const body = `{"tag":"RequestMessage","value":[{"tag":"RequestHeader","value":[{"tag":"ProtocolVersion",
      "value":[${item('ProtocolVersionMajor', 'Integer', '0x00000001')},
      ${item('ProtocolVersionMinor', 'Integer', '0x00000002')}]},
      ${item('BatchCount', 'Integer', '0x00000001')}]},{"tag":"BatchItem","value":[
      ${item('Operation', 'Enumeration', 'Create')},{"tag":"RequestPayload","value":[
      ${item('ObjectType', 'Enumeration', '0x00000002')},{"tag":"TemplateAttribute","value":[
      ${attribute('Cryptographic Algorithm', 'Enumeration', 'AES')},
      ${attribute('Cryptographic Length', 'Integer', '0x00000100')},
      ${attribute('Cryptographic Usage Mask', 'Integer', 'Encrypt|Decrypt')}]}]}]}]}`
    const answer = await bench.sendRaw(Buffer.from(body), 'json')
    const made = decodeJson(answer ?? new Uint8Array(), vocabulary)
    expect(find(made, Tag.ResultStatus)?.value).toBe(ResultStatus.Success)
    const identifier = textOf(find(made, Tag.UniqueIdentifier)) ?? ''
    const { payload } = await bench.ask('2.1', 'GetAttributes', uid(identifier))
    expect(find(payload, Tag.CryptographicLength)?.value).toBe(256)
    expect(find(payload, Tag.CryptographicUsageMask)?.value).toBe(0x0c)
  })

  test('an answer in 1.x has the names of the values of its attributes', async () => {
    const bench = await Bench.open()
    const identifier = await bench.createKey()
    const ask = messageOf('1.4', [{ operation: 'GetAttributes', payload: uid(identifier) }], {})
    const answer = await bench.sendRaw(encodeXml(ask, vocabulary), 'xml')
    const text = Buffer.from(answer ?? []).toString()
    expect(text).toContain('<AttributeValue type="Enumeration" value="AES"/>')
    expect(text).toContain('<AttributeValue type="Integer" value="Encrypt Decrypt"/>')
    expect(text).toContain('<AttributeValue type="Enumeration" value="PreActive"/>')
  })
})
