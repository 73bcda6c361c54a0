import { KmipFault } from '../fault/fault.ts'
import type { Approval } from '../model/approval/approval.ts'
import type { RecordLabel, Sealer } from '../port/sealer.ts'
import { VERSION_BYTES, sealedPart, versionOf, versioned } from './sealed-family.ts'

/** An approval with what only the server knows of it. */
export interface HeldApproval {
  readonly approval: Approval
  /** What its digest is salted with, in hex. */
  readonly salt: string
  /** How often the store had been restored when it was asked for: a backup must not bring back what was used since. */
  readonly generation: number
  /** Whose room it takes; of those that lie in the store it is nobody's. */
  readonly tenant?: string | undefined
}

/**
 * Encrypts an approval for the store.
 *
 * @returns the record's version in four bytes, then what is sealed
 */
export function sealApproval(sealer: Sealer, held: HeldApproval, version: number): Uint8Array {
  const { approval, salt, generation } = held
  const text = JSON.stringify({ format: FORMAT, approval, salt, generation })
  const sealed = sealer.seal(labelOf(approval.statement.id, version), toUtf8.encode(text))
  return versioned(version, sealed)
}

/** Throws `UNAVAILABLE` when the record was altered, is another's or is of a form that is not known here. */
export function openApproval(
  sealer: Sealer,
  id: string,
  value: Uint8Array,
): { readonly held: HeldApproval; readonly version: number } {
  if (value.length <= VERSION_BYTES) throw damaged()
  const version = versionOf(value)
  const opened = sealer.open(labelOf(id, version), sealedPart(value))
  try {
    const record = opened.expose((bytes): unknown => JSON.parse(fromUtf8.decode(bytes)))
    if (!isApprovalRecord(record) || record.approval.statement.id !== id) throw damaged()
    const { approval, salt, generation } = record
    return { held: { approval, salt, generation }, version }
  } finally {
    opened.destroy()
  }
}

/** Where the record of an approval lies. */
export function approvalKey(id: string): Uint8Array {
  return toUtf8.encode(APPROVALS + id)
}

/** The identifier in a key of an approval. */
export function approvalOfKey(key: Uint8Array): string {
  return fromUtf8.decode(key.subarray(APPROVALS.length))
}

function damaged(): KmipFault {
  return new KmipFault('UNAVAILABLE', 'An approval record of the store cannot be read')
}

function labelOf(id: string, version: number): RecordLabel {
  return { keyspace: 'approval', id: toUtf8.encode(id), version, type: 0 }
}

/** What was sealed was written by us: its form is looked at, and not each of its fields. */
function isApprovalRecord(value: unknown): value is HeldApproval {
  if (!isRecord(value) || value['format'] !== FORMAT) return false
  const { approval, salt, generation } = value
  return (
    typeof salt === 'string' &&
    typeof generation === 'number' &&
    isRecord(approval) &&
    typeof approval['hash'] === 'string' &&
    Array.isArray(approval['votes']) &&
    isRecord(approval['statement'])
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

const FORMAT = 1
/** Approvals of calls; they outlive the server. */
const APPROVALS = 'q/'
const toUtf8 = new TextEncoder()
const fromUtf8 = new TextDecoder('utf-8', { fatal: true })
