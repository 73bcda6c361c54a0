import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { KmipFault } from '../../src/fault/fault.ts'
import { decode } from '../../src/ttlv/decode.ts'
import { dump } from '../../src/ttlv/dump.ts'
import { encode, encodedLength } from '../../src/ttlv/encode.ts'
import { Framer } from '../../src/ttlv/framer.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { decodeJson, encodeJson } from '../../src/ttlv/json.ts'
import { DEFAULT_LIMITS } from '../../src/ttlv/limits.ts'
import { decodeXml, encodeXml } from '../../src/ttlv/xml.ts'
import { arbitraryItem } from './arbitrary-item.ts'
import { faultOf } from './code-of.ts'
import { smallVocabulary } from './small-vocabulary.ts'

/** Cases of the fuzzing lane: a few thousand in each run, a million where the environment asks for them. */
const FUZZ_CASES = Number(process.env['KMIPD_FUZZ_CASES'] ?? 5000)
const seed = process.env['KMIPD_FUZZ_SEED']
const fuzz = { numRuns: FUZZ_CASES, ...(seed === undefined ? {} : { seed: Number(seed) }) }
const FUZZ_DEADLINE = 60_000 + FUZZ_CASES * 10

const tags = [0x420008, 0x42000a, 0x42000b, 0x420028, 0x42002c, 0x420043, 0x420057, 0x420078]
const item = arbitraryItem({ tags, xmlText: false })
const xmlItem = arbitraryItem({ tags, xmlText: true })

/** What a hostile peer does to bytes that were good. */
type Mutation =
  | { readonly kind: 'set' | 'insert'; readonly at: number; readonly byte: number }
  | { readonly kind: 'cut' | 'swap'; readonly at: number; readonly length: number }
  | { readonly kind: 'length'; readonly at: number; readonly length: number }

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('set' as const, 'insert' as const),
    at: fc.nat(400),
    byte: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 4, 7, 8, 0x42, 0x54, 0x80, 0xff)),
  }),
  fc.record({
    kind: fc.constantFrom('cut' as const, 'swap' as const),
    at: fc.nat(400),
    length: fc.oneof(fc.constantFrom(8, 16), fc.nat(64)),
  }),
  fc.record({
    kind: fc.constant('length' as const),
    at: fc.nat(50),
    length: fc.constantFrom(0, 1, 4, 7, 8, 9, 16, 24, 2 ** 20, 2 ** 31, 2 ** 32 - 1),
  }),
)

function mutate(bytes: Uint8Array, change: Mutation): Uint8Array {
  const at = change.kind === 'length' ? change.at * 8 : change.at % (bytes.length + 1)
  const [head, tail] = [bytes.slice(0, at), bytes.slice(at)]
  switch (change.kind) {
    case 'set':
      if (tail.length > 0) tail[0] = change.byte
      return Buffer.concat([head, tail])
    case 'insert':
      return Buffer.concat([head, Uint8Array.of(change.byte), tail])
    case 'cut':
      return Buffer.concat([head, tail.subarray(change.length)])
    case 'swap':
      return Buffer.concat([tail.subarray(0, change.length), head, tail.subarray(change.length)])
    case 'length':
      if (tail.length >= 8) new DataView(tail.buffer, tail.byteOffset).setUint32(4, change.length)
      return Buffer.concat([head, tail])
  }
}

/** Either refused with one of the two codes that the decoder has, or understood in exactly one way. */
function expectFaultOrIdentity(bytes: Uint8Array): 'refused' | 'taken' {
  let decoded: Item | undefined
  const fault = faultOf(() => {
    decoded = decode(bytes)
  })
  if (fault !== undefined) {
    expect(['MALFORMED_MESSAGE', 'SERVER_LIMIT']).toContain(fault.code)
    return 'refused'
  }
  if (decoded === undefined) throw new Error('neither an item nor a fault')
  expect(Buffer.compare(encode(decoded), bytes)).toBe(0)
  return 'taken'
}

