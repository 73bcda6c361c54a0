import type { XmlElement } from '../../src/ttlv/xml-parser.ts'
import type { Bindings } from './bindings.ts'

/** `$NOW`, `$NOW-3600`, `$NOW+20`: seconds from the beginning of the conversation. */
const TIME = /^\$NOW(?<offset>[+-]\d+)?$/u
const NAME = /^\$[A-Z][A-Z0-9_]*$/u

/** A request that uses a name which no answer has bound. */
export class UnboundName extends Error {
  override readonly name = 'UnboundName'
}

/** The placeholder that stands where an element's value would, if one does. */
export function placeholderOf(element: XmlElement): string | undefined {
  const value = element.attributes.get('value')
  return value !== undefined && (TIME.test(value) || NAME.test(value)) ? value : undefined
}

/** The seconds that `$NOW` and its offsets mean; undefined for other names. */
export function timeOf(placeholder: string, now: number): number | undefined {
  const match = TIME.exec(placeholder)
  if (match === null) return undefined
  return now + Number(match.groups?.['offset'] ?? '0')
}

/** A time as the XML encoding writes it. */
export function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', '+00:00')
}

/**
 * The request with its names replaced by what they are bound to.
 *
 * @throws UnboundName
 */
export function fillIn(element: XmlElement, bindings: Bindings): XmlElement {
  return replaceValues(element, (placeholder) => meaningOf(placeholder, bindings))
}

/**
 * The same in the text of the request, in which nothing else changes.
 *
 * @throws UnboundName
 */
export function fillInText(text: string, bindings: Bindings): string {
  return text.replace(VALUE, (whole, before: string, quote: string, value: string) => {
    if (!TIME.test(value) && !NAME.test(value)) return whole
    return `${before}${quote}${escaped(meaningOf(value, bindings))}${quote}`
  })
}

const VALUE = /(\svalue\s*=\s*)(["'])(\$[^"']*)\2/gu

function escaped(value: string): string {
  return value.replace(/[&<>"']/gu, (character) => `&#${character.codePointAt(0) ?? 0};`)
}

function meaningOf(placeholder: string, bindings: Bindings): string {
  const time = timeOf(placeholder, bindings.now)
  const value = time === undefined ? boundValue(placeholder, bindings) : isoOf(time)
  if (value === undefined) throw new UnboundName(`${placeholder} has no value yet`)
  return value
}

function boundValue(name: string, bindings: Bindings): string | undefined {
  return bindings.valueOf(name) ?? bindings.bindOutput(name)
}

/** The element with each placeholder replaced by some value of its type, so that it can be encoded. */
export function fillWithAnything(element: XmlElement): XmlElement {
  return replaceValues(element, (_placeholder, type) => SOMETHING[type] ?? '0')
}

const SOMETHING: Readonly<Record<string, string>> = {
  TextString: 'x',
  ByteString: '00',
  BigInteger: '0000000000000000',
  DateTime: '1970-01-01T00:00:00+00:00',
}

function replaceValues(
  element: XmlElement,
  replace: (placeholder: string, type: string) => string,
): XmlElement {
  const placeholder = placeholderOf(element)
  const children = element.children.map((child) => replaceValues(child, replace))
  if (placeholder === undefined) return { ...element, children }
  const attributes = new Map(element.attributes)
  attributes.set('value', replace(placeholder, attributes.get('type') ?? 'Structure'))
  return { ...element, attributes, children }
}
