import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLevelStore } from '../../src/adapter/store-level/index.ts'
import { unlockPlain } from '../adapter/fixtures/plain-unlock.ts'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import type { AttributeEntry } from '../../src/model/attribute-set.ts'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import type { Store } from '../../src/port/store.ts'
import { objectKey } from '../../src/repository/keys.ts'
import { State } from '../../src/spec/enum/state.ts'
import { silentLog } from './level.ts'
import {
  aesKey,
  criterion,
  destroyed,
  entry,
  inUnit,
  materialOf,
  named,
  NOW,
  openObjects,
  OWNER,
  query,
  vendorText,
} from './sample.ts'

const scope = { owner: OWNER, now: NOW }
const other = { owner: 'owner-b', now: NOW }

const STORES: Readonly<Record<string, (parent: string) => Promise<Store>>> = {
  memory: async () => Promise.resolve(memoryStore()),
  LevelDB: async (parent) =>
    openLevelStore({
      directory: join(parent, 'store'),
      create: true,
      unlock: unlockPlain,
      log: silentLog,
    }),
}

describe.each(Object.entries(STORES))('over %s', (_, open) => {
  let parent = ''
  let store: Store = memoryStore()

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'kmipd-objects-'))
    store = await open(parent)
  })

  afterEach(async () => {
    await store.close()
    await rm(parent, { recursive: true })
  })

  test('an object comes back with every attribute, index and byte', async () => {
    const written = aesKey({
      id: 'a',
      names: ['first', 'second'],
      entries: [
        entry('ActivationDate', NOW + 60),
        entry('ObjectGroup', 'group'),
        entry('ObjectGroup', 'another'),
        vendorText('Site', 'Zürich'),
      ],
    })
    const sparse = {
      ...written,
      attributes: written.attributes.removing({ name: 'ObjectGroup' }, 0),
    }
    const expected = shown(sparse)
    const { objects } = await openObjects(store)
    await inUnit(objects, async (unit) => unit.add(sparse))
    const again = await openObjects(store)
    expect(shown(await again.objects.begin(scope).load('a'))).toEqual(expected)
    expect(await again.objects.at('a')).toMatchObject({ sequence: 1n, version: 1 })
  })

  test('a destroyed object keeps its record and loses its material', async () => {
    const { objects } = await openObjects(store)
    await inUnit(objects, async (unit) => unit.add(aesKey({ id: 'a' })))
    await inUnit(objects, async (unit) => unit.save(destroyed(await unit.load('a'))))
    const again = await openObjects(store)
    const { content, attributes } = await again.objects.begin(scope).load('a')
    expect(content).toBeUndefined()
    expect(attributes.get('CryptographicLength')).toBe(256)
  })

  test('sequence numbers go on after a start', async () => {
    const { objects } = await openObjects(store)
    for (const id of ['a', 'b']) await inUnit(objects, async (unit) => unit.add(aesKey({ id })))
    const again = await openObjects(store)
    await inUnit(again.objects, async (unit) => unit.add(aesKey({ id: 'c' })))
    const listed = await again.objects.list({ limit: 2 }, NOW)
    expect(listed.map(({ sequence, object }) => [sequence, object.uniqueIdentifier])).toEqual([
      [3n, 'c'],
      [2n, 'b'],
    ])
    const rest = await again.objects.list({ limit: 2, before: 2n }, NOW)
    expect(rest.map(({ object }) => object.uniqueIdentifier)).toEqual(['a'])
  })

  test('8 writers that add 1 to an attribute 200 times each make 1,600, whatever the order', async () => {
    const { objects } = await openObjects(store)
    const counter = aesKey({ id: 'a' })
    const attributes = counter.attributes.with('LeaseTime', 0)
    await inUnit(objects, async (unit) => unit.add({ ...counter, attributes }))
    let conflicts = 0
    const increment = async (): Promise<void> => {
      for (let attempt = 0; attempt < 100_000; attempt += 1) {
        const unit = objects.begin(scope)
        const object = await unit.load('a')
        const value = (object.attributes.get('LeaseTime') ?? 0) + 1
        await unit.save({ ...object, attributes: object.attributes.with('LeaseTime', value) })
        if ((await unit.commit()) === 'done') return
        conflicts += 1
      }
      throw new Error('no end')
    }
    const writer = async (): Promise<void> => {
      for (let round = 0; round < 200; round += 1) await increment()
    }
    await Promise.all(Array.from({ length: 8 }, writer))
    const again = await openObjects(store)
    const { object, version } = (await again.objects.at('a')) ?? {}
    expect(object?.attributes.get('LeaseTime')).toBe(1_600)
    expect(version).toBe(1_601)
    expect(conflicts).toBeGreaterThan(0)
    const [left, right] = [1_599, 1_600].map((value) =>
      query([criterion(entry('LeaseTime', value))]),
    )
    if (left === undefined || right === undefined) throw new TypeError('two queries')
    expect(await located(again.objects, left)).toEqual([])
    expect(await located(again.objects, right)).toEqual(['a'])
  })
})

