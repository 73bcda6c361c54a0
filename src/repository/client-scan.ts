import type { Sealer } from '../port/sealer.ts'
import type { StoreReader } from '../port/store.ts'
import { CLIENT_RECORDS, clientOfKey } from './client-keys.ts'
import { openClient, type Client } from './client-record.ts'

/** A client as it lies in the store. */
export interface Held {
  readonly client: Client
  /** Counts the writes of its record, first 1. */
  readonly version: number
}

/** Every client of a store. Throws `UNAVAILABLE` when a record is damaged. */
export async function* readClients(store: StoreReader, sealer: Sealer): AsyncGenerator<Held> {
  let { from } = CLIENT_RECORDS
  for (;;) {
    const entries = await store.scan({ from, to: CLIENT_RECORDS.to }, { limit: PAGE })
    for (const { key, value } of entries) yield openClient(sealer, clientOfKey(key), value)
    const last = entries.at(-1)
    if (last === undefined || entries.length < PAGE) return
    from = Uint8Array.of(...last.key, 0)
  }
}

const PAGE = 1000
