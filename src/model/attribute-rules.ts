import { KmipFault } from '../fault/fault.ts'
import type { DateTime } from '../schema/primitive.ts'
import { Attribute } from '../spec/attribute.ts'
import { State } from '../spec/enum/state.ts'
import { membersOf } from '../schema/enumeration.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import {
  isKnownReference,
  isVendorReference,
  type AttributeReference,
  type VendorReference,
} from './attribute-reference.ts'
import type { AttributeSet } from './attribute-set.ts'
import type { ManagedObject } from './managed-object.ts'
import { isKeyStorage, isResident } from './residence.ts'

/** Instances of one attribute that an object may have. */
export const MAXIMUM_INSTANCES = 100

const objectTypes = membersOf(ObjectType)

/** Vendor Identification of attributes that the server alone sets (KMIP 2.1 section 4.60). */
const SERVER_VENDOR = 'y'

/** Refuses an attribute that objects of a type do not have, or that the server does not know at all. */
export function checkApplies(reference: AttributeReference, objectType: ObjectType): void {
  const name = objectTypes.nameOf(objectType)
  const applies = isVendorReference(reference)
    ? isKnownReference(reference)
    : Attribute[reference.name].appliesTo.some((type) => type === name)
  if (!applies) throw unsupportedAttribute()
}

/** The fault for an attribute that objects of a type do not have. */
export function unsupportedAttribute(): KmipFault {
  return new KmipFault('UNSUPPORTED_ATTRIBUTE', 'The object has no such attribute')
}

/** Refuses an attribute that only the server sets. */
export function checkClientSets(reference: AttributeReference): void {
  const allowed = isVendorReference(reference)
    ? isVendorsOwn(reference)
    : Attribute[reference.name].setBy.includes('client')
  if (!allowed) throw readOnly()
}

/** What vendors and clients may do with as they like: not what the server tells, nor where a key is kept. */
function isVendorsOwn(reference: VendorReference): boolean {
  return reference.vendor !== SERVER_VENDOR && !isKeyStorage(reference)
}

/** Refuses to change an attribute that clients may not change, now or ever. */
export function checkClientModifies(
  reference: AttributeReference,
  object: ManagedObject,
  now: DateTime,
): void {
  const allowed = isVendorReference(reference)
    ? isVendorsOwn(reference)
    : Attribute[reference.name].clientModifies
  if (!allowed || (isResident(object) && STAYS_IN_TOKEN.has(reference.name))) throw readOnly()
  checkMoment(reference, object, now)
}

/** What is true of a key in the token for as long as it is there. */
const STAYS_IN_TOKEN: ReadonlySet<string> = new Set(['Sensitive', 'Extractable'])

/** What a client says when it creates or registers an object, although the server sets it from then on. */
const SAID_AT_CREATION: ReadonlySet<string> = new Set([
  'CryptographicAlgorithm',
  'CryptographicLength',
  'CertificateType',
  'CertificateLength',
  'DigitalSignatureAlgorithm',
  'KeyFormatType',
])

/** Refuses an attribute that a client may not give a new object. */
export function checkClientCreates(reference: AttributeReference): void {
  if (!SAID_AT_CREATION.has(reference.name) && !isKeyStorage(reference)) checkClientSets(reference)
}

/** Refuses to delete an attribute that must stay. */
export function checkClientDeletes(reference: AttributeReference): void {
  const allowed = isVendorReference(reference)
    ? isVendorsOwn(reference)
    : Attribute[reference.name].clientDeletes
  if (!allowed) throw readOnly()
}

export function isMultiple(reference: AttributeReference): boolean {
  return isVendorReference(reference) || Attribute[reference.name].multiple
}

/**
 * Refuses to set or move an attribute when its time has passed (KMIP 1.4 sections 3.24 to 3.27): the Activation
 * Date outside Pre-Active, the Deactivation Date outside Pre-Active and Active, the others likewise and once reached.
 */
export function checkMoment(
  reference: AttributeReference,
  object: ManagedObject,
  now: DateTime,
): void {
  if (isVendorReference(reference)) return
  const condition = Attribute[reference.name].changeableWhile
  // What is allocated is for the Usage Limits themselves to tell.
  if (condition === undefined || condition === 'unallocated') return
  const state = object.attributes.get('State')
  const states = condition === 'preActive' ? [State.PreActive] : [State.PreActive, State.Active]
  const isInTime = state === undefined || states.some((each) => each === state)
  const isReached = condition === 'notReached' && hasPassed(object.attributes, reference, now)
  if (!isInTime || isReached) {
    throw new KmipFault('WRONG_STATE', 'The date can no longer be changed')
  }
}

function hasPassed(
  attributes: AttributeSet,
  reference: AttributeReference,
  now: DateTime,
): boolean {
  const [instance] = attributes.instances(reference)
  return typeof instance?.value === 'number' && instance.value <= now
}

function readOnly(): KmipFault {
  return new KmipFault('ATTRIBUTE_READ_ONLY', 'The attribute cannot be changed by a client')
}

/** Which date may not lie after which other. */
const DATE_ORDER: readonly (readonly [earlier: DateAttribute, later: DateAttribute])[] = [
  ['ActivationDate', 'DeactivationDate'],
  ['ActivationDate', 'ProcessStartDate'],
  ['ProtectStopDate', 'DeactivationDate'],
]

type DateAttribute = 'ActivationDate' | 'DeactivationDate' | 'ProcessStartDate' | 'ProtectStopDate'

/** Whether an attribute is one of the dates that have an order among them. */
export function isOrderedDate(reference: AttributeReference): boolean {
  if (isVendorReference(reference)) return false
  return DATE_ORDER.some((pair) => pair.some((name) => name === reference.name))
}

/** Refuses an interval in which an object would be replaced all the time (KMIP 2.1 section 4.51). */
export function checkInterval(attributes: AttributeSet): void {
  if (attributes.get('RotateInterval') === 0) {
    throw new KmipFault('INVALID_ATTRIBUTE_VALUE', 'Rotate Interval has no length')
  }
}

/** Refuses dates in an order that the standard forbids. */
export function checkDates(attributes: AttributeSet): void {
  for (const [first, second] of DATE_ORDER) {
    const earlier = attributes.get(first)
    const later = attributes.get(second)
    if (earlier !== undefined && later !== undefined && earlier > later) {
      throw new KmipFault('INVALID_ATTRIBUTE_VALUE', `${first} lies after ${second}`)
    }
  }
}
