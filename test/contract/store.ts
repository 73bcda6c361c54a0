import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  STORE_LIMITS,
  type Commit,
  type JournalledStore,
  type Store,
} from '../../src/port/store.ts'
import { journalRules } from './store-journal.ts'
import { modelRule } from './store-model.ts'
import {
  ALL,
  UNAVAILABLE,
  bytes,
  check,
  fromHex,
  hex,
  pair,
  put,
  revisionOf,
  scanned,
  shown,
  text,
} from './store-words.ts'

/** A fresh, empty store, and how to get rid of it. */
export interface StoreUnderTest {
  readonly store: JournalledStore
  dispose(): Promise<void>
}

/** The rules of `port/store.ts`, the same for every engine. */
export function storeContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`the store contract: ${name}`, () => {
    let subject: StoreUnderTest
    let store: JournalledStore

    beforeEach(async () => {
      subject = await make()
      store = subject.store
    })

    afterEach(async () => {
      await subject.dispose()
    })

    readingRules(() => store)
    snapshotRules(() => store)
    commitRules(() => store)
    concurrencyRules(() => store)
    limitRules(() => store)
    closingRules(() => store)
    journalRules(() => store)
    modelRule(() => store)
  })
}

function readingRules(store: () => Store): void {
  test('a key that was never written is not there', async () => {
    expect(await store().get(bytes('a'))).toBeUndefined()
    expect(await store().getMany([bytes('a'), bytes('b')])).toEqual([undefined, undefined])
    expect(await store().scan(ALL, { limit: 10 })).toEqual([])
  })

  test('what was written is read with the revision of its commit', async () => {
    const first = await put(store(), 'a', 'one')
    const second = await put(store(), 'b', 'two')
    expect(first).toBeGreaterThanOrEqual(1n)
    expect(second).toBeGreaterThan(first)
    expect(shown(await store().get(bytes('a')))).toEqual(['a', 'one', first])
    expect(shown(await store().get(bytes('b')))).toEqual(['b', 'two', second])
  })

  test('an overwritten key has the new value and the new revision', async () => {
    await put(store(), 'a', 'one')
    const revision = await put(store(), 'a', 'two')
    expect(shown(await store().get(bytes('a')))).toEqual(['a', 'two', revision])
  })

  test('an empty value is a value', async () => {
    await put(store(), 'a', '')
    const entry = await store().get(bytes('a'))
    expect(entry?.value.length).toBe(0)
  })

  test('values are read back as plain bytes', async () => {
    const value = Uint8Array.from({ length: 256 }, (_, index) => index)
    await store().commit({ checks: [], puts: [{ key: bytes('a'), value }], dels: [] })
    const entry = await store().get(bytes('a'))
    expect(entry?.value.constructor).toBe(Uint8Array)
    expect(entry?.value).toEqual(value)
  })

  test('getMany answers in the order of the question, misses and repetitions included', async () => {
    for (const key of ['a', 'b', 'c']) await put(store(), key, `value ${key}`)
    const found = await store().getMany(['c', 'x', 'a', 'c'].map(bytes))
    expect(found.map((entry) => entry && text(entry.value))).toEqual([
      'value c',
      undefined,
      'value a',
      'value c',
    ])
    expect(await store().getMany([])).toEqual([])
  })

  test('getMany takes a thousand keys', async () => {
    const keys = Array.from({ length: 1000 }, (_, index) => `key ${index}`)
    const puts = keys.filter((_, index) => index % 2 === 0).map((key) => pair(key, key))
    await store().commit({ checks: [], puts, dels: [] })
    const found = await store().getMany(keys.map(bytes))
    expect(found.map((entry) => entry && text(entry.value))).toEqual(
      keys.map((key, index) => (index % 2 === 0 ? key : undefined)),
    )
  })

  test('keys are ordered bytewise, whatever bytes they have', async () => {
    const keys = ['', '00', '0000', '0001', '00ff', '01', '7f', '80', 'c3a4', 'ff', 'ff00', 'ffff']
    const mixed = [7, 2, 11, 0, 5, 9, 1, 10, 4, 8, 3, 6].map((index) => keys[index] ?? '')
    for (const key of mixed) {
      const puts = [{ key: fromHex(key), value: fromHex(key) }]
      await store().commit({ checks: [], puts, dels: [] })
    }
    const found = await store().scan(ALL, { limit: 100 })
    expect(found.map((entry) => hex(entry.key))).toEqual(keys)
    expect(found.map((entry) => hex(entry.value))).toEqual(keys)
    const backwards = await store().scan(ALL, { limit: 100, reverse: true })
    expect(backwards.map((entry) => hex(entry.key))).toEqual(keys.toReversed())
  })

  test('a scan starts with the first key and ends before the last', async () => {
    for (const key of ['a', 'b', 'ba', 'c', 'd']) await put(store(), key, key)
    expect(await scanned(store(), 'b', 'd')).toEqual(['b', 'ba', 'c'])
    expect(await scanned(store(), 'aa', 'c')).toEqual(['b', 'ba'])
    expect(await scanned(store(), 'b', 'b\0')).toEqual(['b'])
  })

  test('a scan of an empty or inverted range finds nothing', async () => {
    await put(store(), 'b', 'b')
    expect(await scanned(store(), 'b', 'b')).toEqual([])
    expect(await scanned(store(), 'c', 'a')).toEqual([])
  })

  test('a limited scan returns the first keys, or the last ones backwards', async () => {
    for (const key of ['a', 'b', 'c', 'd']) await put(store(), key, key)
    expect(await scanned(store(), 'a', 'z', 2)).toEqual(['a', 'b'])
    expect(await scanned(store(), 'a', 'z', 2, true)).toEqual(['d', 'c'])
    expect(await scanned(store(), 'a', 'd', 1, true)).toEqual(['c'])
    expect(await scanned(store(), 'a', 'z', 0)).toEqual([])
  })

  test('a scan carries values and revisions', async () => {
    const first = await put(store(), 'a', 'one')
    const second = await put(store(), 'b', 'two')
    const found = await store().scan(ALL, { limit: 10 })
    expect(found.map(shown)).toEqual([
      ['a', 'one', first],
      ['b', 'two', second],
    ])
  })

  test('callers own what they hand in and what they get', async () => {
    const key = bytes('a')
    const value = bytes('one')
    const committed = store().commit({ checks: [], puts: [{ key, value }], dels: [] })
    key.fill(0)
    value.fill(0)
    await committed
    const entry = await store().get(bytes('a'))
    entry?.value.fill(0)
    entry?.key.fill(0)
    expect(text((await store().get(bytes('a')))?.value)).toBe('one')
    expect(await scanned(store(), 'a', 'b')).toEqual(['a'])
  })
}

