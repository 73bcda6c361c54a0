import {
  BitString,
  Constructed,
  Integer,
  Null,
  ObjectIdentifier,
  OctetString,
  Sequence,
  fromBER,
  type AsnType,
} from 'asn1js'
import { KmipFault } from '../../fault/fault.ts'
import { Secret } from '../../secret/secret.ts'
import { magnitudeOf, signed } from './magnitude.ts'
import { malformed } from './malformed.ts'

/** Nothing that a key is written in nests deeper or has more parts. */
const LIMITS = {
  maxDepth: 12,
  maxNodes: 64,
  maxContentLength: 65_536,
  parseEmbedded: false,
  copyInput: false,
}

/**
 * Reads bytes that are one element. The parser's nodes are views of the bytes, so they are parsed from a copy which is
 * wiped; `read` copies what it keeps. Throws `INVALID_FIELD`.
 */
export function readDer<T>(bytes: Uint8Array, read: (root: AsnType) => T): T {
  const own = Uint8Array.from(bytes)
  try {
    const { offset, result } = fromBER(own, LIMITS)
    if (offset !== own.length) throw malformed()
    return read(result)
  } catch (error) {
    throw error instanceof KmipFault ? error : malformed()
  } finally {
    own.fill(0)
  }
}

/** The elements of a SEQUENCE. */
export function elementsOf(node: AsnType | undefined): readonly AsnType[] {
  if (!(node instanceof Sequence)) throw malformed()
  return node.valueBlock.value
}

/** The magnitude of an INTEGER, copied. */
export function integerIn(node: AsnType | undefined): Uint8Array<ArrayBuffer> {
  if (!(node instanceof Integer)) throw malformed()
  const content = node.valueBlock.valueHexView
  if (content.length === 0) throw malformed()
  return magnitudeOf(content)
}

export function secretIntegerIn(node: AsnType | undefined): Secret {
  return Secret.take(integerIn(node))
}

/** A view of the content of an OCTET STRING. */
export function octetsIn(node: AsnType | undefined): Uint8Array {
  if (!(node instanceof OctetString) || node.idBlock.isConstructed) throw malformed()
  return node.valueBlock.valueHexView
}

/** A view of the content of a BIT STRING of whole bytes. */
export function bitsIn(node: AsnType | undefined): Uint8Array {
  const isWhole =
    node instanceof BitString && !node.idBlock.isConstructed && node.valueBlock.unusedBits === 0
  if (!isWhole) throw malformed()
  return node.valueBlock.valueHexView
}

/** An OBJECT IDENTIFIER in dotted form. */
export function identifierIn(node: AsnType | undefined): string {
  if (!(node instanceof ObjectIdentifier)) throw malformed()
  return node.valueBlock.toString()
}

/** What stands under an explicit tag of the context class, where there is one. */
export function taggedIn(nodes: readonly AsnType[], number: number): AsnType | undefined {
  const CONTEXT = 3
  const found = nodes.find(
    ({ idBlock }) => idBlock.tagClass === CONTEXT && idBlock.tagNumber === number,
  )
  if (found === undefined) return undefined
  if (!(found instanceof Constructed)) throw malformed()
  return found.valueBlock.value[0]
}

/** The encoding of an element, whose nodes are wiped. Copies that the library makes of inner elements are not. */
export function writeDer(root: AsnType): Secret {
  const bytes = new Uint8Array(root.toBER())
  wipe(root)
  return Secret.take(bytes)
}

function wipe(node: AsnType): void {
  if (node instanceof Integer || node instanceof OctetString) node.valueBlock.valueHexView.fill(0)
  else if (node instanceof Constructed) node.valueBlock.value.forEach(wipe)
}

export function sequence(...value: AsnType[]): Sequence {
  return new Sequence({ value })
}

export function integer(magnitude: Uint8Array): Integer {
  return new Integer({ valueHex: signed(magnitude, 1) })
}

export function secretInteger(number: Secret): Integer {
  return number.expose(integer)
}

export function octets(bytes: Uint8Array): OctetString {
  return new OctetString({ valueHex: Uint8Array.from(bytes) })
}

/** An OCTET STRING around the encoding of another element. */
export function octetsAround(root: AsnType): OctetString {
  const inner = writeDer(root)
  const outer = inner.expose(octets)
  inner.destroy()
  return outer
}

export function bits(bytes: Uint8Array): BitString {
  return new BitString({ valueHex: Uint8Array.from(bytes) })
}

export function identifier(value: string): ObjectIdentifier {
  return new ObjectIdentifier({ value })
}

export function nothing(): Null {
  return new Null()
}

/** An element under an explicit tag of the context class. */
export function tagged(tagNumber: number, node: AsnType): Constructed {
  return new Constructed({ idBlock: { tagClass: 3, tagNumber }, value: [node] })
}
