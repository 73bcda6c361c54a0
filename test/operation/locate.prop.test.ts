import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { Bench, createAes, identifiersOf, START, uid } from './harness.ts'

/** What an object was made with, for the evaluation that needs no index. */
interface Made {
  readonly identifier: string
  readonly length: number
  readonly mask: number
  readonly groups: readonly string[]
  readonly activation: number | undefined
  readonly deactivation: number | undefined
  readonly total: number | undefined
}

type Wish = Omit<Made, 'identifier'>

const GROUPS = ['a', 'b', 'c']
const offset = fc.option(fc.integer({ min: -20_000, max: 20_000 }), { nil: undefined })
const wish: fc.Arbitrary<Wish> = fc
  .record({
    length: fc.constantFrom(128, 192, 256),
    mask: fc.integer({ min: 0, max: 31 }),
    groups: fc.subarray(GROUPS),
    activation: offset,
    deactivation: offset,
    total: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  })
  .filter(({ activation = -Infinity, deactivation = Infinity }) => activation <= deactivation)

const dateXml = (name: string, date: number | undefined): string =>
  date === undefined
    ? ''
    : `<${name} type="DateTime" value="${new Date((START + date) * 1_000).toISOString()}"/>`

function attributesOf(made: Wish): string {
  const { length, mask, groups, activation, deactivation, total } = made
  return [
    '<CryptographicAlgorithm type="Enumeration" value="AES"/>',
    `<CryptographicLength type="Integer" value="${length}"/>`,
    `<CryptographicUsageMask type="Integer" value="${mask}"/>`,
    ...groups.map((group) => `<ObjectGroup type="TextString" value="${group}"/>`),
    dateXml('ActivationDate', activation),
    dateXml('DeactivationDate', deactivation),
    total === undefined
      ? ''
      : `<UsageLimits><UsageLimitsTotal type="LongInteger" value="${total}"/>
         <UsageLimitsUnit type="Enumeration" value="Byte"/></UsageLimits>`,
  ].join('')
}

/** The state by the dates alone (KMIP 1.4 section 3.22), `clock` seconds after the start. */
function stateAt({ activation, deactivation }: Made, clock: number): string {
  if (activation === undefined || activation > clock) return 'PreActive'
  return deactivation !== undefined && deactivation <= clock ? 'Deactivated' : 'Active'
}

interface Filter {
  readonly xml: string
  readonly holds: (made: Made, clock: number) => boolean
}

const within = (date: number | undefined, from: number, to: number): boolean =>
  date !== undefined && date >= from && date <= to

const filter: fc.Arbitrary<Filter> = fc.oneof(
  fc.constantFrom(128, 192, 256).map((length) => ({
    xml: `<CryptographicLength type="Integer" value="${length}"/>`,
    holds: (made: Made) => made.length === length,
  })),
  fc.integer({ min: 0, max: 31 }).map((mask) => ({
    xml: `<CryptographicUsageMask type="Integer" value="${mask}"/>`,
    holds: (made: Made) => (made.mask & mask) === mask,
  })),
  fc.constantFrom(...GROUPS, 'none').map((group) => ({
    xml: `<ObjectGroup type="TextString" value="${group}"/>`,
    holds: (made: Made) => made.groups.includes(group),
  })),
  fc.constantFrom('PreActive', 'Active', 'Deactivated', 'Compromised').map((state) => ({
    xml: `<State type="Enumeration" value="${state}"/>`,
    holds: (made: Made, clock: number) => stateAt(made, clock) === state,
  })),
  fc
    .tuple(fc.integer({ min: -20_000, max: 20_000 }), fc.nat(20_000), fc.boolean())
    .map(([from, width, isTurned]) => {
      const ends = [dateXml('ActivationDate', from), dateXml('ActivationDate', from + width)]
      return {
        xml: (isTurned ? ends.toReversed() : ends).join(''),
        holds: ({ activation }: Made) => within(activation, from, from + width),
      }
    }),
  fc.constant({
    xml: '<ActivationDate type="DateTime" value="0x7fffffffffffffff"/>',
    holds: ({ activation }: Made) => activation === undefined,
  }),
  fc.integer({ min: 1, max: 5 }).map((total) => ({
    xml: `<UsageLimits><UsageLimitsTotal type="LongInteger" value="${total}"/></UsageLimits>`,
    holds: (made: Made) => made.total !== undefined && made.total >= total,
  })),
)