function snapshotRules(store: () => Store): void {
  test('a snapshot does not see what is written after it', async () => {
    const first = await put(store(), 'a', 'one')
    await put(store(), 'gone', 'still here')
    const snapshot = await store().snapshot()
    await put(store(), 'a', 'two')
    await put(store(), 'b', 'new')
    await store().commit({ checks: [], puts: [], dels: [bytes('gone')] })

    expect(shown(await snapshot.get(bytes('a')))).toEqual(['a', 'one', first])
    const many = await snapshot.getMany([bytes('b'), bytes('gone')])
    expect(many.map((entry) => entry && text(entry.value))).toEqual([undefined, 'still here'])
    const found = await snapshot.scan(ALL, { limit: 10 })
    expect(found.map((entry) => text(entry.key))).toEqual(['a', 'gone'])
    expect(await scanned(store(), '', 'z')).toEqual(['a', 'b'])
    await snapshot.close()
  })

  test('a snapshot of an empty store stays empty', async () => {
    const snapshot = await store().snapshot()
    await put(store(), 'a', 'one')
    expect(await snapshot.get(bytes('a'))).toBeUndefined()
    expect(await snapshot.scan(ALL, { limit: 10, reverse: true })).toEqual([])
    await snapshot.close()
  })

  test('two snapshots keep two moments', async () => {
    await put(store(), 'a', 'one')
    const earlier = await store().snapshot()
    await put(store(), 'a', 'two')
    const later = await store().snapshot()
    await put(store(), 'a', 'three')
    expect(text((await earlier.get(bytes('a')))?.value)).toBe('one')
    await earlier.close()
    expect(text((await later.get(bytes('a')))?.value)).toBe('two')
    await later.close()
  })

  test('a closed snapshot is unavailable, and closing it twice does no harm', async () => {
    const snapshot = await store().snapshot()
    await snapshot.close()
    await snapshot.close()
    await expect(snapshot.get(bytes('a'))).rejects.toMatchObject(UNAVAILABLE)
    await expect(snapshot.getMany([bytes('a')])).rejects.toMatchObject(UNAVAILABLE)
    await expect(snapshot.scan(ALL, { limit: 1 })).rejects.toMatchObject(UNAVAILABLE)
    expect(await store().get(bytes('a'))).toBeUndefined()
  })
}

