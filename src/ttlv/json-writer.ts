import type { ByteWriter } from './byte-writer.ts'
import { checkItem } from './check.ts'
import { textOfMicroseconds, textOfSeconds } from './date-text.ts'
import { hexOfNumber } from './hex.ts'
import { hexOfTag, ItemType, type ItemOf } from './item.ts'
import { componentsOfMask, nameOfType, textOfEnumeration } from './names.ts'
import type { Vocabulary } from './vocabulary.ts'
import type { Leaf, Place, Visitor } from './walk.ts'

/** Numbers of this size and above are written as hexadecimal strings (encodings 4.1.6.5). */
const LARGEST_NUMBER = 2n ** 52n

/** Writes the objects of one message. */
export class JsonWriter implements Visitor {
  readonly #writer: ByteWriter
  readonly #vocabulary: Vocabulary

  constructor(writer: ByteWriter, vocabulary: Vocabulary) {
    this.#writer = writer
    this.#vocabulary = vocabulary
  }

  enter(structure: ItemOf<typeof ItemType.Structure>, place: Place): void {
    checkItem(structure)
    this.#start(structure.tag, structure.type, place)
    this.#writer.ascii('[')
  }

  leave({ value }: ItemOf<typeof ItemType.Structure>, { depth }: Place): void {
    this.#writer.ascii(value.length === 0 ? ']}' : `${newLine(depth)}]}`)
  }

  visit(leaf: Leaf, place: Place, meaning: number): void {
    checkItem(leaf)
    this.#start(leaf.tag, leaf.type, place)
    this.#writeValue(leaf, meaning)
    this.#writer.ascii('}')
  }

  #start(tag: number, type: ItemType, { depth, index }: Place): void {
    const name = this.#vocabulary.tagName(tag) ?? hexOfTag(tag)
    const separator = `${index > 0 ? ',' : ''}${depth > 0 ? newLine(depth) : ''}`
    this.#writer.ascii(`${separator}{"tag":"${name}","type":"${nameOfType(type)}","value":`)
  }

  #writeValue(leaf: Leaf, meaning: number): void {
    switch (leaf.type) {
      case ItemType.Boolean:
      case ItemType.Interval:
        this.#writer.ascii(String(leaf.value))
        break
      case ItemType.Integer:
        this.#writer.ascii(this.#textOfInteger(leaf.value, meaning))
        break
      case ItemType.LongInteger:
        this.#writer.ascii(textOfLong(leaf.value))
        break
      case ItemType.Enumeration:
        this.#writer.ascii(`"${textOfEnumeration(leaf.value, meaning, this.#vocabulary)}"`)
        break
      case ItemType.DateTime:
        this.#writer.ascii(`"${textOfSeconds(leaf.value)}"`)
        break
      case ItemType.DateTimeExtended:
        this.#writer.ascii(`"${textOfMicroseconds(leaf.value)}"`)
        break
      case ItemType.BigInteger:
      case ItemType.TextString:
      case ItemType.ByteString:
        this.#writeSequence(leaf)
        break
    }
  }

  #writeSequence({ type, value }: Extract<Leaf, { readonly value: Uint8Array }>): void {
    this.#writer.ascii(type === ItemType.BigInteger ? '"0x' : '"')
    if (type === ItemType.TextString) this.#writer.escaped(value, escapeOf)
    else this.#writer.hex(value)
    this.#writer.ascii('"')
  }

  #textOfInteger(value: number, meaning: number): string {
    if (value === 0 || !this.#vocabulary.isMask(meaning)) return String(value)
    return `"${componentsOfMask(value, meaning, this.#vocabulary).join('|')}"`
  }
}

function textOfLong(value: bigint): string {
  const isExact = value > -LARGEST_NUMBER && value < LARGEST_NUMBER
  return isExact ? String(value) : `"${hexOfNumber(value, 16)}"`
}

function escapeOf(byte: number): string | undefined {
  if (byte === 0x22) return '\\"'
  if (byte === 0x5c) return '\\\\'
  return byte < 0x20 ? `\\u${byte.toString(16).padStart(4, '0')}` : undefined
}

function newLine(depth: number): string {
  return `\n${'  '.repeat(depth)}`
}