/** No attribute twice: two dates of one attribute are a range, which is a filter of its own. */
const filters = fc.uniqueArray(filter, {
  maxLength: 3,
  selector: ({ xml }) => /^<(\w+)/u.exec(xml)?.[1],
})

const OBJECTS = 200
const SEED = 20_260
let bench: Bench
/** Newest first. */
let all: readonly Made[]

beforeAll(async () => {
  bench = await Bench.open()
  const wishes = fc.sample(wish, { numRuns: OBJECTS, seed: SEED })
  const made: Made[] = []
  // Fifty in a message, all in one second: the order within both counts (KMIP 2.1 section 6.1.28).
  for (let from = 0; from < OBJECTS; from += 50) {
    const some = wishes.slice(from, from + 50)
    const { items } = await bench.send(
      '2.1',
      some.map((each) => ({
        operation: 'Create',
        payload: `<ObjectType type="Enumeration" value="SymmetricKey"/>
          <Attributes>${attributesOf(each)}</Attributes>`,
      })),
    )
    for (const [index, each] of some.entries()) {
      const identifier = items[index] && identifiersOf(items[index])[0]
      if (identifier === undefined) throw new TypeError(items[index]?.message)
      made.push({ ...each, identifier })
    }
  }
  all = made.reverse()
})

describe('Locate (KMIP 1.4 section 4.9, KMIP 2.1 section 6.1.28)', () => {
  test('finds what looking at every object finds, newest first, at any clock position', async () => {
    let clock = 0
    await fc.assert(
      fc.asyncProperty(
        filters,
        fc.nat(400),
        fc.option(fc.nat(30), { nil: undefined }),
        fc.option(fc.nat(30), { nil: undefined }),
        async (chosen, seconds, maximum, skipped) => {
          // The clock only goes forward, shrinking included.
          clock += seconds
          bench.now = START + clock
          const now = clock
          const expected = all
            .filter((made) => chosen.every(({ holds }) => holds(made, now)))
            .map(({ identifier }) => identifier)
          const limits = [
            maximum === undefined ? '' : `<MaximumItems type="Integer" value="${maximum}"/>`,
            skipped === undefined ? '' : `<OffsetItems type="Integer" value="${skipped}"/>`,
          ].join('')
          const xml = chosen.map((each) => each.xml).join('')
          const answer = await bench.ask(
            '2.1',
            'Locate',
            `${limits}<Attributes>${xml}</Attributes>`,
          )
          const from = skipped ?? 0
          expect(answer.status).toBe('Success')
          expect(identifiersOf(answer)).toEqual(expected.slice(from, from + (maximum ?? Infinity)))
        },
      ),
      { numRuns: 150, seed: SEED },
    )
  })

  test('agrees with Get Attributes on the state of every object', async () => {
    bench.now += 5_000
    for (const state of ['PreActive', 'Active', 'Deactivated']) {
      const filterXml = `<Attributes><State type="Enumeration" value="${state}"/></Attributes>`
      const found = identifiersOf(await bench.ask('2.1', 'Locate', filterXml))
      const clock = bench.now - START
      expect(found).toEqual(
        all.filter((made) => stateAt(made, clock) === state).map(({ identifier }) => identifier),
      )
    }
  })

  test('shows no destroyed object unless the Storage Status Mask asks for it', async () => {
    const made = await bench.ask('2.1', 'Create', createAes())
    const [key = ''] = identifiersOf(made)
    await bench.ask('2.1', 'Destroy', uid(key))
    const ask = async (mask: string) =>
      identifiersOf(await bench.ask('2.1', 'Locate', `${mask}<Attributes/>`))
    const masked = (value: number) => `<StorageStatusMask type="Integer" value="${value}"/>`
    expect(await ask('')).not.toContain(key)
    expect(await ask(masked(1))).not.toContain(key)
    expect(await ask(masked(2))).toEqual([])
    expect(await ask(masked(4))).toEqual([key])
    expect(await ask(masked(5))).toContain(key)
    expect(await ask(masked(5))).toHaveLength(OBJECTS + 1)
  })
})
