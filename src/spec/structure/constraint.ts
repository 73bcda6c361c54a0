import type { Infer } from '../../schema/codec.ts'
import { optional, repeated } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/** KMIP 2.1 section 7.23. */
export const ObjectGroupsStruct = struct({
  objectGroup: repeated(Tag.ObjectGroup),
})
export interface ObjectGroups extends Infer<typeof ObjectGroupsStruct> {}

/** KMIP 2.1 section 7.24. */
export const ObjectTypesStruct = struct({
  objectType: repeated(Tag.ObjectType),
})
export interface ObjectTypes extends Infer<typeof ObjectTypesStruct> {}

/** What new objects are held to (KMIP 2.1 section 7.6). The attributes are left as items: `message/` reads them. */
export const ConstraintStruct = struct({
  objectTypes: optional(Tag.ObjectTypes, ObjectTypesStruct),
  objectGroups: optional(Tag.ObjectGroups, ObjectGroupsStruct),
  attributes: optional(Tag.Attributes),
})
export interface Constraint extends Infer<typeof ConstraintStruct> {}

/** KMIP 2.1 section 7.7. */
export const ConstraintsStruct = struct({
  constraint: repeated(Tag.Constraint, ConstraintStruct),
})
export interface Constraints extends Infer<typeof ConstraintsStruct> {}
