import { describe, expect, test } from 'vitest'
import { compile } from '../../src/schema/codec.ts'
import { required } from '../../src/schema/field.ts'
import { text } from '../../src/schema/primitive.ts'
import { struct } from '../../src/schema/struct.ts'
import { tag } from '../../src/schema/tag.ts'
import { VERSIONS, type Version } from '../../src/schema/version.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { faultOf } from './fault-of.ts'
import { Colour, Sample, Tag } from './sample.ts'

const utf8 = (value: string) => new TextEncoder().encode(value)
const count: Item = { tag: Tag.Count.number, type: ItemType.Integer, value: 7 }
const label = (value: string): Item => ({
  tag: Tag.Label.number,
  type: ItemType.TextString,
  value: utf8(value),
})
const note: Item = { tag: Tag.Note.number, type: ItemType.TextString, value: utf8('n') }
const flag: Item = { tag: Tag.Flag.number, type: ItemType.Boolean, value: true }
const blob: Item = { tag: Tag.Blob.number, type: ItemType.ByteString, value: Uint8Array.of(1) }
const legacy: Item = { tag: Tag.Legacy.number, type: ItemType.Integer, value: 1 }
const unknown: Item = { tag: 0x42_ffff, type: ItemType.Integer, value: 0 }

const structure = (...value: readonly Item[]): Item => ({
  tag: Tag.Outer.number,
  type: ItemType.Structure,
  value,
})
const decode = (version: Version, ...items: readonly Item[]) =>
  compile(Sample, version).decode(structure(...items))

describe('presence', () => {
  test('a structure without its optional fields has only the others', () => {
    expect(decode('1.4', count)).toEqual({ count: 7, labels: [] })
  })

  test('an absent optional field is no property at all', () => {
    expect(Object.keys(decode('1.4', count))).toEqual(['count', 'labels'])
  })

  test('a repeated field keeps the order of its items', () => {
    expect(decode('1.4', count, label('b'), label('a')).labels).toEqual(['b', 'a'])
  })

  test('a required field that is missing is named', () => {
    const fault = faultOf(() => decode('1.4'))
    expect(fault).toMatchObject({ code: 'MISSING_FIELD', message: 'Count is missing' })
  })

  test.each([
    ['Count', [count, count]],
    ['Note', [count, note, note]],
  ])('a second %s is refused', (name, items) => {
    const fault = faultOf(() => decode('1.4', ...items))
    expect(fault.code).toBe('REPEATED_FIELD')
    expect(fault.message).toContain(name)
  })
})

describe('order', () => {
  test('of different fields means nothing', () => {
    expect(decode('1.4', label('a'), note, count, label('b'))).toEqual(
      decode('1.4', count, label('a'), label('b'), note),
    )
  })

  test('of what is written is that of the description', () => {
    const item = compile(Sample, '2.1').encode(Tag.Outer.number, {
      blob: Uint8Array.of(1),
      labels: ['a'],
      count: 7,
    })
    expect(item).toEqual(structure(count, label('a'), blob))
  })
})

describe('fields that are not known', () => {
  test.each(VERSIONS.map((version) => [version, ['1.4', '2.1'].includes(version)] as const))(
    'in %s are refused: %s',
    (version, refused) => {
      if (refused) {
        expect(faultOf(() => decode(version, count, unknown))).toMatchObject({
          code: 'UNKNOWN_FIELD',
          message: 'A structure holds the unknown field 0x42ffff',
        })
      } else expect(decode(version, count, unknown)).toEqual({ count: 7, labels: [] })
    },
  )

  test('are those of the other major number too', () => {
    expect(faultOf(() => decode('2.1', count, legacy)).code).toBe('UNKNOWN_FIELD')
    expect(faultOf(() => decode('1.4', count, blob)).code).toBe('UNKNOWN_FIELD')
    expect(decode('2.0', count, legacy)).toEqual({ count: 7, labels: [] })
  })
})

