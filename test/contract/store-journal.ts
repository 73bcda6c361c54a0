import { expect, test } from 'vitest'
import type { Commit, Journal, JournalLog, JournalledStore } from '../../src/port/store.ts'
import { ALL, bytes, check, pair, put, text } from './store-words.ts'

/** A log that keeps its lines in memory. */
export class ListedLog implements JournalLog {
  readonly lines: string[] = []
  /** How often it was asked to sync. */
  syncs = 0
  /** Awaited by whoever waits for a sync. */
  gate: () => Promise<void> = async () => Promise.resolve()

  get size(): number {
    return this.lines.length
  }

  append(line: Uint8Array): void {
    this.lines.push(text(line))
  }

  async synced(): Promise<void> {
    this.syncs += 1
    await this.gate()
  }
}

export function journalOf(name: string): Journal {
  return { intents: [bytes(`${name} intent`)], outcomes: [bytes(`${name} outcome`)] }
}

/** A commit that puts a key of the journal's name. */
export function journalled(name: string, checks: Commit['checks'] = []): Commit {
  return { checks, puts: [pair(name, name)], dels: [], journal: journalOf(name) }
}

export async function lostText(store: JournalledStore): Promise<readonly string[]> {
  return (await store.lostLines()).lines.map(text)
}

/** The rules of `port/store.ts` for the lines that are stored with commits. */
export function journalRules(store: () => JournalledStore): void {
  test('the outcomes of a commit are in the log when it resolves, and its intents are not', async () => {
    const log = new ListedLog()
    store().keepJournalsFor(log)
    await store().commit(journalled('a'))
    expect(log.lines).toEqual(['a outcome'])
    expect(await lostText(store())).toEqual(['a intent', 'a outcome'])
  })

  test('outcomes go to the log in the order in which their commits happened', async () => {
    const log = new ListedLog()
    store().keepJournalsFor(log)
    const names = Array.from({ length: 30 }, (_, at) => `key ${at}`)
    await Promise.all(names.map(async (name) => store().commit(journalled(name))))
    expect(log.lines).toEqual(names.map((name) => `${name} outcome`))
    expect(await lostText(store())).toEqual(
      names.flatMap((name) => [`${name} intent`, `${name} outcome`]),
    )
  })

  test('what a batch of several lines says stays in its order', async () => {
    const log = new ListedLog()
    store().keepJournalsFor(log)
    const journal = {
      intents: [bytes('one'), bytes(''), bytes('two')],
      outcomes: [bytes('three'), bytes('four')],
    }
    await store().commit({ checks: [], puts: [pair('a', 'x')], dels: [], journal })
    expect(log.lines).toEqual(['three', 'four'])
    expect(await lostText(store())).toEqual(['one', '', 'two', 'three', 'four'])
  })

  test('a commit that meets a conflict leaves no line anywhere', async () => {
    const log = new ListedLog()
    store().keepJournalsFor(log)
    await put(store(), 'a', 'there')
    expect(await store().commit(journalled('a', [check('a', 'absent')]))).toBe('conflict')
    expect(log.lines).toEqual([])
    expect(await lostText(store())).toEqual([])
  })

  test('a commit over the limits leaves no line anywhere', async () => {
    const log = new ListedLog()
    store().keepJournalsFor(log)
    const key = new Uint8Array(2_000)
    const commit = { ...journalled('a'), puts: [{ key, value: key }] }
    await expect(store().commit(commit)).rejects.toMatchObject({ code: 'SERVER_LIMIT' })
    expect(log.lines).toEqual([])
    expect(await lostText(store())).toEqual([])
  })

  test('a commit may have a journal alone', async () => {
    const log = new ListedLog()
    store().keepJournalsFor(log)
    await store().commit({ checks: [], puts: [], dels: [], journal: journalOf('a') })
    expect(log.lines).toEqual(['a outcome'])
    expect(await lostText(store())).toEqual(['a intent', 'a outcome'])
  })

  test('journals are none of the entries', async () => {
    store().keepJournalsFor(new ListedLog())
    await store().commit(journalled('a'))
    const entries = await store().scan(ALL, { limit: 10 })
    expect(entries.map(({ key }) => text(key))).toEqual(['a'])
  })

  test('a log that is given anew has lost nothing, and is told from where to look', async () => {
    store().keepJournalsFor(new ListedLog())
    await store().commit(journalled('a'))
    const log = new ListedLog()
    log.lines.push('something before')
    store().keepJournalsFor(log)
    await store().commit(journalled('b'))
    expect(log.lines).toEqual(['something before', 'b outcome'])
    expect(await store().lostLines()).toEqual({
      from: 1,
      lines: [bytes('b intent'), bytes('b outcome')],
    })
  })

  test('a journal without a log is a mistake of the caller', async () => {
    await expect(store().commit(journalled('a'))).rejects.toBeInstanceOf(TypeError)
    expect(await store().get(bytes('a'))).toBeUndefined()
  })

  test("lines are the caller's once they are handed in", async () => {
    const log = new ListedLog()
    store().keepJournalsFor(log)
    const commit = journalled('a')
    const done = store().commit(commit)
    for (const line of commit.journal?.intents ?? []) line.fill(0x2d)
    for (const line of commit.journal?.outcomes ?? []) line.fill(0x2d)
    await done
    expect(log.lines).toEqual(['a outcome'])
    expect(await lostText(store())).toEqual(['a intent', 'a outcome'])
  })
}
