import { expect, test } from 'vitest'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import { State } from '../../src/spec/enum/state.ts'
import { countingStore } from './counting-store.ts'
import { aesKey, criterion, entry, inUnit, NOW, openObjects, OWNER, query } from './sample.ts'

const ACTIVE = query([criterion(entry('State', State.Active))])
const HOUR = 3_600
const YEAR = 31_536_000

const located = async (
  { objects }: Awaited<ReturnType<typeof openObjects>>,
  now: number,
  owner = OWNER,
): Promise<readonly string[]> =>
  (await objects.begin({ owner, now }).locate(ACTIVE)).uniqueIdentifiers

const activating = (id: string, date: number, owner = OWNER): ReturnType<typeof aesKey> =>
  aesKey({ id, owner, entries: [entry('ActivationDate', date)] })

test.each([0, 1, 4_095, 4_096, HOUR * 24, YEAR])(
  'an object that becomes Active in %i seconds is found by its state from then on, and not before',
  async (seconds) => {
    const opened = await openObjects()
    const start = NOW - (NOW % 4_096)
    const object = aesKey({
      id: 'a',
      now: start,
      entries: [entry('ActivationDate', start + seconds)],
    })
    await inUnit(opened.objects, async (unit) => unit.add(object), { now: start })
    if (seconds > 0) expect(await located(opened, start + seconds - 1)).toEqual([])
    expect(await located(opened, start + seconds)).toEqual(['a'])
    expect(await located(await openObjects(opened.store), start + seconds)).toEqual(['a'])
  },
)

test('an object is settled once, by one write, and later searches write nothing', async () => {
  const counting = countingStore(memoryStore())
  const opened = await openObjects(counting.store)
  await inUnit(opened.objects, async (unit) => unit.add(activating('a', NOW + 10)))
  expect(await located(opened, NOW)).toEqual([])
  counting.reset()
  expect(await located(opened, NOW + 10)).toEqual(['a'])
  expect(counting.counts.commits).toBe(1)
  for (const later of [10, 11, HOUR, 2 * HOUR]) await located(opened, NOW + later)
  expect(counting.counts.commits).toBe(1)
  expect((await opened.objects.at('a'))?.version).toBe(2)
})

test('objects that become due later do not make every search look at them', async () => {
  const counting = countingStore(memoryStore())
  const opened = await openObjects(counting.store)
  await inUnit(opened.objects, async (unit) => {
    for (let number = 0; number < 50; number += 1) {
      await unit.add(activating(`a ${number}`, NOW + 1_000))
    }
  })
  await located(opened, NOW)
  counting.reset()
  await located(opened, NOW + 1)
  expect(counting.counts.entries).toBe(0)
  expect(await located(opened, NOW + 1_000)).toHaveLength(50)
})

test('a search settles objects of its own owner alone', async () => {
  const opened = await openObjects()
  await inUnit(opened.objects, async (unit) => unit.add(activating('a', NOW + 10)))
  const theirs = activating('b', NOW + 10, 'owner-b')
  await inUnit(opened.objects, async (unit) => unit.add(theirs), { owner: 'owner-b' })
  expect(await located(opened, NOW + 10)).toEqual(['a'])
  expect((await opened.objects.at('b'))?.version).toBe(1)
  expect(await located(opened, NOW + 10, 'owner-b')).toEqual(['b'])
})

test('an object whose date has passed when it is stored is found at once', async () => {
  const opened = await openObjects()
  await inUnit(opened.objects, async (unit) => unit.add(aesKey({ id: 'a' })))
  await located(opened, NOW)
  await inUnit(opened.objects, async (unit) => {
    const object = await unit.load('a')
    const attributes = object.attributes.with('ActivationDate', NOW - 100 * YEAR)
    await unit.save({ ...object, attributes })
  })
  expect(await located(opened, NOW)).toEqual(['a'])
})

test('a message that began before a date and is stored after a search for it is not missed', async () => {
  const opened = await openObjects()
  const due = (Math.floor(NOW / 4_096) + 1) * 4_096
  const slow = opened.objects.begin({ owner: OWNER, now: due - 2 })
  await slow.add(activating('a', due - 1))
  expect(await located(opened, due + 1)).toEqual([])
  expect(await slow.commit()).toBe('done')
  expect(await located(opened, due + 1)).toEqual(['a'])
})

test('searches at the same time all find what has become due', async () => {
  const opened = await openObjects()
  await inUnit(opened.objects, async (unit) => {
    for (let number = 0; number < 20; number += 1) {
      await unit.add(activating(`a ${number}`, NOW + 10))
    }
  })
  await located(opened, NOW)
  const all = await Promise.all(Array.from({ length: 8 }, async () => located(opened, NOW + 10)))
  expect(all.map((found) => found.length)).toEqual(Array.from({ length: 8 }, () => 20))
})

test('a failed look is repeated', async () => {
  const counting = countingStore(memoryStore())
  const opened = await openObjects(counting.store)
  await inUnit(opened.objects, async (unit) => unit.add(activating('a', NOW + 10)))
  await located(opened, NOW)
  counting.failNextCommit()
  await expect(located(opened, NOW + 10)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(await located(opened, NOW + 10)).toEqual(['a'])
})

test('a Deactivation Date ends what an Activation Date began', async () => {
  const opened = await openObjects()
  const dates = [entry('ActivationDate', NOW + 10), entry('DeactivationDate', NOW + 20)]
  await inUnit(opened.objects, async (unit) => unit.add(aesKey({ id: 'a', entries: dates })))
  expect(await located(opened, NOW + 19)).toEqual(['a'])
  expect(await located(opened, NOW + 20)).toEqual([])
})
