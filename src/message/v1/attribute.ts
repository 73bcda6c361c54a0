import {
  isVendorReference,
  unknownReference,
  type AttributeReference,
} from '../../model/attribute-reference.ts'
import { vendorItem, type AttributeEntry } from '../../model/attribute-set.ts'
import { KmipFault } from '../../fault/fault.ts'
import { compile, type Codec } from '../../schema/codec.ts'
import { custom } from '../../schema/combine.ts'
import { optional, required, within } from '../../schema/field.ts'
import { keptItem } from '../../schema/primitive.ts'
import { struct } from '../../schema/struct.ts'
import { existsIn, existsInMajor, type Version } from '../../schema/version.ts'
import { Attribute, attributeByTitle } from '../../spec/attribute.ts'
import { Tag } from '../../spec/tag.ts'
import { ItemType, type Item } from '../../ttlv/item.ts'

/** KMIP 1.4 section 2.1.1. */
const AttributeStruct = struct({
  name: required(Tag.AttributeName),
  index: optional(Tag.AttributeIndex),
  value: optional(Tag.AttributeValue, keptItem),
})

/** Vendors whose attributes KMIP 1.x knows as custom attributes (KMIP 2.1 section 4.60). */
const CUSTOM_ATTRIBUTE = /^([xy])-(.+)$/su

/** The attribute that a name of KMIP 1.x means. */
export function referenceOfName(name: string): AttributeReference {
  const row = attributeByTitle(name)
  if (row !== undefined && existsInMajor(row, '1.0')) return { name: row.name }
  const [, vendor, rest] = CUSTOM_ATTRIBUTE.exec(name) ?? []
  return vendor === undefined || rest === undefined
    ? unknownReference(name)
    : { vendor, name: rest }
}

/** The name of an attribute in KMIP 1.x; undefined when the version has none for it. */
export function nameOfReference(
  reference: AttributeReference,
  version: Version,
): string | undefined {
  if (isVendorReference(reference)) {
    const isCustom = reference.vendor === 'x' || reference.vendor === 'y'
    return isCustom ? `${reference.vendor}-${reference.name}` : undefined
  }
  const row = Attribute[reference.name]
  return existsIn(row, version) ? row.title : undefined
}

/** A reference as KMIP 1.x has it: the attribute's name. */
export const attributeName: Codec<AttributeReference> = custom(ItemType.TextString, (version) => {
  const bound = compile(Tag.AttributeName.codec, version)
  return {
    decode: (item) => referenceOfName(bound.decode(item)),
    encode: (tag, reference) => bound.encode(tag, nameOfReference(reference, version) ?? ''),
  }
})

/** Whether an entry can be said in a version of KMIP 1.x. */
export function isSayable({ reference, value }: AttributeEntry, version: Version): boolean {
  if (nameOfReference(reference, version) === undefined) return false
  const item = isVendorReference(reference) ? vendorItem(value) : undefined
  return item?.type !== ItemType.DateTimeExtended
}

function decodeValue(
  reference: AttributeReference,
  item: Item | undefined,
  version: Version,
): unknown {
  if (item === undefined) throw new KmipFault('MISSING_FIELD', 'Attribute Value is missing')
  if (isVendorReference(reference)) return item
  const row = Attribute[reference.name]
  return within(row, () => compile<unknown>(row.codec, version).decode(item))
}

function encodeValue({ reference, value }: AttributeEntry, version: Version): Item {
  const tag = Tag.AttributeValue.number
  if (isVendorReference(reference)) return { ...vendorItem(value), tag }
  const codec: Codec<unknown> = Attribute[reference.name].codec
  return compile(codec, version).encode(tag, value)
}

/** One attribute as KMIP 1.x carries it: by name, index and value. */
export const attribute: Codec<AttributeEntry> = custom<AttributeEntry>(
  ItemType.Structure,
  (version) => {
    const bound = compile(AttributeStruct, version)
    return {
      decode(item) {
        const { name, index, value } = bound.decode(item)
        const reference = referenceOfName(name)
        const entry = { reference, value: decodeValue(reference, value, version) }
        return index === undefined ? entry : { ...entry, index }
      },
      encode(tag, entry) {
        const name = nameOfReference(entry.reference, version) ?? ''
        const index = entry.index === undefined || entry.index === 0 ? {} : { index: entry.index }
        return bound.encode(tag, { name, ...index, value: encodeValue(entry, version) })
      },
    }
  },
)
