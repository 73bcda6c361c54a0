import { beforeEach, describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import type { Commit, Entry, Store } from '../../src/port/store.ts'
import { writeAuthority } from '../../src/repository/authority-record.ts'
import { openClientRegistry } from '../../src/repository/client-registry.ts'
import { inspectRecords, type Inspection } from '../../src/repository/inspection.ts'
import { Secret } from '../../src/secret/secret.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'
import { NOW, aesKey, destroyed, inUnit, openObjects } from './sample.ts'

let store: Store
const sealer = plainSealer()

beforeEach(async () => {
  store = memoryStore()
  await addAuthorities()
  await addClient('one')
  await addClient('two')
  const { objects } = await openObjects(store)
  for (const id of ['a', 'b', 'c']) {
    await inUnit(objects, async (unit) => unit.add(aesKey({ id, names: [`name of ${id}`] })))
  }
  // What was changed and what was destroyed have other index entries than they began with.
  await inUnit(objects, async (unit) => {
    const object = await unit.load('b')
    await unit.save({ ...object, attributes: object.attributes.with('LeaseTime', 7) })
  })
  await inUnit(objects, async (unit) => unit.save(destroyed(await unit.load('c'))))
})

describe('inspecting a store', () => {
  test('a whole store has nothing to find, and everything is counted', async () => {
    const { objects, clients, entries, findings } = await inspect()
    expect(findings).toEqual([])
    expect({ objects, clients }).toEqual({ objects: 3, clients: 2 })
    expect(entries).toBe((await all('', '~')).length)
  })

  test('an object that cannot be opened is named, whatever is wrong with it', async () => {
    const [a, b] = await all('o/', 'o0')
    if (a === undefined || b === undefined) throw new Error('no objects')
    const values = [b.value, a.value.subarray(0, 3), a.value.with(3, 9)]
    for (const value of values) {
      await change({ puts: [{ key: a.key, value }] })
      expect(await found()).toEqual([
        ['object a', 'its record cannot be opened: it was altered or exchanged'],
      ])
    }
  })

  test.each(['s/', 'i/', 'n/'])('each missing index entry of %s is named', async (family) => {
    const entries = await all(family, `${family.slice(0, 1)}0`)
    expect(entries.length).toBeGreaterThan(1)
    for (const { key, value } of entries) {
      await change({ dels: [key] })
      expect(await found()).toEqual([
        [`object ${text(value)}`, `its index entry ${hex(key)} is missing`],
      ])
      await change({ puts: [{ key, value }] })
    }
  })

  test('an index entry that names another object is found', async () => {
    const [first] = await all('n/', 'n0')
    if (first === undefined) throw new Error('no names')
    const other = text(first.value) === 'a' ? 'b' : 'a'
    await change({ puts: [{ key: first.key, value: bytes(other) }] })
    expect(await found()).toEqual([
      [`object ${text(first.value)}`, `its index entry ${hex(first.key)} names another`],
      [`index entry ${hex(first.key)}`, 'it is of one that has it not'],
    ])
  })

  test('an index entry that no object has is found, and so is one of no object', async () => {
    const [posting] = await all('i/', 'i0')
    if (posting === undefined) throw new Error('no postings')
    const added = { key: posting.key.with(5, (posting.key[5] ?? 0) ^ 1), value: posting.value }
    await change({ puts: [added] })
    expect(await found()).toEqual([
      [`index entry ${hex(added.key)}`, 'it is of one that has it not'],
    ])
    await change({ puts: [{ key: added.key, value: bytes('nobody') }] })
    expect(await found()).toEqual([
      [`index entry ${hex(added.key)}`, 'it is of something that is not there'],
    ])
  })

  test('an object that was taken away leaves its index entries to be found', async () => {
    const [a] = await all('o/', 'o0')
    await change({ dels: [a?.key ?? bytes('')] })
    const findings = await found()
    expect(findings.length).toBeGreaterThan(20)
    expect(new Set(findings.map(([, problem]) => problem))).toEqual(
      new Set(['it is of something that is not there']),
    )
  })

  test('a client whose record or index entry is not right is named', async () => {
    const [one] = await all('c/id/', 'c/id0')
    const [key] = await all('c/key/', 'c/key0')
    if (one === undefined || key === undefined) throw new Error('no clients')
    await change({ dels: [key.key] })
    expect(await found()).toEqual([
      [`client ${text(key.value)}`, `its index entry ${hex(key.key)} is missing`],
    ])
    await change({
      puts: [
        { key: key.key, value: key.value },
        { key: one.key, value: one.value.with(-2, 0) },
      ],
    })
    expect(await found()).toEqual([
      [
        `client ${text(one.key).slice(5)}`,
        'its record cannot be opened: it was altered or exchanged',
      ],
    ])
  })

  test('certificates that are missing or altered, rules that are, and keys of no kind are named', async () => {
    const [ca] = await all('a/ca', 'a/cb')
    if (ca === undefined) throw new Error('no authority')
    await change({ puts: [{ key: ca.key, value: ca.value.with(-1, 0).with(10, 0) }] })
    expect(await found()).toEqual([['certificate ca', 'it cannot be read']])
    await change({ dels: [ca.key], puts: [{ key: bytes('x/strange'), value: bytes('1') }] })
    expect(await found()).toEqual([
      ['certificate ca', 'it cannot be read'],
      [hex(bytes('x/strange')), 'nothing of kmipd has such a key'],
    ])
    const rules = Uint8Array.of(...bytes('r/'), ...sealer.blind('rules', bytes('id-one')))
    await change({ dels: [bytes('x/strange')], puts: [{ key: rules, value: bytes('nothing') }] })
    expect(await found()).toEqual([
      ['id-one', 'its defaults and constraints cannot be read'],
      ['certificate ca', 'it cannot be read'],
    ])
  })
})

async function addAuthorities(): Promise<void> {
  for (const which of ['ca', 'server'] as const) {
    const keyed = { certificate: bytes(`certificate ${which}`), key: Secret.copyOf(bytes('key')) }
    await writeAuthority({ store, sealer }, which, keyed)
  }
}

async function addClient(name: string): Promise<void> {
  const registry = await openClientRegistry({
    store,
    sealer,
    clock: { now: () => NOW },
    random: { identifier: () => `id-${name}` },
  })
  const key = { issuer: 'aa', subject: name, notAfter: NOW + 1 }
  await registry.add({ name, role: 'user', key })
}

async function inspect(): Promise<Inspection> {
  const snapshot = await store.snapshot()
  try {
    return await inspectRecords(snapshot, sealer)
  } finally {
    await snapshot.close()
  }
}

async function found(): Promise<readonly (readonly [string, string])[]> {
  return (await inspect()).findings.map(({ where, problem }) => [where, problem] as const)
}

async function change(part: Partial<Commit>): Promise<void> {
  await store.commit({ checks: [], puts: [], dels: [], ...part })
}

async function all(from: string, to: string): Promise<readonly Entry[]> {
  return store.scan({ from: bytes(from), to: bytes(to) }, { limit: 10_000 })
}

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value)
const text = (value: Uint8Array): string => new TextDecoder().decode(value)
const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex')
