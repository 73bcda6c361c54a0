import type { XmlElement } from '../../src/ttlv/xml-parser.ts'

/** An answer that is not written as its encoding wants it. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer'
}

/** A declaration, a comment, or a tag with its attributes, after white space. */
const TOKEN =
  /\s*(?:<\?xml\s[^?]*\?>|<!--(?:(?!--)[^])*-->|<(?<slash>\/?)(?<name>[A-Za-z_][\w.-]*)(?<attributes>(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(?<empty>\/?)>)/uy
const ATTRIBUTE = /(?<key>[\w:.-]+)\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)')/gu

/** The elements of an answer in XML, read apart from the product's own parser so that the two check each other. */
export function elementOfText(text: string): XmlElement {
  const outermost: XmlElement[] = []
  const open: Open[] = [{ name: '', children: outermost }]
  for (const tag of tagsOf(text)) {
    if (tag.isEnd) {
      if (open.pop()?.name !== tag.name) throw unreadable(`an end of ${tag.name} without beginning`)
      continue
    }
    const { name } = tag
    const children: XmlElement[] = []
    open.at(-1)?.children.push({ name, attributes: attributesOf(tag.attributes), children })
    if (!tag.isEmpty) open.push({ name, children })
  }
  const [root, ...more] = outermost
  if (root === undefined || more.length > 0 || open.length !== 1) {
    throw unreadable('the text is not one element')
  }
  return root
}

/** An element whose end has not come yet. */
interface Open {
  readonly name: string
  readonly children: XmlElement[]
}

function* tagsOf(text: string) {
  const end = text.trimEnd().length
  for (let at = 0; at < end; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at
    const groups = TOKEN.exec(text)?.groups
    if (groups === undefined) throw unreadable(`no tag at ${text.slice(at, at + 40)}`)
    const { slash, name, attributes = '', empty } = groups
    if (name === undefined) continue
    yield { name, attributes, isEnd: slash === '/', isEmpty: empty === '/' }
  }
}

function attributesOf(text: string): Map<string, string> {
  const attributes = new Map<string, string>()
  for (const { groups } of text.matchAll(ATTRIBUTE)) {
    const key = groups?.['key'] ?? ''
    if (attributes.has(key)) throw unreadable(`${key} comes twice`)
    if (key !== 'xmlns')
      attributes.set(key, resolved(groups?.['double'] ?? groups?.['single'] ?? ''))
  }
  return attributes
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

/** The value with its references resolved; white space that is written as itself counts as spaces (XML 1.0 3.3.3). */
function resolved(value: string): string {
  return value.replace(/[\t\r\n]/gu, ' ').replace(/&([^;]*;?)/gu, (whole, reference: string) => {
    const code = /^#(?:x(?<hex>[0-9a-fA-F]+)|(?<decimal>\d+));$/u.exec(reference)?.groups
    const number = code?.['hex'] === undefined ? code?.['decimal'] : `0x${code['hex']}`
    const character =
      number === undefined ? ENTITIES[reference.slice(0, -1)] : String.fromCodePoint(Number(number))
    if (character === undefined || !reference.endsWith(';')) throw unreadable(`reference ${whole}`)
    return character
  })
}

function unreadable(what: string): UnreadableAnswer {
  return new UnreadableAnswer(`the answer is no XML: ${what}`)
}
