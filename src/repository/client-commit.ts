import type { CertificateKey } from '../port/client-directory.ts'
import type { Sealer } from '../port/sealer.ts'
import type { Commit, Entry } from '../port/store.ts'
import { certificateIndexKey, clientIndexKeys, clientRecordKey, keysBeside } from './client-keys.ts'
import { sealClient, type Client } from './client-record.ts'
import type { Held } from './client-scan.ts'
import { ruleKeyOf } from './rule-book.ts'

/** Stores a new client, unless its name or its key is somebody's. */
export function insertionOf(sealer: Sealer, { client, version }: Held): Commit {
  const indexes = clientIndexKeys(sealer, client)
  const id = toUtf8.encode(client.id)
  const key = clientRecordKey(client.id)
  const value = sealClient(sealer, client, version)
  return {
    checks: [key, ...indexes].map((each) => ({ key: each, revision: 'absent' as const })),
    puts: [{ key, value }, ...indexes.map((each) => ({ key: each, value: id }))],
    dels: [],
  }
}

/** Stores what has become of a client, unless a key that it is given is somebody's. */
export function changeOf(
  sealer: Sealer,
  { key, revision }: Pick<Entry, 'key' | 'revision'>,
  before: Client,
  { client, version }: Held,
): Commit {
  const indexOf = (each: CertificateKey) => certificateIndexKey(sealer, each)
  const fresh = keysBeside(client, before).map(indexOf)
  const id = toUtf8.encode(client.id)
  return {
    checks: [
      { key, revision },
      ...fresh.map((each) => ({ key: each, revision: 'absent' as const })),
    ],
    puts: [
      { key, value: sealClient(sealer, client, version) },
      ...fresh.map((each) => ({ key: each, value: id })),
    ],
    dels: keysBeside(before, client).map(indexOf),
  }
}

/** Takes a client out of the store. */
export function removalOf(
  sealer: Sealer,
  { key, revision }: Pick<Entry, 'key' | 'revision'>,
  client: Client,
): Commit {
  return {
    checks: [{ key, revision }],
    puts: [],
    dels: [
      key,
      ...clientIndexKeys(sealer, client),
      // Nobody could say any more whose they were.
      ruleKeyOf(sealer, toUtf8.encode(client.id)).key,
    ],
  }
}

const toUtf8 = new TextEncoder()
