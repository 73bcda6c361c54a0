import { KmipFault } from '../fault/fault.ts'
import { decodeRecord, encodeRecord, type RecordedObject } from '../message/record.ts'
import type { RecordLabel, Sealer } from '../port/sealer.ts'
import type { Entry, Revision } from '../port/store.ts'
import { placeBytes, type Place } from './keys.ts'
import { VERSION_BYTES, versioned } from './sealed-family.ts'

/** An object as it is stored. */
export interface StoredObject extends RecordedObject {
  readonly place: Place
  /** Counts the writes of the record, first 1. */
  readonly version: number
  readonly revision: Revision
  /** Of the record, as it is stored. */
  readonly bytes: number
}

const KEYSPACE = 'object'

function labelOf(place: Place, version: number, line?: string): RecordLabel {
  return { keyspace: KEYSPACE, id: placeBytes(place), version, type: 0, line }
}

/** The value to store for an object: under the keys of its namespace, where it is in one. */
export function sealObject(
  sealer: Sealer,
  recorded: RecordedObject & { readonly place: Place },
  version: number,
): Uint8Array {
  const { object, place } = recorded
  const plaintext = encodeRecord(recorded)
  try {
    const sealed = sealer.seal(labelOf(place, version, object.namespace), plaintext)
    return versioned(version, sealed)
  } finally {
    plaintext.fill(0)
  }
}

/** The object of a stored value. Throws `UNAVAILABLE` when it was altered or stands in another's place. */
export function openObject(sealer: Sealer, place: Place, { value, revision }: Entry): StoredObject {
  if (value.length <= VERSION_BYTES)
    throw new KmipFault('UNAVAILABLE', 'A stored object cannot be read')
  const version = new DataView(value.buffer, value.byteOffset).getUint32(0)
  const opened = sealer.open(labelOf(place, version), value.subarray(VERSION_BYTES))
  try {
    return { ...opened.expose(decodeRecord), place, version, revision, bytes: value.length }
  } finally {
    opened.destroy()
  }
}
