import type { DateTime } from '../../schema/primitive.ts'
import type { OperationName } from '../../spec/operation.ts'
import type { ManagedObject } from '../managed-object.ts'

/** What has to be approved, and by how many. */
export interface ApprovalRule {
  /** Officers who have to agree. */
  readonly approvers: number
  /** Within how many seconds. */
  readonly expires: number
  /** Only where a request asks for a key without a Key Wrapping Specification. */
  readonly plaintext: boolean
  /** Whether it is about an object; absent where it is about the operation, whatever it is done with. */
  readonly isAbout?: ((object: ManagedObject) => boolean) | undefined
}

/** What has to be approved of the requests of one identity. */
export interface ApprovalRules {
  /** Those of an operation; none for most. */
  of(operation: OperationName): readonly ApprovalRule[]
}

/** An object as officers were shown it. */
export interface SeenObject {
  /** Undefined for one that the request is to make. */
  readonly uniqueIdentifier: string | undefined
  /** What tells it from another one that came to have its identifier, or its name. */
  readonly likeness: string
  /** What tells a new one like it, under its Names, from others. */
  readonly kind: string
}

/** What officers have approved of a batch item. */
export interface ApprovedWork {
  readonly approvers: number
  readonly objects: readonly SeenObject[]
}

/** How an object comes into a batch item. */
export type Contact = 'read' | 'changed' | 'made'

/** Whether an object is among those that were shown, or is made to take the place of one of them. */
export function wasSeen(
  { objects }: ApprovedWork,
  object: ManagedObject,
  contact: Contact,
): boolean {
  const { uniqueIdentifier } = object
  if (contact === 'made') {
    const kind = kindOf(object)
    return objects.some((seen) => seen.kind === kind)
  }
  const likeness = contact === 'read' ? likenessOf(object) : undefined
  return objects.some(
    (seen) =>
      seen.uniqueIdentifier === uniqueIdentifier &&
      (likeness === undefined || seen.likeness === likeness),
  )
}

/** An object as it is shown. */
export function seen(object: ManagedObject, contact: Contact): SeenObject {
  const kind = kindOf(object)
  if (contact === 'made') return { uniqueIdentifier: undefined, likeness: kind, kind }
  return { uniqueIdentifier: object.uniqueIdentifier, likeness: likenessOf(object), kind }
}

/** An object that was imported in the place of another, or was given another name, is not what was seen. */
function likenessOf(object: ManagedObject): string {
  const { objectType, owner, attributes } = object
  const made: DateTime | undefined = attributes.get('InitialDate')
  const digests = attributes.all('Digest').map(({ digestValue }) => hexOf(digestValue))
  return JSON.stringify([objectType, owner, namesOf(object), made ?? null, digests])
}

function kindOf(object: ManagedObject): string {
  return JSON.stringify([object.objectType, namesOf(object)])
}

/** The Names of an object. */
export function namesOf({ attributes }: ManagedObject): readonly string[] {
  return attributes.all('Name').map(({ nameValue }) => nameValue)
}

function hexOf(bytes: Uint8Array | undefined): string {
  return Array.from(bytes ?? [], (byte) => byte.toString(16).padStart(2, '0')).join('')
}
