import { expect, test } from 'vitest'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import type { Store } from '../../src/port/store.ts'
import { objectKey } from '../../src/repository/keys.ts'
import { NOW, aesKey, destroyed, inUnit, openObjects, type Opened } from './sample.ts'

const RED = { tenant: 'red' }
const OF_ANN = { tenant: 'red', owner: 'ann' }
const OF_BOB = { tenant: 'red', owner: 'bob' }

async function add({ objects }: Opened, id: string, owner: string): Promise<void> {
  const object = aesKey({ id, owner, namespace: 'red' })
  await inUnit(objects, async (unit) => unit.add(object), { owner, namespace: 'red' })
}

async function sizeOf(store: Store, ids: readonly string[]): Promise<number> {
  const records = await store.getMany(ids.map(objectKey))
  return records.reduce((sum, record) => sum + (record?.value.length ?? 0), 0)
}

const scope = { owner: 'ann', namespace: 'red' }

async function alone({ objects }: Opened): Promise<void> {
  await inUnit(objects, async (unit) => unit.add(aesKey({ id: 'mine', owner: 'carol' })), {
    owner: 'carol',
  })
}

test('what a namespace and each of its clients have is counted, without opening anything', async () => {
  const store = memoryStore()
  const before = await openObjects(store)
  for (const [id, owner] of ['ann', 'bob', 'ann'].entries()) await add(before, `${id}`, owner)
  await alone(before)
  await inUnit(before.objects, async (unit) => unit.save(destroyed(await unit.load('2'))), scope)
  const { objects } = await openObjects(store)
  expect(await objects.usage.of(RED)).toEqual({
    objects: 2,
    bytes: await sizeOf(store, ['0', '1']),
  })
  expect(await objects.usage.of(OF_ANN)).toEqual({ objects: 1, bytes: await sizeOf(store, ['0']) })
  expect(await objects.usage.of(OF_BOB)).toEqual({ objects: 1, bytes: await sizeOf(store, ['1']) })
  const carol = { tenant: 'carol', owner: 'carol' }
  expect(await objects.usage.of(carol)).toEqual({
    objects: 1,
    bytes: await sizeOf(store, ['mine']),
  })
  expect(await objects.usage.of({ tenant: 'nobody' })).toEqual({ objects: 0, bytes: 0 })
})

test('it follows what is made, changed, given, destroyed and erased from then on', async () => {
  const opened = await openObjects()
  const { store, objects } = opened
  const check = async (ann: readonly string[], bob: readonly string[]): Promise<void> => {
    const usage = async (ids: readonly string[]) => {
      return { objects: ids.length, bytes: await sizeOf(store, ids) }
    }
    expect(await objects.usage.of(RED)).toEqual(await usage([...ann, ...bob]))
    expect(await objects.usage.of(OF_ANN)).toEqual(await usage(ann))
    expect(await objects.usage.of(OF_BOB)).toEqual(await usage(bob))
  }
  await check([], [])
  for (const id of ['a', 'b', 'c']) await add(opened, id, 'ann')
  await alone(opened)
  await check(['a', 'b', 'c'], [])
  await inUnit(
    objects,
    async (unit) => {
      const a = await unit.load('a')
      await unit.save({ ...a, attributes: a.attributes.with('Comment', 'longer '.repeat(9)) })
      await unit.save({ ...(await unit.load('b')), owner: 'bob' })
    },
    scope,
  )
  await check(['a', 'c'], ['b'])
  await inUnit(objects, async (unit) => unit.save(destroyed(await unit.load('a'))), scope)
  await inUnit(objects, async (unit) => unit.erase(await unit.load('b')), scope)
  await check(['c'], [])
})

test('what is written while it is counted is counted once', async () => {
  const store = memoryStore()
  const first = await openObjects(store)
  for (let id = 0; id < 200; id += 1) await add(first, `${id}`, 'ann')
  const opened = await openObjects(store)
  const counting = opened.objects.usage.of(RED)
  const unit = opened.objects.begin({ ...scope, now: NOW })
  for (const id of ['0', '199']) await unit.save(destroyed(await unit.load(id)))
  await Promise.all([unit.commit(), add(opened, 'new', 'bob')])
  expect((await counting).objects).toBeGreaterThanOrEqual(199)
  expect(await opened.objects.usage.of(RED)).toMatchObject({ objects: 199 })
})
