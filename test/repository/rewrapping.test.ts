import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/adapter/clock-system.ts'
import { nodeRandom } from '../../src/adapter/random-node.ts'
import type { Entry, Store } from '../../src/port/store.ts'
import { readAuthority, writeAuthority } from '../../src/repository/authority-record.ts'
import { openClientRegistry, type ClientRegistry } from '../../src/repository/client-registry.ts'
import { SEALED_FAMILIES, kindOf } from '../../src/repository/entry-kind.ts'
import { inspectRecords } from '../../src/repository/inspection.ts'
import type { ObjectRepository } from '../../src/repository/object-repository.ts'
import { Rewrapping, type Rest } from '../../src/repository/rewrapping.ts'
import { Secret } from '../../src/secret/secret.ts'
import { ObjectType } from '../../src/spec/enum/object-type.ts'
import { makeKeyedStore, openKeyedStore, type KeyedStore } from '../fixtures/keyed-store.ts'
import { NOW, aesKey, entry, inUnit, openObjects } from './sample.ts'

const ON: Rest = async () => Promise.resolve(true)
const RULES = {
  defaults: [
    { objectType: ObjectType.SymmetricKey, objectGroups: [], entries: [entry('Comment', 'x')] },
  ],
  constraints: [],
}

describe('moving records to a new key', () => {
  test('moves records of every kind, and nothing is left that the old key opened', async () => {
    const { store, sealer, keys, root } = await filled()
    const before = await everything(store)
    await keys.rotate('default')
    const rewrapping = new Rewrapping({ store, sealer })
    const sealed = before.filter(({ key }) => kindOf(key) === 'sealed').length
    expect(sealed).toBe(3 + 1 + 2 + 1)
    expect(await rewrapping.survey(ON)).toEqual({ stale: sealed, unknown: undefined })
    expect(await rewrapping.walk(ON)).toEqual({ rewrapped: sealed, refused: 0 })
    expect(await rewrapping.survey(ON)).toEqual({ stale: 0, unknown: undefined })
    expect(await rewrapping.walk(ON)).toEqual({ rewrapped: 0, refused: 0 })
    await keys.retire([1])
    const again = await openKeyedStore(store, root)
    expect(await inspectRecords(store, again.sealer)).toMatchObject({ findings: [], objects: 3 })
    // Index entries are as they were, and so are the version and the payload of each record.
    for (const { key, value, revision } of await everything(store)) {
      const old = before.find((each) => hex(each.key) === hex(key))
      if (kindOf(key) === 'index') expect(old).toMatchObject({ revision })
      if (kindOf(key) !== 'sealed') continue
      expect(hex(value.subarray(0, 9))).toBe(hex(old?.value.subarray(0, 9) ?? value))
      expect(hex(value.subarray(73))).toBe(hex(old?.value.subarray(73) ?? value))
    }
  })

  test('every keyspace that is sealed anywhere is one whose records are moved', () => {
    const source = join(import.meta.dirname, '../../src')
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    const found = new Set<string>()
    for (const file of files.filter((each) => each.endsWith('.ts'))) {
      const text = readFileSync(join(source, file), 'utf8')
      if (file.endsWith('entry-kind.ts')) continue
      for (const [, name = ''] of text.matchAll(/\bkeyspace(?:: | = )'([^']*)'/gi)) found.add(name)
    }
    const moved = new Set(SEALED_FAMILIES.map(({ keyspace }) => keyspace))
    expect([...found].toSorted()).toEqual([...moved].toSorted())
  })

  test('an old copy of a record does not open any more', async () => {
    const { store, sealer, keys, root } = await filled()
    const [old] = await all(store, 'o/')
    if (old === undefined) throw new Error('no objects')
    await keys.rotate('default')
    await new Rewrapping({ store, sealer }).walk(ON)
    await keys.retire([1])
    await store.commit({ checks: [], puts: [old], dels: [] })
    const again = await openKeyedStore(store, root)
    const { findings } = await inspectRecords(store, again.sealer)
    expect(findings).toEqual([
      {
        where: `object ${text(old.key.subarray(2))}`,
        problem: 'its record cannot be opened: it was altered or exchanged',
      },
    ])
  })

  test('an entry of which nobody knows what it is keeps the old key', async () => {
    for (const key of ['0', 'b', 'c/key0', 'n0', 'x/1', 'zz']) {
      const { store, sealer, keys } = await filled()
      await keys.rotate('default')
      const rewrapping = new Rewrapping({ store, sealer })
      await rewrapping.walk(ON)
      await store.commit({ checks: [], puts: [{ key: bytes(key), value: bytes('?') }], dels: [] })
      expect(await rewrapping.survey(ON), key).toEqual({ stale: 0, unknown: hex(bytes(key)) })
    }
  })

  test('a record that was altered is refused and stays as it is, and the others are moved', async () => {
    const { store, sealer, keys } = await filled()
    const [object] = await all(store, 'o/')
    const [rules] = await all(store, 'r/')
    if (object === undefined || rules === undefined) throw new Error('nothing there')
    const altered = { key: object.key, value: object.value.with(40, (object.value[40] ?? 0) ^ 1) }
    // Rules of a client that is not there: nobody can say whose they are.
    const orphan = { key: rules.key.with(-1, (rules.key.at(-1) ?? 0) ^ 1), value: rules.value }
    await store.commit({ checks: [], puts: [altered, orphan], dels: [] })
    await keys.rotate('default')
    const rewrapping = new Rewrapping({ store, sealer })
    expect(await rewrapping.walk(ON)).toEqual({ rewrapped: 6, refused: 2 })
    expect(await rewrapping.survey(ON)).toMatchObject({ stale: 2 })
    expect(await rewrapping.walk(ON)).toEqual({ rewrapped: 0, refused: 2 })
    expect(hex((await store.get(object.key))?.value ?? bytes(''))).toBe(hex(altered.value))
  })

  test('a record that somebody writes at the same time is theirs, and the others are moved', async () => {
    const { store, sealer, keys, objects } = await filled()
    await keys.rotate('default')
    let hasWritten = false
    const raced: Store = {
      ...reading(store),
      scan: async (range, options) => {
        const page = await store.scan(range, options)
        if (text(range.from) === 'o/' && !hasWritten) {
          hasWritten = true
          await changeComment(objects, 'b')
        }
        return page
      },
    }
    const rewrapping = new Rewrapping({ store: raced, sealer })
    expect(await rewrapping.walk(ON)).toEqual({ rewrapped: 6, refused: 0 })
    expect(hasWritten).toBe(true)
    expect(await rewrapping.survey(ON)).toMatchObject({ stale: 0 })
    const [changed] = await inUnit(objects, async (unit) =>
      (await unit.load('b')).attributes.all('Comment'),
    )
    expect(changed).toBe('changed')
  })

  test('what was read before is a conflict once, and what is kept in memory none', async () => {
    const { store, sealer, keys, objects } = await filled()
    const early = objects.begin({ owner: 'owner-a', now: NOW })
    const object = await early.load('a')
    await early.save(object)
    await keys.rotate('default')
    const rewrapping = new Rewrapping({
      store,
      sealer,
      moved: (key, from, to) => {
        objects.revise(key, from, to)
      },
    })
    await rewrapping.walk(ON)
    expect(await early.commit()).toBe('conflict')
    await changeComment(objects, 'a')
    // `b` is still in memory, as it was opened before.
    await changeComment(objects, 'b')
    await changeComment(objects, 'b')
    expect(await inspectRecords(store, sealer)).toMatchObject({ findings: [] })
  })

  test('what was begun under the old key and is committed under the new one is sealed by that', async () => {
    const { store, sealer, keys, objects, clients } = await filled()
    const [client] = clients.list()
    const [key] = client?.keys ?? []
    if (client === undefined || key === undefined) throw new Error('no client')
    const unit = objects.begin({ owner: client.id, now: NOW })
    unit.join(await clients.replacement(client.id, key, { ...key, subject: 'another' }))
    await keys.rotate('default')
    expect(await unit.commit()).toBe('done')
    const [record] = await all(store, 'c/id/')
    expect(sealer.isCurrent(record?.value.subarray(4) ?? bytes(''))).toBe(true)
  })

  test('a walk that is to end ends, and the next one goes on', async () => {
    const { store, sealer, keys } = await filled()
    await keys.rotate('default')
    const rewrapping = new Rewrapping({ store, sealer })
    const off: Rest = async () => Promise.resolve(false)
    expect(await rewrapping.survey(off)).toBeUndefined()
    expect(await rewrapping.walk(off)).toEqual({ rewrapped: 3, refused: 0 })
    expect(await rewrapping.walk(ON)).toEqual({ rewrapped: 4, refused: 0 })
  })

  test('the rules of a client go with it', async () => {
    const { store, clients } = await filled()
    const [client] = clients.list()
    expect(await all(store, 'r/')).toHaveLength(1)
    await clients.remove(client?.id ?? '')
    expect(await all(store, 'r/')).toHaveLength(0)
  })
})

