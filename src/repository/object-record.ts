import { KmipFault } from '../fault/fault.ts'
import { decodeRecord, encodeRecord, type RecordedObject } from '../message/record.ts'
import type { Sealer } from '../port/sealer.ts'
import type { Entry, Revision } from '../port/store.ts'
import { identifierBytes } from './keys.ts'

/** An object as it is stored. */
export interface StoredObject extends RecordedObject {
  /** Counts the writes of the record, first 1. */
  readonly version: number
  readonly revision: Revision
}

const KEYSPACE = 'object'

/** Bytes before the sealed record: the version it is bound to. */
const VERSION_BYTES = 4

function labelOf(uniqueIdentifier: string, version: number) {
  return { keyspace: KEYSPACE, id: identifierBytes(uniqueIdentifier), version, type: 0 }
}

/** The value to store for an object. */
export function sealObject(sealer: Sealer, recorded: RecordedObject, version: number): Uint8Array {
  const plaintext = encodeRecord(recorded)
  try {
    const sealed = sealer.seal(labelOf(recorded.object.uniqueIdentifier, version), plaintext)
    const value = new Uint8Array(VERSION_BYTES + sealed.length)
    new DataView(value.buffer).setUint32(0, version)
    value.set(sealed, VERSION_BYTES)
    return value
  } finally {
    plaintext.fill(0)
  }
}

/** The object of a stored value. Throws `UNAVAILABLE` when it was altered or stands in another's place. */
export function openObject(
  sealer: Sealer,
  uniqueIdentifier: string,
  { value, revision }: Entry,
): StoredObject {
  if (value.length <= VERSION_BYTES)
    throw new KmipFault('UNAVAILABLE', 'A stored object cannot be read')
  const version = new DataView(value.buffer, value.byteOffset).getUint32(0)
  const opened = sealer.open(labelOf(uniqueIdentifier, version), value.subarray(VERSION_BYTES))
  try {
    return { ...opened.expose(decodeRecord), version, revision }
  } finally {
    opened.destroy()
  }
}
