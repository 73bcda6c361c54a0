import {
  STORE_LIMITS,
  type Commit,
  type CommitOutcome,
  type Entry,
  type Revision,
  type Store,
} from '../../src/port/store.ts'

export async function put(store: Store, key: string, value: string): Promise<Revision> {
  return revisionOf(await store.commit({ checks: [], puts: [pair(key, value)], dels: [] }))
}

export async function scanned(
  store: Store,
  ...[from, to, limit = 100, reverse = false]: [string, string, number?, boolean?]
): Promise<string[]> {
  const range = { from: bytes(from), to: bytes(to) }
  const found = await store.scan(range, { limit, reverse })
  return found.map((entry) => text(entry.key))
}

export function revisionOf(outcome: CommitOutcome): Revision {
  if (outcome === 'conflict') throw new Error('The commit met a conflict')
  return outcome.revision
}

export function shown(entry: Entry | undefined): unknown[] {
  return entry === undefined ? [] : [text(entry.key), text(entry.value), entry.revision]
}

export function check(key: string, revision: Revision | 'absent'): Commit['checks'][number] {
  return { key: latin(key), revision }
}

export function pair(key: string, value: string): Commit['puts'][number] {
  return { key: latin(key), value: bytes(value) }
}

export const bytes = (value: string): Uint8Array => new TextEncoder().encode(value)
export const text = (value: Uint8Array | undefined): string => new TextDecoder().decode(value)
export const latin = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, 'latin1'))
export const fromLatin = (value: Uint8Array): string => Buffer.from(value).toString('latin1')
export const hex = (value: Uint8Array): string => Buffer.from(value).toString('hex')
export const fromHex = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, 'hex'))

export const ALL = {
  from: new Uint8Array(0),
  to: new Uint8Array(STORE_LIMITS.keyBytes + 1).fill(0xff),
}
export const UNAVAILABLE = { name: 'KmipFault', code: 'UNAVAILABLE' }
