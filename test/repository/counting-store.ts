import { KmipFault } from '../../src/fault/fault.ts'
import type { Store } from '../../src/port/store.ts'

export interface Counts {
  /** Records read by their key. */
  gets: number
  /** Entries that scans gave. */
  entries: number
  scans: number
  commits: number
}

/** A store that counts what is asked of it, and fails once when told to. */
export function countingStore(store: Store): {
  readonly store: Store
  readonly counts: Counts
  reset(): void
  failNextCommit(): void
} {
  const counts: Counts = { gets: 0, entries: 0, scans: 0, commits: 0 }
  let isFailing = false
  const counted: Store = {
    async get(key) {
      counts.gets += 1
      return store.get(key)
    },
    async getMany(keys) {
      counts.gets += keys.length
      return store.getMany(keys)
    },
    async scan(range, options) {
      const entries = await store.scan(range, options)
      counts.scans += 1
      counts.entries += entries.length
      return entries
    },
    snapshot: async () => store.snapshot(),
    async commit(commit) {
      counts.commits += 1
      if (isFailing) {
        isFailing = false
        throw new KmipFault('UNAVAILABLE', 'The store failed once')
      }
      return store.commit(commit)
    },
    close: async () => store.close(),
  }
  return {
    store: counted,
    counts,
    reset() {
      Object.assign(counts, { gets: 0, entries: 0, scans: 0, commits: 0 })
    },
    failNextCommit() {
      isFailing = true
    },
  }
}
