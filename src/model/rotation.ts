import type { DateTime } from '../schema/primitive.ts'
import { LinkType } from '../spec/enum/link-type.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { State } from '../spec/enum/state.ts'
import type { ManagedObject } from './managed-object.ts'

/** The objects for which there is an operation that replaces them (KMIP 2.1 section 4.48). */
const ROTATED: readonly ObjectType[] = [
  ObjectType.SymmetricKey,
  ObjectType.PrivateKey,
  ObjectType.PublicKey,
  ObjectType.Certificate,
]

/**
 * When the server is to replace an object by itself: its Rotate Interval after its Initial Date (KMIP 2.1 sections
 * 4.48, 4.51). Undefined for an object that it never will: one that was replaced already, that is archived, or that
 * protects nothing any more.
 */
export function rotationDate(object: ManagedObject): DateTime | undefined {
  const { attributes, objectType, content } = object
  if (attributes.get('RotateAutomatic') !== true || content === undefined) return undefined
  const interval = attributes.get('RotateInterval')
  const created = attributes.get('InitialDate')
  if (interval === undefined || created === undefined || !ROTATED.includes(objectType)) {
    return undefined
  }
  const state = attributes.get('State')
  const isInUse = state === State.PreActive || state === State.Active
  const isKept = attributes.get('ArchiveDate') !== undefined
  return isInUse && !isKept && !isReplaced(object) ? created + interval : undefined
}

function isReplaced({ attributes }: ManagedObject): boolean {
  return attributes.all('Link').some(({ linkType }) => linkType === LinkType.ReplacementObjectLink)
}

/** The object that was replaced is the latest no more, and the server leaves it alone (KMIP 2.1 section 4.52). */
export function rotatedAway(object: ManagedObject): ManagedObject {
  const { attributes } = object
  const older = attributes.with('RotateLatest', false)
  const isAutomatic = attributes.get('RotateAutomatic') === true
  return { ...object, attributes: isAutomatic ? older.with('RotateAutomatic', false) : older }
}

/** The object that took the place of another, with what is counted of its kind (KMIP 2.1 sections 4.49, 4.50, 4.52). */
export function rotatedInto(
  object: ManagedObject,
  existing: ManagedObject,
  now: DateTime,
): ManagedObject {
  const generation = existing.attributes.get('RotateGeneration') ?? 0
  return {
    ...object,
    attributes: object.attributes
      .with('RotateDate', now)
      .with('RotateGeneration', generation + 1)
      .with('RotateLatest', true),
  }
}
