import { KmipFault } from '../../fault/fault.ts'
import { isKnownReference, isVendorReference } from '../../model/attribute-reference.ts'
import { compile, type Codec } from '../../schema/codec.ts'
import { custom } from '../../schema/combine.ts'
import { optional, repeated, required } from '../../schema/field.ts'
import { anyItem } from '../../schema/primitive.ts'
import { struct } from '../../schema/struct.ts'
import { Attribute } from '../../spec/attribute.ts'
import { NameStruct } from '../../spec/structure/name.ts'
import { Tag } from '../../spec/tag.ts'
import { ItemType } from '../../ttlv/item.ts'
import type { AttributeFilter, LocateRequest } from '../locate-request.ts'
import { lenientInteger } from '../lenient-integer.ts'
import { nameOfReference, referenceOfName } from './attribute.ts'

/** An Attribute of which only the name is understood yet. */
const FilterStruct = struct({
  name: required(Tag.AttributeName),
  index: optional(Tag.AttributeIndex),
  value: required(Tag.AttributeValue, anyItem),
})

/** Some clients wrap their filters as if they created an object. */
const TemplateAttributeStruct = struct({
  templates: repeated(Tag.Name, NameStruct),
  filters: repeated(Tag.Attribute, FilterStruct),
})

/** KMIP 1.4 section 4.9. */
const LocateStruct = struct({
  maximumItems: optional(Tag.MaximumItems, lenientInteger),
  offsetItems: optional(Tag.OffsetItems, lenientInteger),
  storageStatusMask: optional(Tag.StorageStatusMask),
  objectGroupMember: optional(Tag.ObjectGroupMember),
  filters: repeated(Tag.Attribute, FilterStruct),
  wrapped: optional(Tag.TemplateAttribute, TemplateAttributeStruct),
})

type NamedFilter = Readonly<{ name: string; value: AttributeFilter['item'] }>

/** MySQL's client sends the Storage Status Mask as though it were an attribute. */
const STORAGE_STATUS_MASK = 'Storage Status Mask'

function understand({ name, value }: NamedFilter): AttributeFilter {
  const reference = referenceOfName(name)
  if (!isVendorReference(reference)) {
    return { reference, item: { ...value, tag: Attribute[reference.name].tag.number } }
  }
  if (isKnownReference(reference)) return { reference, item: value }
  throw new KmipFault('INVALID_FIELD', 'Locate names an attribute that the server does not know')
}

function maskAmong(filters: readonly NamedFilter[]): { storageStatusMask?: number } {
  const found = filters.find(({ name }) => name === STORAGE_STATUS_MASK)?.value
  return found?.type === ItemType.Integer ? { storageStatusMask: found.value } : {}
}

export const locateRequest: Codec<LocateRequest> = custom(ItemType.Structure, (version) => {
  const bound = compile(LocateStruct, version)
  return {
    decode(item) {
      const { filters, wrapped, ...rest } = bound.decode(item)
      const all: readonly NamedFilter[] = [...filters, ...(wrapped?.filters ?? [])]
      return {
        ...maskAmong(all),
        ...rest,
        filters: all.filter(({ name }) => name !== STORAGE_STATUS_MASK).map(understand),
      }
    },
    encode(tag, { filters, ...rest }) {
      const named = filters.map(({ reference, item }) => ({
        name: nameOfReference(reference, version) ?? '',
        value: item,
      }))
      return bound.encode(tag, { ...rest, filters: named })
    },
  }
})
