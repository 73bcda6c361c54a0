import type { AttributeReference } from '../model/attribute-reference.ts'
import { isVendorReference } from '../model/attribute-reference.ts'
import { membersOf } from '../schema/enumeration.ts'
import { majorOf, type Version } from '../schema/version.ts'
import { Attribute } from '../spec/attribute.ts'
import { ObjectType } from '../spec/enum/object-type.ts'

const objectTypes = membersOf(ObjectType)

/** Whether objects of a type may have an attribute. */
export type Applies = (reference: AttributeReference, objectType: ObjectType) => boolean

/**
 * What a version says of it: the tables of KMIP 1.4 section 3 leave attributes to fewer types than those of KMIP 2.1
 * section 4.
 */
export function applicabilityIn(version: Version): Applies {
  return majorOf(version) === 1 ? appliesInV1 : appliesInV2
}

function appliesInV1(reference: AttributeReference, objectType: ObjectType): boolean {
  if (isVendorReference(reference)) return true
  const { appliesTo, appliesToV1 = appliesTo } = Attribute[reference.name]
  const name = objectTypes.nameOf(objectType)
  return appliesToV1.some((type) => type === name)
}

function appliesInV2(reference: AttributeReference, objectType: ObjectType): boolean {
  if (isVendorReference(reference)) return true
  const name = objectTypes.nameOf(objectType)
  return Attribute[reference.name].appliesTo.some((type) => type === name)
}
