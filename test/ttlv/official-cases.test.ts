import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { VECTORS, warnOfMissingVectors } from '../../conformance/vectors.ts'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { decode } from '../../src/ttlv/decode.ts'
import { dump } from '../../src/ttlv/dump.ts'
import { encode } from '../../src/ttlv/encode.ts'
import { Framer } from '../../src/ttlv/framer.ts'
import { decodeJson, encodeJson } from '../../src/ttlv/json.ts'
import { DEFAULT_LIMITS } from '../../src/ttlv/limits.ts'
import { parseXml, type XmlElement } from '../../src/ttlv/xml-parser.ts'
import { decodeXml, encodeXml, itemFromXml } from '../../src/ttlv/xml.ts'

/** A file holds a whole conversation, so it may be longer than a message. */
const FILE_LIMITS = { ...DEFAULT_LIMITS, items: 100_000, depth: DEFAULT_LIMITS.depth + 1 }

/** What stands for a value that the case binds at run time, by the type of the element. */
const STAND_INS: ReadonlyMap<string, string> = new Map([
  ['ByteString', '00ff'],
  ['DateTime', '2024-02-29T12:00:00Z'],
])

function withValues({ name, attributes, children }: XmlElement): XmlElement {
  const bound = new Map(attributes)
  const standIn = STAND_INS.get(attributes.get('type') ?? '')
  if (attributes.get('value')?.startsWith('$') === true && standIn !== undefined)
    bound.set('value', standIn)
  return { name, attributes: bound, children: children.map(withValues) }
}

/** Five of the files are not XML as they are: they have titles between elements, or end twice. */
function mended(text: string): string {
  return text.replaceAll(/^#.*$/gm, '').replace(/(?:<\/KMIP>\s*){2}$/, '</KMIP>')
}

function messagesOf(file: string): readonly XmlElement[] {
  const root = parseXml(mended(readFileSync(file, 'utf8')), FILE_LIMITS)
  expect(root.name).toBe('KMIP')
  return root.children.map(withValues)
}

function expectOneMeaning(element: XmlElement): void {
  const item = itemFromXml(element, vocabulary)
  const bytes = encode(item)
  const framer = new Framer(DEFAULT_LIMITS)
  framer.push(bytes)
  expect(framer.next()?.equals(bytes)).toBe(true)
  // Far faster than toEqual, which looks at every byte of a view as at a property.
  expect(isDeepStrictEqual(decode(bytes), item)).toBe(true)
  expect(encode(decode(bytes)).equals(bytes)).toBe(true)
  for (const [read, write] of [
    [decodeXml, encodeXml],
    [decodeJson, encodeJson],
  ] as const) {
    // prettier-ignore
    const text = write(item, vocabulary)
    const again = read(text, vocabulary)
    expect(encode(again).equals(bytes)).toBe(true)
    expect(Buffer.compare(write(again, vocabulary), text)).toBe(0)
  }
  expect(dump(item, vocabulary).startsWith(element.name)).toBe(true)
}

if (VECTORS === undefined) warnOfMissingVectors()

describe.skipIf(VECTORS === undefined)(
  'the official cases mean the same in bytes, XML and JSON',
  () => {
    for (const folder of ['profiles-1.4', 'profiles-2.0', 'testcases-1.4']) {
      test(folder, { timeout: 60_000 }, () => {
        const path = join(VECTORS ?? '', folder)
        const files = readdirSync(path).filter((name) => name.endsWith('.xml'))
        expect(files.length).toBeGreaterThan(50)
        for (const file of files) {
          for (const message of messagesOf(join(path, file))) {
            try {
              expectOneMeaning(message)
            } catch (cause) {
              throw new Error(`${file}: ${message.name}`, { cause })
            }
          }
        }
      })
    }
  },
)
