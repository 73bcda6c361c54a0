import type { RecordLabel } from '../port/sealer.ts'

/**
 * Records of one kind. What lies under each of their keys is its version in four bytes, and then what is sealed; the
 * key begins with `prefix`.
 */
export interface SealedFamily {
  readonly keyspace: string
  readonly prefix: Uint8Array
  /** What identifies the record of a key in its label: what follows the prefix, where nothing else is said. */
  readonly idOf?: (rest: Uint8Array, owners: RuleOwners) => Uint8Array | undefined
}

/** Whose rules lie under a blinded identifier, in hexadecimal: nobody can tell from the key alone. */
export type RuleOwners = ReadonlyMap<string, Uint8Array>

/** Bytes of the version before what is sealed. */
export const VERSION_BYTES = 4

/** A record as it is stored: the version that it is bound to, in four bytes, then what is sealed. */
export function versioned(version: number, sealed: Uint8Array): Uint8Array {
  const value = new Uint8Array(VERSION_BYTES + sealed.length)
  new DataView(value.buffer).setUint32(0, version)
  value.set(sealed, VERSION_BYTES)
  return value
}

/** The part of a record that is sealed. */
export function sealedPart(value: Uint8Array): Uint8Array {
  return value.subarray(VERSION_BYTES)
}

/** The version before what is sealed. */
export function versionOf(value: Uint8Array): number {
  return new DataView(value.buffer, value.byteOffset).getUint32(0)
}

/** What a record is bound to; undefined when it is too short, or nobody has it. */
export function labelOf(
  { keyspace, prefix, idOf }: SealedFamily,
  { key, value }: { readonly key: Uint8Array; readonly value: Uint8Array },
  owners: RuleOwners,
): RecordLabel | undefined {
  if (value.length <= VERSION_BYTES) return undefined
  const rest = key.subarray(prefix.length)
  const id = idOf === undefined ? rest : idOf(rest, owners)
  if (id === undefined) return undefined
  return { keyspace, id, version: versionOf(value), type: 0 }
}
