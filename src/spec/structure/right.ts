import type { Infer } from '../../schema/codec.ts'
import { optional, repeated } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'
import { ObjectGroupsStruct } from './constraint.ts'
import { UsageLimitsStruct } from './usage-limits.ts'

/** KMIP 2.1 section 7.21; text alone is taken here. */
export const ObjectsStruct = struct({
  uniqueIdentifier: repeated(Tag.UniqueIdentifier),
})
export interface Objects extends Infer<typeof ObjectsStruct> {}

/** KMIP 2.1 section 7.25. */
export const OperationsStruct = struct({
  operation: repeated(Tag.Operation),
})
export interface Operations extends Infer<typeof OperationsStruct> {}

/** What a ticket allows; a field that is absent restricts nothing (KMIP 2.1 section 7.34). */
export const RightStruct = struct({
  usageLimits: optional(Tag.UsageLimits, UsageLimitsStruct),
  operations: optional(Tag.Operations, OperationsStruct),
  objects: optional(Tag.Objects, ObjectsStruct),
  objectGroups: optional(Tag.ObjectGroups, ObjectGroupsStruct, { since: '2.1' }),
})
export interface Right extends Infer<typeof RightStruct> {}

/** KMIP 2.1 section 7.35. */
export const RightsStruct = struct({
  right: repeated(Tag.Right, RightStruct),
})
export interface Rights extends Infer<typeof RightsStruct> {}
