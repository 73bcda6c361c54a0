import { describe, expect, test } from 'vitest'
import type { TagRow } from '../../src/schema/tag.ts'
import { existsIn, existsInMajor, type Version } from '../../src/schema/version.ts'
import { Tag } from '../../src/spec/tag.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import { normalise, sorted, STANDARDS } from './standard.ts'

const rows: readonly TagRow<unknown>[] = Object.values(Tag)
const byName = new Map(rows.map((row) => [row.name, row]))

describe.each(STANDARDS)('tags of KMIP $version', ({ version, numbers, encodings }) => {
  const table = numbers['Tag']
  const inStandard = Object.entries(table?.members ?? {}).map(([title, number]) => ({
    name: normalise(title),
    number,
  }))

  test('are all in the table, with their numbers', () => {
    const inTable = rows
      .filter((row) => existsIn(row, version))
      .map(({ name, number }) => ({ name, number }))
    expect(inStandard.length).toBeGreaterThan(280)
    const byNumber = (a: { number: number }, b: { number: number }) => a.number - b.number
    expect(inTable.sort(byNumber)).toEqual(inStandard.sort(byNumber))
  })

  test('that are reserved are not in the table', () => {
    const reserved = new Set(table?.reserved)
    const present = rows.filter((row) => existsInMajor(row, version) && reserved.has(row.number))
    expect(present.map(({ name }) => name)).toEqual([])
  })

  test('have the wire type that the tables of encodings say', () => {
    const wrong = Object.entries(encodings).flatMap(([title, types]) => {
      const row = byName.get(normalise(SPELLINGS[title] ?? title))
      const expected = types.map((type) => ITEM_TYPES[type]).filter((type) => type !== undefined)
      if (row === undefined || expected.length === 0) return []
      const fits = row.codec.itemType === undefined || expected.includes(row.codec.itemType)
      return fits ? [] : [`${row.name}: ${types.join(', ')}`]
    })
    expect(sorted(wrong)).toEqual(version === '1.4' ? [] : OTHER_TYPES_IN_2)
  })

  test('are all that the tables of encodings name', () => {
    const unknown = Object.keys(encodings).filter(
      (title) => !byName.has(normalise(SPELLINGS[title] ?? title)),
    )
    expect(unknown).toEqual(NO_TAGS[version] ?? [])
  })
})

const ITEM_TYPES: Readonly<Record<string, ItemType>> = {
  Structure: ItemType.Structure,
  'RNG Parameters': ItemType.Structure,
  Integer: ItemType.Integer,
  'Long Integer': ItemType.LongInteger,
  'Big Integer': ItemType.BigInteger,
  Enumeration: ItemType.Enumeration,
  Boolean: ItemType.Boolean,
  'Text String': ItemType.TextString,
  'Text string': ItemType.TextString,
  TextString: ItemType.TextString,
  'Byte String': ItemType.ByteString,
  ByteString: ItemType.ByteString,
  'Date-Time': ItemType.DateTime,
  'Date Time': ItemType.DateTime,
  'Date Time Extended': ItemType.DateTimeExtended,
  Interval: ItemType.Interval,
}

/** Tags that the tables of encodings spell otherwise than the table of tags. */
const SPELLINGS: Readonly<Record<string, string>> = {
  'Alternative failover endpoints': 'Alternate Failover Endpoints',
  Timestamp: 'Time Stamp',
}

/** Names in tables of encodings that are not names of tags. */
const NO_TAGS: Readonly<Partial<Record<Version, readonly string[]>>> = {
  '2.0': ['Any attribute in 4 - Object Attributes', 'Vendor-Specific'],
  '2.1': ['Any attribute in 4 - Object Attributes', 'Object Type | ObjectTypes', 'Vendor-Specific'],
}

/**
 * Tags that have another type in 2.x than in 1.x: the row holds the older one. Time Stamp is a Date-Time in headers and
 * extended in one credential.
 */
const OTHER_TYPES_IN_2 = [
  'AsynchronousIndicator: Enumeration',
  'CertificateRequest: Structure',
  'ExtensionType: Enumeration',
  'TimeStamp: Date Time Extended',
]

describe('the tag table', () => {
  test('gives each number once', () => {
    expect(new Set(rows.map(({ number }) => number)).size).toBe(rows.length)
  })

  test('[KMIP 1.4 9.1.1.1] stays within the range of the standard', () => {
    const outside = rows.filter(({ number }) => number <= 0x420000 || number > 0x42ffff)
    expect(outside.map(({ name }) => name)).toEqual([])
  })

  // The last tag of each edition; the editions before 1.4 are as PyKMIP's enumeration of tags dates them.
  test.each<[Version, number, number]>([
    ['1.0', 0x420001, 0x4200a1],
    ['1.1', 0x4200a2, 0x4200b7],
    ['1.2', 0x4200b8, 0x4200d3],
    ['1.3', 0x4200d4, 0x4200f7],
    ['1.4', 0x4200f8, 0x420124],
    ['2.0', 0x420125, 0x420165],
    ['2.1', 0x420166, 0x420176],
  ])('dates the tags of KMIP %s', (version, first, last) => {
    const added = rows.filter(({ since }) => since === version).map(({ number }) => number)
    expect(Math.min(...added)).toBe(first)
    expect(Math.max(...added)).toBe(last)
  })
})
