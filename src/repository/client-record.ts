import { KmipFault } from '../fault/fault.ts'
import type { Identity } from '../model/identity.ts'
import type { CertificateKey } from '../port/client-directory.ts'
import type { PasswordVerifier } from '../port/passwords.ts'
import type { RecordLabel, Sealer } from '../port/sealer.ts'
import type { DateTime } from '../schema/primitive.ts'
import { isLimits, type Limits } from './limits.ts'
import { VERSION_BYTES, versioned } from './sealed-family.ts'

/** A certificate key of a client and when its certificate ends. */
export interface ClientKey extends CertificateKey {
  /** Unique Identifier of the Certificate object, where it is kept for the client. */
  readonly object?: string
  readonly notAfter: DateTime
  /** Serial number of its certificate, upper-case hex, where the authority may take it back. */
  readonly serial?: string
}

/** Someone whose user name and password a client may send along, which takes away from what the client may do. */
export interface Account {
  /** Tells an account from another that had its name before. */
  readonly id: string
  readonly name: string
  /** Name of the role that must allow what is asked for, beside that of the client. */
  readonly role: string
  readonly verifier: PasswordVerifier
  readonly added: DateTime
}

/** A registered client. */
export interface Client extends Identity {
  /** Every key it may connect with; the newest last. */
  readonly keys: readonly ClientKey[]
  readonly added: DateTime
  /** Known, and let in by none of its keys until it is resumed. */
  readonly isSuspended?: boolean
  readonly accounts?: readonly Account[]
  /** What is its own, beside those of its namespace. */
  readonly limits?: Limits
}

/**
 * Encrypts a client for the store.
 *
 * @returns the record's version in four bytes, then what is sealed
 */
export function sealClient(sealer: Sealer, client: Client, version: number): Uint8Array {
  const { id, name, role, namespace, keys, added, isSuspended, accounts, limits } = client
  const record = {
    ...{ format: FORMAT, id, name, role, namespace },
    ...{ keys, added, isSuspended, accounts, limits },
  }
  const text = JSON.stringify(record)
  const sealed = sealer.seal(labelOf(id, version), toUtf8.encode(text))
  return versioned(version, sealed)
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
    const { name, role, namespace, keys, added, isSuspended, accounts, limits } = record
    const client = { id, name, role, namespace, keys, added }
    const more = {
      ...(isSuspended === true && { isSuspended }),
      ...(accounts && { accounts }),
      ...(limits && { limits }),
    }
    return { client: { ...client, ...more }, version }
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
    ['string', 'undefined'].includes(typeof value['namespace']) &&
    typeof value['added'] === 'number' &&
    Array.isArray(value['keys']) &&
    value['keys'].every(isClientKey) &&
    ['undefined', 'boolean'].includes(typeof value['isSuspended']) &&
    hasAccounts(value['accounts']) &&
    hasLimits(value['limits'])
  )
}

function hasLimits(value: unknown): boolean {
  return value === undefined || isLimits(value)
}

function hasAccounts(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every(isAccount))
}

function isClientKey(value: unknown): value is ClientKey {
  return (
    isRecord(value) &&
    typeof value['issuer'] === 'string' &&
    typeof value['subject'] === 'string' &&
    typeof value['notAfter'] === 'number' &&
    ['undefined', 'string'].includes(typeof value['serial'])
  )
}

function isAccount(value: unknown): value is Account {
  return (
    isRecord(value) &&
    ['id', 'name', 'role'].every((field) => typeof value[field] === 'string') &&
    typeof value['added'] === 'number' &&
    isRecord(value['verifier']) &&
    typeof value['verifier']['salt'] === 'string' &&
    typeof value['verifier']['derived'] === 'string'
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

const FORMAT = 1
const toUtf8 = new TextEncoder()
const fromUtf8 = new TextDecoder('utf-8', { fatal: true })
