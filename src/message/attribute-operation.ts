import type { AttributeReference } from '../model/attribute-reference.ts'
import type { AttributeSelection } from '../model/attribute-change.ts'
import type { AttributeEntry } from '../model/attribute-set.ts'
import type { Codec } from '../schema/codec.ts'
import { byMajor } from '../schema/combine.ts'
import type { ObjectReference } from './identifier.ts'
import * as v1 from './v1/attribute-operation.ts'
import * as v2 from './v2/attribute-operation.ts'

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

export const attributeAddition: Codec<AttributeAddition> = byMajor({
  1: v1.addition,
  2: v2.addition,
})
export const attributeModification: Codec<AttributeModification> = byMajor({
  1: v1.modification,
  2: v2.modification,
})
export const attributeDeletion: Codec<AttributeDeletion> = byMajor({
  1: v1.deletion,
  2: v2.deletion,
})
