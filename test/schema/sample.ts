import { defineEnum } from '../../src/schema/enumeration.ts'
import { optional, repeated, required } from '../../src/schema/field.ts'
import { boolean, bytes, enumeration, integer, text } from '../../src/schema/primitive.ts'
import { struct } from '../../src/schema/struct.ts'
import { defineTags, tag } from '../../src/schema/tag.ts'

/** Made up for these tests: none of the standard's. */
export const Colour = defineEnum('Colour', { Red: [1], Green: [2, '1.2'], Blue: [3, '2.0'] })

export const Tag = defineTags({
  Count: tag(0x54_0001, integer),
  Label: tag(0x54_0002, text),
  Colour: tag(0x54_0003, enumeration(Colour)),
  Note: tag(0x54_0004, text),
  Flag: tag(0x54_0005, boolean, '1.2'),
  Blob: tag(0x54_0006, bytes, '2.0'),
  Legacy: tag(0x54_0007, integer, '1.0', '1.4'),
  Inner: tag(0x54_0008, integer),
  Outer: tag(0x54_0009, integer),
})

export const Inner = struct({ label: required(Tag.Label), notes: repeated(Tag.Note) })

export const Sample = struct({
  count: required(Tag.Count),
  colour: optional(Tag.Colour),
  labels: repeated(Tag.Label),
  inner: optional(Tag.Inner, Inner),
  flag: optional(Tag.Flag),
  blob: optional(Tag.Blob),
  legacy: optional(Tag.Legacy),
  note: optional(Tag.Note, { since: '1.4' }),
})
