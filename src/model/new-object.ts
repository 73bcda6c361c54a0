import { KmipFault } from '../fault/fault.ts'
import type { DateTime } from '../schema/primitive.ts'
import { State } from '../spec/enum/state.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { ProtectionStorageMask } from '../spec/mask/protection-storage-mask.ts'
import type { Digest } from '../spec/structure/digest.ts'
import type { RNGParameters } from '../spec/structure/rng-parameters.ts'
import { isVendorReference, referenceKey } from './attribute-reference.ts'
import {
  MAXIMUM_INSTANCES,
  checkApplies,
  checkClientCreates,
  checkDates,
  checkInterval,
  isMultiple,
} from './attribute-rules.ts'
import { AttributeSet, type AttributeEntry } from './attribute-set.ts'
import { keyBlockOf, type ObjectContent } from './content.ts'
import { settle } from './lifecycle.ts'
import type { ManagedObject } from './managed-object.ts'
import { wantedStorage, withResidence } from './residence.ts'
import { followSensitivity } from './sensitivity.ts'
import { initialUsageLimits } from './usage-limits.ts'
import { checkConflicts, type UsageRules } from './usage-safety.ts'

/** What a new object is made of. */
export interface NewObject {
  readonly uniqueIdentifier: string
  readonly owner: string
  readonly namespace?: string | undefined
  readonly content: ObjectContent
  /** What the client wants; checked here. */
  readonly requested: readonly AttributeEntry[]
  /** What the server has read out of the content: it has the last word. */
  readonly described?: readonly AttributeEntry[]
  /** SHA-256 of the Unique Identifier (KMIP 2.1 section 4.56). */
  readonly shortUniqueIdentifier: Uint8Array
  readonly digest: Digest | undefined
  readonly leaseTime: number
  /** The generator of the key, where the server has made it. */
  readonly generator?: RNGParameters
  /** How the key came into the token, where it is there. */
  readonly residence?: 'made' | 'brought'
  /** What policy says of uses. */
  readonly rules: UsageRules
  readonly now: DateTime
}

/**
 * The managed object of Create and Register, with every attribute the server sets (KMIP 1.4 section 3, KMIP 2.1
 * section 4). It is Pre-Active, or whatever its dates have made of it already. Throws `UNSUPPORTED_ATTRIBUTE`,
 * `ATTRIBUTE_READ_ONLY`, `ATTRIBUTE_SINGLE_VALUED`, `ATTRIBUTE_INDEX_OUT_OF_BOUNDS`, `INVALID_ATTRIBUTE_VALUE`, and
 * `STORAGE_UNAVAILABLE` for what is wanted in the token and is not there.
 */
export function newObject(parts: NewObject): ManagedObject {
  const { uniqueIdentifier, owner, namespace, content, requested, now } = parts
  const { objectType } = content
  checkRequested(requested, objectType)
  if (parts.residence === undefined && wantedStorage(requested) === 'token') {
    throw new KmipFault('STORAGE_UNAVAILABLE', 'Objects of this kind are not kept in the token')
  }
  const wanted = AttributeSet.from(withDescribed(requested.map(withoutIndex), parts.described))
  const attributes = followSensitivity(completed(wanted, parts))
  checkConflicts(attributes.get('CryptographicUsageMask'), parts.rules)
  checkDates(attributes)
  checkInterval(attributes)
  return settle({ uniqueIdentifier, objectType, owner, namespace, content, attributes }, now)
}

/** Refuses attributes that a client may not give a new object of a type. Throws as {@link newObject} does. */
export function checkRequested(requested: readonly AttributeEntry[], objectType: ObjectType): void {
  for (const { reference } of requested) {
    checkApplies(reference, objectType)
    checkClientCreates(reference)
  }
  checkInstances(requested)
}

/** New instances are numbered by the server; an index in the request says nothing. */
function withoutIndex({ reference, value }: AttributeEntry): AttributeEntry {
  const isLimits = !isVendorReference(reference) && reference.name === 'UsageLimits'
  return { reference, value: isLimits ? initialUsageLimits(value) : value }
}

/**
 * What is asked for, with what the content says in its place. The usage is for the client to say: a certificate only
 * tells what its key may be used for at all.
 */
