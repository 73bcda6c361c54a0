import { KmipFault } from '../../fault/fault.ts'
import { isVendorReference, type AttributeReference } from '../../model/attribute-reference.ts'
import { vendorItem, type AttributeEntry } from '../../model/attribute-set.ts'
import { compile, type Codec } from '../../schema/codec.ts'
import { custom } from '../../schema/combine.ts'
import { required, within, writeSayable } from '../../schema/field.ts'
import { keptItem, wrongType } from '../../schema/primitive.ts'
import { struct } from '../../schema/struct.ts'
import { existsIn, existsInMajor, type Version } from '../../schema/version.ts'
import { Attribute, attributeByTag, type AttributeName } from '../../spec/attribute.ts'
import { Tag } from '../../spec/tag.ts'
import { ItemType, type Item } from '../../ttlv/item.ts'

/** KMIP 2.1 section 4.60, its value kept beyond the message. */
const KeptVendorAttributeStruct = struct({
  vendor: required(Tag.VendorIdentification),
  name: required(Tag.AttributeName),
  value: required(Tag.AttributeValue, keptItem),
})

/** KMIP 2.1 section 5.5, the form for vendor attributes. */
const VendorReferenceStruct = struct({
  vendor: required(Tag.VendorIdentification),
  name: required(Tag.AttributeName),
})

/** Vendors name themselves in these characters (KMIP 2.1 section 4.60). */
const VENDOR = /^[A-Za-z0-9_.]+$/u

function checkVendor<T extends { readonly vendor: string }>(named: T): T {
  if (VENDOR.test(named.vendor)) return named
  throw new KmipFault(
    'INVALID_FIELD',
    'Vendor Identification holds a character that is not allowed',
  )
}

/** The attribute of a tag; throws `UNSUPPORTED_ATTRIBUTE` where the tag is none's. */
function attributeOfTag(tag: number, version: Version): AttributeName {
  const row = attributeByTag(tag)
  if (row !== undefined && existsInMajor(row, version)) return row.name
  throw new KmipFault(
    'UNSUPPORTED_ATTRIBUTE',
    'An attribute is named that the server does not know',
  )
}

/**
 * One attribute as KMIP 2.x carries it: an item under the attribute's own tag, or a vendor's. The vendor's name is not
 * looked at: what was stored must be read back, whatever it is.
 */
export function decodeAttribute(item: Item, version: Version): AttributeEntry {
  if (item.tag === Tag.Attribute.number) {
    const { value, ...reference } = compile(KeptVendorAttributeStruct, version).decode(item)
    return { reference, value }
  }
  const name = attributeOfTag(item.tag, version)
  const { codec, tag } = Attribute[name]
  return {
    reference: { name },
    value: within(tag, () => compile<unknown>(codec, version).decode(item)),
  }
}

export function encodeAttribute({ reference, value }: AttributeEntry, version: Version): Item {
  if (isVendorReference(reference)) {
    const fields = { ...reference, value: vendorItem(value) }
    return compile(KeptVendorAttributeStruct, version).encode(Tag.Attribute.number, fields)
  }
  const { codec, tag } = Attribute[reference.name]
  return compile<unknown>(codec, version).encode(tag.number, value)
}

/** An attribute whose value is left as the item it came in: what Locate compares with. */
export function decodeReference(
  item: Item,
  version: Version,
): { readonly reference: AttributeReference; readonly item: Item } {
  if (item.tag !== Tag.Attribute.number) {
    return { reference: { name: attributeOfTag(item.tag, version) }, item }
  }
  const { value, ...reference } = checkVendor(
    compile(KeptVendorAttributeStruct, version).decode(item),
  )
  return { reference, item: value }
}

/** The reverse of {@link decodeReference}. */
export function encodeFilter(
  { reference, item }: ReturnType<typeof decodeReference>,
  version: Version,
): Item {
  if (!isVendorReference(reference)) return { ...item, tag: Attribute[reference.name].tag.number }
  return encodeAttribute({ reference, value: item }, version)
}

/** Whether an attribute can be named in a version of KMIP 2.x. */
export function isSayable(reference: AttributeReference, version: Version): boolean {
  return isVendorReference(reference) || existsIn(Attribute[reference.name], version)
}

/** The Attributes structure (KMIP 2.1 section 5.1). */
export const attributes: Codec<readonly AttributeEntry[]> = custom(
  ItemType.Structure,
  (version) => ({
    decode(item) {
      if (item.type !== ItemType.Structure) throw wrongType()
      return item.value.map((child) => {
        const entry = decodeAttribute(child, version)
        if (isVendorReference(entry.reference)) checkVendor(entry.reference)
        return entry
      })
    },
    encode(tag, entries) {
      const items: Item[] = []
      for (const entry of entries) {
        if (!isSayable(entry.reference, version)) continue
        writeSayable(entry, (each) => encodeAttribute(each, version), items)
      }
      return { tag, type: ItemType.Structure, value: items }
    },
  }),
)

/** Current Attribute and New Attribute: a structure with one attribute (KMIP 2.1 sections 5.6, 5.7). */
export const singleAttribute: Codec<AttributeEntry> = custom(ItemType.Structure, (version) => {
  const bound = compile(attributes, version)
  return {
    decode(item) {
      const [entry, ...rest] = bound.decode(item)
      if (entry !== undefined && rest.length === 0) return entry
      throw new KmipFault('INVALID_MESSAGE', 'One attribute is expected')
    },
    encode: (tag, entry) => bound.encode(tag, [entry]),
  }
})

/**
 * An Attribute Reference (KMIP 2.1 section 5.5): a structure for a vendor attribute, an enumeration of tags for one of
 * the standard. One client is known to send the enumeration inside a structure; that is taken too.
 */
export const attributeReference: Codec<AttributeReference> = custom(undefined, (version) => {
  const bound = compile(VendorReferenceStruct, version)
  const decode = (item: Item): AttributeReference => {
    if (item.type === ItemType.Enumeration) return { name: attributeOfTag(item.value, version) }
    if (item.type !== ItemType.Structure) throw wrongType()
    const [only] = item.value
    if (item.value.length === 1 && only?.type === ItemType.Enumeration) return decode(only)
    return checkVendor(bound.decode(item))
  }
  return {
    decode,
    encode(tag, reference) {
      if (isVendorReference(reference)) return bound.encode(tag, reference)
      return { tag, type: ItemType.Enumeration, value: Attribute[reference.name].tag.number }
    },
  }
})
