import { beforeEach, describe, expect, test } from 'vitest'
import { memoryStore } from '../../src/adapter/store-memory.ts'
import type { Store } from '../../src/port/store.ts'
import {
  isClientName,
  openClientRegistry,
  type ClientRegistry,
} from '../../src/repository/client-registry.ts'
import { plainSealer } from '../fixtures/plain-sealer.ts'

let store: Store
let count: number

const open = async (): Promise<ClientRegistry> =>
  openClientRegistry({
    store,
    sealer: plainSealer(),
    clock: { now: () => 1_000_000.7 },
    random: {
      identifier: () => `id-${String((count += 1)).padStart(4, '0')}`,
    },
  })

const keyOf = (subject: string) => ({ issuer: 'aa', subject, notAfter: 2_000_000 })
const client = (name: string, subject = name, role = 'user') => ({
  name,
  role,
  key: keyOf(subject),
})

beforeEach(() => {
  store = memoryStore()
  count = 0
})

describe('the client registry', () => {
  test('recognises a client by its key as soon as it was added', async () => {
    const registry = await open()
    expect(registry.directory.identify({ issuer: 'aa', subject: 'one' })).toBeUndefined()
    await registry.add(client('one', 'one', 'reader'))
    const credential = { issuer: 'aa', subject: 'one' }
    const expected = { id: 'id-0001', name: 'one', role: 'reader', credential }
    expect(registry.directory.identify({ issuer: 'aa', subject: 'one' })).toEqual(expected)
  })

  test('needs both keys to match: the same key under another authority is nobody', async () => {
    const registry = await open()
    await registry.add(client('one'))
    expect(registry.directory.identify({ issuer: 'bb', subject: 'one' })).toBeUndefined()
    expect(registry.directory.identify({ issuer: 'aa', subject: 'on' })).toBeUndefined()
    expect(registry.directory.identify({ issuer: 'one', subject: 'aa' })).toBeUndefined()
  })

  test('finds everyone again when the store is opened again, in the order of names', async () => {
    const first = await open()
    for (const name of ['c', 'a', 'b']) await first.add(client(name))
    const second = await open()
    expect(second.list()).toEqual(first.list())
    expect(second.list().map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    expect(second.list()[0]).toMatchObject({ added: 1_000_000, keys: [keyOf('a')], role: 'user' })
    expect(second.directory.identify({ issuer: 'aa', subject: 'b' })?.name).toBe('b')
  })

  test('reads more clients than one page of the store holds', async () => {
    const registry = await open()
    for (let index = 0; index < 2001; index += 1) await registry.add(client(`n${String(index)}`))
    expect((await open()).list()).toHaveLength(2001)
  })

  test('refuses a name that is taken', async () => {
    const registry = await open()
    await registry.add(client('one', 'first'))
    await expect(registry.add(client('one', 'second'))).rejects.toMatchObject({
      code: 'NAME_TAKEN',
    })
    expect(registry.list()).toHaveLength(1)
    expect(registry.directory.identify({ issuer: 'aa', subject: 'second' })).toBeUndefined()
  })

  test('refuses a key that another client has', async () => {
    const registry = await open()
    await registry.add(client('one', 'same'))
    await expect(registry.add(client('two', 'same'))).rejects.toMatchObject({
      code: 'OBJECT_EXISTS',
    })
    expect(registry.directory.identify({ issuer: 'aa', subject: 'same' })?.name).toBe('one')
  })

  test('lets one of many win when the same name is added at once, through two registries', async () => {
    const [left, right] = [await open(), await open()]
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, async (_, index) =>
        (index % 2 === 0 ? left : right).add(client('same', `key-${String(index)}`)),
      ),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await open()).list()).toHaveLength(1)
  })

  test('forgets a client that was removed, and its name and key are free again', async () => {
    const registry = await open()
    const added = await registry.add(client('one'))
    await registry.remove(added.id)
    expect(registry.directory.identify({ issuer: 'aa', subject: 'one' })).toBeUndefined()
    expect((await open()).list()).toEqual([])
    await expect(registry.remove(added.id)).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' })
    await registry.add(client('one'))
    expect(registry.list()).toHaveLength(1)
  })

  describe('that has stored a new key of a client and was not told so yet', () => {
    /** Gives what tells it. */
    const replace = async (registry: ClientRegistry, id: string): Promise<() => void> => {
      const part = await registry.replacement(id, keyOf('old'), keyOf('new'))
      expect(await store.commit(part.changes)).not.toBe('conflict')
      return () => {
        part.stored()
      }
    }
    const known = (registry: ClientRegistry) =>
      ['old', 'new'].filter((subject) => registry.directory.identify({ issuer: 'aa', subject }))

    test('removes the client for good, with that key', async () => {
      const registry = await open()
      const { id } = await registry.add(client('one', 'old'))
      const stored = await replace(registry, id)
      await registry.remove(id)
      stored()
      expect(known(registry)).toEqual([])
      expect(registry.find(id)).toBeUndefined()
      await registry.add(client('two', 'new'))
    })

    test('changes the client as it is stored', async () => {
      const registry = await open()
      const { id } = await registry.add(client('one', 'old'))
      const stored = await replace(registry, id)
      await registry.change(id, (before) => ({ ...before, isSuspended: true }))
      stored()
      expect(known(registry)).toEqual([])
      await registry.change(id, (before) => ({ ...before, isSuspended: false }))
      expect(known(registry)).toEqual(['new'])
      expect(known(await open())).toEqual(['new'])
    })

    test('removes a client while it changes', async () => {
      const registry = await open()
      const { id } = await registry.add(client('one', 'old'))
      const part = await registry.replacement(id, keyOf('old'), keyOf('new'))
      const removal = registry.remove(id)
      await store.commit(part.changes)
      await removal
      part.stored()
      expect(known(registry)).toEqual([])
    })
  })

  test('does not open a record that was moved to another client', async () => {
    const registry = await open()
    await registry.add(client('one'))
    await registry.add(client('two'))
    const key = (id: string): Uint8Array => Buffer.from(`c/id/${id}`)
    const entry = await store.get(key('id-0001'))
    await store.commit({
      checks: [],
      puts: [{ key: key('id-0002'), value: entry?.value ?? new Uint8Array() }],
      dels: [],
    })
    await expect(open()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})

describe('names of clients', () => {
  test.each(['a', 'A-1', 'web.app_2', 'ops@site', '@x', '_x', 'x'.repeat(64), '0'])(
    '%s is one',
    (name) => {
      expect(isClientName(name)).toBe(true)
    },
  )

  test.each(
    [
      [
        '',
        'x'.repeat(65),
        '.a',
        '-a',
        'a b',
        'a*',
        'a?',
        'a+b',
        'a/b',
        'a,b',
        '..',
        'a\n',
        'a\0b',
        '\u001b[1m',
      ],
      ['ä', 'a\u200bb', '\uFF41', 'CN=a', 'a;b', "a'b", 'a"b', 'a\\b', 'a:b', '$a', 'ca', 'CA'],
    ].flat(),
  )('%j is none', async (name) => {
    expect(isClientName(name)).toBe(false)
    await expect((await open()).add(client(name))).rejects.toMatchObject({ code: 'INVALID_FIELD' })
  })
})
