import { vendorItem, type AttributeEntry } from '../model/attribute-set.ts'
import { isVendorReference } from '../model/attribute-reference.ts'
import type { Name } from '../spec/structure/name.ts'
import type { Item } from '../ttlv/item.ts'
import { encodeAttribute } from './v2/attribute.ts'

/**
 * The value of an attribute as an item, the same for equal values whatever version they came in: what filters are
 * compared with and indexes are made of.
 */
export function attributeItem(entry: AttributeEntry): Item {
  const { reference, value } = entry
  return isVendorReference(reference) ? vendorItem(value) : encodeAttribute(entry, '2.1')
}

/** A Name as an item to search for. */
export function nameItem(name: Name): Item {
  return attributeItem({ reference: { name: 'Name' }, value: name })
}
