import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHUNK, ChunkCipher, ChunkWriter } from '../../../src/adapter/backup/chunk.ts'
import {
  HEADER_START,
  decodeHeader,
  encodeHeader,
  readHeaderStart,
  type BackupHeader,
} from '../../../src/adapter/backup/header.ts'
import {
  END_ITEM,
  ItemReader,
  encodeEntries,
  encodeFile,
  type BackupItem,
} from '../../../src/adapter/backup/item.ts'
import { Secret } from '../../../src/secret/secret.ts'

const KEY = Secret.copyOf(new Uint8Array(32).fill(1))
const HEADER: BackupHeader = {
  backupId: new Uint8Array(16).fill(2),
  generation: 3,
  time: 1_800_000_000,
  entries: 4,
  head: Uint8Array.of(5, 6),
  keyring: Uint8Array.of(7),
  sealedKey: Uint8Array.of(8, 9, 10),
  settings: new Uint8Array(0),
  shares: { setId: new Uint8Array(8).fill(11), threshold: 2, parts: 3 },
}

const cipher = (header = Uint8Array.of(1), key = KEY) => new ChunkCipher(key, HEADER, header)

describe('a chunk', () => {
  const sealed = cipher().seal(7, false, Uint8Array.of(1, 2, 3))

  test('opens in its place', () => {
    expect(cipher().open(7, false, sealed)).toEqual(Uint8Array.of(1, 2, 3))
  })

  test.each([
    ['as another', cipher(), 8, false],
    ['as the last', cipher(), 7, true],
    ['behind another header', cipher(Uint8Array.of(2)), 7, false],
    ['with another key', cipher(undefined, Secret.copyOf(new Uint8Array(32))), 7, false],
  ])('does not open %s', (_what, other, number, isLast) => {
    expect(other.open(number, isLast, sealed)).toBeUndefined()
  })

  test('does not open with any byte altered or missing', () => {
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Uint8Array.from(sealed)
      altered[at] = (altered[at] ?? 0) ^ 1
      expect(cipher().open(7, false, altered)).toBeUndefined()
      expect(cipher().open(7, false, sealed.subarray(0, at))).toBeUndefined()
    }
  })
})

test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])(
  'a stream of %i bytes is cut into whole chunks and a last one, which has what is left',
  (length) => {
    const stream = Uint8Array.from({ length }, (_, index) => index % 251)
    const writer = new ChunkWriter(cipher())
    const chunks = [...writer.write(stream.subarray(0, 10)), ...writer.write(stream.subarray(10))]
    chunks.push(writer.end())
    const opened = chunks.map((chunk, number) =>
      cipher().open(number, number === chunks.length - 1, chunk),
    )
    expect(opened.map((chunk) => chunk?.length)).toEqual(
      length === 0
        ? [0]
        : Array.from({ length: Math.ceil(length / CHUNK) }, (_, number) =>
            Math.min(CHUNK, length - number * CHUNK),
          ),
    )
    expect(Buffer.concat(opened.flatMap((chunk) => chunk ?? [])).equals(stream)).toBe(true)
  },
)

describe('a header', () => {
  test('comes back, with shares and without', () => {
    for (const header of [HEADER, { ...HEADER, shares: undefined }]) {
      const bytes = encodeHeader(header)
      expect(readHeaderStart(bytes)).toEqual({ kind: 'backup', length: bytes.length })
      const back = decodeHeader(bytes)
      expect(back).toMatchObject({ generation: 3, time: 1_800_000_000, entries: 4 })
      expect(back?.shares?.parts).toBe(header.shares?.parts)
      expect(Buffer.from(encodeHeader(back ?? HEADER)).equals(bytes)).toBe(true)
    }
  })

  test('is refused with any bit of it altered, and of a format that is not known', () => {
    const bytes = encodeHeader(HEADER)
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const altered = Buffer.from(bytes)
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const start = readHeaderStart(altered)
      const isSame = start.kind === 'backup' && start.length === bytes.length
      if (isSame) expect(decodeHeader(altered)).toBeUndefined()
      else expect(bit >> 3).toBeLessThan(HEADER_START)
    }
    expect(readHeaderStart(Buffer.from('KMBK\u0002\0\0\0\0\0', 'latin1'))).toEqual({
      kind: 'newer',
      format: 2,
    })
    expect(readHeaderStart(Buffer.from('KMBK'))).toEqual({ kind: 'other' })
  })
})

describe('the items of a stream', () => {
  const entries = [
    { key: Uint8Array.of(1), value: Uint8Array.of(2, 3), revision: 4n },
    { key: Uint8Array.of(5, 6), value: new Uint8Array(300), revision: 2n ** 63n },
  ]
  const file = { name: 'ca.crt', content: Uint8Array.of(7, 8) }
  const stream = Buffer.concat([encodeFile(file), encodeEntries(entries), END_ITEM])
  const expected = [
    { kind: 'file', file },
    ...entries.map((entry) => ({ kind: 'entry', entry })),
    { kind: 'end' },
  ]
  const shown = (item: BackupItem): unknown =>
    item.kind === 'entry'
      ? {
          kind: 'entry',
          entry: {
            key: Uint8Array.from(item.entry.key),
            value: Uint8Array.from(item.entry.value),
            revision: item.entry.revision,
          },
        }
      : item

  test('come back, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: stream.length })), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), stream.length]
        const reader = new ItemReader()
        const items = places.flatMap((from, index) => [
          ...reader.read(stream.subarray(from, places[index + 1] ?? stream.length)),
        ])
        expect(items.map(shown)).toEqual(expected)
        expect(reader.isWhole).toBe(true)
      }),
    )
  })

  test('are not whole without their end, and refused behind it', () => {
    const reader = new ItemReader()
    expect([...reader.read(stream.subarray(0, -1))]).toHaveLength(3)
    expect(reader.isWhole).toBe(false)
    expect(() => [...new ItemReader().read(Buffer.concat([stream, END_ITEM]))]).toThrow(
      'goes on behind its end',
    )
  })

  test('are refused of another kind, and larger than a store can hold', () => {
    const large = Buffer.from(encodeEntries(entries))
    large.writeUInt32BE(2_000_000, 3)
    for (const bytes of [Uint8Array.of(9), large]) {
      expect(() => [...new ItemReader().read(bytes)]).toThrow('cannot read')
    }
  })
})
