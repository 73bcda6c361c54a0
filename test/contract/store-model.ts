import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Commit, CommitOutcome, Entry, Revision, Store } from '../../src/port/store.ts'
import { ALL, check, fromLatin, latin, pair, text } from './store-words.ts'

interface ModelStep {
  readonly checked: readonly {
    readonly key: string
    readonly claim: 'right' | 'stale' | 'absent'
  }[]
  readonly puts: Readonly<Record<string, string>>
  readonly dels: readonly string[]
}

/** Compares a store with a plain map over random histories. */
export function modelRule(store: () => Store): void {
  const key = fc.constantFrom('', 'a', 'a\0', 'ab', 'b', '\u00ff', '\u00ff\u00ff')
  const claim = fc.constantFrom(
    'right' as const,
    'right' as const,
    'stale' as const,
    'absent' as const,
  )
  const step: fc.Arbitrary<ModelStep> = fc.record({
    checked: fc.array(fc.record({ key, claim }), { maxLength: 2 }),
    puts: fc.dictionary(key, fc.string({ maxLength: 6 }), { maxKeys: 4 }),
    dels: fc.uniqueArray(key, { maxLength: 2 }),
  })
  const groups = fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { maxLength: 8 })

  test('any history of commits, alone or at once, reads like a sorted map', async () => {
    await fc.assert(
      fc.asyncProperty(groups, async (history) => {
        await clear(store())
        const model = new Map<string, { value: string; revision: Revision }>()
        for (const group of history) {
          const commits = group.map((one) => commitOf(one, model))
          const outcomes = await Promise.all(commits.map(async (one) => store().commit(one)))
          commits.forEach((commit, index) => {
            applyToModel(model, commit, outcomes[index])
          })
          await expectSame(store(), model)
        }
      }),
      { numRuns: 40 },
    )
  })
}

type Model = Map<string, { value: string; revision: Revision }>

/** Claims are made about the state before the whole group, so that those of a group can break one another's. */
function commitOf(step: ModelStep, model: Model): Commit {
  const dels = step.dels.filter((name) => !(name in step.puts))
  return {
    checks: step.checked.map(({ key, claim }) => {
      const revision = model.get(key)?.revision
      if (claim === 'absent' || revision === undefined) return check(key, 'absent')
      return check(key, claim === 'right' ? revision : revision - 1n)
    }),
    puts: Object.entries(step.puts).map(([key, value]) => pair(key, value)),
    dels: dels.map(latin),
  }
}

function applyToModel(model: Model, commit: Commit, outcome: CommitOutcome | undefined): void {
  const holds = commit.checks.every(
    ({ key, revision }) => (model.get(fromLatin(key))?.revision ?? 'absent') === revision,
  )
  expect(outcome === 'conflict').toBe(!holds)
  if (outcome === 'conflict' || outcome === undefined) return
  for (const key of commit.dels) model.delete(fromLatin(key))
  for (const { key, value } of commit.puts) {
    model.set(fromLatin(key), { value: text(value), revision: outcome.revision })
  }
}

async function expectSame(store: Store, model: Model): Promise<void> {
  const expected = [...model]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { value, revision }]) => [key, value, revision])
  const found = await store.scan(ALL, { limit: 100 })
  const read = (entry: Entry): unknown[] => [
    fromLatin(entry.key),
    text(entry.value),
    entry.revision,
  ]
  expect(found.map(read)).toEqual(expected)
}

async function clear(store: Store): Promise<void> {
  const entries = await store.scan(ALL, { limit: 1000 })
  await store.commit({ checks: [], puts: [], dels: entries.map((entry) => entry.key) })
}
