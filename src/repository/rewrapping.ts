import type { EpochSealer } from '../port/sealer.ts'
import type { Entry, KeyRange, Revision, Store, StoreReader } from '../port/store.ts'
import { SEALED_FAMILIES, UNSEALED_RANGES, behind, familyOf, hexOf, kindOf } from './entry-kind.ts'
import { ruleKeyOf } from './rule-book.ts'
import { VERSION_BYTES, labelOf, sealedPart, type RuleOwners } from './sealed-family.ts'

/** What is in the way of an end to the old keys. */
export interface Survey {
  /** Records that are still under a key that no longer seals. */
  readonly stale: number
  /** The key, in hexadecimal, of the first entry of which nobody can say whether it is sealed. */
  readonly unknown: string | undefined
}

/** What a walk has done. */
export interface Walk {
  readonly rewrapped: number
  /** Records whose data keys do not open under their old key: each was altered, or nobody has it. */
  readonly refused: number
}

export interface RewrappingOptions {
  readonly store: Store
  readonly sealer: EpochSealer
  /** Told of each record that has another revision now and is otherwise what it was. */
  readonly moved?: (key: Uint8Array, from: Revision, to: Revision) => void
}

/** Awaited after each step, with the number of records that it has moved; false ends the walk. It must not throw. */
export type Rest = (moved: number) => Promise<boolean>

/**
 * Moves every record to the key-encryption key that seals now: its data key is wrapped anew and its payload stays as it
 * is. A record that somebody writes at the same time is left to them: what they write is under the new key.
 */
export class Rewrapping {
  readonly #options: RewrappingOptions

  constructor(options: RewrappingOptions) {
    this.#options = options
  }

  /** Looks at everything as it is at one moment, with whatever was committed until it was called. Undefined when `rest` ended it. */
  async survey(rest: Rest): Promise<Survey | undefined> {
    const { store, sealer } = this.#options
    // What was decided before and is not yet on the disk is not in a snapshot.
    await store.commit({ checks: [], puts: [], dels: [] })
    const snapshot = await store.snapshot()
    try {
      let stale = 0
      for (const { prefix } of SEALED_FAMILIES) {
        for await (const page of pagesOf(snapshot, { from: prefix, to: behind(prefix) }, SURVEY)) {
          for (const { value } of page) if (!sealer.isCurrent(sealedPart(value))) stale += 1
          if (!(await rest(0))) return undefined
        }
      }
      return { stale, unknown: await this.#findUnknown(snapshot) }
    } finally {
      await snapshot.close()
    }
  }

  /** Goes through all records once. */
  async walk(rest: Rest): Promise<Walk> {
    const { store, sealer } = this.#options
    const owners = await this.#ruleOwners()
    let rewrapped = 0
    let refused = 0
    for (const { prefix } of SEALED_FAMILIES) {
      for await (const page of pagesOf(store, { from: prefix, to: behind(prefix) }, STEP)) {
        const stale = page.filter(({ value }) => !sealer.isCurrent(sealedPart(value)))
        const step = await this.#move(stale, owners)
        rewrapped += step.rewrapped
        refused += step.refused
        if (!(await rest(step.rewrapped))) return { rewrapped, refused }
      }
    }
    return { rewrapped, refused }
  }

  /** All in one commit; where somebody was faster with one of them, each by itself. */
  async #move(entries: readonly Entry[], owners: RuleOwners): Promise<Walk> {
    const moves = entries.flatMap((entry) => this.#rewrapped(entry, owners) ?? [])
    const refused = entries.length - moves.length
    if (moves.length === 0) return { rewrapped: 0, refused }
    if (await this.#commit(moves)) return { rewrapped: moves.length, refused }
    let rewrapped = 0
    // A record that was changed meanwhile is under the new key already.
    for (const move of moves) if (await this.#commit([move])) rewrapped += 1
    return { rewrapped, refused }
  }

  #rewrapped(entry: Entry, owners: RuleOwners): Move | undefined {
    const { key, value, revision } = entry
    const family = familyOf(key)
    const label = family && labelOf(family, entry, owners)
    if (label === undefined) return undefined
    try {
      const sealed = this.#options.sealer.rewrap(label, sealedPart(value))
      const moved = new Uint8Array(VERSION_BYTES + sealed.length)
      moved.set(value.subarray(0, VERSION_BYTES))
      moved.set(sealed, VERSION_BYTES)
      return { key, value: moved, revision }
    } catch {
      return undefined
    }
  }

  async #commit(moves: readonly Move[]): Promise<boolean> {
    const { store, moved } = this.#options
    const outcome = await store.commit({
      checks: moves.map(({ key, revision }) => ({ key, revision })),
      puts: moves.map(({ key, value }) => ({ key, value })),
      dels: [],
    })
    if (outcome === 'conflict') return false
    for (const { key, revision } of moves) moved?.(key, revision, outcome.revision)
    return true
  }

  /** The rules of a client lie under its blinded identifier. */
  async #ruleOwners(): Promise<RuleOwners> {
    const { store, sealer } = this.#options
    const owners = new Map<string, Uint8Array>()
    const clients = SEALED_FAMILIES.filter(({ keyspace }) => keyspace === 'client')
    for (const { prefix } of clients) {
      for await (const page of pagesOf(store, { from: prefix, to: behind(prefix) }, SURVEY)) {
        for (const { key } of page) {
          const id = key.slice(prefix.length)
          owners.set(hexOf(ruleKeyOf(sealer, id).blinded), id)
        }
      }
    }
    return owners
  }

  /** Index entries are many and not sealed: only what lies before, between and behind them is looked at. */
  async #findUnknown(reader: StoreReader): Promise<string | undefined> {
    const skipped = UNSEALED_RANGES.toSorted((one, other) => compare(one.from, other.from))
    const ends = [...skipped.map(({ from }) => from), BEHIND_ALL]
    for (const [place, to] of ends.entries()) {
      const from = skipped[place - 1]?.to ?? new Uint8Array(0)
      for await (const page of pagesOf(reader, { from, to }, SURVEY)) {
        const unknown = page.find(({ key }) => kindOf(key) === undefined)
        if (unknown !== undefined) return hexOf(unknown.key)
      }
    }
    return undefined
  }
}

interface Move {
  readonly key: Uint8Array
  readonly value: Uint8Array
  /** The record as it was read. */
  readonly revision: Revision
}

async function* pagesOf(
  reader: StoreReader,
  { from: first, to }: KeyRange,
  limit: number,
): AsyncIterableIterator<readonly Entry[]> {
  for (let from = first; ;) {
    const page = await reader.scan({ from, to }, { limit })
    if (page.length > 0) yield page
    const last = page.at(-1)
    if (last === undefined || page.length < limit) return
    from = Uint8Array.of(...last.key, 0)
  }
}

function compare(one: Uint8Array, other: Uint8Array): number {
  const length = Math.min(one.length, other.length)
  for (let index = 0; index < length; index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0)
    if (difference !== 0) return difference
  }
  return one.length - other.length
}

const BEHIND_ALL = Uint8Array.of(0xff)
/** Records that are moved in one commit: some milliseconds in which nobody else is served. */
const STEP = 96
/** Records that are looked at in one go. */
const SURVEY = 256
