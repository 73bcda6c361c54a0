import { describe, expect, test } from 'vitest'
import { compile } from '../../src/schema/codec.ts'
import {
  defineEnum,
  defineMask,
  isExtensionValue,
  membersOf,
} from '../../src/schema/enumeration.ts'
import { enumeration, integer, mask } from '../../src/schema/primitive.ts'
import type { Version } from '../../src/schema/version.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import { faultOf } from './fault-of.ts'

const Shape = defineEnum('Shape', {
  Round: [1],
  Square: [2, '1.2'],
  Oval: [3, '1.0', '1.3'],
  Star: [4, '2.0'],
})
const TAG = 0x42_0001

describe('an enumeration', () => {
  test('holds its members as literals and nothing else', () => {
    expect({ ...Shape }).toEqual({ Round: 1, Square: 2, Oval: 3, Star: 4 })
    expect(Object.keys(Shape)).toEqual(['Round', 'Square', 'Oval', 'Star'])
    expect(Object.isFrozen(Shape)).toBe(true)
  })

  test('knows names, values and lifetimes of its members', () => {
    const members = membersOf(Shape)
    expect(members.name).toBe('Shape')
    expect(members.nameOf(2)).toBe('Square')
    expect(members.valueOf('Oval')).toBe(3)
    expect(members.memberOf(3)).toEqual({ name: 'Oval', value: 3, since: '1.0', until: '1.3' })
    expect(members.members.map(({ name }) => name)).toEqual(['Round', 'Square', 'Oval', 'Star'])
  })

  test('knows nothing of other names and values, those of every object included', () => {
    const members = membersOf(Shape)
    expect(members.nameOf(9)).toBeUndefined()
    expect(members.valueOf('toString')).toBeUndefined()
    expect(members.memberOf(0)).toBeUndefined()
  })
})

describe('the values of an enumeration on the wire', () => {
  const decode = (value: number, version: Version) =>
    compile(enumeration(Shape), version).decode({ tag: TAG, type: ItemType.Enumeration, value })

  test('are its members in every version of the same major number', () => {
    expect(decode(1, '1.0')).toBe(1)
    expect(decode(2, '1.0')).toBe(2)
    expect(decode(3, '1.4')).toBe(3)
    expect(decode(4, '2.1')).toBe(4)
  })

  test.each<[number, Version]>([
    [3, '2.0'],
    [4, '1.4'],
    [5, '1.0'],
    [0, '2.1'],
    [0x9000_0000, '1.0'],
    [0x7fff_ffff, '1.0'],
  ])('%i is refused in %s', (value, version) => {
    expect(faultOf(() => decode(value, version)).code).toBe('UNKNOWN_ENUMERATION')
  })

  test('8XXXXXXX is an extension and passes (KMIP 1.4 section 9.1.3.2)', () => {
    expect(decode(0x8000_0001, '1.0')).toBe(0x8000_0001)
    expect(decode(0x8fff_ffff, '2.1')).toBe(0x8fff_ffff)
  })

  test('are not written in a version that has no word for them yet', () => {
    const bound = compile(enumeration(Shape), '1.0')
    expect(faultOf(() => bound.encode(TAG, Shape.Square)).code).toBe('NOT_IN_VERSION')
  })

  test('have the type Enumeration', () => {
    const bound = compile(enumeration(Shape), '1.4')
    expect(bound.encode(TAG, Shape.Square)).toEqual({
      tag: TAG,
      type: ItemType.Enumeration,
      value: 2,
    })
    const fault = faultOf(() => bound.decode({ tag: TAG, type: ItemType.Integer, value: 1 }))
    expect(fault.code).toBe('MALFORMED_MESSAGE')
  })
})

describe('extension values', () => {
  test.each([
    [0x7fff_ffff, false],
    [0x8000_0000, true],
    [0x8fff_ffff, true],
    [0x9000_0000, false],
    [0xffff_ffff, false],
  ])('%i: %s', (value, extension) => {
    expect(isExtensionValue(value)).toBe(extension)
  })
})

describe('a mask', () => {
  const Use = defineMask('Use', { Sign: [1], Verify: [2] })
  const bound = compile(mask(Use), '1.0')

  test('passes every combination of bits, unnamed ones included', () => {
    for (const value of [0, 1, 3, 0x4000_0000]) {
      expect(bound.decode({ tag: TAG, type: ItemType.Integer, value })).toBe(value)
    }
  })

  test('is an integer on the wire that knows the names of its bits', () => {
    expect(mask(Use).itemType).toBe(integer.itemType)
    expect(mask(Use).members).toBe(Use)
    expect(bound.encode(TAG, 3)).toEqual({ tag: TAG, type: ItemType.Integer, value: 3 })
  })
})