describe('fields of a later minor version', () => {
  test('are read in a request', () => {
    expect(decode('1.0', count, flag, note)).toEqual({
      count: 7,
      labels: [],
      flag: true,
      note: 'n',
    })
  })

  test.each<[Version, readonly Item[]]>([
    ['1.0', [count, legacy]],
    ['1.2', [count, flag, legacy]],
    ['1.4', [count, flag, legacy, note]],
    ['2.0', [count, flag, blob, note]],
  ])('are written from their version on: %s', (version, items) => {
    const value = { count: 7, labels: [], flag: true, blob: Uint8Array.of(1), legacy: 1, note: 'n' }
    expect(compile(Sample, version).encode(Tag.Outer.number, value)).toEqual(structure(...items))
  })
})

describe('faults in a structure', () => {
  const inner = (...value: readonly Item[]): Item => ({
    tag: Tag.Inner.number,
    type: ItemType.Structure,
    value,
  })
  const wrongNote: Item = { tag: Tag.Note.number, type: ItemType.Boolean, value: true }

  test('say where, with the index of a repeated field', () => {
    const fault = faultOf(() => decode('1.4', count, inner(label('a'), note, wrongNote)))
    expect(fault).toMatchObject({ code: 'MALFORMED_MESSAGE', path: ['Inner', 'Note[1]'] })
  })

  test('name a missing field of an inner structure by where it is missing', () => {
    const fault = faultOf(() => decode('1.4', count, inner()))
    expect(fault).toMatchObject({
      code: 'MISSING_FIELD',
      message: 'Label is missing',
      path: ['Inner'],
    })
  })

  test('an item of another type in the place of a structure is refused', () => {
    expect(faultOf(() => compile(Sample, '1.4').decode(count)).code).toBe('MALFORMED_MESSAGE')
  })

  test('never hold a value', () => {
    const wrong: Item = { tag: Tag.Colour.number, type: ItemType.Enumeration, value: 123_456 }
    const fault = faultOf(() => decode('1.4', count, wrong))
    expect(fault).toMatchObject({ code: 'UNKNOWN_ENUMERATION', path: ['Colour'] })
    expect(fault.message).not.toMatch(/123456|1e240/i)
  })

  test('an error that is no fault passes as it is', () => {
    const broken = new TypeError('a mistake of ours')
    const failing = struct({
      field: required(
        { name: 'Field', number: 0x54_0001, codec: text },
        {
          itemType: undefined,
          bind: () => ({
            decode: () => {
              throw broken
            },
            encode: () => count,
          }),
        },
      ),
    })
    expect(() => compile(failing, '1.0').decode(structure(count))).toThrow(broken)
  })
})

describe('a description', () => {
  test('is bound once for each version', () => {
    expect(compile(Sample, '1.4')).toBe(compile(Sample, '1.4'))
    expect(compile(Sample, '1.4')).not.toBe(compile(Sample, '1.3'))
  })

  test('shows its fields', () => {
    expect(Object.keys(Sample.fields).slice(0, 2)).toEqual(['count', 'colour'])
    expect(Sample.fields.labels.presence).toBe('repeated')
  })

  test('of a tag bears the name of its key and an end only when it has one', () => {
    expect(Tag.Flag).toMatchObject({ name: 'Flag', number: 0x54_0005, since: '1.2' })
    expect('until' in Tag.Flag).toBe(false)
    expect(Tag.Legacy).toMatchObject({ name: 'Legacy', since: '1.0', until: '1.4' })
    expect(tag(1, text)).toMatchObject({ since: '1.0' })
  })

  test('takes an enumeration of its version', () => {
    const item = compile(Sample, '2.0').encode(Tag.Outer.number, {
      count: 7,
      labels: [],
      colour: Colour.Blue,
    })
    expect(compile(Sample, '2.0').decode(item)).toEqual({ count: 7, labels: [], colour: 3 })
    expect(faultOf(() => compile(Sample, '1.4').decode(item)).code).toBe('UNKNOWN_ENUMERATION')
  })
})
