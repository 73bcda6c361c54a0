import { peekTextVersion, peekVersion } from '../message/peek-version.ts'
import type { ProtocolVersion } from '../message/protocol-version.ts'
import { vocabulary } from '../spec/vocabulary.ts'
import { decode } from '../ttlv/decode.ts'
import type { Item } from '../ttlv/item.ts'
import { decodeJson, encodeJson } from '../ttlv/json.ts'
import type { Limits } from '../ttlv/limits.ts'
import { decodeXml, encodeXml } from '../ttlv/xml.ts'

/** How a message is written; its answer is written in the same way. */
export type Encoding = 'ttlv' | 'xml' | 'json'

/** Reads a message; throws what the reader of the encoding throws. */
export function readMessage(bytes: Uint8Array, encoding: Encoding, limits: Limits): Item {
  if (encoding === 'ttlv') return decode(bytes, limits)
  const read = encoding === 'xml' ? decodeXml : decodeJson
  return read(bytes, vocabulary, limits)
}

/** Writes an answer in XML or JSON, in a buffer of its own; throws `INVALID_FIELD` for what the encoding cannot hold. */
export function writeText(item: Item, encoding: Exclude<Encoding, 'ttlv'>): Uint8Array {
  return encoding === 'xml' ? encodeXml(item, vocabulary) : encodeJson(item, vocabulary)
}

/** The version that a message announces which cannot be read as a whole. */
export function announcedIn(bytes: Uint8Array, encoding: Encoding): ProtocolVersion | undefined {
  return encoding === 'ttlv' ? peekVersion(bytes) : peekTextVersion(bytes, encoding)
}
