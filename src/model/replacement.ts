import { KmipFault } from '../fault/fault.ts'
import type { DateTime } from '../schema/primitive.ts'
import { Attribute } from '../spec/attribute.ts'
import { LinkType } from '../spec/enum/link-type.ts'
import type { Name } from '../spec/structure/name.ts'
import { overlaid } from './attribute-overlay.ts'
import { isVendorReference, type AttributeReference } from './attribute-reference.ts'
import { attributeValue, type AttributeEntry, type AttributeSet } from './attribute-set.ts'
import type { ManagedObject } from './managed-object.ts'
import { rotatedAway, rotatedInto } from './rotation.ts'
import { inheritedProtection } from './sensitivity.ts'

/** What a request says of the object that shall take another's place. */
export interface ReplacementRequest {
  /** What the client wants otherwise than it was. */
  readonly requested: readonly AttributeEntry[]
  /** Seconds from the Initial Date of the new object to its Activation Date. */
  readonly offset: number | undefined
  readonly now: DateTime
}

/** The dates that move together: the first by the offset, the others by as much as the first has moved. */
const DATES = ['ActivationDate', 'ProcessStartDate', 'ProtectStopDate', 'DeactivationDate'] as const
type ReplacedDate = (typeof DATES)[number]

/** What the server sets, and what nevertheless stays with the replacement. */
const KIND: ReadonlySet<string> = new Set(['CryptographicAlgorithm', 'CryptographicLength'])

/** What clients may set, and what is nevertheless the new object's own. */
const NOT_INHERITED: ReadonlySet<string> = new Set([
  'KeyValueLocation',
  'Link',
  'OriginalCreationDate',
  'RandomNumberGenerator',
])

/**
 * The attributes for the object that takes another's place in Re-key, Re-key Key Pair and Re-certify: those of the
 * other that clients may set, under those that the request has (KMIP 1.4 tables 172, 173, 176, 177, 186, 187). They go
 * through `newObject`, which sets what the server sets: states, digest, and Usage Limits of which nothing is used. What
 * takes a protected object's place is as protected, whatever the request says.
 *
 * @throws KmipFault `INVALID_MESSAGE` for an offset beside a date, `ILLEGAL_OPERATION` for one where other dates hang
 *   on an Activation Date that is not there, `INVALID_ATTRIBUTE_VALUE` for another algorithm
 */
export function replacementEntries(
  existing: ManagedObject,
  { requested, offset, now }: ReplacementRequest,
): readonly AttributeEntry[] {
  const { attributes } = existing
  const inherited = [...attributes.entries()]
    .filter(({ reference }) => isInherited(reference))
    .map(({ reference, value }) => ({ reference, value }))
  checkAlgorithm(requested, attributes)
  const wanted = withoutHeldNames(requested, attributes)
  const protection = inheritedProtection([existing])
  if (offset === undefined) return overlaid([inherited, wanted, protection])
  checkOffset(requested, attributes)
  return overlaid([inherited, movedDates(attributes, now + offset), wanted, protection])
}

/** A key of another algorithm is not a replacement but another key. */
function checkAlgorithm(requested: readonly AttributeEntry[], attributes: AttributeSet): void {
  const algorithm = attributes.get('CryptographicAlgorithm')
  const isOther = requested.some(
    (entry) => isAttribute(entry, 'CryptographicAlgorithm') && entry.value !== algorithm,
  )
  if (isOther && algorithm !== undefined) {
    throw new KmipFault('INVALID_ATTRIBUTE_VALUE', 'The replacement has the same algorithm')
  }
}

function isInherited(reference: AttributeReference): boolean {
  if (isVendorReference(reference)) return reference.vendor !== 'y'
  const isClients = Attribute[reference.name].setBy.includes('client')
  return KIND.has(reference.name) || (isClients && !NOT_INHERITED.has(reference.name))
}

/** A name that goes over anyway need not be asked for. */
function withoutHeldNames(
  requested: readonly AttributeEntry[],
  attributes: AttributeSet,
): readonly AttributeEntry[] {
  const held = attributes.all('Name')
  return requested.filter((entry) => {
    if (!isAttribute(entry, 'Name')) return true
    const name = attributeValue<'Name'>(entry.value)
    return !held.some((each) => isSameName(each, name))
  })
}

function isSameName(left: Name, right: Name): boolean {
  return left.nameType === right.nameType && left.nameValue === right.nameValue
}

function isAttribute({ reference }: AttributeEntry, name: string): boolean {
  return !isVendorReference(reference) && reference.name === name
}

/** KMIP 1.4 sections 11.5, 11.6. */
function checkOffset(requested: readonly AttributeEntry[], attributes: AttributeSet): void {
  if (DATES.some((name) => requested.some((entry) => isAttribute(entry, name)))) {
    throw new KmipFault('INVALID_MESSAGE', 'Offset and a date say different things')
  }
  const hasOthers = DATES.some((name) => attributes.has({ name }))
  if (hasOthers && attributes.get('ActivationDate') === undefined) {
    throw new KmipFault(
      'ILLEGAL_OPERATION',
      'Offset cannot move dates where there is no Activation Date',
    )
  }
}

function movedDates(attributes: AttributeSet, activation: DateTime): readonly AttributeEntry[] {
  const moved = activation - (attributes.get('ActivationDate') ?? activation)
  const dateOf = (name: ReplacedDate): AttributeEntry[] => {
    const date = attributes.get(name)
    if (name === 'ActivationDate') return [{ reference: { name }, value: activation }]
    return date === undefined ? [] : [{ reference: { name }, value: date + moved }]
  }
  return DATES.flatMap(dateOf)
}

/** The object that was replaced: its names have gone over, its state stays (KMIP 1.4 tables 173, 177, 187). */
export function replacedBy(
  existing: ManagedObject,
  replacement: string,
  now: DateTime,
): ManagedObject {
  const nameless = existing.attributes.without({ name: 'Name' }).with('LastChangeDate', now)
  return withLink(
    rotatedAway({ ...existing, attributes: nameless }),
    LinkType.ReplacementObjectLink,
    replacement,
  )
}

/** The object that takes another's place, with its link to that one. */
export function replacing(
  replacement: ManagedObject,
  existing: ManagedObject,
  now: DateTime,
): ManagedObject {
  const rotated = rotatedInto(replacement, existing, now)
  return withLink(rotated, LinkType.ReplacedObjectLink, existing.uniqueIdentifier)
}

/** The object with a link to another behind those that it has. */
export function withLink(
  object: ManagedObject,
  linkType: LinkType,
  linkedObjectIdentifier: string,
): ManagedObject {
  const link = { linkType, linkedObjectIdentifier }
  return { ...object, attributes: object.attributes.adding({ name: 'Link' }, link) }
}
