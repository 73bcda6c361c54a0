import { textOfMicroseconds, textOfSeconds } from './date-text.ts'
import { hexOfTag, ItemType, type Item, type ItemOf } from './item.ts'
import { componentsOfMask, nameOfType, textOfEnumeration } from './names.ts'
import type { Vocabulary } from './vocabulary.ts'
import { walkItem, type Leaf, type Place, type Visitor } from './walk.ts'

/** Bytes of a value that are shown at most. */
const SHOWN_BYTES = 64

/**
 * Draws an item as a tree of lines for trace logs, as in `BatchCount Integer 1`. Of values under tags that the
 * vocabulary calls secret or does not know, and of all within such a structure, only the type and the length in bytes
 * are shown. Text is quoted and escaped, so that it cannot forge lines.
 */
export function dump(item: Item, vocabulary: Vocabulary): string {
  const lines = new LineWriter(vocabulary)
  walkItem(item, vocabulary, lines)
  return lines.text
}

class LineWriter implements Visitor {
  readonly #vocabulary: Vocabulary
  readonly #lines: string[] = []
  /** Depth of the outermost secret structure around the items that come next. */
  #secretDepth: number | undefined

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
  }

  get text(): string {
    return this.#lines.join('\n')
  }

  enter({ tag }: ItemOf<typeof ItemType.Structure>, { depth }: Place): void {
    this.#write(depth, this.#nameOf(tag))
    if (this.#hides(tag)) this.#secretDepth ??= depth
  }

  leave(_structure: ItemOf<typeof ItemType.Structure>, { depth }: Place): void {
    if (this.#secretDepth === depth) this.#secretDepth = undefined
  }

  visit(leaf: Leaf, { depth }: Place, meaning: number): void {
    const isHidden =
      this.#secretDepth !== undefined || this.#hides(leaf.tag) || this.#hides(meaning)
    const value = isHidden ? lengthOf(leaf) : this.#valueOf(leaf, meaning)
    this.#write(depth, `${this.#nameOf(leaf.tag)} ${nameOfType(leaf.type)} ${value}`)
  }

  #hides(tag: number): boolean {
    return this.#vocabulary.isSecret(tag) || this.#vocabulary.tagName(tag) === undefined
  }

  #write(depth: number, line: string): void {
    this.#lines.push('  '.repeat(depth) + line)
  }

  #nameOf(tag: number): string {
    return this.#vocabulary.tagName(tag) ?? hexOfTag(tag)
  }

  #valueOf(leaf: Leaf, meaning: number): string {
    switch (leaf.type) {
      case ItemType.Integer:
        return this.#textOfInteger(leaf.value, meaning)
      case ItemType.Enumeration:
        return textOfEnumeration(leaf.value, meaning, this.#vocabulary)
      case ItemType.TextString:
        return quote(leaf.value)
      case ItemType.BigInteger:
      case ItemType.ByteString:
        return hexOf(leaf.value)
      case ItemType.DateTime:
        return textOfSeconds(leaf.value)
      case ItemType.DateTimeExtended:
        return textOfMicroseconds(leaf.value)
      case ItemType.LongInteger:
      case ItemType.Boolean:
      case ItemType.Interval:
        return String(leaf.value)
    }
  }

  #textOfInteger(value: number, meaning: number): string {
    if (value === 0 || !this.#vocabulary.isMask(meaning)) return String(value)
    return componentsOfMask(value, meaning, this.#vocabulary).join('|')
  }
}

function lengthOf({ type, value }: Leaf): string {
  const short =
    type === ItemType.Integer || type === ItemType.Enumeration || type === ItemType.Interval
  const length = typeof value === 'object' ? value.length : short ? 4 : 8
  return `(${length} bytes)`
}

function quote(utf8: Uint8Array): string {
  const text = JSON.stringify(new TextDecoder().decode(utf8.subarray(0, SHOWN_BYTES)))
  const plain = text.replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return plain + rest(utf8)
}

function hexOf(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, SHOWN_BYTES), (byte) =>
    byte.toString(16).padStart(2, '0'),
  )
  return shown.join('') + rest(bytes)
}

function rest({ length }: Uint8Array): string {
  return length > SHOWN_BYTES ? ` … (${length} bytes)` : ''
}
