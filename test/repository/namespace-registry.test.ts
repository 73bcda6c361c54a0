import { expect, test } from 'vitest'
import { KmipFault } from '../../src/fault/fault.ts'
import { clearNamespace } from '../../src/repository/clearing.ts'
import { openClientRegistry, type ClientRegistry } from '../../src/repository/client-registry.ts'
import { giveObject } from '../../src/repository/giving.ts'
import {
  isNamespaceName,
  openNamespaceRegistry,
  type NamespaceRegistry,
} from '../../src/repository/namespace-registry.ts'
import { ObjectRepository } from '../../src/repository/object-repository.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import { inspectRecords } from '../../src/repository/inspection.ts'
import { makeKeyedStore, openKeyedStore, type KeyedStore } from '../fixtures/keyed-store.ts'
import { ObjectType } from '../../src/spec/enum/object-type.ts'
import { NOW, aesKey, entry, destroyed, inUnit, query } from './sample.ts'

interface Place extends KeyedStore {
  readonly namespaces: NamespaceRegistry
  readonly clients: ClientRegistry
  readonly objects: ObjectRepository
}

const clock = { now: () => NOW }

async function over(keyed: KeyedStore): Promise<Place> {
  const deps = { ...keyed, clock, random: nodeRandom }
  const namespaces = await openNamespaceRegistry(deps)
  return {
    ...keyed,
    namespaces,
    clients: await openClientRegistry(deps),
    objects: await ObjectRepository.open(keyed.store, keyed.sealer, {
      cachedObjects: 10,
      quotaOf: ({ tenant }) => namespaces.get(tenant)?.limits,
    }),
  }
}

const place = async (): Promise<Place> => over(await makeKeyedStore())

const again = async ({ store, root }: Place): Promise<Place> =>
  over(await openKeyedStore(store, root))

async function withKey({ objects }: Place, namespace: string, id: string): Promise<void> {
  const object = aesKey({ id, owner: 'ann', namespace })
  await inUnit(objects, async (unit) => unit.add(object), { owner: 'ann', namespace })
}

const clear = ({ clients, objects }: Place) => {
  return async (namespace: { id: string; name: string }) =>
    clearNamespace(namespace, { clients, objects, now: NOW })
}

test('a namespace is there after a restart, with its limits and a line of keys of its own', async () => {
  const first = await place()
  const entries = [entry('Comment', 'of the namespace')]
  const defaults = [{ objectType: ObjectType.SymmetricKey, objectGroups: ['vault'], entries }]
  const { id } = await first.namespaces.add('red', { objects: 3 })
  await first.namespaces.change('red', { limits: { bytes: 5_000 } })
  await first.namespaces.change('red', { defaults })
  await withKey(first, id, 'k')
  const second = await again(first)
  expect(second.namespaces.list()).toEqual([
    { id, name: 'red', added: NOW, limits: { bytes: 5_000 }, defaults },
  ])
  expect(second.namespaces.get(id)).toEqual(second.namespaces.named('red'))
  expect(second.keys.list()).toMatchObject([{ line: 'default' }, { line: id, isSealing: true }])
  expect((await second.objects.at('k'))?.object.namespace).toBe(id)
})

test('objects of a namespace are sealed under its own keys, and all others under the default ones', async () => {
  const here = await place()
  const { id } = await here.namespaces.add('red')
  const before = here.keys.list().map(({ seals }) => seals)
  await withKey(here, id, 'k')
  await inUnit(here.objects, async (unit) => unit.add(aesKey({ id: 'mine' })))
  const after = here.keys.list().map(({ seals }) => seals)
  expect(after.map((seals, index) => seals - (before[index] ?? 0))).toEqual([1, 1])
})

