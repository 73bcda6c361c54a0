import { describe, expect, test } from 'vitest'
import { ResultReason } from '../../src/spec/enum/result-reason.ts'
import { Tag } from '../../src/spec/tag.ts'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { encode } from '../../src/ttlv/encode.ts'
import { decode } from '../../src/ttlv/decode.ts'
import type { Item } from '../../src/ttlv/item.ts'
import { decodeJson, encodeJson } from '../../src/ttlv/json.ts'
import { decodeXml, encodeXml } from '../../src/ttlv/xml.ts'
import { Bench, createAes, find, messageOf, textOf, uid } from './harness.ts'

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
