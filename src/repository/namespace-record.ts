import { KmipFault } from '../fault/fault.ts'
import { defaultsOfXml, xmlOfDefaults } from '../message/creation-rules.ts'
import type { ObjectDefaults } from '../model/creation-rules.ts'
import type { RecordLabel, Sealer } from '../port/sealer.ts'
import type { DateTime } from '../schema/primitive.ts'
import { isLimits, type Limits } from './limits.ts'
import { VERSION_BYTES, versioned } from './sealed-family.ts'

/** A tenant that clients are put into. */
export interface Namespace {
  /** Our own identifier: that of a name that was used before is another. */
  readonly id: string
  readonly name: string
  readonly added: DateTime
  readonly limits: Limits
  /** What objects that are made in it get unless their clients say otherwise. */
  readonly defaults: readonly ObjectDefaults[]
  /** It is being removed: nobody is put into it any more. */
  readonly isEnding?: boolean
}

/** Where the record of a namespace is: nobody can tell its name from the key, and no two have one name. */
export function namespaceKey(sealer: Sealer, name: string): Uint8Array {
  return Uint8Array.of(...PREFIX, ...sealer.blind('namespace', toUtf8.encode(name)))
}

/**
 * Encrypts a namespace for the store.
 *
 * @returns the record's version in four bytes, then what is sealed
 */
export function sealNamespace(sealer: Sealer, namespace: Namespace, version: number): Uint8Array {
  const { id, name, added, limits, defaults, isEnding } = namespace
  const text = JSON.stringify({
    ...{ format: FORMAT, id, name, added, quota: limits, isEnding },
    defaults: defaults.length === 0 ? undefined : xmlOfDefaults(defaults),
  })
  const key = namespaceKey(sealer, name)
  const sealed = sealer.seal(labelOf(key, version), toUtf8.encode(text))
  return versioned(version, sealed)
}

/** Throws `UNAVAILABLE` when the record was altered, stands in another's place or is of a form that is not known here. */
export function openNamespace(
  sealer: Sealer,
  { key, value }: { readonly key: Uint8Array; readonly value: Uint8Array },
): { readonly namespace: Namespace; readonly version: number } {
  if (value.length <= VERSION_BYTES) throw damaged()
  const version = new DataView(value.buffer, value.byteOffset).getUint32(0)
  const opened = sealer.open(labelOf(key, version), value.subarray(VERSION_BYTES))
  try {
    const record = opened.expose((bytes): unknown => JSON.parse(fromUtf8.decode(bytes)))
    if (!isNamespace(record)) throw damaged()
    const { id, name, added, quota: limits, isEnding = false } = record
    const defaults = defaultsOf(record)
    const namespace = { id, name, added, limits, defaults }
    return { namespace: isEnding ? { ...namespace, isEnding } : namespace, version }
  } finally {
    opened.destroy()
  }
}

/** A namespace as it is written. */
type NamespaceRecord = Omit<Namespace, 'limits' | 'defaults'> & {
  readonly quota: Limits
  /** Defaults Information in XML. */
  readonly defaults?: string
}

function defaultsOf({ defaults }: NamespaceRecord): readonly ObjectDefaults[] {
  try {
    return defaults === undefined ? [] : defaultsOfXml(defaults)
  } catch (cause) {
    throw cause instanceof KmipFault ? damaged() : cause
  }
}

function isNamespace(value: unknown): value is NamespaceRecord {
  return (
    isObject(value) &&
    value['format'] === FORMAT &&
    typeof value['id'] === 'string' &&
    typeof value['name'] === 'string' &&
    typeof value['added'] === 'number' &&
    ['undefined', 'boolean'].includes(typeof value['isEnding']) &&
    ['undefined', 'string'].includes(typeof value['defaults']) &&
    isLimits(value['quota'])
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function damaged(): KmipFault {
  return new KmipFault('UNAVAILABLE', 'A namespace record of the store cannot be read')
}

function labelOf(key: Uint8Array, version: number): RecordLabel {
  return { keyspace: 'namespace', id: key.subarray(PREFIX.length), version, type: 0 }
}

const FORMAT = 1
const toUtf8 = new TextEncoder()
const fromUtf8 = new TextDecoder('utf-8', { fatal: true })
const PREFIX = toUtf8.encode('t/')
