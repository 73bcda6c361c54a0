import type { AttributeSelection } from '../model/attribute-change.ts'
import type { AttributeReference } from '../model/attribute-reference.ts'
import type { AttributeEntry } from '../model/attribute-set.ts'
import type { ObjectReference } from './identifier.ts'

/** What Add Attribute asks for. */
export interface AttributeAddition {
  readonly uniqueIdentifier?: ObjectReference
  readonly attribute: AttributeEntry
}

/** What Modify Attribute asks for: which instance, and its new value. */
export interface AttributeModification extends AttributeAddition {
  readonly select: AttributeSelection
}

/** What Delete Attribute asks for. */
export interface AttributeDeletion {
  readonly uniqueIdentifier?: ObjectReference
  readonly reference: AttributeReference
  readonly select: AttributeSelection
}
