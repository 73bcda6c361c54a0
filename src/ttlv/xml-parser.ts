import { KmipFault } from '../fault/fault.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'

/** An element of XML. Content between elements is white space or comments and is not kept. */
export interface XmlElement {
  readonly name: string
  /** By name, in the order of the text, with references resolved; `xmlns` is not among them. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
}

/** The namespace of KMIP in XML (encodings 6.1.6). */
const NAMESPACE = 'urn:oasis:tc:kmip:xmlns'

const DECLARATION =
  /<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(["'])1\.0\1([ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(["'])[Uu][Tt][Ff]-8\3)?([ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(["'])(yes|no)\5)?[ \t\r\n]*\?>/y
const SPACE = /[ \t\r\n]+/y
const NAME = /[A-Za-z_][A-Za-z0-9_.-]*/y
const EQUALS = /[ \t\r\n]*=[ \t\r\n]*/y
const QUOTED = /"([^<"]*)"|'([^<']*)'/y
const REFERENCE = /&(?:#x([0-9a-fA-F]{1,6});|#(\d{1,7});|(amp|lt|gt|quot|apos);)?/g
/** Whatever XML 1.0 does not allow as a character, lone surrogates included. */
const NO_CHARACTER = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/**
 * Reads the part of XML 1.0 that KMIP needs: elements, attributes, comments, the five named entities and character
 * references, in UTF-8. Document types, processing instructions, CDATA, text, other entities, prefixes and other
 * namespaces are refused, and with them every way of making a small text large.
 *
 * Attribute values become strings, which cannot be zeroed: a secret that comes in XML stays in memory until the engine
 * reuses it.
 *
 * @throws KmipFault `MALFORMED_MESSAGE` for any other text, `SERVER_LIMIT` for more than `limits` allow: the size of
 * the source, the number of elements, and elements one deeper than structures may be.
 */
export function parseXml(source: Uint8Array | string, limits: Limits = DEFAULT_LIMITS): XmlElement {
  if (source.length > limits.messageBytes) {
    throw new KmipFault('SERVER_LIMIT', 'The message is too long')
  }
  return new XmlParser(typeof source === 'string' ? source : decodeUtf8(source), limits).parse()
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new KmipFault('MALFORMED_MESSAGE', 'The message is not well-formed UTF-8', { cause })
  }
}

/** An element whose end has not come yet. */
interface Open {
  readonly name: string
  readonly children: XmlElement[]
}

class XmlParser {
  readonly #source: string
  readonly #limits: Limits
  readonly #open: Open[] = []
  #elements = 0
  #at = 0

  constructor(source: string, limits: Limits) {
    this.#source = source
    this.#limits = limits
  }

  parse(): XmlElement {
    if (NO_CHARACTER.test(this.#source)) this.#fail('a character is not allowed in XML')
    this.#take(DECLARATION)
    this.#skipSpaceAndComments()
    const root = this.#startElement()
    while (this.#open.length > 0) {
      this.#skipSpaceAndComments()
      if (this.#source.startsWith('</', this.#at)) this.#endElement()
      else this.#startElement()
    }
    this.#skipSpaceAndComments()
    if (this.#at < this.#source.length) this.#fail('something follows the outermost element')
    return root
  }

  #skipSpaceAndComments(): void {
    do this.#take(SPACE)
    while (this.#takeComment())
  }

  #takeComment(): boolean {
    if (!this.#source.startsWith('<!--', this.#at)) return false
    const end = this.#source.indexOf('--', this.#at + 4)
    if (end === -1 || this.#source[end + 2] !== '>') this.#fail('a comment does not end')
    this.#at = end + 3
    return true
  }

  #startElement(): XmlElement {
    if (this.#source[this.#at] !== '<') this.#fail('text stands between elements')
    this.#at += 1
    const name = this.#take(NAME)?.[0] ?? this.#fail('an element has no name')
    this.#elements += 1
    if (this.#elements > this.#limits.items) this.#exceed('The message has too many items')
    if (this.#open.length > this.#limits.depth) this.#exceed('The message is nested too deeply')
    const attributes = this.#readAttributes()
    const children: XmlElement[] = []
    const element = { name, attributes, children }
    this.#open.at(-1)?.children.push(element)
    if (this.#source.startsWith('/>', this.#at)) this.#at += 2
    else if (this.#source[this.#at] === '>') {
      this.#at += 1
      this.#open.push(element)
    } else this.#fail('a tag does not end')
    return element
  }

  #endElement(): void {
    this.#at += 2
    const name = this.#take(NAME)?.[0]
    if (name === undefined || name !== this.#open.pop()?.name)
      this.#fail('an end tag does not match')
    this.#take(SPACE)
    if (this.#source[this.#at] !== '>') this.#fail('a tag does not end')
    this.#at += 1
  }

  #readAttributes(): Map<string, string> {
    const attributes = new Map<string, string>()
    const seen = new Set<string>()
    while (this.#take(SPACE) !== undefined) {
      const name = this.#take(NAME)?.[0]
      if (name === undefined) break
      if (seen.has(name)) this.#fail('an attribute comes twice')
      seen.add(name)
      const value = this.#readAttributeValue()
      if (name !== 'xmlns') attributes.set(name, value)
      else if (value !== NAMESPACE) this.#fail('a namespace is not that of KMIP')
    }
    return attributes
  }

  #readAttributeValue(): string {
    if (this.#take(EQUALS) === undefined) this.#fail('an attribute has no value')
    const match = this.#take(QUOTED) ?? this.#fail('an attribute has no value in quotes')
    const raw = match[1] ?? match[2] ?? ''
    // XML 1.0 section 3.3.3: literal line ends and tabs count as spaces, references to them do not.
    const spaced = raw.replaceAll(/\r\n|[\t\n\r]/g, ' ')
    return spaced.includes('&') ? this.#resolve(spaced) : spaced
  }

  #resolve(text: string): string {
    return text.replaceAll(REFERENCE, (_, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return ENTITIES.get(name) ?? ''
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      // NaN, for an entity that is not known, is not in the range either.
      if (!(code <= 0x10_ffff)) this.#fail('a reference is not known')
      const character = String.fromCodePoint(code)
      if (NO_CHARACTER.test(character)) this.#fail('a character is not allowed in XML')
      return character
    })
  }

  /** Takes what a sticky pattern matches here, if it does. */
  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#source)
    if (match === null) return undefined
    this.#at = pattern.lastIndex
    return match
  }

  #fail(what: string): never {
    throw new KmipFault(
      'MALFORMED_MESSAGE',
      'The message is not well-formed XML',
      this.#where(what),
    )
  }

  #exceed(message: string): never {
    throw new KmipFault('SERVER_LIMIT', message, this.#where('over the limit'))
  }

  #where(what: string): { detail: string; path: string[] } {
    const path = this.#open.map(({ name }) => name)
    return { detail: `${what}, at character ${this.#at}`, path }
  }
}
