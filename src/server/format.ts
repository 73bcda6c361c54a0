import { KmipFault } from '../fault/fault.ts'
import { peekTextVersion, peekVersion } from '../message/peek-version.ts'
import type { ProtocolVersion } from '../message/protocol-version.ts'
import { vocabulary } from '../spec/vocabulary.ts'
import { decode } from '../ttlv/decode.ts'
import { ItemType, type Item } from '../ttlv/item.ts'
import { decodeJson, encodeJson } from '../ttlv/json.ts'
import type { Limits } from '../ttlv/limits.ts'
import { decodeXml, encodeXml } from '../ttlv/xml.ts'

/** How a message is written; its answer is written in the same way. */
export type Encoding = 'ttlv' | TextEncoding
export type TextEncoding = 'xml' | 'json'

/** Reads a message; throws what the reader of the encoding throws. */
export function readMessage(bytes: Uint8Array, encoding: Encoding, limits: Limits): Item {
  if (encoding === 'ttlv') return decode(bytes, limits)
  const read = encoding === 'xml' ? decodeXml : decodeJson
  return read(bytes, vocabulary, limits)
}

/**
 * Writes an answer in XML or JSON, in a buffer of its own; undefined where a text in it has characters that XML does not
 * allow.
 */
export function writeText(item: Item, encoding: TextEncoding): Uint8Array | undefined {
  try {
    return encoding === 'xml' ? encodeXml(item, vocabulary) : encodeJson(item, vocabulary)
  } catch (error) {
    if (error instanceof KmipFault && error.code === 'INVALID_FIELD') return undefined
    throw error
  }
}

/** The version that a message announces which cannot be read as a whole. */
export function announcedIn(bytes: Uint8Array, encoding: Encoding): ProtocolVersion | undefined {
  return encoding === 'ttlv' ? peekVersion(bytes) : peekTextVersion(bytes, encoding)
}

/**
 * Zeroes the values of a message that was read from XML or JSON. Those of TTLV are views of its bytes; these are not, and
 * the strings that they come from are out of reach.
 */
export function wipeItem(message: Item): void {
  const open: Item[] = [message]
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    if (item.type === ItemType.Structure) for (const child of item.value) open.push(child)
    else if (item.value instanceof Uint8Array) item.value.fill(0)
  }
}
