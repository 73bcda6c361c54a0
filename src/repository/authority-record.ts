import { KmipFault } from '../fault/fault.ts'
import type { RecordLabel, Sealer } from '../port/sealer.ts'
import type { Revision, Store } from '../port/store.ts'
import { Secret } from '../secret/secret.ts'
import { VERSION_BYTES } from './sealed-family.ts'

/** A certificate and the private key that belongs to it. */
export interface KeyedCertificate {
  /** X.509 in DER. */
  readonly certificate: Uint8Array
  /** PKCS#8 in DER. */
  readonly key: Secret
}

/**
 * The two certificates a server lives on: `ca` signs clients and `server`, `server` is shown to them. What signs the
 * checkpoints of the audit log is kept alike, with its public key where the others have a certificate.
 */
export type AuthorityName = 'ca' | 'server' | 'audit'

/** A {@link KeyedCertificate} as it was read, with what a later write must check. */
export interface StoredCertificate extends KeyedCertificate {
  readonly revision: Revision
  /** Counts the writes of this record, first 1. */
  readonly version: number
}

/**
 * Writes a certificate with its sealed key.
 *
 * @param before - what it replaces; undefined for the first one
 * Throws `CONFLICT` when another writer was faster.
 */
export async function writeAuthority(
  { store, sealer }: { readonly store: Store; readonly sealer: Sealer },
  name: AuthorityName,
  keyed: KeyedCertificate,
  before?: StoredCertificate,
): Promise<void> {
  const version = (before?.version ?? 0) + 1
  const key = keyOf(name)
  const outcome = await store.commit({
    checks: [{ key, revision: before?.revision ?? 'absent' }],
    puts: [{ key, value: sealRecord(sealer, labelOf(name, version), keyed) }],
    dels: [],
  })
  if (outcome === 'conflict') {
    throw new KmipFault('CONFLICT', 'The certificate was changed by someone else')
  }
}

/** Throws `UNAVAILABLE` when the store has no such certificate or it cannot be opened. */
export async function readAuthority(
  { store, sealer }: { readonly store: Pick<Store, 'get'>; readonly sealer: Sealer },
  name: AuthorityName,
): Promise<StoredCertificate> {
  const entry = await store.get(keyOf(name))
  if (entry === undefined || entry.value.length <= VERSION_BYTES) {
    throw new KmipFault('UNAVAILABLE', `The store has no ${name} certificate`)
  }
  const version = viewOf(entry.value).getUint32(0)
  const opened = sealer.open(labelOf(name, version), entry.value.subarray(VERSION_BYTES))
  try {
    return { ...opened.expose(splitRecord), revision: entry.revision, version }
  } finally {
    opened.destroy()
  }
}

/** Whether there is such a certificate. */
export async function hasAuthority(
  store: Pick<Store, 'get'>,
  name: AuthorityName,
): Promise<boolean> {
  return (await store.get(keyOf(name))) !== undefined
}

function sealRecord(sealer: Sealer, label: RecordLabel, keyed: KeyedCertificate): Uint8Array {
  const plaintext = joinRecord(keyed)
  try {
    const sealed = sealer.seal(label, plaintext)
    const value = new Uint8Array(VERSION_BYTES + sealed.length)
    viewOf(value).setUint32(0, label.version)
    value.set(sealed, VERSION_BYTES)
    return value
  } finally {
    plaintext.fill(0)
  }
}

/** Length of the certificate, certificate, key. */
function joinRecord({ certificate, key }: KeyedCertificate): Uint8Array {
  const joined = new Uint8Array(4 + certificate.length + key.length)
  viewOf(joined).setUint32(0, certificate.length)
  joined.set(certificate, 4)
  key.expose((bytes) => {
    joined.set(bytes, 4 + certificate.length)
  })
  return joined
}

function splitRecord(bytes: Uint8Array): KeyedCertificate {
  const end = bytes.length < 4 ? Infinity : 4 + viewOf(bytes).getUint32(0)
  if (end >= bytes.length) {
    throw new KmipFault('UNAVAILABLE', 'A certificate record of the store is damaged')
  }
  return { certificate: bytes.slice(4, end), key: Secret.copyOf(bytes.subarray(end)) }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function labelOf(name: AuthorityName, version: number): RecordLabel {
  return { keyspace: 'authority', id: toUtf8.encode(name), version, type: 0 }
}

function keyOf(name: AuthorityName): Uint8Array {
  return toUtf8.encode(`a/${name}`)
}

const toUtf8 = new TextEncoder()
