import type { Infer } from '../../schema/codec.ts'
import { optional, repeated, required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'
import { ObjectGroupsStruct, ObjectTypesStruct } from './constraint.ts'

/**
 * What new objects get unless a request says otherwise (KMIP 2.1 section 7.22). The attributes are left as items:
 * `message/` reads them. Either one Object Type is given or several.
 */
export const ObjectDefaultsStruct = struct({
  objectType: optional(Tag.ObjectType),
  objectTypes: optional(Tag.ObjectTypes, ObjectTypesStruct),
  attributes: required(Tag.Attributes),
  objectGroups: optional(Tag.ObjectGroups, ObjectGroupsStruct),
})
export interface ObjectDefaults extends Infer<typeof ObjectDefaultsStruct> {}

/** KMIP 2.1 section 7.11. */
export const DefaultsInformationStruct = struct({
  objectDefaults: repeated(Tag.ObjectDefaults, ObjectDefaultsStruct),
})
export interface DefaultsInformation extends Infer<typeof DefaultsInformationStruct> {}
