import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import { keyText } from '../../src/adapter/store-limits.ts'
import type { AttributeEntry } from '../../src/model/attribute-set.ts'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import { storageStatusOf } from '../../src/model/managed-object.ts'
import type { Store } from '../../src/port/store.ts'
import { blinderOf } from '../../src/repository/blinder.ts'
import { heldNames } from '../../src/repository/change-set.ts'
import { matchesAll, type Criterion } from '../../src/repository/filter-match.ts'
import { termsOf } from '../../src/repository/index-term.ts'
import { nameKey, objectKey, postingKeys, sequenceKey } from '../../src/repository/keys.ts'
import type { ObjectQuery } from '../../src/repository/locate.ts'
import type { ObjectRepository } from '../../src/repository/object-repository.ts'
import { settle } from '../../src/model/lifecycle.ts'
import { State } from '../../src/spec/enum/state.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'
import {
  aesKey,
  criterion,
  destroyed,
  entry,
  name,
  NOW,
  openObjects,
  OWNER,
  textItem,
  vendorText,
} from './sample.ts'

const IDS = ['a', 'b', 'c', 'd', 'e', 'f']

/** Dates on both sides of the borders of buckets of every level, and far from all of them. */
const arbitraryDate = fc.oneof(
  fc.constantFrom(-1, 0, 946_684_800, 253_402_300_799),
  fc
    .tuple(
      fc.constantFrom(12, 20, 24, 28),
      fc.integer({ min: -2, max: 2 }),
      fc.integer({ min: -1, max: 1 }),
    )
    .map(
      ([level, buckets, offset]) => (Math.floor(NOW / 2 ** level) + buckets) * 2 ** level + offset,
    ),
)

const arbitraryEntry: fc.Arbitrary<AttributeEntry> = fc.oneof(
  fc.constantFrom('n', 'm', 'o').map((text) => entry('Name', name(text))),
  fc.constantFrom('g', 'h').map((text) => entry('ObjectGroup', text)),
  fc.constantFrom('x', 'y').map((text) => vendorText('Site', text)),
  arbitraryDate.map((date) => ({
    reference: { vendor: 'x', name: 'Site' },
    value: dateItem(date),
  })),
  arbitraryDate.map((date) => entry('ArchiveDate', date)),
  arbitraryDate.map((date) => entry('ProtectStopDate', date)),
  arbitraryDate.map((date) => entry('ActivationDate', date)),
  fc.integer({ min: 0, max: 15 }).map((mask) => entry('CryptographicUsageMask', mask)),
  fc
    .constantFrom(State.PreActive, State.Active, State.Compromised)
    .map((state) => entry('State', state)),
)

function dateItem(date: number): Item {
  return { tag: 0x42_00_0b, type: ItemType.DateTime, value: BigInt(date) }
}

type Step =
  | { readonly kind: 'add' | 'destroy' | 'erase'; readonly id: string }
  | {
      readonly kind: 'set' | 'append' | 'drop'
      readonly id: string
      readonly entry: AttributeEntry
    }

const arbitraryStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('add', 'destroy', 'erase'), id: fc.constantFrom(...IDS) }),
  fc.record({
    kind: fc.constantFrom('set', 'append', 'drop'),
    id: fc.constantFrom(...IDS),
    entry: arbitraryEntry,
  }),
)

/** Units of steps; a late one is stored behind the one after it, if that has not overtaken it. */
const arbitraryUnits = fc.array(
  fc.record({
    steps: fc.array(arbitraryStep, { minLength: 1, maxLength: 5 }),
    isLate: fc.boolean(),
    now: fc.integer({ min: NOW, max: NOW + 10_000 }),
  }),
  { minLength: 1, maxLength: 12 },
)

type Units = typeof arbitraryUnits extends fc.Arbitrary<infer T> ? T : never
type Unit = ReturnType<ObjectRepository['begin']>

async function perform(unit: Unit, step: Step): Promise<void> {
  const object = await unit.find(step.id)
  if (step.kind === 'add') {
    if (object === undefined) await unit.add(aesKey({ id: step.id }))
  } else if (object === undefined) return
  else if (step.kind === 'erase') await unit.erase(object)
  else await unit.save(changed(object, step))
}

function changed(object: ManagedObject, step: Step): ManagedObject {
  if (!('entry' in step)) return destroyed(object)
  const { reference, value } = step.entry
  const { attributes } = object
  const empty = attributes.without(reference)
  if (step.kind === 'drop') return { ...object, attributes: empty }
  const kept = step.kind === 'append' ? attributes : empty
  return { ...object, attributes: kept.adding(reference, value) }
}

async function play(objects: ObjectRepository, units: Units): Promise<void> {
  let late: Unit | undefined
  for (const { steps, isLate, now } of units) {
    const unit = objects.begin({ owner: OWNER, now })
    for (const step of steps) {
      await perform(unit, step).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'NAME_TAKEN' })
      })
    }
    if (!isLate) await unit.commit()
    await late?.commit()
    late = isLate ? unit : undefined
  }
}

