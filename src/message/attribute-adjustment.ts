/** Adjust Attribute is of KMIP 2.x alone, and so is its form of reference. */
export { attributeReference } from './v2/attribute.ts'