test('a name is taken once, also by two at once', async () => {
  const { namespaces, keys } = await place()
  const added = await Promise.allSettled([namespaces.add('red'), namespaces.add('red')])
  expect(added.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  await expect(namespaces.add('red')).rejects.toMatchObject({ code: 'NAME_TAKEN' })
  expect(keys.list()).toHaveLength(2)
})

test.each(['', 'default', 'Default', '.a', '-a', 'a b', 'a/b', 'ä', 'x'.repeat(65), 'a\n'])(
  'no namespace is called %j',
  async (name) => {
    expect(isNamespaceName(name)).toBe(false)
    const { namespaces } = await place()
    await expect(namespaces.add(name)).rejects.toMatchObject({ code: 'INVALID_FIELD' })
  },
)

test('a namespace with clients or objects stays, and can be entered as before', async () => {
  const here = await place()
  const { id } = await here.namespaces.add('red')
  await withKey(here, id, 'k')
  await expect(here.namespaces.remove('red', clear(here))).rejects.toMatchObject({
    code: 'OBJECT_EXISTS',
  })
  const key = { issuer: 'i', subject: 's', notAfter: NOW }
  await here.clients.add({ name: 'ann', role: 'user', namespace: id, key })
  await expect(here.namespaces.remove('red', clear(here))).rejects.toMatchObject({
    code: 'OBJECT_EXISTS',
  })
  expect(here.namespaces.named('red').isEnding).toBeUndefined()
  expect((await again(here)).clients.list()).toMatchObject([{ name: 'ann', namespace: id }])
  expect(here.clients.directory.identify(key)).toMatchObject({ namespace: id })
})

test('a namespace takes no more than its limits say, until something goes', async () => {
  const here = await place()
  const { id } = await here.namespaces.add('red', { objects: 2 })
  for (const key of ['a', 'b']) await withKey(here, id, key)
  await expect(withKey(here, id, 'c')).rejects.toMatchObject({ code: 'SERVER_LIMIT' })
  const scope = { owner: 'ann', namespace: id }
  await inUnit(here.objects, async (unit) => unit.save(destroyed(await unit.load('a'))), scope)
  await withKey(here, id, 'c')
  await here.namespaces.change('red', { limits: { bytes: 100 } })
  await expect(withKey(here, id, 'd')).rejects.toMatchObject({ code: 'SERVER_LIMIT' })
  await here.namespaces.change('red', { limits: {} })
  await withKey(here, id, 'd')
})

test('removing a namespace takes its destroyed objects, its record and its keys away', async () => {
  const here = await place()
  const { id } = await here.namespaces.add('red')
  await withKey(here, id, 'k')
  const scope = { owner: 'ann', namespace: id }
  const sealed = (await here.store.get(Buffer.from('o/k')))?.value
  await inUnit(here.objects, async (unit) => unit.save(destroyed(await unit.load('k'))), scope)
  await here.namespaces.remove('red', clear(here))
  expect(here.namespaces.list()).toEqual([])
  expect(() => here.namespaces.named('red')).toThrow(expect.objectContaining(MISSING))
  expect(here.keys.list()).toMatchObject([{ line: 'default' }])
  // What somebody kept of it opens no more, here or after a restart.
  const label = { keyspace: 'object', id: Buffer.from('k'), version: 1, type: 0 }
  for (const { sealer } of [here, await again(here)]) {
    expect(() => sealer.open(label, sealed?.subarray(4) ?? new Uint8Array(0))).toThrow(KmipFault)
  }
  await expect(withKey(here, id, 'late')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(await here.objects.list({ limit: 9 }, NOW)).toEqual([])
  expect((await here.namespaces.add('red')).id).not.toBe(id)
})

const MISSING = { code: 'OBJECT_NOT_FOUND' }

test('a removal that was interrupted is gone on with', async () => {
  const here = await place()
  const { id } = await here.namespaces.add('red')
  const power = Promise.reject(new TypeError('the power is gone'))
  await expect(here.namespaces.remove('red', async () => power)).rejects.toThrow(TypeError)
  await here.keys.end(id)
  const next = await again(here)
  await next.namespaces.remove('red', clear(next))
  expect((await again(next)).namespaces.list()).toEqual([])
})

test('a store knows namespaces that its clients and objects are in, and names those that are not there', async () => {
  const here = await place()
  const { id } = await here.namespaces.add('red')
  await withKey(here, id, 'k')
  const where = async () =>
    (await inspectRecords(here.store, here.sealer)).findings.map((finding) => finding.where)
  const authorities = ['certificate ca', 'certificate server']
  expect(await where()).toEqual(authorities)
  const [record] = await here.store.scan(
    { from: Buffer.from('t/'), to: Buffer.from('t0') },
    { limit: 9 },
  )
  await here.store.commit({ checks: [], puts: [], dels: [record?.key ?? new Uint8Array(0)] })
  expect(await where()).toEqual([...authorities, 'object k'])
})

test('an object is given to another client of its namespace, and found as that one’s', async () => {
  const here = await place()
  const { id } = await here.namespaces.add('red')
  await withKey(here, id, 'k')
  const bob = { id: 'bob', namespace: id }
  const before = await giveObject(here.objects, 'k', { client: bob, now: NOW })
  expect(before.owner).toBe('ann')
  const { objects } = await again(here)
  const unit = objects.begin({ owner: 'bob', namespace: id, now: NOW })
  expect((await unit.load('k')).owner).toBe('bob')
  expect((await unit.locate({ ...query([]), owner: 'bob' })).uniqueIdentifiers).toEqual(['k'])
  expect((await unit.locate({ ...query([]), owner: 'ann' })).uniqueIdentifiers).toEqual([])
  const stranger = { id: 'carol', namespace: 'another' }
  const given = giveObject(objects, 'k', { client: stranger, now: NOW })
  await expect(given).rejects.toMatchObject(MISSING)
})