function commitRules(store: () => Store): void {
  test('all puts and deletions of a commit happen under one revision', async () => {
    await put(store(), 'old', 'x')
    const revision = revisionOf(
      await store().commit({
        checks: [],
        puts: [pair('a', 'one'), pair('b', 'two')],
        dels: [bytes('old'), bytes('never there')],
      }),
    )
    const found = await store().scan(ALL, { limit: 10 })
    expect(found.map(shown)).toEqual([
      ['a', 'one', revision],
      ['b', 'two', revision],
    ])
  })

  test('a commit whose checks hold happens', async () => {
    const revision = await put(store(), 'a', 'one')
    const outcome = await store().commit({
      checks: [check('a', revision), check('b', 'absent')],
      puts: [pair('a', 'two')],
      dels: [],
    })
    expect(revisionOf(outcome)).toBeGreaterThan(revision)
    expect(text((await store().get(bytes('a')))?.value)).toBe('two')
  })

  test('a check of an older revision is a conflict, and nothing is written', async () => {
    const old = await put(store(), 'a', 'one')
    await put(store(), 'a', 'two')
    await put(store(), 'victim', 'here')
    const outcome = await store().commit({
      checks: [check('a', old)],
      puts: [pair('a', 'three'), pair('b', 'new')],
      dels: [bytes('victim')],
    })
    expect(outcome).toBe('conflict')
    const found = await store().scan(ALL, { limit: 10 })
    expect(found.map((entry) => [text(entry.key), text(entry.value)])).toEqual([
      ['a', 'two'],
      ['victim', 'here'],
    ])
  })

  test('one check that does not hold among many is a conflict', async () => {
    const revision = await put(store(), 'a', 'one')
    const checks = [check('a', revision), check('b', 'absent'), check('c', revision)]
    expect(await store().commit({ checks, puts: [pair('d', 'x')], dels: [] })).toBe('conflict')
    expect(await store().get(bytes('d'))).toBeUndefined()
  })

  test('a check for absence is a conflict where the key is', async () => {
    await put(store(), 'a', '')
    const commit = { checks: [check('a', 'absent')], puts: [pair('a', 'two')], dels: [] }
    expect(await store().commit(commit)).toBe('conflict')
    expect(text((await store().get(bytes('a')))?.value)).toBe('')
  })

  test('a check of a revision is a conflict where the key is not', async () => {
    const commit = { checks: [check('a', 1n)], puts: [pair('a', 'x')], dels: [] }
    expect(await store().commit(commit)).toBe('conflict')
    expect(await store().get(bytes('a'))).toBeUndefined()
  })

  test('a deleted key is absent, and its old revision does not come back with it', async () => {
    const old = await put(store(), 'a', 'one')
    await store().commit({ checks: [], puts: [], dels: [bytes('a')] })
    expect(await store().get(bytes('a'))).toBeUndefined()
    const again = await store().commit({
      checks: [check('a', 'absent')],
      puts: [pair('a', 'one')],
      dels: [],
    })
    expect(revisionOf(again)).toBeGreaterThan(old)
    const stale = { checks: [check('a', old)], puts: [pair('a', 'two')], dels: [] }
    expect(await store().commit(stale)).toBe('conflict')
  })

  test('checks may name keys that the commit does not write', async () => {
    const revision = await put(store(), 'guard', 'x')
    const commit = { checks: [check('guard', revision)], puts: [pair('a', 'one')], dels: [] }
    expect(await store().commit(commit)).not.toBe('conflict')
    await put(store(), 'guard', 'y')
    expect(await store().commit(commit)).toBe('conflict')
  })

  test('a commit without writes tells whether its checks hold', async () => {
    const revision = await put(store(), 'a', 'one')
    const holds = await store().commit({ checks: [check('a', revision)], puts: [], dels: [] })
    const fails = await store().commit({ checks: [check('a', 'absent')], puts: [], dels: [] })
    expect(revisionOf(holds)).toBeGreaterThanOrEqual(revision)
    expect(fails).toBe('conflict')
    expect(shown(await store().get(bytes('a')))).toEqual(['a', 'one', revision])
  })

  test('a commit that writes a key twice is a mistake of the caller', async () => {
    const twice = [
      { checks: [], puts: [pair('a', 'one'), pair('a', 'two')], dels: [] },
      { checks: [], puts: [pair('a', 'one')], dels: [bytes('a')] },
      { checks: [], puts: [], dels: [bytes('a'), bytes('a')] },
    ]
    for (const commit of twice) {
      await expect(store().commit(commit)).rejects.toBeInstanceOf(TypeError)
    }
    expect(await store().get(bytes('a'))).toBeUndefined()
  })
}

