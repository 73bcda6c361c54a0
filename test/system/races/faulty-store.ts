import type { Commit, CommitOutcome, Store } from '../../../src/port/store.ts'
import type { Dice } from '../dice.ts'

/** How a store departs from what it should be; `none` only takes its time. */
export type Flaw = 'none' | 'lost updates' | 'lost commits'

/**
 * A store that lets others come in between whatever is done with it, and tells of commits in another order than it made
 * them in. With a flaw it now and then commits without looking at the checks, or says that it has committed what it has
 * not.
 */
export function unhurriedStore(store: Store, dice: Dice, flaw: Flaw = 'none'): Store {
  return {
    async get(key) {
      await pause(dice)
      return store.get(key)
    },
    async getMany(keys) {
      await pause(dice)
      return store.getMany(keys)
    },
    async scan(range, options) {
      await pause(dice)
      return store.scan(range, options)
    },
    snapshot: async () => store.snapshot(),
    async commit(commit) {
      await pause(dice)
      const outcome = await committed(
        store,
        commit,
        flaw !== 'none' && dice.oneIn(4) ? flaw : 'none',
      )
      await pause(dice)
      return outcome
    },
    close: async () => store.close(),
  }
}

async function committed(store: Store, commit: Commit, flaw: Flaw): Promise<CommitOutcome> {
  if (flaw === 'lost commits') return { revision: 1n }
  return store.commit(flaw === 'lost updates' ? { ...commit, checks: [] } : commit)
}

async function pause(dice: Dice): Promise<void> {
  for (let turns = dice.below(4); turns > 0; turns -= 1) {
    await new Promise((resolve) => setImmediate(resolve))
  }
}