interface Filled extends KeyedStore {
  readonly objects: ObjectRepository
  readonly clients: ClientRegistry
}

/** A store with three objects, a client with rules, and two certificates. */
async function filled(): Promise<Filled> {
  const keyed = await makeKeyedStore()
  const { store, sealer } = keyed
  const { objects } = await openObjects(store, 100, sealer)
  for (const id of ['a', 'b', 'c']) {
    await inUnit(objects, async (unit) => unit.add(aesKey({ id, names: [`name of ${id}`] })))
  }
  for (const name of ['ca', 'server'] as const) {
    const certificate = { certificate: bytes('certificate'), key: Secret.copyOf(bytes('key')) }
    await writeAuthority(keyed, name, certificate)
    ;(await readAuthority(keyed, name)).key.destroy()
  }
  const clients = await openClientRegistry({
    store,
    sealer,
    clock: systemClock,
    random: nodeRandom,
  })
  const key = { issuer: 'i', subject: 's', notAfter: NOW }
  const { id } = await clients.add({ name: 'one', role: 'user', key })
  await inUnit(objects, async (unit) => unit.setRules(RULES), { owner: id })
  return { ...keyed, objects, clients }
}

async function changeComment(objects: ObjectRepository, id: string): Promise<void> {
  await inUnit(objects, async (unit) => {
    const object = await unit.load(id)
    await unit.save({ ...object, attributes: object.attributes.with('Comment', 'changed') })
  })
}

async function all(store: Store, prefix: string): Promise<readonly Entry[]> {
  const from = bytes(prefix)
  return store.scan({ from, to: from.with(-1, (from.at(-1) ?? 0) + 1) }, { limit: 1_000 })
}

async function everything(store: Store): Promise<readonly Entry[]> {
  return store.scan({ from: new Uint8Array(0), to: Uint8Array.of(0xff) }, { limit: 10_000 })
}

function reading(store: Store): Store {
  return {
    get: async (key) => store.get(key),
    getMany: async (keys) => store.getMany(keys),
    scan: async (range, options) => store.scan(range, options),
    snapshot: async () => store.snapshot(),
    commit: async (commit) => store.commit(commit),
    close: async () => store.close(),
  }
}

function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

function text(value: Uint8Array): string {
  return new TextDecoder().decode(value)
}

function hex(value: Uint8Array): string {
  return Buffer.from(value).toString('hex')
}
