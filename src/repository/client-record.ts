import { KmipFault } from '../fault/fault.ts'
import type { Identity } from '../model/identity.ts'
import type { CertificateKey } from '../port/client-directory.ts'
import type { RecordLabel, Sealer } from '../port/sealer.ts'
import type { DateTime } from '../schema/primitive.ts'

/** A certificate key of a client and when its certificate ends. */
export interface ClientKey extends CertificateKey {
  /** Unique Identifier of the Certificate object, where it is kept for the client. */
  readonly object?: string
  readonly notAfter: DateTime
}

/** A registered client. */
export interface Client extends Identity {
  /** Every key it may connect with; the newest last. */
  readonly keys: readonly ClientKey[]
  readonly added: DateTime
}

/**
 * Encrypts a client for the store.
 *
 * @returns the record's version in four bytes, then what is sealed
 */
export function sealClient(sealer: Sealer, client: Client, version: number): Uint8Array {
  const { id, name, role, keys, added } = client
  const text = JSON.stringify({ format: FORMAT, id, name, role, keys, added })
  const sealed = sealer.seal(labelOf(id, version), toUtf8.encode(text))
  const value = new Uint8Array(VERSION_BYTES + sealed.length)
  new DataView(value.buffer).setUint32(0, version)
  value.set(sealed, VERSION_BYTES)
  return value
}

/** Throws `UNAVAILABLE` when the record was altered, belongs to another client or is of a form that is not known here. */
export function openClient(
  sealer: Sealer,
  id: string,
  value: Uint8Array,
): { readonly client: Client; readonly version: number } {
  if (value.length <= VERSION_BYTES) throw damaged()
  const version = new DataView(value.buffer, value.byteOffset).getUint32(0)
  const opened = sealer.open(labelOf(id, version), value.subarray(VERSION_BYTES))
  try {
    const record = opened.expose((bytes): unknown => JSON.parse(fromUtf8.decode(bytes)))
    if (!isClientRecord(record)) throw damaged()
    const { name, role, keys, added } = record
    return { client: { id, name, role, keys, added }, version }
  } finally {
    opened.destroy()
  }
}

function damaged(): KmipFault {
  return new KmipFault('UNAVAILABLE', 'A client record of the store cannot be read')
}

function labelOf(id: string, version: number): RecordLabel {
  return { keyspace: 'client', id: toUtf8.encode(id), version, type: 0 }
}

function isClientRecord(value: unknown): value is Client {
  return (
    isRecord(value) &&
    value['format'] === FORMAT &&
    typeof value['id'] === 'string' &&
    typeof value['name'] === 'string' &&
    typeof value['role'] === 'string' &&
    typeof value['added'] === 'number' &&
    Array.isArray(value['keys']) &&
    value['keys'].every(isClientKey)
  )
}

function isClientKey(value: unknown): value is ClientKey {
  return (
    isRecord(value) &&
    typeof value['issuer'] === 'string' &&
    typeof value['subject'] === 'string' &&
    typeof value['notAfter'] === 'number'
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

const FORMAT = 1
const VERSION_BYTES = 4
const toUtf8 = new TextEncoder()
const fromUtf8 = new TextDecoder('utf-8', { fatal: true })
