import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import type { Entry, Store } from '../../src/port/store.ts'
import { ObjectCache } from '../../src/repository/object-cache.ts'
import type { StoredObject } from '../../src/repository/object-record.ts'
import { ObjectRepository } from '../../src/repository/object-repository.ts'
import { Retirement } from '../../src/repository/retirement.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'
import { aesKey, destroyed, inUnit, materialOf, NOW, openObjects, OWNER, sha256 } from './sample.ts'

const scope = { owner: OWNER, now: NOW }

/** The memory itself that an object's material is in. */
function memoryOf({ content }: ManagedObject): Uint8Array {
  const keyValue = content !== undefined && 'keyBlock' in content && content.keyBlock.keyValue
  if (keyValue === false || keyValue === undefined) throw new TypeError('no material')
  return keyValue.material.expose((bytes) => bytes)
}

test('an object that is used again is not opened again, and the one used least leaves first', async () => {
  const { store, opened } = countingGets(memoryStore())
  const { objects } = await openObjects(store, 2)
  for (const id of ['a', 'b']) await inUnit(objects, async (unit) => unit.add(aesKey({ id })))
  await objects.at('a')
  await inUnit(objects, async (unit) => unit.add(aesKey({ id: 'c' })))
  opened.length = 0
  await objects.at('a')
  await objects.at('c')
  expect(opened).toEqual([])
  await objects.at('b')
  expect(opened).toEqual(['o/b'])
})

test('an object that comes is kept although all others were used since they came', async () => {
  const { store, opened } = countingGets(memoryStore())
  const { objects } = await openObjects(store, 2)
  for (const id of ['a', 'b']) await inUnit(objects, async (unit) => unit.add(aesKey({ id })))
  for (const id of ['a', 'b']) await objects.at(id)
  await inUnit(objects, async (unit) => unit.add(aesKey({ id: 'c' })))
  opened.length = 0
  await objects.at('c')
  expect(opened).toEqual([])
})

test('two who ask at once for an object share one opening', async () => {
  const { store, opened } = countingGets(memoryStore())
  const first = await openObjects(store)
  await inUnit(first.objects, async (unit) => unit.add(aesKey({ id: 'a' })))
  const { objects } = await openObjects(store)
  opened.length = 0
  const [left, right] = await Promise.all([objects.at('a'), objects.at('a')])
  expect(left?.object.content).toBe(right?.object.content)
  expect(opened).toEqual(['o/a'])
})

describe('commits that are told of in another order than they were made in', () => {
  const at = (revision: bigint): StoredObject => ({
    object: aesKey({ id: 'a' }),
    place: 'a',
    sequence: 1n,
    bytes: 1,
    version: Number(revision),
    revision,
  })
  const never = async (): Promise<undefined> => Promise.resolve(undefined)

  test('bring nothing back that was changed since', async () => {
    const cache = new ObjectCache(10, new Retirement())
    cache.written(at(6n))
    cache.drop('a')
    cache.written(at(5n))
    expect(await cache.load('a', never)).toBeUndefined()
  })

  test('bring nothing back that somebody has since read otherwise', async () => {
    const cache = new ObjectCache(10, new Retirement())
    const reading = cache.load('a', async () => Promise.resolve(at(6n)))
    cache.drop('a')
    expect((await reading)?.revision).toBe(6n)
    cache.written(at(5n))
    expect(await cache.load('a', never)).toBeUndefined()
  })

  test('do not stay when what was read beside them is later', async () => {
    const cache = new ObjectCache(10, new Retirement())
    const reading = cache.load('a', async () => Promise.resolve(at(6n)))
    cache.written(at(5n))
    await reading
    expect((await cache.load('a', never))?.revision).toBe(6n)
  })
})

test('after a conflict the object is read anew', async () => {
  const store = memoryStore()
  const first = await openObjects(store)
  await inUnit(first.objects, async (unit) => unit.add(aesKey({ id: 'a' })))
  const second = await ObjectRepository.open(store, plainSealer(), { cachedObjects: 10 })
  await second.at('a')
  await inUnit(first.objects, async (unit) => rename(unit, 'first'))
  const late = second.begin(scope)
  await rename(late, 'second')
  expect(await late.commit()).toBe('conflict')
  const seen = await second.begin(scope).load('a')
  expect(seen.attributes.get('Comment')).toBe('first')
})

test('an object erased while it was being opened is not kept', async () => {
  const { store, hold } = holdingGets(memoryStore())
  const { objects } = await openObjects(store)
  for (const id of ['a', 'b']) await inUnit(objects, async (unit) => unit.add(aesKey({ id })))
  const repository = await ObjectRepository.open(store, plainSealer(), { cachedObjects: 1 })
  const eraser = repository.begin(scope)
  await eraser.erase(await eraser.load('a'))
  await repository.at('b')
  const release = hold()
  const early = repository.at('a')
  await Promise.resolve()
  expect(await eraser.commit()).toBe('done')
  release()
  expect((await early)?.object.uniqueIdentifier).toBe('a')
  expect(await repository.at('a')).toBeUndefined()
})

test('an object read before a write and delivered after it is not kept', async () => {
  const { store, hold } = holdingGets(memoryStore())
  const { objects: writer } = await openObjects(store, 1)
  await inUnit(writer, async (unit) => unit.add(aesKey({ id: 'a' })))
  const unit = writer.begin(scope)
  await rename(unit, 'new')
  await inUnit(writer, async (other) => other.add(aesKey({ id: 'pushes a out' })))
  const release = hold()
  const early = writer.at('a')
  await Promise.resolve()
  expect(await unit.commit()).toBe('done')
  await inUnit(writer, async (other) => other.add(aesKey({ id: 'pushes a out again' })))
  release()
  await early
  expect((await writer.at('a'))?.object.attributes.get('Comment')).toBe('new')
})

