import type { CertificateKey } from '../port/client-directory.ts'
import type { Sealer } from '../port/sealer.ts'
import type { KeyRange } from '../port/store.ts'
import type { Client, ClientKey } from './client-record.ts'

/** One key for the name and one for each certificate key: they make the checks that keep both unique. */
export function clientIndexKeys(sealer: Sealer, client: Client): readonly Uint8Array[] {
  return [
    clientNameKey(sealer, client.name),
    ...client.keys.map((key) => certificateIndexKey(sealer, key)),
  ]
}

/** Holds a name for one client. */
export function clientNameKey(sealer: Sealer, name: string): Uint8Array {
  return blinded(sealer, 'name', name)
}

/** Holds a certificate key for one client. */
export function certificateIndexKey(sealer: Sealer, key: CertificateKey): Uint8Array {
  return blinded(sealer, 'key', joinKey(key))
}

/** The keys of a client that another form of it has not. */
export function keysBeside({ keys }: Client, other: Client): readonly ClientKey[] {
  const known = new Set(other.keys.map(joinKey))
  return keys.filter((key) => !known.has(joinKey(key)))
}

/** A certificate key as one text. */
export function joinKey({ issuer, subject }: CertificateKey): string {
  return `${issuer}:${subject}`
}

/** Where the record of a client is. */
export function clientRecordKey(id: string): Uint8Array {
  return toUtf8.encode(RECORDS + id)
}

/** The client whose record lies under a key. */
export function clientOfKey(key: Uint8Array): string {
  return fromUtf8.decode(key.subarray(RECORDS.length))
}

function blinded(sealer: Sealer, family: 'name' | 'key', text: string): Uint8Array {
  const hidden = sealer.blind(`client-${family}`, toUtf8.encode(text))
  return Uint8Array.of(...toUtf8.encode(`c/${family}/`), ...hidden)
}

const toUtf8 = new TextEncoder()
const fromUtf8 = new TextDecoder()
const RECORDS = 'c/id/'

/** Every record of a client; the character after the slash ends it. */
export const CLIENT_RECORDS: KeyRange = {
  from: toUtf8.encode(RECORDS),
  to: toUtf8.encode('c/id0'),
}
