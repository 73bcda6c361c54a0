import { KmipFault } from '../fault/fault.ts'
import { State } from '../spec/enum/state.ts'
import { isVendorReference, referenceKey } from './attribute-reference.ts'
import { checkApplies, checkDates } from './attribute-rules.ts'
import { AttributeSet, type AttributeEntry } from './attribute-set.ts'
import { settle } from './lifecycle.ts'
import type { ManagedObject } from './managed-object.ts'
import { checkInstances, completed, type NewObject } from './new-object.ts'
import { isKeyStorage } from './residence.ts'
import { followSensitivity } from './sensitivity.ts'
import { checkConflicts } from './usage-safety.ts'
import { isTrustMark } from './wrapping-trust.ts'

/** What the object and where it is kept say themselves, whatever a client says. */
const SAID_BY_OBJECT: ReadonlySet<string> = new Set([
  'UniqueIdentifier',
  'ShortUniqueIdentifier',
  'ObjectType',
  'KeyFormatType',
  'KeyValuePresent',
  'CertificateType',
  'CertificateLength',
  'OpaqueDataType',
  'ProtectionStorageMask',
])

/**
 * The managed object of Import: it has the attributes that came with it, those included that only a server sets, and is
 * given what it lacks (KMIP 1.4 section 4.41, KMIP 2.1 section 6.1.25).
 *
 * @throws KmipFault `UNSUPPORTED_ATTRIBUTE`, `ATTRIBUTE_SINGLE_VALUED`, `ATTRIBUTE_INDEX_OUT_OF_BOUNDS`, and
 * `INVALID_ATTRIBUTE_VALUE` for what contradicts the object or itself
 */
export function importedObject(parts: NewObject): ManagedObject {
  const { uniqueIdentifier, owner, namespace, content, requested, now } = parts
  const { objectType } = content
  for (const { reference } of requested) checkApplies(reference, objectType)
  checkInstances(requested)
  checkIndexes(requested)
  checkIdentity(requested, parts)
  const brought = beside(requested.filter(isForClient), parts.described ?? [])
  const given = completed(AttributeSet.from(brought), parts).entries()
  const attributes = followSensitivity(AttributeSet.from(beside(brought, given)))
  checkConflicts(attributes.get('CryptographicUsageMask'), parts.rules)
  checkState(attributes)
  checkDates(attributes)
  return settle({ uniqueIdentifier, objectType, owner, namespace, content, attributes }, now)
}

/** The first with those of the second of which the first says nothing. */
function beside(
  first: readonly AttributeEntry[],
  second: Iterable<AttributeEntry>,
): readonly AttributeEntry[] {
  const said = new Set(first.map(({ reference }) => referenceKey(reference)))
  return [...first, ...[...second].filter(({ reference }) => !said.has(referenceKey(reference)))]
}

function isForClient({ reference }: AttributeEntry): boolean {
  if (isVendorReference(reference)) return !isKeyStorage(reference) && !isTrustMark(reference)
  return !SAID_BY_OBJECT.has(reference.name)
}

function checkIndexes(entries: readonly AttributeEntry[]): void {
  const taken = entries.flatMap(({ reference, index }) =>
    index === undefined ? [] : [`${referenceKey(reference)}\u0000${index}`],
  )
  if (new Set(taken).size < taken.length) throw contradiction()
}

function checkIdentity(
  entries: readonly AttributeEntry[],
  { uniqueIdentifier, content }: NewObject,
): void {
  const said = AttributeSet.from(entries)
  const identifier = said.get('UniqueIdentifier') ?? uniqueIdentifier
  const type = said.get('ObjectType') ?? content.objectType
  if (identifier !== uniqueIdentifier || type !== content.objectType) throw contradiction()
}

const DESTROYED: readonly unknown[] = [State.Destroyed, State.DestroyedCompromised]

/** What is destroyed has nothing left to import. */
function checkState(attributes: AttributeSet): void {
  if (DESTROYED.includes(attributes.get('State'))) throw contradiction()
}

function contradiction(): KmipFault {
  return new KmipFault(
    'INVALID_ATTRIBUTE_VALUE',
    'An attribute contradicts the object or another attribute',
  )
}
