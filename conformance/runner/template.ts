import { vocabulary } from '../../src/spec/vocabulary.ts'
import { hexOfTag, ItemType, type Item } from '../../src/ttlv/item.ts'
import { itemFromXml } from '../../src/ttlv/xml.ts'
import type { XmlElement } from '../../src/ttlv/xml-parser.ts'
import { fillWithAnything, placeholderOf } from './placeholder.ts'

/**
 * One item with its name: of a message that came, or of one that a file shows. In the latter a placeholder may stand
 * for the value, and then `item` holds some value of the right type.
 */
export interface Node {
  readonly name: string
  readonly item: Item
  readonly placeholder: string | undefined
  /** In 1.x the attribute that an Attribute Value or its structure belongs to, by its normalised name. */
  readonly attribute: string | undefined
  readonly children: readonly Node[]
}

/** The nodes of an answer as a file shows it. */
export function nodeOfXml(element: XmlElement): Node {
  return nodeOf(itemFromXml(fillWithAnything(element), vocabulary), element)
}

/** The nodes of an item that came over the wire, or that was sent. */
export function nodeOfItem(item: Item): Node {
  return nodeOf(item, undefined)
}

/** Children of a node by name. */
export function childrenOf(node: Node, name: string): readonly Node[] {
  return node.children.filter((child) => child.name === name)
}

/** The only or first child of that name. */
export function childOf(node: Node | undefined, name: string): Node | undefined {
  return node?.children.find((child) => child.name === name)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A value as text that is unique among values of its type; structures have none. */
export function valueOf({ item }: Node): string {
  switch (item.type) {
    case ItemType.Structure:
      return ''
    case ItemType.TextString:
      return utf8.decode(item.value)
    case ItemType.ByteString:
    case ItemType.BigInteger:
      return Buffer.from(item.value).toString('hex')
    case ItemType.Integer:
    case ItemType.LongInteger:
    case ItemType.Enumeration:
    case ItemType.Boolean:
    case ItemType.DateTime:
    case ItemType.Interval:
    case ItemType.DateTimeExtended:
      return String(item.value)
  }
}

/** The value of a text child, such as a Unique Identifier's. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.item.type === ItemType.TextString ? valueOf(node) : undefined
}

/** The value of an enumeration child by its name, or as it is when it has none. */
export function memberOf(node: Node | undefined): string | undefined {
  if (node?.item.type !== ItemType.Enumeration) return undefined
  return vocabulary.enumerationName(node.item.tag, node.item.value) ?? valueOf(node)
}

const TYPE_NAMES = new Map<number, string>(
  Object.entries(ItemType).map(([name, number]) => [number, name]),
)

/** A value for people: enumerations by name, placeholders as the file writes them. */
export function describe(node: Node): string {
  const type = TYPE_NAMES.get(node.item.type) ?? '?'
  if (node.placeholder !== undefined) return `${type} ${node.placeholder}`
  if (node.item.type === ItemType.Structure) return type
  if (node.item.type === ItemType.Enumeration) return `${type} ${memberName(node)}`
  const value =
    node.item.type === ItemType.TextString ? JSON.stringify(valueOf(node)) : valueOf(node)
  const shown = value.length > 80 ? `${value.slice(0, 80)}… (${value.length})` : value
  return `${type} ${shown}`
}

function memberName(node: Node): string {
  const meaning = node.attribute === undefined ? undefined : vocabulary.tagNumber(node.attribute)
  const tag = node.name === 'AttributeValue' && meaning !== undefined ? meaning : node.item.tag
  const value = Number(node.item.value)
  return vocabulary.enumerationName(tag, value) ?? `0x${value.toString(16).padStart(8, '0')}`
}

function nodeOf(item: Item, element: XmlElement | undefined, attribute?: string): Node {
  const before: Item[] = []
  const children =
    item.type === ItemType.Structure
      ? item.value.map((child, index) => {
          const meaning = attributeAt(child, before) ?? attribute
          before.push(child)
          return nodeOf(child, element?.children[index], meaning)
        })
      : []
  return {
    name: nameOf(item.tag),
    item,
    placeholder: element === undefined ? undefined : placeholderOf(element),
    attribute,
    children,
  }
}

/** The attribute whose value an Attribute Value of 1.x is; the name before it says so. */
function attributeAt(item: Item, before: readonly Item[]): string | undefined {
  if (nameOf(item.tag) !== 'AttributeValue') return undefined
  const meaning = vocabulary.meaningOf(item.tag, before)
  return meaning === item.tag ? 'custom' : vocabulary.tagName(meaning)
}

function nameOf(tag: number): string {
  return vocabulary.tagName(tag) ?? hexOfTag(tag)
}
