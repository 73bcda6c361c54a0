import { beforeAll, describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import { AttributeSet } from '../../src/model/attribute-set.ts'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import type { Store } from '../../src/port/store.ts'
import { blinderOf } from '../../src/repository/blinder.ts'
import { valueTerms } from '../../src/repository/index-term.ts'
import { placeBytes, postingKeys } from '../../src/repository/keys.ts'
import { intersection, TermCursor, UnionCursor } from '../../src/repository/posting-cursor.ts'
import { attributeItem } from '../../src/message/attribute-item.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'
import { countingStore } from './counting-store.ts'
import {
  aesKey,
  criterion,
  entry,
  name,
  named,
  NOW,
  openObjects,
  OWNER,
  query,
  type Opened,
} from './sample.ts'

const SIZE = 10_000

describe(`among ${SIZE} objects`, () => {
  const counting = countingStore(memoryStore())
  let opened: Opened | undefined

  beforeAll(async () => {
    const { objects } = await openObjects(counting.store)
    for (let number = 0; number < SIZE;) {
      const unit = objects.begin({ owner: OWNER, now: NOW })
      // A commit of 250 keeps below what one commit may hold.
      for (const last = number + 250; number < last; number += 1) await unit.add(keyOf(number))
      await unit.commit()
    }
    opened = await openObjects(counting.store, 0)
  }, 300_000)

  async function cost(
    what: ReturnType<typeof query>,
  ): Promise<{ found: readonly string[]; reads: number }> {
    counting.reset()
    const found = await opened?.objects.begin({ owner: OWNER, now: NOW }).locate(what)
    const { gets, entries } = counting.counts
    return { found: found?.uniqueIdentifiers ?? [], reads: gets + entries }
  }

  test('Locate by Name reads one object and a handful of entries', async () => {
    const { found, reads } = await cost(named('name 4711'))
    expect(found).toEqual(['key 4711'])
    expect(reads).toBeLessThan(10)
  })

  test('a filter that all meet reads no more than it takes to give 10', async () => {
    const all = await cost(query([criterion(entry('CryptographicLength', 256))], { limit: 10 }))
    expect(all.found).toEqual(Array.from({ length: 10 }, (_, index) => `key ${SIZE - 1 - index}`))
    expect(all.reads).toBeLessThan(150)
    expect((await cost(query([], { limit: 10 }))).reads).toBeLessThan(150)
  })

  test('two filters that many meet and two objects meet both read as much as the shorter list is long', async () => {
    const both = [criterion(entry('ObjectGroup', 'one in 50')), criterion(entry('Comment', 'half'))]
    const { found, reads } = await cost(query(both))
    expect(found).toEqual(['key 7500', 'key 2500'])
    expect(reads).toBeLessThan(15 * (SIZE / 50))
  })

  test('a range of dates that nothing lies in reads nothing, however wide it is', async () => {
    const dates = [
      entry('ActivationDate', NOW + 1_000_000),
      entry('ActivationDate', 2 ** 40),
    ] as const
    expect((await cost(query([criterion(...dates)]))).reads).toBeLessThan(10)
  })

  test('a list of all is given whole', async () => {
    const { found } = await cost(query([criterion(entry('Comment', 'half'))]))
    expect(found).toHaveLength(SIZE / 2 + 2)
    expect(new Set(found).size).toBe(SIZE / 2 + 2)
  })
})

/**
 * Half of the objects, and one in fifty of the others, but for two that are both. They have no more attributes than
 * are asked for, which makes the store small.
 */
function keyOf(number: number): ManagedObject {
  const isFiftieth = number % 50 === 0
  const isBoth = number === 2_500 || number === 7_500
  const id = `key ${number}`
  const attributes = AttributeSet.from([
    entry('UniqueIdentifier', id),
    entry('CryptographicLength', 256),
    entry('Name', name(`name ${number}`)),
    ...(isFiftieth ? [entry('ObjectGroup', 'one in 50')] : []),
    ...(number % 2 === 1 || isBoth ? [entry('Comment', 'half')] : []),
  ])
  return { ...TEMPLATE, uniqueIdentifier: id, attributes }
}

const TEMPLATE = aesKey()

describe('lists', () => {
  test.each([1, 32, 33, 34, 1_024, 1_025, 5_000])(
    'of %i postings are read whole, newest first',
    async (length) => {
      const { store, term } = await lists({ all: () => true }, length)
      const cursor = new TermCursor(store, term('all'))
      expect(await read(cursor)).toEqual(descending(length, () => true))
    },
  )

  test.each([
    [2, 3],
    [1, 500],
    [7, 1_000],
    [2, 2],
  ])('of every %i and every %i intersect in the multiples of both', async (left, right) => {
    const { store, term } = await lists(
      { left: (number) => number % left === 0, right: (number) => number % right === 0 },
      5_000,
    )
    const found: number[] = []
    const cursors = [new TermCursor(store, term('left')), new TermCursor(store, term('right'))]
    for await (const { sequence } of intersection(cursors)) found.push(Number(sequence))
    expect(found).toEqual(descending(5_000, (each) => each % left === 0 && each % right === 0))
  })

  test('are united, each posting once', async () => {
    const { store, term } = await lists(
      { left: (number) => number % 2 === 0, right: (number) => number % 3 === 0 },
      3_000,
    )
    const union = new UnionCursor([
      new TermCursor(store, term('left')),
      new TermCursor(store, term('right')),
    ])
    expect(await read(union)).toEqual(descending(3_000, (each) => each % 2 === 0 || each % 3 === 0))
  })
})

async function read(cursor: TermCursor | UnionCursor): Promise<readonly number[]> {
  const found: number[] = []
  for (let at = await cursor.peek(); at !== undefined; at = await cursor.peek()) {
    found.push(Number(at.sequence))
    await cursor.seek(at.sequence - 1n)
  }
  return found
}

function descending(last: number, isIn: (number: number) => boolean): readonly number[] {
  return Array.from({ length: last }, (_, index) => last - index).filter(isIn)
}

/** A store with lists of those of the numbers from 1 on that belong in them. */
async function lists(
  members: Readonly<Record<string, (number: number) => boolean>>,
  length: number,
): Promise<{ store: Store; term: (list: string) => Uint8Array }> {
  const store = memoryStore()
  const blinder = blinderOf(plainSealer())
  const termOf = (list: string): Uint8Array => {
    const group = entry('ObjectGroup', list)
    const [term = ''] = valueTerms(group.reference, attributeItem(group))
    return blinder.term(OWNER, term)
  }
  for (const [list, isIn] of Object.entries(members)) {
    const term = termOf(list)
    const numbers = descending(length, isIn)
    const keys = numbers.flatMap((number) => postingKeys([term], BigInt(number)))
    const puts = keys.map((key, index) => ({
      key,
      value: placeBytes(`${numbers[index] ?? 0}`),
    }))
    await store.commit({ checks: [], puts, dels: [] })
  }
  return { store, term: termOf }
}
