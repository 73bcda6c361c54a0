import { KmipFault } from '../../fault/fault.ts'
import { Secret } from '../../secret/secret.ts'
import {
  context,
  expected,
  childrenOf,
  readDer as readElement,
  T,
  type Element,
} from '../der/read.ts'
import { element, integer } from '../der/write.ts'
import { magnitudeOf } from './magnitude.ts'
import { malformed } from './malformed.ts'

/** What is read is a view of the bytes that it is read from; what is written is memory of its own. */
export type Encoded = Uint8Array<ArrayBuffer>

/** Reads bytes that are one element; `read` copies what it keeps. Throws `INVALID_FIELD`. */
export function readDer<T>(bytes: Uint8Array, read: (root: Element) => T): T {
  if (bytes.length > MOST_BYTES) throw malformed()
  try {
    return read(readElement(bytes))
  } catch (error) {
    // Whether it was the encoding or what is in it is nobody's business.
    throw error instanceof KmipFault && error.code === 'INVALID_FIELD' ? malformed() : error
  }
}

/** The magnitude of an INTEGER, copied. Zeros in front are let pass: there are programs that write them. */
export function integerIn(element: Element | undefined): Uint8Array<ArrayBuffer> {
  const { content } = expected(element, T.integer)
  if (content.length === 0) throw malformed()
  return magnitudeOf(content)
}

export function secretIntegerIn(element: Element | undefined): Secret {
  return Secret.take(integerIn(element))
}

/** A view of the content of an OCTET STRING. */
export function octetsIn(element: Element | undefined): Uint8Array {
  return expected(element, T.octets).content
}

/** What stands under an explicit tag of the context class, where there is one. */
export function taggedIn(elements: readonly Element[], number: number): Element | undefined {
  const tags = [context(number, true), context(number, false)]
  const found = elements.find(({ tag }) => tags.includes(tag))
  return found && childrenOf(found)[0]
}

/** The encoding of a key: no copy of it is left anywhere, for what it was put together from is zeroed. */
export function writeDer(root: Encoded): Secret {
  return Secret.take(root)
}

/** A SEQUENCE; its parts are used up. */
export function sequence(...parts: readonly Encoded[]): Encoded {
  return around(T.sequence, parts)
}

export function secretInteger(number: Secret): Encoded {
  return number.expose(integer)
}

/** An OCTET STRING around the encoding of another element, which is used up. */
export function octetsAround(root: Encoded): Encoded {
  return around(T.octets, [root])
}

/** An element under an explicit tag of the context class, used up. */
export function tagged(number: number, part: Encoded): Encoded {
  return around(context(number, true), [part])
}

function around(tag: number, parts: readonly Encoded[]): Encoded {
  const whole = element(tag, ...parts)
  for (const part of parts) part.fill(0)
  return whole
}

/** No key is larger. */
const MOST_BYTES = 65_536
