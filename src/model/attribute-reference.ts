import type { AttributeName } from '../spec/attribute.ts'

/** Names an attribute of the standard. */
export interface StandardReference {
  readonly name: AttributeName
}

/**
 * Names a vendor attribute (KMIP 2.1 section 4.60). The custom attribute `x-Site` of KMIP 1.x is the attribute `Site`
 * of the vendor `x`. No object has an attribute of the vendor with the empty name: that is how a name is kept that
 * the server does not know.
 */
export interface VendorReference {
  readonly vendor: string
  readonly name: string
}

export type AttributeReference = StandardReference | VendorReference

export function isVendorReference(reference: AttributeReference): reference is VendorReference {
  return 'vendor' in reference
}

/** The reference of a name that is neither in the standard nor a custom attribute's. */
export function unknownReference(name: string): VendorReference {
  return { vendor: '', name }
}

/** Whether a reference names something the server knows. */
export function isKnownReference(reference: AttributeReference): boolean {
  return !isVendorReference(reference) || reference.vendor !== ''
}

/** A text that is the same for the same attribute and for no other. */
export function referenceKey(reference: AttributeReference): string {
  return isVendorReference(reference)
    ? `${reference.vendor}\u0000${reference.name}`
    : reference.name
}

export function sameReference(left: AttributeReference, right: AttributeReference): boolean {
  return referenceKey(left) === referenceKey(right)
}
