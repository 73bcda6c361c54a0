import type { ObjectType } from '../spec/enum/object-type.ts'
import type { AttributeSet } from './attribute-set.ts'
import type { ObjectContent } from './content.ts'

/** Where an object is kept: what the Storage Status Mask of Locate asks for. */
export type StorageStatus = 'online' | 'archived' | 'destroyed'

/** An object that the server manages for a client. */
export interface ManagedObject {
  /** Unique Identifier. */
  readonly uniqueIdentifier: string
  readonly objectType: ObjectType
  /** Identifier of the client it belongs to. */
  readonly owner: string
  /** Identifier of the namespace it is in; absent where its owner is a tenant by itself. */
  readonly namespace?: string | undefined
  readonly attributes: AttributeSet
  /** Absent once the object is destroyed: the record stays, the material does not. */
  readonly content: ObjectContent | undefined
}

export function storageStatusOf(object: ManagedObject): StorageStatus {
  if (object.content === undefined) return 'destroyed'
  return object.attributes.get('ArchiveDate') === undefined ? 'online' : 'archived'
}

/** The tenant that an object belongs to: it is there for nobody else. */
export function tenantOf({ owner, namespace }: Pick<ManagedObject, 'owner' | 'namespace'>): string {
  return namespace ?? owner
}
