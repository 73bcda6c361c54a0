import type { Entry, KeyRange, ScanOptions, Snapshot } from '../../port/store.ts'
import type { Engine, EngineSnapshot } from './engine.ts'
import { unavailable } from './fault.ts'
import { callerKey, dataKey, entryOf } from './layout.ts'

/** Reads by a snapshot while its engine is the one in use. */
export type Read = <T>(
  use: (engine: Engine, snapshot: EngineSnapshot) => T | Promise<T>,
) => Promise<T>

/** A view of one moment of a store over LevelDB. */
export class LevelSnapshot implements Snapshot {
  readonly #read: Read
  readonly #release: () => Promise<void>
  #closed = false

  constructor(read: Read, release: () => Promise<void>) {
    this.#read = read
    this.#release = release
  }

  async get(key: Uint8Array): Promise<Entry | undefined> {
    this.#checkOpen()
    return this.#read((engine, snapshot) => readOne(engine, key, snapshot))
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Entry | undefined)[]> {
    this.#checkOpen()
    return this.#read(async (engine, snapshot) => readMany(engine, keys, snapshot))
  }

  async scan(range: KeyRange, options: ScanOptions): Promise<readonly Entry[]> {
    this.#checkOpen()
    return this.#read(async (engine, snapshot) => readRange(engine, range, options, snapshot))
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#release()
  }

  #checkOpen(): void {
    if (this.#closed) throw unavailable('the snapshot is closed')
  }
}

/** What is under a key. */
export function readOne(engine: Engine, key: Uint8Array, at?: EngineSnapshot): Entry | undefined {
  return entryOrNone(key, engine.get(dataKey(key), at))
}

function entryOrNone(key: Uint8Array, stored: Uint8Array | undefined): Entry | undefined {
  return stored === undefined ? undefined : entryOf(Uint8Array.from(key), stored)
}

/** In the order of the keys asked for. */
export async function readMany(
  engine: Engine,
  keys: readonly Uint8Array[],
  at?: EngineSnapshot,
): Promise<readonly (Entry | undefined)[]> {
  if (keys.length <= READ_AT_ONCE) return keys.map((key) => readOne(engine, key, at))
  const found = await engine.getMany(keys.map(dataKey), at)
  return keys.map((key, index) => entryOrNone(key, found[index]))
}

/** Entries of a range, in order. */
export async function readRange(
  engine: Engine,
  range: KeyRange,
  options: ScanOptions,
  at?: EngineSnapshot,
): Promise<readonly Entry[]> {
  if (options.limit <= 0 || Buffer.compare(range.from, range.to) >= 0) return []
  const stored = { from: dataKey(range.from), to: dataKey(range.to) }
  const found = await engine.iterate(stored, options, at)
  return found.map(([key, value]) => entryOf(callerKey(key), value))
}

/** Keys that are read while everything else waits, some 5 µs each. */
const READ_AT_ONCE = 64