function withDescribed(
  requested: readonly AttributeEntry[],
  described: readonly AttributeEntry[] = [],
): readonly AttributeEntry[] {
  const values = new Map(described.map(({ reference, value }) => [referenceKey(reference), value]))
  const kept = requested.filter(({ reference, value }) => {
    const said = values.get(referenceKey(reference))
    if (said === undefined || reference.name === 'CryptographicUsageMask') return true
    // Clients name a format for certificates, which have but one, as they do for keys.
    if (said !== value && reference.name !== 'KeyFormatType') {
      throw new KmipFault('INVALID_ATTRIBUTE_VALUE', 'An attribute and the object do not agree')
    }
    return false
  })
  const keys = new Set(kept.map(({ reference }) => referenceKey(reference)))
  return [...kept, ...described.filter(({ reference }) => !keys.has(referenceKey(reference)))]
}

/** Refuses more instances of an attribute than an object may have. Throws as {@link newObject} does. */
export function checkInstances(requested: readonly AttributeEntry[]): void {
  const counts = new Map<string, number>()
  for (const { reference } of requested) {
    const key = referenceKey(reference)
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    if (count > 1 && !isMultiple(reference)) {
      throw new KmipFault(
        'ATTRIBUTE_SINGLE_VALUED',
        'A single-instance attribute comes more than once',
      )
    }
    if (count > MAXIMUM_INSTANCES) {
      throw new KmipFault('ATTRIBUTE_INDEX_OUT_OF_BOUNDS', 'An attribute has too many instances')
    }
  }
}

/** The attributes with those that the server sets on every new object, which go before what was wanted. */
export function completed(wanted: AttributeSet, parts: NewObject): AttributeSet {
  const { uniqueIdentifier, shortUniqueIdentifier, content, now } = parts
  const identified = wanted
    .with('UniqueIdentifier', uniqueIdentifier)
    .with('ShortUniqueIdentifier', shortUniqueIdentifier)
    .with('ObjectType', content.objectType)
    .with('InitialDate', now)
    .with('LastChangeDate', now)
  if (content.objectType === ObjectType.Template) return identified
  const original = withOrigin(withMaterial(identified, parts), parts)
  return parts.residence === undefined
    ? withProtection(original)
    : withResidence(original, parts.residence)
}

function withMaterial(attributes: AttributeSet, { content, digest }: NewObject): AttributeSet {
  const block = keyBlockOf(content)
  let next = attributes.with('State', State.PreActive).with('Fresh', true)
  if (digest !== undefined) next = next.with('Digest', digest)
  if (block !== undefined) next = next.with('KeyFormatType', block.keyFormatType)
  if (block?.cryptographicAlgorithm !== undefined) {
    next = next.with('CryptographicAlgorithm', block.cryptographicAlgorithm)
  }
  if (block?.cryptographicLength !== undefined) {
    next = next.with('CryptographicLength', block.cryptographicLength)
  }
  if (block !== undefined && block.keyValue === undefined)
    next = next.with('KeyValuePresent', false)
  return withKind(next, content)
}

/** What the object's own structure says of it. */
function withKind(attributes: AttributeSet, content: ObjectContent): AttributeSet {
  if (content.objectType === ObjectType.Certificate) {
    return attributes
      .with('CertificateType', content.certificateType)
      .with('CertificateLength', content.certificateValue.length)
  }
  if (content.objectType === ObjectType.OpaqueObject) {
    return attributes.with('OpaqueDataType', content.opaqueDataType)
  }
  return attributes
}

function withOrigin(
  attributes: AttributeSet,
  { generator, leaseTime, now }: NewObject,
): AttributeSet {
  const leased = attributes.with('LeaseTime', leaseTime)
  return generator === undefined
    ? leased
    : leased.with('OriginalCreationDate', now).with('RandomNumberGenerator', generator)
}

/** Sensitive and Extractable as asked for, Always Sensitive and Never Extractable as follows. */
function withProtection(attributes: AttributeSet): AttributeSet {
  const sensitive = attributes.get('Sensitive') ?? false
  const extractable = attributes.get('Extractable') ?? true
  return attributes
    .with('Sensitive', sensitive)
    .with('AlwaysSensitive', sensitive)
    .with('Extractable', extractable)
    .with('NeverExtractable', !extractable)
    .with('ProtectionStorageMask', ProtectionStorageMask.Software)
}
