import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { decode } from '../../src/ttlv/decode.ts'
import { encode } from '../../src/ttlv/encode.ts'
import { Framer } from '../../src/ttlv/framer.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { DEFAULT_LIMITS } from '../../src/ttlv/limits.ts'
import { decodeXml, encodeXml, itemFromXml } from '../../src/ttlv/xml.ts'
import { parseXml } from '../../src/ttlv/xml-parser.ts'

const folder = new URL('../../spec-vectors/encoding/', import.meta.url)

/** Pairs of an item and its bytes, from `<Encoding hex="…">` with one item inside. */
const pairs = readdirSync(folder).flatMap((file) =>
  parseXml(readFileSync(new URL(file, folder))).children.map((encoding, index) => {
    const [element] = encoding.children
    if (element === undefined) throw new TypeError(`${file}: an encoding of nothing`)
    return {
      name: `${file} ${index}`,
      hex: encoding.attributes.get('hex') ?? '',
      item: itemFromXml(element, vocabulary),
    }
  }),
)

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe.each(pairs)('$name', ({ hex, item }) => {
  const bytes = Buffer.from(hex, 'hex')

  test('encodes to these bytes', () => {
    expect(hexOf(encode(item))).toBe(hex)
  })

  test('decodes from them', () => {
    expect(plain(decode(bytes))).toEqual(plain(item))
  })

  test('survives XML', () => {
    expect(plain(decodeXml(encodeXml(item, vocabulary), vocabulary))).toEqual(plain(item))
  })
})

const structures = pairs.filter(({ item }) => item.type === ItemType.Structure)
test.each(structures)('$name is framed byte by byte', ({ hex }) => {
  const framer = new Framer(DEFAULT_LIMITS)
  const framed: string[] = []
  for (const byte of Buffer.from(hex, 'hex')) {
    framer.push(Uint8Array.of(byte))
    const message = framer.next()
    if (message !== undefined) framed.push(hexOf(message))
  }
  expect(framed).toEqual([hex])
})

test('the examples of the standard are all there', () => {
  expect(pairs.filter(({ name }) => name.startsWith('examples'))).toHaveLength(10)
})

/** An item whose bytes compare by content, whatever buffer they are views of. */
function plain(item: Item): unknown {
  if (item.type === ItemType.Structure) return { ...item, value: item.value.map(plain) }
  return item.value instanceof Uint8Array ? { ...item, value: hexOf(item.value) } : item
}
