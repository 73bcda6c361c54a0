import { KmipFault } from '../fault/fault.ts'
import { gather } from './byte-writer.ts'
import { microsecondsOfText, secondsOfText } from './date-text.ts'
import { growItem, type Reading } from './grow.ts'
import { bytesOfHex, signedOfHex, unsignedOfHex } from './hex.ts'
import { isTag, ItemType, type Item, type ItemOf } from './item.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { enumerationOf, maskOf, nameOfType, tagOfName, typeOfName } from './names.ts'
import type { Vocabulary } from './vocabulary.ts'
import { walkItem, type Leaf } from './walk.ts'
import { parseXml, type XmlElement } from './xml-parser.ts'
import { XmlWriter } from './xml-writer.ts'

/**
 * Reads a message in XML (KMIP message encodings section 6.1).
 *
 * @throws KmipFault `MALFORMED_MESSAGE` for what is no XML or has a value that does not suit its type, `UNKNOWN_FIELD`
 * and `UNKNOWN_ENUMERATION` for names that the vocabulary does not have, `SERVER_LIMIT` for more than `limits` allow.
 */
export function decodeXml(
  source: Uint8Array | string,
  vocabulary: Vocabulary,
  limits: Limits = DEFAULT_LIMITS,
): Item {
  return itemFromXml(parseXml(source, limits), vocabulary, limits)
}

/** The item of an element; throws as {@link decodeXml} does. */
export function itemFromXml(
  element: XmlElement,
  vocabulary: Vocabulary,
  limits: Limits = DEFAULT_LIMITS,
): Item {
  return growItem(element, (node, before) => readElement(node, before, vocabulary), limits)
}

/**
 * Writes an item as XML in UTF-8, indented, with names wherever the vocabulary has them.
 *
 * @throws KmipFault `INVALID_FIELD` for a text with characters that XML does not allow.
 */
export function encodeXml(item: Item, vocabulary: Vocabulary): Uint8Array {
  return gather((writer) => {
    walkItem(item, vocabulary, new XmlWriter(writer, vocabulary))
  })
}

function readElement(
  element: XmlElement,
  before: readonly Item[],
  vocabulary: Vocabulary,
): Reading<XmlElement> {
  const { attributes, children } = element
  checkAttributes(element)
  const tag = tagOf(element, vocabulary)
  const type = typeOfName(attributes.get('type') ?? 'Structure')
  if (type === undefined) throw malformed('a type is not known')
  const text = attributes.get('value')
  if (type === ItemType.Structure) {
    if (text !== undefined) throw malformed('a structure has a value')
    return { tag, children }
  }
  if (text === undefined) throw malformed('a value is missing')
  if (children.length > 0) throw malformed('a value has elements in it')
  const value = READERS[type](text, vocabulary.meaningOf(tag, before), vocabulary)
  if (value === undefined) throw malformed(`a value does not suit the type ${nameOfType(type)}`)
  return { item: { tag, type, value } as Leaf }
}

function checkAttributes({ name, attributes }: XmlElement): void {
  for (const key of attributes.keys()) {
    const isGeneral = name === 'TTLV' && (key === 'tag' || key === 'name')
    if (!isGeneral && key !== 'type' && key !== 'value')
      throw malformed('an attribute is not known')
  }
}

/** The tag of `<TTLV tag="0x540001">`, `<x540001>` or `<ActivationDate>` (encodings 6.1.6). */
function tagOf({ name, attributes }: XmlElement, vocabulary: Vocabulary): number {
  let tag: number | undefined
  if (name === 'TTLV') tag = tagOfName(attributes.get('tag') ?? '', vocabulary)
  else if (/^x[0-9a-fA-F]{6}$/.test(name)) tag = Number(`0${name}`)
  else tag = vocabulary.tagNumber(name)
  if (tag === undefined || !isTag(tag)) {
    throw new KmipFault('UNKNOWN_FIELD', 'An element has a name that is not known')
  }
  return tag
}

function malformed(detail: string): KmipFault {
  return new KmipFault('MALFORMED_MESSAGE', 'The message is not well-formed KMIP in XML', {
    detail,
  })
}

/** How the text of each type is read; undefined where it is none of the type. */
type Readers = {
  readonly [T in Leaf['type']]: (
    text: string,
    meaning: number,
    vocabulary: Vocabulary,
  ) => ItemOf<T>['value'] | undefined
}

const READERS: Readers = {
  [ItemType.Integer]: readInteger,
  [ItemType.LongInteger]: (text) => int64Of(decimalOf(text) ?? signedOfHex(text, 16)),
  [ItemType.BigInteger]: (text) => {
    const bytes = bytesOfHex(text)
    return bytes === undefined || bytes.length === 0 || bytes.length % 8 !== 0 ? undefined : bytes
  },
  [ItemType.Enumeration]: readEnumeration,
  [ItemType.Boolean]: (text) => BOOLEANS.get(text),
  [ItemType.TextString]: (text) => new TextEncoder().encode(text),
  [ItemType.ByteString]: bytesOfHex,
  [ItemType.DateTime]: (text) => int64Of(secondsOfText(text) ?? signedOfHex(text, 16)),
  [ItemType.Interval]: (text) => {
    const value = decimalOf(text) ?? unsignedOfHex(text, 8)
    return value === undefined || value < 0n || value > 0xffff_ffffn ? undefined : Number(value)
  },
  [ItemType.DateTimeExtended]: (text) => int64Of(microsecondsOfText(text) ?? signedOfHex(text, 16)),
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

function readInteger(text: string, meaning: number, vocabulary: Vocabulary): number | undefined {
  const number = decimalOf(text) ?? signedOfHex(text, 8)
  if (number !== undefined) return BigInt.asIntN(32, number) === number ? Number(number) : undefined
  if (!vocabulary.isMask(meaning)) return undefined
  const components = text.split(/[ \t\r\n]+/).filter((component) => component !== '')
  return maskOf(components, meaning, vocabulary)
}

function readEnumeration(text: string, meaning: number, vocabulary: Vocabulary): number {
  const value = enumerationOf(text, meaning, vocabulary)
  if (value === undefined) {
    throw new KmipFault('UNKNOWN_ENUMERATION', 'An enumeration has a value that is not known')
  }
  return value
}

/** The number of decimal digits as XML Schema writes integers. */
function decimalOf(text: string): bigint | undefined {
  const match = /^([+-]?)0*(\d{1,19})$/.exec(text)
  if (match === null) return undefined
  const magnitude = BigInt(match[2] ?? '')
  return match[1] === '-' ? -magnitude : magnitude
}

function int64Of(value: bigint | undefined): bigint | undefined {
  return value === undefined || BigInt.asIntN(64, value) !== value ? undefined : value
}