function concurrencyRules(store: () => Store): void {
  test('of many commits that check the same revision at once exactly one happens', async () => {
    const revision = await put(store(), 'a', 'start')
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async (_, index) =>
        store().commit({
          checks: [check('a', revision)],
          puts: [pair('a', `writer ${index}`), pair(`mark ${index}`, '')],
          dels: [],
        }),
      ),
    )
    const winners = outcomes.flatMap((outcome, index) => (outcome === 'conflict' ? [] : [index]))
    expect(winners).toHaveLength(1)
    expect(text((await store().get(bytes('a')))?.value)).toBe(`writer ${winners[0]}`)
    expect(await scanned(store(), 'mark', 'mask')).toEqual([`mark ${winners[0]}`])
  })

  test('commits handed in one after the other are decided in that order', async () => {
    const outcomes = await Promise.all([
      store().commit({ checks: [check('a', 'absent')], puts: [pair('a', '1')], dels: [] }),
      store().commit({ checks: [check('a', 'absent')], puts: [pair('a', '2')], dels: [] }),
      store().commit({ checks: [], puts: [], dels: [bytes('a')] }),
      store().commit({ checks: [check('a', 'absent')], puts: [pair('a', '4')], dels: [] }),
      store().commit({ checks: [], puts: [pair('b', '5')], dels: [] }),
    ])
    expect(outcomes.map((outcome) => outcome === 'conflict')).toEqual([
      false,
      true,
      false,
      false,
      false,
    ])
    const revisions = outcomes.filter((outcome) => outcome !== 'conflict').map(revisionOf)
    expect(revisions).toEqual(revisions.toSorted((a, b) => (a < b ? -1 : 1)))
    expect(new Set(revisions).size).toBe(4)
    expect(shown(await store().get(bytes('a')))).toEqual(['a', '4', revisions[2]])
  })

  test('once told of a conflict one reads what it conflicted with', async () => {
    const revision = await put(store(), 'a', 'start')
    const first = store().commit({
      checks: [check('a', revision)],
      puts: [pair('a', 'first')],
      dels: [],
    })
    const second = store()
      .commit({ checks: [check('a', revision)], puts: [pair('a', 'second')], dels: [] })
      .then(async (outcome) => [outcome, text((await store().get(bytes('a')))?.value)])
    expect(await second).toEqual(['conflict', 'first'])
    await first
  })

  test('a commit that resolved is read by everyone', async () => {
    for (let round = 0; round < 20; round += 1) {
      const revision = await put(store(), 'a', `round ${round}`)
      expect(shown(await store().get(bytes('a')))).toEqual(['a', `round ${round}`, revision])
      const snapshot = await store().snapshot()
      expect((await snapshot.get(bytes('a')))?.revision).toBe(revision)
      await snapshot.close()
    }
  })

  test('eight clients that count under checks lose no step', async () => {
    await put(store(), 'counter', '0')
    const step = async (): Promise<boolean> => {
      const entry = await store().get(bytes('counter'))
      const next = String(Number(text(entry?.value)) + 1)
      const revision = entry?.revision ?? 'absent'
      const commit = {
        checks: [check('counter', revision)],
        puts: [pair('counter', next)],
        dels: [],
      }
      return (await store().commit(commit)) !== 'conflict'
    }
    const client = async (): Promise<void> => {
      for (let done = 0, tries = 0; done < 20 && tries < 2000; tries += 1) {
        if (await step()) done += 1
      }
    }
    await Promise.all(Array.from({ length: 8 }, client))
    expect(text((await store().get(bytes('counter')))?.value)).toBe('160')
  })
}

