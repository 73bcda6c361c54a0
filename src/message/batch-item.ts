import type { Codec, Infer } from '../schema/codec.ts'
import { mapped } from '../schema/combine.ts'
import { optional, repeated, required } from '../schema/field.ts'
import { anyItem, wrongType } from '../schema/primitive.ts'
import { struct } from '../schema/struct.ts'
import { Tag } from '../spec/tag.ts'
import { ItemType, type Item } from '../ttlv/item.ts'

/** An enumeration of which any value is read: an unknown operation is refused by its batch item, not by the message. */
const openEnumeration: Codec<number> = mapped<number, Item>(anyItem, {
  decode(item) {
    if (item.type !== ItemType.Enumeration) throw wrongType()
    return item.value
  },
  encode: (value) => ({ tag: 0, type: ItemType.Enumeration, value }),
})

/** KMIP 1.4 section 6.16, KMIP 2.1 section 9.13. */
const MessageExtensionStruct = struct({
  vendor: required(Tag.VendorIdentification),
  critical: required(Tag.CriticalityIndicator),
  extension: required(Tag.VendorExtension, anyItem),
})

/** KMIP 1.4 section 7.2, KMIP 2.1 section 8.3. */
export const RequestBatchItemStruct = struct({
  operation: required(Tag.Operation, openEnumeration),
  ephemeral: optional(Tag.Ephemeral),
  uniqueBatchItemID: optional(Tag.UniqueBatchItemID),
  payload: required(Tag.RequestPayload, anyItem),
  extensions: repeated(Tag.MessageExtension, MessageExtensionStruct),
})
export interface RequestBatchItem extends Infer<typeof RequestBatchItemStruct> {}

/** KMIP 1.4 section 7.2, KMIP 2.1 section 8.6. */
export const ResponseBatchItemStruct = struct({
  operation: optional(Tag.Operation, openEnumeration),
  uniqueBatchItemID: optional(Tag.UniqueBatchItemID),
  resultStatus: required(Tag.ResultStatus),
  resultReason: optional(Tag.ResultReason),
  resultMessage: optional(Tag.ResultMessage),
  asynchronousCorrelationValue: optional(Tag.AsynchronousCorrelationValue),
  payload: optional(Tag.ResponsePayload, anyItem),
})
export interface ResponseBatchItem extends Infer<typeof ResponseBatchItemStruct> {}
