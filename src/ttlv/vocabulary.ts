import type { Item } from './item.ts'

/**
 * The names that XML, JSON and text need and bytes do not. This folder knows no KMIP meaning: `spec/vocabulary.ts`
 * supplies the standard's tables in this shape.
 */
export interface Vocabulary {
  /** Normalised name of a tag, as in `CryptographicLength`; undefined when the tag is not known. */
  tagName(tag: number): string | undefined
  /** The tag of a normalised name. */
  tagNumber(name: string): number | undefined
  /**
   * The tag whose enumeration or mask the value of an item is drawn from. It is the item's own tag but for the
   * Attribute Value of KMIP 1.x, whose meaning the Attribute Name before it decides.
   *
   * @param tag - the item's own tag
   * @param before - the items that stand before it in the same structure
   */
  meaningOf(tag: number, before: readonly Item[]): number
  /** Normalised name of an enumeration value of a tag. */
  enumerationName(tag: number, value: number): string | undefined
  /** Value of a normalised enumeration name of a tag. */
  enumerationValue(tag: number, name: string): number | undefined
  /** Whether integers of this tag are bit masks. */
  isMask(tag: number): boolean
  /** Name of a single bit of a mask, as in `Encrypt` for 0x00000004. */
  bitName(tag: number, bit: number): string | undefined
  /** The bit of a name. */
  bitValue(tag: number, name: string): number | undefined
  /** Whether values under this tag must not be shown. */
  isSecret(tag: number): boolean
}