test('what is kept does not hold on to what was stored before it', async () => {
  const { objects } = await openObjects()
  await inUnit(objects, async (unit) => unit.add(aesKey({ id: 'a' })))
  for (const text of ['1', '2']) await inUnit(objects, async (unit) => rename(unit, text))
  expect(Object.keys((await objects.at('a')) ?? {}).sort()).toEqual([
    'bytes',
    'object',
    'place',
    'revision',
    'sequence',
    'version',
  ])
})

test('material that leaves the cache is zeroed when no message is under way that may hold it', async () => {
  const { objects } = await openObjects(memoryStore(), 1)
  const leave = objects.enter()
  const object = aesKey({ id: 'a' })
  const memory = memoryOf(object)
  await inUnit(objects, async (unit) => unit.add(object))
  await inUnit(objects, async (unit) => unit.add(aesKey({ id: 'b' })))
  const leaveLater = objects.enter()
  expect(memory).toEqual(sha256('material of a'))
  leave()
  expect(memory).toEqual(new Uint8Array(32))
  leaveLater()
})

test('a message that began before the material left keeps it alive, one that began later does not', async () => {
  const { objects } = await openObjects(memoryStore(), 1)
  const object = aesKey({ id: 'a' })
  const memory = memoryOf(object)
  const [first, second] = [objects.enter(), objects.enter()]
  await inUnit(objects, async (unit) => unit.add(object))
  await inUnit(objects, async (unit) => unit.save(destroyed(await unit.load('a'))))
  const third = objects.enter()
  second()
  expect(memory).toEqual(sha256('material of a'))
  first()
  expect(memory).toEqual(new Uint8Array(32))
  third()
})

test('a message that is said to have ended twice ends no other', async () => {
  const { objects } = await openObjects(memoryStore(), 1)
  const object = aesKey({ id: 'a' })
  const memory = memoryOf(object)
  const [first, second] = [objects.enter(), objects.enter()]
  second()
  const third = objects.enter()
  second()
  first()
  await inUnit(objects, async (unit) => unit.add(object))
  await inUnit(objects, async (unit) => unit.save(destroyed(await unit.load('a'))))
  expect(memory).toEqual(sha256('material of a'))
  third()
  expect(memory).toEqual(new Uint8Array(32))
})

test('material of an object that left the cache and is stored again is not zeroed', async () => {
  const { objects } = await openObjects(memoryStore(), 1)
  await inUnit(objects, async (unit) => unit.add(aesKey({ id: 'a' })))
  const before = materialOf(await objects.begin(scope).load('a'))
  const leave = objects.enter()
  const unit = objects.begin(scope)
  const loaded = await unit.load('a')
  await inUnit(objects, async (other) => other.add(aesKey({ id: 'pushes a out' })))
  await unit.save({ ...loaded, attributes: loaded.attributes.with('Comment', 'changed') })
  expect(await unit.commit()).toBe('done')
  leave()
  expect(materialOf(await objects.begin(scope).load('a'))).toEqual(before)
})

test('material is kept that two messages opened and one of them stored', async () => {
  const { store, hold } = holdingGets(memoryStore())
  const { objects } = await openObjects(store, 1)
  const original = aesKey({ id: 'a' })
  const expected = materialOf(original)
  await inUnit(objects, async (unit) => unit.add(original))
  await inUnit(objects, async (unit) => unit.add(aesKey({ id: 'pushes a out' })))
  const leave = objects.enter()
  const release = hold()
  const unit = objects.begin(scope)
  const saved = unit.load('a').then(async (object) => unit.save(object))
  const other = objects.begin(scope).load('a')
  release()
  await Promise.all([saved, other])
  expect(await unit.commit()).toBe('done')
  leave()
  objects.enter()()
  expect(materialOf(await objects.begin(scope).load('a'))).toEqual(expected)
})

type Unit = ReturnType<ObjectRepository['begin']>

async function rename(unit: Unit, text: string): Promise<void> {
  const object = await unit.load('a')
  await unit.save({ ...object, attributes: object.attributes.with('Comment', text) })
}

function countingGets(store: Store): { store: Store; opened: string[] } {
  const opened: string[] = []
  const get = async (key: Uint8Array): Promise<Entry | undefined> => {
    opened.push(new TextDecoder().decode(key))
    return store.get(key)
  }
  return { store: delegating(store, { get }), opened }
}

/** A store whose reads, from `hold` on, give what was there then but only after the release. */
function holdingGets(store: Store): { store: Store; hold: () => () => void } {
  let held: Promise<void> | undefined
  const get = async (key: Uint8Array): Promise<Entry | undefined> => {
    const entry = await store.get(key)
    await held
    return entry
  }
  const hold = (): (() => void) => {
    const { promise, resolve } = deferred()
    held = promise
    return () => {
      held = undefined
      resolve()
    }
  }
  return { store: delegating(store, { get }), hold }
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

function delegating(store: Store, changed: Partial<Store>): Store {
  return {
    get: async (key) => store.get(key),
    getMany: async (keys) => store.getMany(keys),
    scan: async (range, options) => store.scan(range, options),
    snapshot: async () => store.snapshot(),
    commit: async (commit) => store.commit(commit),
    close: async () => store.close(),
    ...changed,
  }
}
