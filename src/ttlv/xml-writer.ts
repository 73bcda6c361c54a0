import type { ByteWriter } from './byte-writer.ts'
import { checkItem, unencodable } from './check.ts'
import { textOfMicroseconds, textOfSeconds } from './date-text.ts'
import { hexOfTag, ItemType, type ItemOf } from './item.ts'
import { componentsOfMask, nameOfType, textOfEnumeration } from './names.ts'
import type { Vocabulary } from './vocabulary.ts'
import type { Leaf, Place, Visitor } from './walk.ts'

/** Writes the elements of one message. */
export class XmlWriter implements Visitor {
  readonly #writer: ByteWriter
  readonly #vocabulary: Vocabulary

  constructor(writer: ByteWriter, vocabulary: Vocabulary) {
    this.#writer = writer
    this.#vocabulary = vocabulary
  }

  enter(structure: ItemOf<typeof ItemType.Structure>, { depth }: Place): void {
    checkItem(structure)
    const { tag, value } = structure
    const name = this.#vocabulary.tagName(tag)
    const start = name ?? `TTLV tag="${hexOfTag(tag)}" type="Structure"`
    this.#writer.ascii(`${indent(depth)}<${start}${value.length === 0 ? '/' : ''}>\n`)
  }

  leave({ tag, value }: ItemOf<typeof ItemType.Structure>, { depth }: Place): void {
    if (value.length === 0) return
    this.#writer.ascii(`${indent(depth)}</${this.#vocabulary.tagName(tag) ?? 'TTLV'}>\n`)
  }

  visit(leaf: Leaf, { depth }: Place, meaning: number): void {
    checkItem(leaf)
    const { tag, type } = leaf
    const start = this.#vocabulary.tagName(tag) ?? `TTLV tag="${hexOfTag(tag)}"`
    this.#writer.ascii(`${indent(depth)}<${start} type="${nameOfType(type)}" value="`)
    this.#writeValue(leaf, meaning)
    this.#writer.ascii('"/>\n')
  }

  #writeValue(leaf: Leaf, meaning: number): void {
    switch (leaf.type) {
      case ItemType.Integer:
        this.#writer.ascii(this.#textOfInteger(leaf.value, meaning))
        break
      case ItemType.LongInteger:
      case ItemType.Boolean:
      case ItemType.Interval:
        this.#writer.ascii(String(leaf.value))
        break
      case ItemType.Enumeration:
        this.#writer.ascii(textOfEnumeration(leaf.value, meaning, this.#vocabulary))
        break
      case ItemType.BigInteger:
      case ItemType.ByteString:
        this.#writer.hex(leaf.value)
        break
      case ItemType.TextString:
        this.#writeText(leaf.tag, leaf.value)
        break
      case ItemType.DateTime:
        this.#writer.ascii(textOfSeconds(leaf.value))
        break
      case ItemType.DateTimeExtended:
        this.#writer.ascii(textOfMicroseconds(leaf.value))
        break
    }
  }

  #textOfInteger(value: number, meaning: number): string {
    if (value === 0 || !this.#vocabulary.isMask(meaning)) return String(value)
    return componentsOfMask(value, meaning, this.#vocabulary).join(' ')
  }

  #writeText(tag: number, utf8: Uint8Array): void {
    if (hasNonCharacter(utf8)) throw unencodable(tag, NOT_IN_XML)
    this.#writer.escaped(utf8, (byte) => {
      if (byte >= 0x20) return ESCAPES.get(byte)
      if (byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) throw unencodable(tag, NOT_IN_XML)
      return `&#${byte};`
    })
  }
}

const NOT_IN_XML = 'a text has a character that XML does not allow'

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x22, '&quot;'],
  [0x26, '&amp;'],
  [0x3c, '&lt;'],
  [0x3e, '&gt;'],
])

/** Whether U+FFFE or U+FFFF, which are EF BF BE and EF BF BF, are in a text. */
function hasNonCharacter(utf8: Uint8Array): boolean {
  for (let at = utf8.indexOf(0xef); at !== -1; at = utf8.indexOf(0xef, at + 1)) {
    if (utf8[at + 1] === 0xbf && (utf8[at + 2] ?? 0) >= 0xbe) return true
  }
  return false
}

function indent(depth: number): string {
  return '  '.repeat(depth)
}
