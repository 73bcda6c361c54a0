import { KEY_USAGES, type AlternativeName, type KeyUsage } from '../../model/certificate.ts'
import {
  booleanIn,
  context,
  expected,
  identifierIn,
  malformed,
  readDer,
  sequenceIn,
  smallIn,
  T,
  type Element,
} from '../der/read.ts'
import { readName } from './name.ts'

/** Object identifiers of extensions (RFC 5280 section 4.2). */
export const EXTENSION = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  issuerAltName: '2.5.29.18',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
} as const

/** One extension; its value is a view of the DER in it. */
export interface Extension {
  readonly oid: string
  readonly isCritical: boolean
  readonly value: Uint8Array
}

/** What the extensions of a certificate or a request say. */
export interface ExtensionFacts {
  readonly subjectAlternativeNames: readonly AlternativeName[]
  readonly issuerAlternativeNames: readonly AlternativeName[]
  readonly keyUsage?: readonly KeyUsage[]
  readonly authority?: { readonly pathLength?: number }
  readonly subjectKeyIdentifier?: Uint8Array
  readonly hasUnknownCritical: boolean
  /** Object identifiers of Extended Key Usage. */
  readonly purposes: readonly string[]
}

/** Extensions that are understood, or that limit nothing which is decided here. */
const UNDERSTOOD: readonly string[] = Object.values(EXTENSION)

/** Reads Extensions. Throws `INVALID_FIELD`, also where one comes twice. */
export function readExtensions(extensions: Element | undefined): ExtensionFacts {
  const read = extensions === undefined ? [] : sequenceIn(extensions).map(readExtension)
  if (new Set(read.map(({ oid }) => oid)).size < read.length) throw malformed()
  const valueOf = <V>(oid: string, parse: (value: Element) => V): V | undefined => {
    const found = read.find((extension) => extension.oid === oid)
    return found && parse(readDer(found.value))
  }
  const keyUsage = valueOf(EXTENSION.keyUsage, readKeyUsage)
  const authority = valueOf(EXTENSION.basicConstraints, readConstraints)
  const identifier = valueOf(EXTENSION.subjectKeyIdentifier, (value) =>
    Uint8Array.from(expected(value, T.octets).content),
  )
  return {
    subjectAlternativeNames: valueOf(EXTENSION.subjectAltName, readNames) ?? [],
    issuerAlternativeNames: valueOf(EXTENSION.issuerAltName, readNames) ?? [],
    purposes: valueOf(EXTENSION.extKeyUsage, readPurposes) ?? [],
    hasUnknownCritical: read.some(({ oid, isCritical }) => isCritical && !UNDERSTOOD.includes(oid)),
    ...(keyUsage === undefined ? {} : { keyUsage }),
    ...(authority === undefined ? {} : { authority }),
    ...(identifier === undefined ? {} : { subjectKeyIdentifier: identifier }),
  }
}

function readExtension(extension: Element): Extension {
  const [type, second, third, ...others] = sequenceIn(extension)
  const hasFlag = second?.tag === T.boolean
  const value = expected(hasFlag ? third : second, T.octets)
  if (others.length > 0 || (!hasFlag && third !== undefined)) throw malformed()
  return { oid: identifierIn(type), isCritical: hasFlag && booleanIn(second), value: value.content }
}

function readKeyUsage(value: Element): readonly KeyUsage[] {
  const { content } = expected(value, T.bits)
  if (content.length === 0 || content.length > 3) throw malformed()
  const bits = content.subarray(1)
  return KEY_USAGES.filter((_, index) => ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0)
}

/** Undefined for one that is no authority. */
function readConstraints(value: Element): { readonly pathLength?: number } | undefined {
  const [first, second] = sequenceIn(value)
  if (first?.tag !== T.boolean || !booleanIn(first)) return undefined
  return second === undefined ? {} : { pathLength: smallIn(second) }
}

function readPurposes(value: Element): readonly string[] {
  return sequenceIn(value).map(identifierIn)
}

function readNames(value: Element): readonly AlternativeName[] {
  const names = sequenceIn(value)
  if (names.length > MOST_NAMES) throw malformed()
  return names.map((name) => {
    const text = nameText(name)
    return { der: Uint8Array.from(name.whole), ...(text === undefined ? {} : { text }) }
  })
}

/** The text of a General Name (RFC 5280 section 4.2.1.6): mail, DNS, URI, address or directory name. */
function nameText({ tag, content }: Element): string | undefined {
  switch (tag) {
    case context(1, false):
    case context(2, false):
    case context(6, false):
      return content.every((byte) => byte < 0x80) ? new TextDecoder().decode(content) : undefined
    case context(4, true):
      return readName(readDer(content)).text
    case context(7, false):
      return addressText(content)
    default:
      return undefined
  }
}

function addressText(bytes: Uint8Array): string | undefined {
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.length !== 16) return undefined
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  )
  return groups.join(':')
}

/** As many instances as an attribute can have. */
const MOST_NAMES = 100
