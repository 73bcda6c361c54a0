import { KmipFault } from '../fault/fault.ts'
import { gather } from './byte-writer.ts'
import { microsecondsOfText, secondsOfText } from './date-text.ts'
import { growItem, type Reading } from './grow.ts'
import { bytesOfHex, hexOfNumber, signedOfHex, unsignedOfHex } from './hex.ts'
import { ItemType, type Item, type ItemOf } from './item.ts'
import { scanJson } from './json-scan.ts'
import { JsonWriter } from './json-writer.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { enumerationOf, maskOf, nameOfType, tagOfName, typeOfName } from './names.ts'
import type { Vocabulary } from './vocabulary.ts'
import { walkItem, type Leaf } from './walk.ts'

/** Numbers of this size and above come as hexadecimal strings (encodings 4.1.6.5). */
const LARGEST_NUMBER = 2n ** 52n

/**
 * Reads a message in JSON (KMIP message encodings section 4.1).
 *
 * Values become strings on the way, which cannot be zeroed: a secret that comes in JSON stays in memory until the
 * engine reuses it.
 *
 * @throws KmipFault `MALFORMED_MESSAGE` for what is no JSON or has a value that does not suit its type, `UNKNOWN_FIELD`
 * and `UNKNOWN_ENUMERATION` for names that the vocabulary does not have, `SERVER_LIMIT` for more than `limits` allow.
 */
export function decodeJson(
  source: Uint8Array | string,
  vocabulary: Vocabulary,
  limits: Limits = DEFAULT_LIMITS,
): Item {
  if (source.length > limits.messageBytes) {
    throw new KmipFault('SERVER_LIMIT', 'The message is too long')
  }
  const text = typeof source === 'string' ? source : decodeUtf8(source)
  scanJson(text, limits)
  const root = parse(text)
  return growItem(root, (node, before) => readNode(node, before, vocabulary), limits)
}

/** Writes an item as JSON in UTF-8, with names wherever the vocabulary has them; throws as the binary encoder does. */
export function encodeJson(item: Item, vocabulary: Vocabulary): Uint8Array {
  return gather((writer) => {
    walkItem(item, vocabulary, new JsonWriter(writer, vocabulary))
  })
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new KmipFault('MALFORMED_MESSAGE', 'The message is not well-formed UTF-8', { cause })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The engine's error quotes the text, so it is not kept as the cause.
    throw new KmipFault('MALFORMED_MESSAGE', 'The message is not well-formed JSON')
  }
}

const PROPERTIES: ReadonlySet<string> = new Set(['tag', 'name', 'type', 'value'])

function readNode(
  node: unknown,
  before: readonly Item[],
  vocabulary: Vocabulary,
): Reading<unknown> {
  const { tag, type, value } = propertiesOf(node)
  const number = tagOfName(tag, vocabulary)
  if (number === undefined) {
    throw new KmipFault('UNKNOWN_FIELD', 'An object has a tag that is not known')
  }
  const itemType = typeOfName(type)
  if (itemType === undefined) throw malformed('a type is not known')
  if (itemType === ItemType.Structure) return { tag: number, children: childrenOf(value) }
  const read = READERS[itemType](value, vocabulary.meaningOf(number, before), vocabulary)
  if (read === undefined) throw malformed(`a value does not suit the type ${nameOfType(itemType)}`)
  return { item: { tag: number, type: itemType, value: read } as Leaf }
}

interface Properties {
  readonly tag: string
  readonly type: string
  readonly value: unknown
}

/** The properties of an object in JSON (encodings 4.1.6); `name` says nothing to us. */
function propertiesOf(node: unknown): Properties {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) {
    throw malformed('an item is no object')
  }
  const properties = new Map<string, unknown>(Object.entries(node))
  const tag = properties.get('tag')
  const type = properties.get('type') ?? 'Structure'
  if (typeof tag !== 'string' || typeof type !== 'string') throw malformed('an item has no tag')
  for (const key of properties.keys()) {
    if (!PROPERTIES.has(key)) throw malformed('an object has a property that is not known')
  }
  return { tag, type, value: properties.get('value') }
}

