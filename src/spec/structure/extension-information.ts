import type { Infer } from '../../schema/codec.ts'
import { optional, required } from '../../schema/field.ts'
import { enumeration } from '../../schema/primitive.ts'
import { struct } from '../../schema/struct.ts'
import { ItemType } from '../enum/item-type.ts'
import { Tag } from '../tag.ts'

/**
 * An extension that a server knows (KMIP 1.4 section 2.1.9, KMIP 2.1 section 7.13). Its type is a number in 1.x and an
 * enumeration in 2.x, hence two fields with the same tag.
 */
export const ExtensionInformationStruct = struct({
  extensionName: required(Tag.ExtensionName),
  extensionTag: optional(Tag.ExtensionTag),
  extensionType: optional(Tag.ExtensionType, { until: '1.4' }),
  extensionItemType: optional(Tag.ExtensionType, enumeration(ItemType), { since: '2.0' }),
  extensionEnumeration: optional(Tag.ExtensionEnumeration),
  extensionAttribute: optional(Tag.ExtensionAttribute),
  extensionParentStructureTag: optional(Tag.ExtensionParentStructureTag),
  extensionDescription: optional(Tag.ExtensionDescription),
})
export interface ExtensionInformation extends Infer<typeof ExtensionInformationStruct> {}
