import { describe, expect, test } from 'vitest'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { decode } from '../../src/ttlv/decode.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { decodeJson, encodeJson } from '../../src/ttlv/json.ts'
import { decodeXml, encodeXml } from '../../src/ttlv/xml.ts'
import { create, request } from './request.ts'
import { childOf, TAGS, textOf } from './answer.ts'
import { createSubject, PEER, readSeeds, type Subject } from './subject.ts'

const ENCODINGS = {
  xml: {
    write: (bytes: Uint8Array) => encodeXml(decode(bytes), vocabulary),
    read: (bytes: Uint8Array) => decodeXml(bytes, vocabulary),
  },
  json: {
    write: (bytes: Uint8Array) => encodeJson(decode(bytes), vocabulary),
    read: (bytes: Uint8Array) => decodeJson(bytes, vocabulary),
  },
} as const

async function askTtlv({ handler }: Subject, bytes: Uint8Array): Promise<Item | undefined> {
  const reply = await handler.handle(Uint8Array.from(bytes), PEER)
  return reply && decode(reply.bytes)
}

/** A subject with one key, and its identifier. */
async function withKey() {
  const subject = await createSubject()
  const made = await askTtlv(subject, request([create()]))
  const [payload] = find(made, TAGS.payload)
  return { subject, key: textOf(childOf(payload, TAGS.uniqueIdentifier)) ?? '' }
}

function find(item: Item | undefined, tag: number): readonly Item[] {
  if (item?.type !== ItemType.Structure) return []
  return item.value.flatMap((child) => [...(child.tag === tag ? [child] : []), ...find(child, tag)])
}

/** An answer without the bytes that no two servers make alike. */
function comparable(item: Item | undefined): unknown {
  if (item === undefined) return undefined
  if (item.type === ItemType.Structure) return [item.tag, item.value.map(comparable)]
  if (item.type === ItemType.ByteString || item.type === ItemType.BigInteger)
    return [item.tag, item.type]
  return [item.tag, item.type, item.value]
}

describe.each(['xml', 'json'] as const)('requests of our own vectors in %s', (encoding) => {
  test('have the answers that they have in TTLV', { timeout: 120_000 }, async () => {
    const [ttlv, other] = [await withKey(), await withKey()]
    expect(other.key).toBe(ttlv.key)
    expect(ttlv.key).not.toBe('')
    const { write, read } = ENCODINGS[encoding]
    let compared = 0
    // A part of them: all take a minute, and neighbours are much alike.
    const seeds = readSeeds(() => ttlv.key).filter((_, index) => index % 4 === 0)
    for (const { name, bytes } of seeds) {
      const expected = await askTtlv(ttlv.subject, bytes)
      // What no client could write in the encoding, it cannot ask for either.
      if (expected === undefined) continue
      const reply = await other.subject.handler.handle(write(bytes), PEER, encoding)
      expect(comparable(reply && read(reply.bytes)), name).toEqual(comparable(expected))
      compared += 1
    }
    expect(compared).toBeGreaterThan(250)
  })
})
