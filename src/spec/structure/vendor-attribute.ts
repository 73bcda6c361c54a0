import type { Infer } from '../../schema/codec.ts'
import { optional, required } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../tag.ts'

/**
 * An attribute that a vendor defined (KMIP 2.1 section 4.60). It is no row of the attribute table, since each vendor has
 * many; the value is absent only in Notify.
 */
export const VendorAttributeStruct = struct({
  vendorIdentification: required(Tag.VendorIdentification),
  attributeName: required(Tag.AttributeName),
  attributeValue: optional(Tag.AttributeValue),
})
export interface VendorAttribute extends Infer<typeof VendorAttributeStruct> {}
