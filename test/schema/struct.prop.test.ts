import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compile, type Infer } from '../../src/schema/codec.ts'
import { existsIn, VERSIONS } from '../../src/schema/version.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { Colour, Sample, Tag } from './sample.ts'

const sample: fc.Arbitrary<Infer<typeof Sample>> = fc.record(
  {
    count: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    labels: fc.array(fc.string({ unit: 'binary' })),
    colour: fc.constant(Colour.Red),
    inner: fc.record({ label: fc.string(), notes: fc.array(fc.string()) }),
    flag: fc.boolean(),
    blob: fc.uint8Array(),
    legacy: fc.nat(),
    note: fc.string(),
  },
  { requiredKeys: ['count', 'labels'] },
)

/** When each field of the sample that comes and goes is written; read off its description by hand. */
const LIVES = {
  flag: { since: '1.2' },
  blob: { since: '2.0' },
  legacy: { until: '1.4' },
  note: { since: '1.4' },
} as const

describe('a structure that is written and read again', () => {
  test('has the value it had, but for the fields that its version does not know', () => {
    fc.assert(
      fc.property(sample, fc.constantFrom(...VERSIONS), (value, version) => {
        const bound = compile(Sample, version)
        const expected: Record<string, unknown> = { ...value }
        for (const [key, life] of Object.entries(LIVES)) {
          // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the key is one of four above
          if (!existsIn(life, version)) delete expected[key]
        }
        expect(bound.decode(bound.encode(Tag.Outer.number, value))).toEqual(expected)
      }),
    )
  })

  test('has it in whatever order its fields come', () => {
    const shuffled = sample.chain((value) => {
      const item = compile(Sample, '1.4').encode(Tag.Outer.number, value)
      const items = item.type === ItemType.Structure ? item.value : []
      return fc.record({
        item: fc.constant(item),
        items: fc.shuffledSubarray([...items], { minLength: items.length }),
      })
    })
    fc.assert(
      fc.property(shuffled, ({ item, items }) => {
        const bound = compile(Sample, '1.4')
        const other: Item = { tag: item.tag, type: ItemType.Structure, value: items }
        const { labels, inner, ...rest } = bound.decode(other)
        const { labels: before, inner: within, ...same } = bound.decode(item)
        expect(rest).toEqual(same)
        expect(inner).toEqual(within)
        expect([...labels].sort()).toEqual([...before].sort())
      }),
    )
  })
})