function limitRules(store: () => Store): void {
  const { keyBytes, valueBytes, operations } = STORE_LIMITS

  test('the longest key and the longest value are stored', async () => {
    const key = new Uint8Array(keyBytes).fill(0xff)
    const value = new Uint8Array(valueBytes).fill(0x5a)
    await store().commit({ checks: [], puts: [{ key, value }], dels: [] })
    const entry = await store().get(key)
    expect(entry?.value.length).toBe(valueBytes)
    expect(entry?.value.every((byte) => byte === 0x5a)).toBe(true)
  })

  test('a longer key or value is over the limit, and nothing of its commit happens', async () => {
    const long = new Uint8Array(keyBytes + 1)
    const small = pair('a', 'one')
    const commits: Commit[] = [
      { checks: [], puts: [small, { key: long, value: bytes('') }], dels: [] },
      { checks: [], puts: [small], dels: [long] },
      { checks: [{ key: long, revision: 'absent' }], puts: [small], dels: [] },
      {
        checks: [],
        puts: [small, { key: bytes('b'), value: new Uint8Array(valueBytes + 1) }],
        dels: [],
      },
    ]
    for (const commit of commits) {
      await expect(store().commit(commit)).rejects.toMatchObject({ code: 'SERVER_LIMIT' })
    }
    expect(await store().scan(ALL, { limit: 10 })).toEqual([])
  })

  test('the largest commit happens whole, and a larger one not at all', async () => {
    const puts = Array.from({ length: operations - 1 }, (_, index) => pair(`key ${index}`, 'x'))
    const dels = [bytes('other')]
    await store().commit({ checks: [], puts, dels })
    expect(await store().scan(ALL, { limit: operations * 2 })).toHaveLength(operations - 1)
    const larger = { checks: [], puts: [...puts, pair('one more', 'x')], dels }
    await expect(store().commit(larger)).rejects.toMatchObject({ code: 'SERVER_LIMIT' })
    expect(await store().get(bytes('one more'))).toBeUndefined()
  })
}

function closingRules(store: () => Store): void {
  test('a closed store is unavailable, and closing it twice does no harm', async () => {
    const snapshot = await store().snapshot()
    await put(store(), 'a', 'one')
    await snapshot.close()
    await store().close()
    await store().close()
    const nothing: Commit = { checks: [], puts: [], dels: [] }
    await expect(store().get(bytes('a'))).rejects.toMatchObject(UNAVAILABLE)
    await expect(store().getMany([bytes('a')])).rejects.toMatchObject(UNAVAILABLE)
    await expect(store().scan(ALL, { limit: 1 })).rejects.toMatchObject(UNAVAILABLE)
    await expect(store().snapshot()).rejects.toMatchObject(UNAVAILABLE)
    await expect(store().commit(nothing)).rejects.toMatchObject(UNAVAILABLE)
  })

  test('commits under way when the store is closed are answered', async () => {
    const commits = Array.from({ length: 10 }, async (_, index) =>
      store().commit({ checks: [], puts: [pair(`key ${index}`, 'x')], dels: [] }),
    )
    const closed = store().close()
    const outcomes = await Promise.all(commits)
    expect(outcomes.every((outcome) => outcome !== 'conflict')).toBe(true)
    await closed
  })
}