function childrenOf(value: unknown): readonly unknown[] {
  if (value === null) return []
  if (!Array.isArray(value)) throw malformed('the value of a structure is neither array nor null')
  return value
}

function malformed(detail: string): KmipFault {
  return new KmipFault('MALFORMED_MESSAGE', 'The message is not well-formed KMIP in JSON', {
    detail,
  })
}

/** How the value of each type is read; undefined where it is none of the type. */
type Readers = {
  readonly [T in Leaf['type']]: (
    value: unknown,
    meaning: number,
    vocabulary: Vocabulary,
  ) => ItemOf<T>['value'] | undefined
}

const READERS: Readers = {
  [ItemType.Integer]: readInteger,
  [ItemType.LongInteger]: (value) => numberOf(value) ?? hexOf(value, 16),
  [ItemType.BigInteger]: readBigInteger,
  [ItemType.Enumeration]: readEnumeration,
  [ItemType.Boolean]: (value) => (typeof value === 'boolean' ? value : BOOLEANS.get(value)),
  [ItemType.TextString]: (value) =>
    typeof value !== 'string' || LONE_SURROGATE.test(value)
      ? undefined
      : new TextEncoder().encode(value),
  [ItemType.ByteString]: (value) => (typeof value === 'string' ? bytesOfHex(value) : undefined),
  [ItemType.DateTime]: (value) => hexOf(value, 16) ?? dateOf(value, secondsOfText),
  [ItemType.Interval]: readUint32,
  [ItemType.DateTimeExtended]: (value) => hexOf(value, 16) ?? dateOf(value, microsecondsOfText),
}

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map([
  ['0x0000000000000001', true],
  ['0x0000000000000000', false],
])
const LONE_SURROGATE = /\p{Surrogate}/u

/** An integer that a number in JSON holds exactly. */
function numberOf(value: unknown): bigint | undefined {
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined
  const integer = BigInt(value)
  return integer > -LARGEST_NUMBER && integer < LARGEST_NUMBER ? integer : undefined
}

function hexOf(value: unknown, digits: 8 | 16): bigint | undefined {
  return typeof value === 'string' ? signedOfHex(value, digits) : undefined
}

function dateOf(value: unknown, read: (text: string) => bigint | undefined): bigint | undefined {
  const date = typeof value === 'string' ? read(value) : undefined
  return date !== undefined && BigInt.asIntN(64, date) === date ? date : undefined
}

function readInteger(value: unknown, meaning: number, vocabulary: Vocabulary): number | undefined {
  const number = numberOf(value) ?? hexOf(value, 8)
  if (number !== undefined) return BigInt.asIntN(32, number) === number ? Number(number) : undefined
  if (typeof value !== 'string' || !vocabulary.isMask(meaning)) return undefined
  return maskOf(value.split('|'), meaning, vocabulary)
}

function readUint32(value: unknown): number | undefined {
  const hex = typeof value === 'string' ? unsignedOfHex(value, 8) : undefined
  const number = numberOf(value) ?? hex
  return number !== undefined && BigInt.asUintN(32, number) === number ? Number(number) : undefined
}

function readEnumeration(
  value: unknown,
  meaning: number,
  vocabulary: Vocabulary,
): number | undefined {
  if (typeof value !== 'string') return readUint32(value)
  const number = enumerationOf(value, meaning, vocabulary)
  if (number === undefined) {
    throw new KmipFault('UNKNOWN_ENUMERATION', 'An enumeration has a value that is not known')
  }
  return number
}

function readBigInteger(value: unknown): Uint8Array | undefined {
  const number = numberOf(value)
  const text = number === undefined ? value : hexOfNumber(number, 16)
  if (typeof text !== 'string' || !text.startsWith('0x') || text.length === 2) return undefined
  return (text.length - 2) % 16 === 0 ? bytesOfHex(text.slice(2)) : undefined
}
