import type { Engine, EngineSnapshot } from './engine.ts'
import { cannotOpen } from './fault.ts'
import { storedFrame } from './frame.ts'
import { DATA_KEYS } from './layout.ts'
import { absorb, type StoreSeal } from './seal.ts'

/** All that a store holds, in short. */
export interface Contents {
  /** How many entries there are, index entries included. */
  readonly entries: number
  /** 16 bytes: every entry, combined by the {@link StoreSeal}. Not to be written as it is. */
  readonly set: Uint8Array
}

export const NOTHING: Contents = { entries: 0, set: new Uint8Array(16) }

export function sameContents(one: Contents, other: Contents): boolean {
  return one.entries === other.entries && Buffer.compare(one.set, other.set) === 0
}

/** Awaited after each page of entries, with their number; false ends the reading. It must not throw. */
export type Pause = (read: number) => Promise<boolean>

/** Reads everything, some 2 µs an entry. Undefined when it was ended before. */
export async function readContents(
  engine: Engine,
  seal: StoreSeal,
  { snapshot, pause }: { snapshot?: EngineSnapshot; pause?: Pause | undefined } = {},
): Promise<Contents | undefined> {
  const set = new Uint8Array(16)
  let entries = 0
  let from = DATA_KEYS.from
  for (;;) {
    const page = await engine.iterate({ from, to: DATA_KEYS.to }, { limit: PAGE }, snapshot)
    absorb(set, seal.combine(page.map(([key, value]) => storedFrame(key, value))))
    entries += page.length
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return { entries, set }
    from = Uint8Array.of(...last[0], 0)
    if ((await pause?.(page.length)) === false) return undefined
  }
}

/** Reads everything and compares it with what was written. Throws `UNAVAILABLE` when it is not the same. */
export async function proveContents(
  engine: Engine,
  seal: StoreSeal,
  written: Contents,
): Promise<void> {
  const found = await readContents(engine, seal)
  if (found !== undefined && !sameContents(found, written))
    throw cannotOpen(differenceOf(found, written))
}

/** What is wrong, for people. */
export function differenceOf(found: Contents, written: Contents): string {
  const what =
    found.entries === written.entries
      ? `one of ${written.entries} entries or more was altered`
      : `${written.entries} entries were written and ${found.entries} are there`
  return `The store does not hold what was written to it: ${what}`
}

/** Entries read at once. */
const PAGE = 1_000
