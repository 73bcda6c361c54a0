import { KmipFault } from '../../fault/fault.ts'

/*
 * DER by hand, because a signature covers bytes and not their meaning: what is read are views of the very bytes, one
 * level at a time and only where the caller looks, so that depth and number of nested elements cost nothing. BER that
 * is not DER is refused: two encodings of one certificate would be two certificates.
 */

/** One element: its identifier octet, its content, and the whole of it. All are views. */
export interface Element {
  readonly tag: number
  readonly content: Uint8Array
  readonly whole: Uint8Array
}

/** Identifier octets of the universal types. */
export const T = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  nothing: 0x05,
  identifier: 0x06,
  utf8: 0x0c,
  printable: 0x13,
  teletex: 0x14,
  ia5: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universal: 0x1c,
  bmp: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

/** The identifier octet of a context tag. */
export function context(number: number, constructed: boolean): number {
  return (constructed ? 0xa0 : 0x80) | number
}

/** The one element that bytes are. Throws `INVALID_FIELD`. */
export function readDer(bytes: Uint8Array, tag?: number): Element {
  const element = readFirst(bytes)
  if (element.whole.length !== bytes.length) throw malformed()
  if (tag !== undefined && element.tag !== tag) throw malformed()
  return element
}

/** The elements in a constructed one. Throws `INVALID_FIELD`. */
export function childrenOf({ tag, content }: Element): readonly Element[] {
  if ((tag & 0x20) === 0) throw malformed()
  const children: Element[] = []
  for (let rest = content; rest.length > 0;) {
    const child = readFirst(rest)
    children.push(child)
    if (children.length > MOST_CHILDREN) throw malformed()
    rest = rest.subarray(child.whole.length)
  }
  return children
}

/** The elements in a SEQUENCE one after the other, however many there are. Throws `INVALID_FIELD`. */
export function* eachChild(element: Element): Generator<Element, void, undefined> {
  const { content } = expected(element, T.sequence)
  for (let rest = content; rest.length > 0;) {
    const child = readFirst(rest)
    yield child
    rest = rest.subarray(child.whole.length)
  }
}

/** The elements of a SEQUENCE. Throws `INVALID_FIELD`. */
export function sequenceIn(element: Element | undefined): readonly Element[] {
  return childrenOf(expected(element, T.sequence))
}

/** The element, which must have a tag. Throws `INVALID_FIELD`. */
export function expected(element: Element | undefined, tag: number): Element {
  if (element?.tag !== tag) throw malformed()
  return element
}

/** The first element with a tag, where there is one. */
export function taggedIn(elements: readonly Element[], tag: number): Element | undefined {
  return elements.find((element) => element.tag === tag)
}

/** An OBJECT IDENTIFIER in dotted form. Throws `INVALID_FIELD`. */
export function identifierIn(element: Element | undefined): string {
  const { content } = expected(element, T.identifier)
  const last = content.at(-1)
  if (last === undefined || last >= 0x80 || content.length > MOST_IDENTIFIER_BYTES) {
    throw malformed()
  }
  const numbers: bigint[] = []
  let number = 0n
  for (const byte of content) {
    if (number === 0n && byte === 0x80) throw malformed()
    number = (number << 7n) | BigInt(byte & 0x7f)
    if (byte < 0x80) {
      numbers.push(number)
      number = 0n
    }
  }
  const [first = 0n, ...others] = numbers
  const root = first < 80n ? first / 40n : 2n
  return [root, first - root * 40n, ...others].join('.')
}

/** A view of the bytes of a BIT STRING of whole bytes. Throws `INVALID_FIELD`. */
export function bitsIn(element: Element | undefined): Uint8Array {
  const { content } = expected(element, T.bits)
  if (content[0] !== 0) throw malformed()
  return content.subarray(1)
}

/** A number that fits in 31 bits. Throws `INVALID_FIELD`. */
export function smallIn(element: Element | undefined): number {
  const content = integerIn(element)
  if (content.length > 4 || (content[0] ?? 0) >= 0x80) throw malformed()
  return content.reduce((number, byte) => number * 256 + byte, 0)
}

/** A view of the content of an INTEGER. Throws `INVALID_FIELD`. */
export function integerIn(element: Element | undefined): Uint8Array {
  const { content } = expected(element, T.integer)
  const [first, second] = content
  const isPadded =
    second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))
  if (first === undefined || isPadded) throw malformed()
  return content
}

/** Throws `INVALID_FIELD` for anything but a BOOLEAN. */
export function booleanIn(element: Element | undefined): boolean {
  const { content } = expected(element, T.boolean)
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw malformed()
  return content[0] === 0xff
}

/** What is not DER, or is not what it ought to be. */
export function malformed(): KmipFault {
  return new KmipFault('INVALID_FIELD', 'The encoding is malformed')
}

function readFirst(bytes: Uint8Array): Element {
  const [tag, length] = bytes
  // Tag numbers above 30 occur in nothing that is read here.
  if (tag === undefined || length === undefined || (tag & 0x1f) === 0x1f) throw malformed()
  const start = length < 0x80 ? 2 : 2 + (length & 0x7f)
  const size = length < 0x80 ? length : longLength(bytes.subarray(2, start), length & 0x7f)
  if (start + size > bytes.length) throw malformed()
  return {
    tag,
    content: bytes.subarray(start, start + size),
    whole: bytes.subarray(0, start + size),
  }
}

/** The definite form alone, in as few bytes as can be. */
function longLength(digits: Uint8Array, count: number): number {
  if (count === 0 || count > 4 || digits.length !== count || digits[0] === 0) throw malformed()
  const length = digits.reduce((number, byte) => number * 256 + byte, 0)
  if (length < 0x80) throw malformed()
  return length
}

/** Far more than any certificate has side by side. */
const MOST_CHILDREN = 1_024
const MOST_IDENTIFIER_BYTES = 64
