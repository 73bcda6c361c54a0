import type { SealedFamily } from './sealed-family.ts'

/** What lies under a key: something sealed, something that leads to it, or something that is neither. */
export type EntryKind = 'sealed' | 'index' | 'plain'

const toUtf8 = new TextEncoder()

/** The record of a key that is only itself. */
function single(keyspace: string, prefix: string, name: string): SealedFamily {
  const id = toUtf8.encode(name)
  const idOf = (rest: Uint8Array) => (rest.length === 0 ? id : undefined)
  return { keyspace, prefix: toUtf8.encode(prefix + name), idOf }
}

/**
 * Every kind of record that is sealed. What is sealed and not here is never moved to a newer key-encryption key, and the
 * old keys stay for as long as it is there.
 */
export const SEALED_FAMILIES: readonly SealedFamily[] = [
  { keyspace: 'object', prefix: toUtf8.encode('o/') },
  { keyspace: 'client', prefix: toUtf8.encode('c/id/') },
  { keyspace: 'approval', prefix: toUtf8.encode('q/') },
  { keyspace: 'namespace', prefix: toUtf8.encode('t/') },
  single('authority', 'a/', 'ca'),
  single('authority', 'a/', 'server'),
  single('authority', 'a/', 'audit'),
  { keyspace: 'trust', prefix: toUtf8.encode('a/other/') },
  { keyspace: 'policy', prefix: toUtf8.encode('p/') },
  {
    keyspace: 'rules',
    prefix: toUtf8.encode('r/'),
    idOf: (rest, owners) => owners.get(hexOf(rest)),
  },
]

/** What every key begins with. */
const KINDS: readonly (readonly [prefix: Uint8Array, kind: EntryKind])[] = [
  ...SEALED_FAMILIES.map(({ prefix }) => [prefix, 'sealed'] as const),
  ...['s/', 'i/', 'n/', 'c/name/', 'c/key/'].map((text) => [toUtf8.encode(text), 'index'] as const),
  [toUtf8.encode('keyring'), 'plain'],
  [toUtf8.encode('audit'), 'plain'],
  [toUtf8.encode('clock'), 'plain'],
]

/** What kind of entry a key is of; undefined when nothing of kmipd has such a key. */
export function kindOf(key: Uint8Array): EntryKind | undefined {
  return KINDS.find(([prefix]) => startsWith(key, prefix))?.[1]
}

/** The kind of record that lies under a key, if one that is sealed does. */
export function familyOf(key: Uint8Array): SealedFamily | undefined {
  return SEALED_FAMILIES.find(({ prefix }) => startsWith(key, prefix))
}

/** The first keys of the families whose entries are not sealed, and the first keys behind them. */
export const UNSEALED_RANGES = KINDS.flatMap(([from, kind]) =>
  kind === 'index' ? [{ from, to: behind(from) }] : [],
)

/** The first key behind all that begin with a prefix. */
export function behind(prefix: Uint8Array): Uint8Array {
  const next = Uint8Array.from(prefix)
  next[next.length - 1] = (next.at(-1) ?? 0) + 1
  return next
}

export function startsWith(key: Uint8Array, prefix: Uint8Array): boolean {
  return key.length >= prefix.length && prefix.every((byte, index) => key[index] === byte)
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
