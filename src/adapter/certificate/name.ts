import type { DistinguishedName, NameKind, NamePart } from '../../model/certificate.ts'
import {
  childrenOf,
  identifierIn,
  malformed,
  readDer,
  sequenceIn,
  T,
  type Element,
} from '../der/read.ts'
import { identifier, element, sequence, setOfOne, utf8 } from '../der/write.ts'

interface PartRow {
  readonly kind: NameKind
  readonly oid: string
  /** The short name that RFC 4514 and OpenSSL write. */
  readonly label: string
  /** The string type, where it is fixed (RFC 5280 appendix A.1). */
  readonly type?: number
}

const PARTS: readonly PartRow[] = [
  { kind: 'CN', oid: '2.5.4.3', label: 'CN' },
  { kind: 'SerialNumber', oid: '2.5.4.5', label: 'serialNumber', type: T.printable },
  { kind: 'C', oid: '2.5.4.6', label: 'C', type: T.printable },
  { kind: 'L', oid: '2.5.4.7', label: 'L' },
  { kind: 'ST', oid: '2.5.4.8', label: 'ST' },
  { kind: 'O', oid: '2.5.4.10', label: 'O' },
  { kind: 'OU', oid: '2.5.4.11', label: 'OU' },
  { kind: 'Title', oid: '2.5.4.12', label: 'title' },
  { kind: 'DNQualifier', oid: '2.5.4.46', label: 'dnQualifier', type: T.printable },
  { kind: 'UID', oid: '0.9.2342.19200300.100.1.1', label: 'UID' },
  { kind: 'DC', oid: '0.9.2342.19200300.100.1.25', label: 'DC', type: T.ia5 },
  { kind: 'Email', oid: '1.2.840.113549.1.9.1', label: 'emailAddress', type: T.ia5 },
]

const BY_OID = new Map(PARTS.map((row) => [row.oid, row]))
const BY_KIND = new Map(PARTS.map((row) => [row.kind, row]))

/** Reads a Name (RFC 5280 section 4.1.2.4). Throws `INVALID_FIELD`. */
export function readName(name: Element): DistinguishedName {
  const sets = sequenceIn(name).map(readSet)
  const parts = sets.flat()
  if (parts.length > MOST_PARTS) throw malformed()
  return {
    der: Uint8Array.from(name.whole),
    text: sets
      .map((set) =>
        set
          .map(({ written }) => written)
          .reverse()
          .join('+'),
      )
      .reverse()
      .join(','),
    parts: parts.flatMap(({ part }) => part ?? []),
  }
}

interface ReadPart {
  readonly part: NamePart | undefined
  readonly written: string
}

function readSet(set: Element): readonly ReadPart[] {
  if (set.tag !== T.set) throw malformed()
  const parts = childrenOf(set).map(readPart)
  if (parts.length === 0) throw malformed()
  return parts
}

function readPart(part: Element): ReadPart {
  const [type, value, ...others] = sequenceIn(part)
  if (value === undefined || others.length > 0) throw malformed()
  const oid = identifierIn(type)
  const row = BY_OID.get(oid)
  const text = textIn(value)
  if (row === undefined || text === undefined) {
    return { part: undefined, written: `${row?.label ?? oid}=#${hexOf(value.whole)}` }
  }
  return { part: { kind: row.kind, text }, written: `${row.label}=${escaped(text)}` }
}

/** The text of a string type; undefined for any other value, and for bytes that are no text. */
export function textIn({ tag, content }: Element): string | undefined {
  const encoding = ENCODINGS.get(tag)
  if (encoding === undefined) return undefined
  if (encoding === 'ascii' && content.some((byte) => byte >= 0x80)) return undefined
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(content)
  } catch {
    return undefined
  }
}

/** Reads a Name from bytes of its own. Throws `INVALID_FIELD`. */
export function readNameBytes(der: Uint8Array): DistinguishedName {
  return readName(readDer(der))
}

/** Writes a Name of parts, each in a set of its own. Throws `INVALID_FIELD` for text that a part cannot have. */
export function writeName(parts: readonly NamePart[]): Uint8Array<ArrayBuffer> {
  return sequence(...parts.map(writePart))
}

function writePart({ kind, text }: NamePart): Uint8Array {
  const row = BY_KIND.get(kind)
  const isPlain = row?.type === undefined || isWritable(text, row.type)
  if (row === undefined || text === '' || text.length > MOST_CHARACTERS || !isPlain) {
    throw malformed()
  }
  const value = row.type === undefined ? utf8(text) : element(row.type, encoder.encode(text))
  return setOfOne(sequence(identifier(row.oid), value))
}

function isWritable(text: string, type: number): boolean {
  return type === T.ia5 ? /^[\x20-\x7e]+$/u.test(text) : /^[A-Za-z0-9 '()+,\-./:=?]+$/u.test(text)
}

/** RFC 4514 section 2.4. */
function escaped(text: string): string {
  return text
    .replaceAll(/["+,;<>\\]/gu, String.raw`\$&`)
    .replaceAll('\0', String.raw`\00`)
    .replace(/^[ #]/u, String.raw`\$&`)
    .replace(/(?<!\\) $/u, String.raw`\ `)
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

const encoder = new TextEncoder()
const ENCODINGS: ReadonlyMap<number, string> = new Map<number, string>([
  [T.utf8, 'utf-8'],
  [T.printable, 'ascii'],
  [T.ia5, 'ascii'],
  [T.teletex, 'latin1'],
  [T.bmp, 'utf-16be'],
])
/** As many instances as an attribute can have. */
const MOST_PARTS = 100
const MOST_CHARACTERS = 1_024
