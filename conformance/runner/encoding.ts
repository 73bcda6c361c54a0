import { decode } from '../../src/ttlv/decode.ts'
import { encode } from '../../src/ttlv/encode.ts'
import type { Item } from '../../src/ttlv/item.ts'
import type { XmlElement } from '../../src/ttlv/xml-parser.ts'
import { elementOfJson, jsonOfElement } from './json-form.ts'
import { itemOfElement } from './read-element.ts'
import { elementOfText } from './read-xml.ts'

/** A question of a file with its names filled in. */
export interface Question {
  /** As the file writes it. */
  readonly text: string
  readonly element: XmlElement
  readonly item: Item
}

/** How messages go over the wire. */
export interface Encoding {
  /** What HTTP calls it (KMIP message encodings section 2.4). */
  readonly contentType: string
  write(question: Question): Uint8Array
  /** Throws whatever the answer is not. */
  read(answer: Uint8Array): Item
}

export const TTLV: Encoding = {
  contentType: 'application/octet-stream',
  write: ({ item }) => encode(item),
  read: (answer) => decode(answer),
}

/** The server is sent the file's own text, and its answer is read without the product's codec. */
export const XML: Encoding = {
  contentType: 'text/xml',
  write: ({ text }) => new TextEncoder().encode(text),
  read: (answer) => itemOfElement(elementOfText(textOf(answer))),
}

/** The server is sent the file's own names and values, and its answer is read without the product's codec. */
export const JSON_ENCODING: Encoding = {
  contentType: 'application/json',
  write: ({ element }) => new TextEncoder().encode(JSON.stringify(jsonOfElement(element))),
  read: (answer) => itemOfElement(elementOfJson(JSON.parse(textOf(answer)))),
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
}
