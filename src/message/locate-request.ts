import type { AttributeReference } from '../model/attribute-reference.ts'
import type { ObjectGroupMember } from '../spec/enum/object-group-member.ts'
import type { Item } from '../ttlv/item.ts'

/**
 * One attribute that objects must match. The value is the item as it was sent: a structure may leave out fields that
 * then match anything (KMIP 1.4 section 4.9, KMIP 2.1 section 6.1.28).
 */
export interface AttributeFilter {
  readonly reference: AttributeReference
  readonly item: Item
}

/** What Locate asks for. */
export interface LocateRequest {
  readonly maximumItems?: number
  readonly offsetItems?: number
  /** Bits of the Storage Status Mask; absent: on-line objects only. */
  readonly storageStatusMask?: number
  readonly objectGroupMember?: ObjectGroupMember
  readonly filters: readonly AttributeFilter[]
}
