import type { Infer } from '../schema/codec.ts'
import { CERTIFICATE_ATTRIBUTES } from './attribute/certificate.ts'
import { CRYPTOGRAPHY_ATTRIBUTES } from './attribute/cryptography.ts'
import { IDENTITY_ATTRIBUTES } from './attribute/identity.ts'
import { LIFECYCLE_ATTRIBUTES } from './attribute/lifecycle.ts'
import { PROTECTION_ATTRIBUTES } from './attribute/protection.ts'
import { ROTATION_ATTRIBUTES } from './attribute/rotation.ts'
import { defineAttributes, type AttributeRow } from './attribute/row.ts'

export type { AttributeRow, Changeable, Setter } from './attribute/row.ts'
export type { ObjectTypeName } from './attribute/object-types.ts'

/**
 * Every attribute of KMIP 1.0 to 2.1 but those that vendors define (Custom Attribute, Vendor Attribute). Where 1.4 and
 * 2.1 disagree the row says what 2.1 says, unless an official case of 1.4 shows otherwise.
 */
export const Attribute = defineAttributes({
  ...IDENTITY_ATTRIBUTES,
  ...CRYPTOGRAPHY_ATTRIBUTES,
  ...PROTECTION_ATTRIBUTES,
  ...LIFECYCLE_ATTRIBUTES,
  ...CERTIFICATE_ATTRIBUTES,
  ...ROTATION_ATTRIBUTES,
})

/** Normalised name of an attribute, as in `CryptographicLength`. */
export type AttributeName = keyof typeof Attribute

/** The type of the values of an attribute. */
export type AttributeValue<N extends AttributeName> = Infer<(typeof Attribute)[N]['codec']>

/** The row of any one attribute. */
export type AnyAttributeRow = AttributeRow<unknown, AttributeName>

/** Every row, in the order of the table. */
export const ATTRIBUTE_ROWS: readonly AnyAttributeRow[] = Object.values(Attribute)

const byTitle = new Map(ATTRIBUTE_ROWS.map((row) => [row.title, row]))
const byTag = new Map(ATTRIBUTE_ROWS.map((row) => [row.tag.number, row]))

/** The attribute of a name of KMIP 1.x, as in `Cryptographic Length`. */
export function attributeByTitle(title: string): AnyAttributeRow | undefined {
  return byTitle.get(title)
}

/** The attribute of a tag of KMIP 2.x. */
export function attributeByTag(tag: number): AnyAttributeRow | undefined {
  return byTag.get(tag)
}

/** Whether a normalised name is an attribute's. */
export function isAttributeName(name: string): name is AttributeName {
  return Object.hasOwn(Attribute, name)
}
