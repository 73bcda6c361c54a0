import { hexOfNumber, unsignedOfHex } from './hex.ts'
import { isTag, ItemType } from './item.ts'
import type { Vocabulary } from './vocabulary.ts'

const TYPES: ReadonlyMap<string, ItemType> = new Map(Object.entries(ItemType))
const TYPE_NAMES: ReadonlyMap<ItemType, string> = new Map(
  Object.entries(ItemType).map(([name, type]) => [type, name]),
)

/** The type of a name as in `LongInteger` (encodings 4.1.4, 6.1.4). */
export function typeOfName(name: string): ItemType | undefined {
  return TYPES.get(name)
}

/** The name of a type. */
export function nameOfType(type: ItemType): string {
  return TYPE_NAMES.get(type) ?? String(type)
}

/** The tag of `0x` and six digits, or of a normalised name (encodings 4.1.2, 6.1.2). */
export function tagOfName(name: string, vocabulary: Vocabulary): number | undefined {
  if (!/^0x[0-9a-fA-F]{6}$/.test(name)) return vocabulary.tagNumber(name)
  const tag = Number(name)
  return isTag(tag) ? tag : undefined
}

/** The value of an enumeration by eight digits behind `0x` or by name. */
export function enumerationOf(
  text: string,
  meaning: number,
  vocabulary: Vocabulary,
): number | undefined {
  const number = unsignedOfHex(text, 8)
  return number === undefined ? vocabulary.enumerationValue(meaning, text) : Number(number)
}

/** An enumeration value by name, or as eight digits behind `0x` where it has none. */
export function textOfEnumeration(value: number, meaning: number, vocabulary: Vocabulary): string {
  return vocabulary.enumerationName(meaning, value) ?? hexOfNumber(value, 8)
}

/**
 * The mask of names and hexadecimal numbers, as a signed 32-bit number. The standard's own example writes a component
 * with seven digits (encodings 4.1.6.4, 6.1.6.4), so leading zeros may be missing here, and nowhere else.
 */
export function maskOf(
  components: readonly string[],
  meaning: number,
  vocabulary: Vocabulary,
): number | undefined {
  let mask = 0
  for (const component of components) {
    const isNumber = /^0x[0-9a-fA-F]{1,8}$/.test(component)
    const bits = isNumber ? Number(component) : vocabulary.bitValue(meaning, component)
    if (bits === undefined) return undefined
    mask |= bits
  }
  return mask
}

/** The components of a mask: names in the order of their bits, then one number for the bits that have none. */
export function componentsOfMask(mask: number, meaning: number, vocabulary: Vocabulary): string[] {
  const components: string[] = []
  let nameless = 0
  for (let position = 0; position < 32; position += 1) {
    const bit = (1 << position) >>> 0
    if ((mask & bit) === 0) continue
    const name = vocabulary.bitName(meaning, bit)
    if (name === undefined) nameless += bit
    else components.push(name)
  }
  return nameless === 0 ? components : [...components, hexOfNumber(nameless, 8)]
}
