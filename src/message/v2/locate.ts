import { compile, type Codec } from '../../schema/codec.ts'
import { custom } from '../../schema/combine.ts'
import { optional } from '../../schema/field.ts'
import { struct } from '../../schema/struct.ts'
import { Tag } from '../../spec/tag.ts'
import { ItemType, type Item } from '../../ttlv/item.ts'
import type { AttributeFilter, LocateRequest } from '../locate-request.ts'
import { lenientInteger } from '../lenient-integer.ts'
import { decodeReference, encodeFilter } from './attribute.ts'

/** KMIP 2.1 section 6.1.28. */
const LocateStruct = struct({
  maximumItems: optional(Tag.MaximumItems, lenientInteger),
  offsetItems: optional(Tag.OffsetItems, lenientInteger),
  storageStatusMask: optional(Tag.StorageStatusMask),
  objectGroupMember: optional(Tag.ObjectGroupMember),
  // Required by the text; the stock PyKMIP client leaves it out where it means any object.
  attributes: optional(Tag.Attributes),
})

export const locateRequest: Codec<LocateRequest> = custom(ItemType.Structure, (version) => {
  const bound = compile(LocateStruct, version)
  const filterOf = (item: Item): AttributeFilter => decodeReference(item, version)
  return {
    decode(item) {
      const { attributes = [], ...rest } = bound.decode(item)
      return { ...rest, filters: attributes.map(filterOf) }
    },
    encode: (tag, { filters, ...rest }) =>
      bound.encode(tag, {
        ...rest,
        attributes: filters.map((filter) => encodeFilter(filter, version)),
      }),
  }
})
