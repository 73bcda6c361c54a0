import { describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import type { Sealer } from '../../src/port/sealer.ts'
import { inspectRecords } from '../../src/repository/inspection.ts'
import {
  identifierAt,
  isBeside,
  objectKey,
  objectOfKey,
  placeBeside,
  placeBytes,
  placeOf,
} from '../../src/repository/keys.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'
import { countingStore } from './counting-store.ts'
import { NOW, aesKey, inUnit, materialOf, name, openObjects, query } from './sample.ts'
import { criterion, entry, sha256, type Opened } from './sample.ts'

const ANN = { owner: 'ann', now: NOW }
const BOB = { owner: 'bob', now: NOW }
const RED = { owner: 'ann', namespace: 'red', now: NOW }
const RED_TOO = { owner: 'bob', namespace: 'red', now: NOW }

const X = 'x'

/** Imports a key under an identifier of the client's choice. */
async function bring(
  { objects }: Pick<Opened, 'objects'>,
  scope: { readonly owner: string; readonly namespace?: string; readonly now: number },
  { id = X, replaces = false, names = [] as readonly string[] } = {},
): Promise<void> {
  const { owner, namespace } = scope
  const options = { id, owner, names, material: sha256(owner) }
  const object = aesKey(namespace === undefined ? options : { ...options, namespace })
  await inUnit(objects, async (unit) => unit.bring(object, replaces), scope)
}

async function materialIn({ objects }: Opened, scope: typeof ANN, id = X): Promise<string> {
  return hex(materialOf(await objects.begin(scope).load(id)) ?? new Uint8Array(0))
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('places', () => {
  const blinded = Uint8Array.from({ length: 16 }, (_, index) => index * 17)

  test.each(['x', 'ключ-🔑', '\u0000', '\uffff', '0'.repeat(128)])('of %j are read back', (id) => {
    const beside = placeBeside(id, blinded)
    expect([isBeside(id), isBeside(beside)]).toEqual([false, true])
    for (const place of [id, beside]) {
      expect(placeOf(placeBytes(place))).toBe(place)
      expect(objectOfKey(objectKey(place))).toBe(place)
      expect(identifierAt(place)).toBe(id)
    }
  })

  test('beside another are not the UTF-8 of any identifier', () => {
    const decode = () => new TextDecoder('utf-8', { fatal: true }).decode(placeBytes(beside))
    const beside = placeBeside('x', blinded)
    expect(decode).toThrow(TypeError)
  })
})

describe('an identifier that two tenants have chosen', () => {
  test('is of an object of each, and neither is in the way of the other', async () => {
    const opened = await openObjects()
    await bring(opened, ANN)
    await bring(opened, BOB)
    expect(await materialIn(opened, ANN)).toBe(hex(sha256('ann')))
    expect(await materialIn(opened, BOB)).toBe(hex(sha256('bob')))
    await expect(bring(opened, BOB)).rejects.toMatchObject({ code: 'OBJECT_EXISTS' })
    await bring(opened, BOB, { replaces: true, names: ['again'] })
    expect(await materialIn(opened, ANN)).toBe(hex(sha256('ann')))
  })

  test('is found by both, by its names and by itself, also after a new start', async () => {
    const store = memoryStore()
    const before = await openObjects(store)
    await bring(before, ANN, { names: ['n'] })
    await bring(before, BOB, { names: ['n'] })
    const { objects } = await openObjects(store)
    const byName = query([criterion(entry('Name', name('n')))])
    const byIdentifier = query([criterion(entry('UniqueIdentifier', X))])
    for (const scope of [ANN, BOB]) {
      for (const each of [byName, byIdentifier, query([])]) {
        expect((await objects.begin(scope).locate(each)).uniqueIdentifiers).toEqual([X])
      }
    }
    const nobody = objects.begin({ owner: 'carol', now: NOW })
    expect((await nobody.locate(byIdentifier)).uniqueIdentifiers).toEqual([])
  })

  test('is told of twice to those who run the server, and its entries are right', async () => {
    const { store, objects, sealer } = await openObjects()
    await bring({ objects }, ANN)
    await bring({ objects }, BOB)
    const owners = (await objects.list({ limit: 9 }, NOW)).map(({ object }) => object.owner)
    expect(owners).toEqual(['bob', 'ann'])
    expect((await objects.everyOf(X)).map(({ object }) => object.owner)).toEqual(['ann', 'bob'])
    const { findings } = await inspectRecords(store, sealer)
    // There is no authority in a store that is nothing but objects.
    expect(findings.map(({ where }) => where)).toEqual(['certificate ca', 'certificate server'])
  })

  test('stays where it is when the other goes, and never becomes two of one tenant', async () => {
    const opened = await openObjects()
    await bring(opened, ANN)
    await bring(opened, BOB)
    await inUnit(opened.objects, async (unit) => unit.erase(await unit.load(X)), ANN)
    await bring(opened, BOB, { replaces: true })
    expect(await opened.objects.everyOf(X)).toHaveLength(1)
    expect(await materialIn(opened, BOB)).toBe(hex(sha256('bob')))
    await expect(opened.objects.begin(ANN).load(X)).rejects.toMatchObject({
      code: 'OBJECT_NOT_FOUND',
    })
  })

  test('is not brought twice by one tenant that does so twice at once', async () => {
    const { objects } = await openObjects()
    await bring({ objects }, ANN)
    const units = [objects.begin(BOB), objects.begin(BOB)]
    const [first, second] = units
    await first?.bring(aesKey({ id: X, owner: 'bob' }), false)
    await inUnit(objects, async (unit) => unit.erase(await unit.load(X)), ANN)
    await second?.bring(aesKey({ id: X, owner: 'bob' }), false)
    const outcomes = [await second?.commit(), await first?.commit()]
    expect(outcomes).toEqual(['done', 'conflict'])
    expect(await objects.everyOf(X)).toHaveLength(1)
  })
})

describe('what is asked for of another tenant', () => {
  /** Reads of the store and records opened, in asking for an identifier. */
  async function work(cached: number, isThere: boolean): Promise<readonly [number, number]> {
    const counting = countingStore(memoryStore())
    let opened = 0
    const plain = plainSealer()
    const sealer: Sealer = {
      ...plain,
      open(label, sealed) {
        opened += 1
        return plain.open(label, sealed)
      },
    }
    const { objects } = await openObjects(counting.store, cached, sealer)
    const unit = objects.begin(BOB)
    if (isThere) await bring({ objects }, ANN)
    // What is kept in memory of the one and of the other must not be seen either.
    for (const id of ['other-1', X]) await unit.find(id)
    counting.reset()
    opened = 0
    expect(await unit.find(X)).toBeUndefined()
    return [counting.counts.gets, opened]
  }

  test.each([0, 1, 100])(
    'takes as many reads and openings as what is not there, with %i objects in memory',
    async (cached) => {
      expect(await work(cached, true)).toEqual([2, 1])
      expect(await work(cached, false)).toEqual([2, 1])
    },
  )
})

describe('a namespace', () => {
  test('has objects of several owners, each seen by all and kept apart from those of no namespace', async () => {
    const { objects } = await openObjects()
    const hers = aesKey({ id: 'a', owner: 'ann', namespace: 'red', names: ['n'] })
    await inUnit(objects, async (unit) => unit.add(hers), RED)
    const seen = await objects.begin(RED_TOO).load('a')
    expect(seen).toMatchObject({ owner: 'ann', namespace: 'red' })
    for (const scope of [ANN, BOB, { ...RED, namespace: 'blue' }]) {
      expect(await objects.begin(scope).find('a')).toBeUndefined()
      expect((await objects.begin(scope).locate(query([]))).uniqueIdentifiers).toEqual([])
    }
  })

  test('has each name once', async () => {
    const { objects } = await openObjects()
    const named = (id: string, owner: string, namespace?: string) => {
      const options = { id, owner, names: ['n'] }
      return aesKey(namespace === undefined ? options : { ...options, namespace })
    }
    await inUnit(objects, async (unit) => unit.add(named('a', 'ann', 'red')), RED)
    const again = inUnit(objects, async (unit) => unit.add(named('b', 'bob', 'red')), RED_TOO)
    await expect(again).rejects.toMatchObject({ code: 'NAME_TAKEN' })
    await inUnit(objects, async (unit) => unit.add(named('c', 'bob')), BOB)
  })

  test('finds the objects of one owner, and those that are accepted', async () => {
    const { objects } = await openObjects()
    for (const [id, owner] of ['ann', 'bob', 'ann', 'bob', 'bob'].entries()) {
      const key = aesKey({ id: `${id}`, owner, namespace: 'red' })
      await inUnit(objects, async (unit) => unit.add(key), RED)
    }
    const unit = objects.begin(RED)
    const all = query([])
    expect((await unit.locate({ ...all, owner: 'ann' })).uniqueIdentifiers).toEqual(['2', '0'])
    const accepts = ({ uniqueIdentifier }: { uniqueIdentifier: string }) => uniqueIdentifier > '1'
    const found = await unit.locate({ ...all, limit: 1, count: true, accepts })
    expect(found).toEqual({ uniqueIdentifiers: ['4'], total: 3 })
  })

  test('is said by the record of each object', async () => {
    const store = memoryStore()
    const { objects } = await openObjects(store)
    const key = aesKey({ id: 'a', owner: 'ann', namespace: 'red' })
    await inUnit(objects, async (unit) => unit.add(key), RED)
    const again = await openObjects(store)
    expect((await again.objects.at('a'))?.object).toMatchObject({ owner: 'ann', namespace: 'red' })
  })
})
