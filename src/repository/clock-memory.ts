import { KmipFault } from '../fault/fault.ts'
import type { Store, Put } from '../port/store.ts'
import type { DateTime } from '../schema/primitive.ts'

/**
 * The latest time of day that the store knows of, in seconds since 1970; undefined where it knows none. Throws
 * `UNAVAILABLE` where the record is not one.
 */
export async function readHighestTime(store: Pick<Store, 'get'>): Promise<DateTime | undefined> {
  const entry = await store.get(KEY)
  if (entry === undefined) return undefined
  const { value } = entry
  const view = new DataView(value.buffer, value.byteOffset, value.length)
  const seconds = value.length === BYTES ? Number(view.getBigUint64(0)) : NaN
  if (Number.isSafeInteger(seconds)) return seconds
  throw new KmipFault('UNAVAILABLE', 'The latest time that the store knows of cannot be read')
}

/** What is to be written for it. */
export function highestTimePut(seconds: DateTime): Put {
  const value = new Uint8Array(BYTES)
  new DataView(value.buffer).setBigUint64(0, BigInt(Math.max(0, Math.trunc(seconds))))
  return { key: KEY, value }
}

/** Has the store know of none. Throws `UNAVAILABLE`. */
export async function forgetHighestTime(store: Pick<Store, 'commit'>): Promise<void> {
  await store.commit({ checks: [], puts: [], dels: [KEY] })
}

const KEY = new TextEncoder().encode('clock')
const BYTES = 8