describe('bytes', () => {
  test('an item that is encoded decodes to itself', () => {
    fc.assert(
      fc.property(item, (original) => {
        const bytes = encode(original)
        expect(bytes.length).toBe(encodedLength(original))
        expect(decode(bytes)).toEqual(original)
      }),
      { numRuns: 2000 },
    )
  })

  test(
    'what decodes re-encodes to the identical bytes, for bytes that were good before they were changed',
    () => {
      const seen = { refused: 0, taken: 0 }
      fc.assert(
        fc.property(
          item,
          fc.array(mutation, { minLength: 1, maxLength: 3 }),
          (original, changes) => {
            const bytes: Uint8Array = changes.reduce<Uint8Array>(mutate, encode(original))
            seen[expectFaultOrIdentity(bytes)] += 1
          },
        ),
        fuzz,
      )
      // A lane that only ever refuses or only ever takes would prove nothing.
      expect(seen.refused).toBeGreaterThan(FUZZ_CASES / 20)
      expect(seen.taken).toBeGreaterThan(FUZZ_CASES / 20)
    },
    FUZZ_DEADLINE,
  )

  test(
    'what decodes re-encodes to the identical bytes, for any bytes',
    () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(0x0c), (random, type) => {
          expectFaultOrIdentity(random)
          expectFaultOrIdentity(
            Uint8Array.from([0x42, 0, 0x20, type, 0, 0, 0, random.length, ...random]),
          )
        }),
        fuzz,
      )
    },
    FUZZ_DEADLINE,
  )
})

describe('framing', () => {
  test('messages come out as they went in, however the stream is cut', () => {
    const message = fc
      .uint8Array({ maxLength: 40 })
      .map((value): Item => ({
        tag: 0x420078,
        type: ItemType.Structure,
        value: [{ tag: 0x420020, type: ItemType.ByteString, value }],
      }))
      .map(encode)
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.array(fc.nat(50)), (messages, cuts) => {
        const framer = new Framer(DEFAULT_LIMITS)
        const stream = Buffer.concat(messages)
        const received: Buffer[] = []
        let at = 0
        for (const length of [...cuts, stream.length]) {
          framer.push(stream.subarray(at, at + length))
          at += length
          if (length % 3 === 0) continue
          for (let next = framer.next(); next !== undefined; next = framer.next())
            received.push(next)
        }
        for (let next = framer.next(); next !== undefined; next = framer.next()) received.push(next)
        expect(Buffer.concat(received)).toEqual(stream)
        expect(received.map(({ length }) => length)).toEqual(messages.map(({ length }) => length))
      }),
    )
  })
})

for (const [which, names] of [
  ['a few names', smallVocabulary],
  ["the standard's names", vocabulary],
] as const) {
  describe(`texts with ${which}`, () => {
    test('XML and back is the same item', () => {
      fc.assert(
        fc.property(xmlItem, (original) => {
          expect(decodeXml(encodeXml(original, names), names)).toEqual(original)
        }),
        { numRuns: 500 },
      )
    })

    test('JSON and back is the same item', () => {
      fc.assert(
        fc.property(item, (original) => {
          expect(decodeJson(encodeJson(original, names), names)).toEqual(original)
        }),
        { numRuns: 500 },
      )
    })

    test('JSON that we write is JSON to others', () => {
      fc.assert(
        fc.property(item, (original) => {
          const text = new TextDecoder('utf-8', { fatal: true }).decode(encodeJson(original, names))
          expect(JSON.parse(text)).toHaveProperty('tag')
        }),
        { numRuns: 200 },
      )
    })

    test('any item can be drawn, in lines that nothing but the item begins', () => {
      fc.assert(
        fc.property(item, (original) => {
          const lines = dump(original, names).split('\n')
          expect(lines.length).toBe(countOf(original))
        }),
        { numRuns: 300 },
      )
    })
  })
}

describe('texts that are no messages', () => {
  test('are refused with a fault and never with another error', () => {
    const noise = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      xmlItem.map((original) =>
        new TextDecoder().decode(encodeXml(original, vocabulary)).slice(0, -3),
      ),
      item.map((original) => new TextDecoder().decode(encodeJson(original, vocabulary)).slice(1)),
    )
    fc.assert(
      fc.property(noise, (text) => {
        expect(faultOf(() => decodeXml(text, vocabulary))).toBeInstanceOf(KmipFault)
        expect(faultOf(() => decodeJson(text, vocabulary))).toBeInstanceOf(KmipFault)
      }),
      { numRuns: 1000 },
    )
  })
})

function countOf(root: Item): number {
  return root.type === ItemType.Structure
    ? root.value.reduce((sum, child) => sum + countOf(child), 1)
    : 1
}