const everything = { from: new Uint8Array(0), to: Uint8Array.of(0xff) }

async function keysOf(store: Store): Promise<readonly string[]> {
  const entries = await store.scan(everything, { limit: 1_000_000 })
  return entries.map(({ key }) => keyText(key))
}

test('after any units the store holds the entries of its objects and no others', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryUnits, async (units) => {
      const { store, objects, sealer } = await openObjects(memoryStore(), 3, plainSealer())
      await play(objects, units)
      const blinder = blinderOf(sealer)
      const expected = new Set<string>()
      for (const { object, sequence } of await storedObjects(store)) {
        const terms = [...termsOf(object)].map((term) => blinder.term(OWNER, term))
        const names = heldNames(object).map((each) => nameKey(blinder.name(OWNER, each)))
        const own = [objectKey(object.uniqueIdentifier), sequenceKey(sequence)]
        for (const key of [...own, ...names, ...postingKeys(terms, sequence)]) {
          expected.add(keyText(key))
        }
      }
      expect(await keysOf(store)).toEqual([...expected].sort(bytewise))
    }),
    { numRuns: 150 },
  )
})

const bytewise = (left: string, right: string): number => (left < right ? -1 : 1)

/** Every object as it is stored, read without cache, newest first. */
async function storedObjects(store: Store) {
  const { objects } = await openObjects(store, 0)
  const found = await Promise.all(IDS.map(async (id) => objects.at(id)))
  return found
    .filter((stored) => stored !== undefined)
    .sort((left, right) => (left.sequence > right.sequence ? -1 : 1))
}

const arbitraryCriteria: fc.Arbitrary<readonly Criterion[]> = fc.array(
  fc.oneof(
    arbitraryEntry.map((each) => criterion(each)),
    fc
      .tuple(
        fc.constantFrom('ProtectStopDate', 'InitialDate', 'ActivationDate'),
        arbitraryDate,
        arbitraryDate,
      )
      .map(([attribute, first, second]) => ({
        reference: { name: attribute },
        items: [dateItem(first), dateItem(second)],
      })),
    arbitraryDate.map((date) => ({
      reference: { vendor: 'x', name: 'Site' },
      items: [textItem('x'), dateItem(date)],
    })),
    fc.constantFrom(...IDS).map((id) => criterion(entry('UniqueIdentifier', id))),
    fc.constant({
      reference: { name: 'ProtectStopDate' },
      items: [{ tag: 0x42_00_0b, type: ItemType.DateTime, value: 0x7fff_ffff_ffff_ffffn }],
    } satisfies Criterion),
  ),
  { maxLength: 3 },
)

const arbitraryQuery: fc.Arbitrary<ObjectQuery> = fc.record({
  criteria: arbitraryCriteria,
  statuses: fc.subarray(['online', 'archived', 'destroyed'] as const),
  offset: fc.integer({ min: 0, max: 3 }),
  limit: fc.integer({ min: 1, max: 6 }),
  count: fc.boolean(),
})

test('Locate finds what looking at every object finds, newest first, changes of its own message included', async () => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryUnits,
      fc.array(arbitraryStep, { maxLength: 3 }),
      fc.array(arbitraryQuery, { minLength: 5, maxLength: 20 }),
      async (units, steps, queries) => {
        const { store, objects } = await openObjects(memoryStore(), 3)
        await play(objects, units)
        const now = NOW + 20_000
        const unit = objects.begin({ owner: OWNER, now })
        const stored = new Map(
          (await storedObjects(store)).map((each) => [each.object.uniqueIdentifier, each.sequence]),
        )
        const added: string[] = []
        for (const step of steps) {
          const before = await unit.find(step.id)
          await perform(unit, step).catch(() => undefined)
          const after = await unit.find(step.id)
          const isNew = before === undefined && after !== undefined
          if (isNew && !stored.has(step.id)) added.unshift(step.id)
        }
        for (const query of queries) {
          const matching = await bruteForce(unit, { stored, added, query, now })
          const found = await unit.locate(query)
          const part = matching.slice(query.offset, query.offset + query.limit)
          expect(found.uniqueIdentifiers).toEqual(part)
          expect(found.total).toBe(query.count ? matching.length : undefined)
        }
      },
    ),
    { numRuns: 150 },
  )
})

interface Situation {
  readonly stored: ReadonlyMap<string, bigint>
  /** What the unit itself has added, newest first. */
  readonly added: readonly string[]
  readonly query: ObjectQuery
  readonly now: number
}

async function bruteForce(
  unit: Unit,
  { stored, added, query: { criteria, statuses }, now }: Situation,
): Promise<readonly string[]> {
  const older = [...stored.keys()].filter((id) => !added.includes(id))
  const ids = [...new Set([...added, ...older])]
  const all = await Promise.all(ids.map(async (id) => unit.find(id)))
  return all
    .filter((object) => object !== undefined)
    .map((object) => settle(object, now))
    .filter((object) => statuses.includes(storageStatusOf(object)) && matchesAll(object, criteria))
    .map(({ uniqueIdentifier }) => uniqueIdentifier)
}
