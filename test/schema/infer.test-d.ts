import { describe, expectTypeOf, test } from 'vitest'
import type { Infer } from '../../src/schema/codec.ts'
import type { UnknownMember, ValueOf } from '../../src/schema/enumeration.ts'
import { optional, required } from '../../src/schema/field.ts'
import { enumeration, integer, secretBytes, text } from '../../src/schema/primitive.ts'
import { struct } from '../../src/schema/struct.ts'
import type { Secret } from '../../src/secret/secret.ts'
import { Colour, Tag, type Inner, type Sample } from './sample.ts'

type Sampled = Infer<typeof Sample>

/** What a codec decodes to; never called. */
declare function valueOf<C>(codec: C): Infer<C>

describe('the type of a structure', () => {
  test('has required and repeated fields always, optional ones perhaps', () => {
    expectTypeOf<Infer<typeof Inner>>().toEqualTypeOf<{
      readonly label: string
      readonly notes: readonly string[]
    }>()
    expectTypeOf<Pick<Sampled, 'count' | 'flag' | 'labels'>>().toEqualTypeOf<{
      readonly count: number
      readonly labels: readonly string[]
      readonly flag?: boolean
    }>()
  })

  test('does not take undefined for an absent field', () => {
    expectTypeOf<{ count: number; labels: string[] }>().toExtend<Sampled>()
    expectTypeOf<{ count: number; labels: string[]; flag: undefined }>().not.toExtend<Sampled>()
    // @ts-expect-error an absent field is left out
    const value: Sampled = { count: 1, labels: [], flag: undefined }
    expectTypeOf(value).toExtend<Sampled>()
  })

  test('does without neither required nor repeated fields', () => {
    expectTypeOf<{ count: number }>().not.toExtend<Sampled>()
    expectTypeOf<{ labels: string[] }>().not.toExtend<Sampled>()
  })

  test('follows the codec of a field where it has one of its own', () => {
    expectTypeOf<Sampled['inner']>().toEqualTypeOf<Infer<typeof Inner> | undefined>()
    const secretive = struct({ key: required(Tag.Blob, secretBytes) })
    expectTypeOf(valueOf(secretive)).toEqualTypeOf<{ readonly key: Secret }>()
  })

  test('can be given a name', () => {
    interface Named extends Sampled {}
    expectTypeOf<Named>().toEqualTypeOf<Sampled>()
  })
})

describe('an open enumeration', () => {
  type Colour_ = ValueOf<typeof Colour>

  test('is its members or a value marked as unknown', () => {
    expectTypeOf<Colour_>().toEqualTypeOf<1 | 2 | 3 | UnknownMember<'Colour'>>()
    expectTypeOf<Sampled['colour']>().toEqualTypeOf<Colour_ | undefined>()
  })

  test('has literals for members', () => {
    expectTypeOf(Colour.Green).toEqualTypeOf<2>()
  })

  test('takes no stray number, nor one of another enumeration', () => {
    expectTypeOf<number>().not.toExtend<Colour_>()
    expectTypeOf<4>().not.toExtend<Colour_>()
    expectTypeOf<UnknownMember<'Shape'>>().not.toExtend<Colour_>()
  })

  test('gives its values to the codec', () => {
    expectTypeOf(valueOf(enumeration(Colour))).toEqualTypeOf<Colour_>()
  })
})

describe('fields', () => {
  test('take the type of their tag', () => {
    expectTypeOf<Infer<typeof Tag.Count.codec>>().toEqualTypeOf<number>()
    const one = struct({ count: optional(Tag.Count, { since: '1.2' }) })
    expectTypeOf(valueOf(one)).toEqualTypeOf<{ readonly count?: number }>()
  })

  test('are not made of anything else', () => {
    // @ts-expect-error a field names its tag
    required(integer)
    // @ts-expect-error a version is one of the standard's
    optional(Tag.Label, { since: '1.5' })
    // @ts-expect-error a codec is no option
    optional(Tag.Label, { since: '1.4' }, text)
  })
})
