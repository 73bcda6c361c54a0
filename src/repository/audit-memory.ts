import { KmipFault } from '../fault/fault.ts'
import type { Store } from '../port/store.ts'
import type { DateTime } from '../schema/primitive.ts'
import { highestTimePut } from './clock-memory.ts'

/** What a store knows of its audit log. */
export interface RememberedLog {
  /** Names the log. */
  readonly origin: string
  /** Entries that it had. */
  readonly size: number
  /** Root of their tree: 32 bytes. */
  readonly root: Uint8Array
}

/** How far the audit log was when the store was told last: a log that is shorter, or another one, was put in its place. */
export class AuditMemory {
  readonly #store: Pick<Store, 'get' | 'commit'>
  readonly #generation: number

  /** @param generation - of the store: what an earlier one knew is of a log that was left behind when it was restored */
  constructor(store: Pick<Store, 'get' | 'commit'>, generation: number) {
    this.#store = store
    this.#generation = generation
  }

  /** Undefined while nothing is known. Throws `UNAVAILABLE` where the record is not one. */
  async read(): Promise<RememberedLog | undefined> {
    const entry = await this.#store.get(KEY)
    if (entry === undefined) return undefined
    const { value } = entry
    if (value.length <= START_BYTES) {
      throw new KmipFault('UNAVAILABLE', 'What the store knows of its audit log cannot be read')
    }
    const view = new DataView(value.buffer, value.byteOffset, value.length)
    if (view.getUint32(0) !== this.#generation) return undefined
    return {
      size: Number(view.getBigUint64(4)),
      root: Uint8Array.from(value.subarray(12, START_BYTES)),
      origin: fromUtf8.decode(value.subarray(START_BYTES)),
    }
  }

  /**
   * Writes it, with a journal of no lines: that says how far the log has come with those before.
   *
   * @param time - the latest time of day that was seen, to be known with it
   */
  async write({ origin, size, root }: RememberedLog, time?: DateTime): Promise<void> {
    const name = toUtf8.encode(origin)
    const value = new Uint8Array(START_BYTES + name.length)
    const view = new DataView(value.buffer)
    view.setUint32(0, this.#generation)
    view.setBigUint64(4, BigInt(size))
    value.set(root, 12)
    value.set(name, START_BYTES)
    const journal = { intents: [], outcomes: [] }
    const puts = [{ key: KEY, value }, ...(time === undefined ? [] : [highestTimePut(time)])]
    await this.#store.commit({ checks: [], puts, dels: [], journal })
  }
}

const toUtf8 = new TextEncoder()
const fromUtf8 = new TextDecoder()
const KEY = toUtf8.encode('audit')
/** Bytes of generation, size and root. */
const START_BYTES = 44