describe('records moved in the store', () => {
  test('two records swapped: neither opens', async () => {
    const { store } = await stored('a', 'b')
    const [first, second] = [await valueOf(store, 'a'), await valueOf(store, 'b')]
    await write(store, 'a', second)
    await write(store, 'b', first)
    const { objects } = await openObjects(store)
    await expect(objects.at('a')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await expect(objects.at('b')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('a record copied to an identifier of its own does not open', async () => {
    const { store } = await stored('a')
    await write(store, 'copy', await valueOf(store, 'a'))
    const { objects } = await openObjects(store)
    await expect(objects.at('copy')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('a record with another version number before it does not open', async () => {
    const { store } = await stored('a')
    const value = await valueOf(store, 'a')
    new DataView(value.buffer, value.byteOffset).setUint32(0, 2)
    await write(store, 'a', value)
    const { objects } = await openObjects(store)
    await expect(objects.at('a')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  test.each([0, 3, 4])('a record cut to %i bytes does not open', async (bytes) => {
    const { store } = await stored('a')
    await write(store, 'a', (await valueOf(store, 'a')).subarray(0, bytes))
    const { objects } = await openObjects(store)
    await expect(objects.at('a')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('an earlier version of a record, put back whole, is not told from the latest: seals bind a version, not that it is the last', async () => {
    const { store, objects } = await stored('a')
    const earlier = await valueOf(store, 'a')
    await inUnit(objects, async (unit) => unit.save(destroyed(await unit.load('a'))))
    await write(store, 'a', earlier)
    const again = await openObjects(store)
    expect((await again.objects.begin(scope).load('a')).content).toBeDefined()
  })
})

describe('owners', () => {
  test('an object of another is not found, not located, not changed and not erased', async () => {
    const { objects } = await stored('a')
    const foreign = objects.begin(other)
    const missing = { code: 'OBJECT_NOT_FOUND' }
    await expect(foreign.load('a')).rejects.toMatchObject(missing)
    await expect(foreign.load('never was')).rejects.toMatchObject(missing)
    expect(await foreign.find('a')).toBeUndefined()
    const object = await objects.begin(scope).load('a')
    await expect(foreign.save(object)).rejects.toMatchObject(missing)
    await expect(foreign.erase(object)).rejects.toMatchObject(missing)
    const queries = [query([]), named('name of a'), byIdentifier('a')]
    for (const each of queries) {
      expect((await foreign.locate(each)).uniqueIdentifiers).toEqual([])
      expect(await located(objects, each)).toEqual(['a'])
    }
  })

  test('names of one say nothing about names of another', async () => {
    const { objects } = await openObjects()
    await inUnit(objects, async (unit) => unit.add(aesKey({ id: 'a', names: ['n'] })))
    const theirs = aesKey({ id: 'b', names: ['n'], owner: other.owner })
    await inUnit(objects, async (unit) => unit.add(theirs), other)
    expect(await located(objects, named('n'))).toEqual(['a'])
    expect((await objects.begin(other).locate(named('n'))).uniqueIdentifiers).toEqual(['b'])
  })

  test('the state of an object is brought up to date by its dates when it is loaded', async () => {
    const { objects } = await openObjects()
    const due = aesKey({ id: 'a', entries: [entry('ActivationDate', NOW + 10)] })
    await inUnit(objects, async (unit) => unit.add(due))
    const before = await objects.begin({ ...scope, now: NOW + 9 }).load('a')
    const after = await objects.begin({ ...scope, now: NOW + 10 }).load('a')
    expect(before.attributes.get('State')).toBe(State.PreActive)
    expect(after.attributes.get('State')).toBe(State.Active)
  })
})

test('an object that is erased and added again in one message is one object, found by what it is now', async () => {
  const { store, objects } = await stored('a')
  await inUnit(objects, async (unit) => {
    await unit.erase(await unit.load('a'))
    await unit.add(aesKey({ id: 'a', names: ['new'] }))
    const again = await unit.load('a')
    await unit.save({ ...again, attributes: again.attributes.with('Comment', 'saved') })
  })
  const opened = await openObjects(store)
  expect(await located(opened.objects, named('new'))).toEqual(['a'])
  expect(await located(opened.objects, query([]))).toEqual(['a'])
  expect(await opened.objects.list({ limit: 10 }, NOW)).toHaveLength(1)
})

test('a new object whose identifier another message stored first is a conflict, saved or not', async () => {
  const { objects } = await openObjects()
  const unit = objects.begin(scope)
  await unit.add(aesKey({ id: 'a' }))
  await inUnit(objects, async (other) => other.add(aesKey({ id: 'a' })))
  await unit.save(await unit.load('a'))
  expect(await unit.commit()).toBe('conflict')
})

test('identifiers that no object can have name nothing', async () => {
  const { objects } = await openObjects()
  for (const text of ['', 'x'.repeat(129), 'x'.repeat(100_000)]) {
    expect(await objects.read(text, OWNER)).toBeUndefined()
  }
})

type Objects = Awaited<ReturnType<typeof openObjects>>['objects']

async function located(
  objects: Objects,
  what: ReturnType<typeof query>,
): Promise<readonly string[]> {
  return (await objects.begin(scope).locate(what)).uniqueIdentifiers
}

const byIdentifier = (id: string): ReturnType<typeof query> =>
  query([criterion(entry('UniqueIdentifier', id))])

/** A store with objects of these identifiers, each with a name after it. */
async function stored(...ids: readonly string[]): Promise<{ store: Store; objects: Objects }> {
  const { store, objects } = await openObjects()
  for (const id of ids) {
    await inUnit(objects, async (unit) => unit.add(aesKey({ id, names: [`name of ${id}`] })))
  }
  return { store, objects }
}

async function valueOf(store: Store, id: string): Promise<Uint8Array> {
  const found = await store.get(objectKey(id))
  if (found === undefined) throw new TypeError('no record')
  return found.value
}

async function write(store: Store, id: string, value: Uint8Array): Promise<void> {
  await store.commit({ checks: [], puts: [{ key: objectKey(id), value }], dels: [] })
}

/** All that there is to see of an object. */
function shown(object: ManagedObject): Readonly<Record<string, unknown>> {
  const { content, attributes, ...rest } = object
  const entries: readonly AttributeEntry[] = [...attributes.entries()]
  const block = content !== undefined && 'keyBlock' in content ? content.keyBlock : undefined
  return {
    ...rest,
    entries,
    material: materialOf(object),
    block: { ...block, keyValue: block?.keyValue?.form },
  }
}

test('what is saved is checked against what was loaded, not against what is there by then', async () => {
  const { objects } = await openObjects()
  await inUnit(objects, async (unit) => unit.add(aesKey({ id: 'a' })))
  const [slow, fast] = [objects.begin(scope), objects.begin(scope)]
  const before = await slow.load('a')
  const read = await fast.load('a')
  await fast.save({ ...read, attributes: read.attributes.with('State', State.Compromised) })
  expect(await fast.commit()).toBe('done')
  await slow.save({ ...before, attributes: before.attributes.with('Comment', 'late') })
  expect(await slow.commit()).toBe('conflict')
  expect((await objects.begin(scope).load('a')).attributes.get('State')).toBe(State.Compromised)
})

test('those that lost a race go one after the other', async () => {
  const { objects } = await openObjects()
  const order: string[] = []
  const turn = async (name: string) =>
    objects.inTurn(async () => {
      order.push(`${name} begins`)
      await Promise.resolve()
      order.push(`${name} ends`)
    })
  await Promise.all([turn('a'), turn('b')])
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
})

test('a turn that fails lets the next one go on', async () => {
  const { objects } = await openObjects()
  const failing = objects.inTurn(async () => Promise.reject(new Error('lost')))
  await expect(failing).rejects.toThrow('lost')
  expect(await objects.inTurn(async () => Promise.resolve('won'))).toBe('won')
})
