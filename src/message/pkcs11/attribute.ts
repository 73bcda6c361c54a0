import { CRYPTOKI_ATTRIBUTE_OF, type CryptokiKind } from '../../spec/pkcs11/attribute.ts'
import { codecError, type ParameterReader } from './parameter-reader.ts'
import type { ParameterWriter } from './parameter-writer.ts'

/** A `CK_ATTRIBUTE` of a request. */
export interface CryptokiAttribute {
  /** Its number. */
  readonly type: number
  /** The value as it is written, where one came. */
  readonly value?: Uint8Array
  /** Whether the caller has a buffer for the value. */
  readonly isWanted: boolean
  /** Bytes of that buffer; absent where the kind of the attribute says it, or where there is none. */
  readonly room?: number
}

/** Attributes in one template. */
const MOST = 256
/** Bytes of a value by its kind; of the others the length is written. */
const WIDTHS: Readonly<Partial<Record<CryptokiKind, number>>> = { boolean: 1, ulong: 8, date: 8 }

/**
 * A `CK_ATTRIBUTE` array behind its count: of each attribute its number, whether there is a value and a length, the
 * length where the kind leaves it open, and the value. Throws `PKCS11_CODEC`, also for an attribute whose kind nobody
 * knows: what stands behind it cannot be found.
 *
 * @param brings - whether values come with the attributes, or buffers alone
 */
export function readTemplate(
  reader: ParameterReader,
  brings: 'values' | 'buffers',
): readonly CryptokiAttribute[] {
  const count = reader.length()
  if (count > MOST) throw codecError()
  return Array.from({ length: count }, () => readAttribute(reader, brings))
}

function readAttribute(reader: ParameterReader, brings: 'values' | 'buffers'): CryptokiAttribute {
  const type = reader.ulong()
  const isWanted = reader.flag()
  const hasLength = reader.flag()
  const row = CRYPTOKI_ATTRIBUTE_OF.get(type)
  if (row === undefined) throw codecError()
  const width = WIDTHS[row.kind]
  const count = hasLength && width === undefined ? reader.length() : undefined
  const room = count === undefined ? undefined : count * unitOf(row.kind)
  if (brings === 'buffers') {
    return { type, isWanted, ...(room === undefined ? {} : { room }) }
  }
  if (!isWanted) return { type, isWanted, value: new Uint8Array(0) }
  const length = hasLength ? (width ?? room) : undefined
  if (length === undefined) throw codecError()
  return { type, isWanted, value: reader.fixed(length) }
}

/** Of an array of numbers the count is written, of bytes their length. */
function unitOf(kind: CryptokiKind): number {
  return kind === 'ulongs' ? 8 : 1
}

/** One attribute of an answer; without a value it is one that cannot be had. */
export interface CryptokiAnswer {
  readonly type: number
  readonly value?: Uint8Array
  /** Whether the caller has room for the value. */
  readonly isGiven: boolean
}

export function writeTemplate(writer: ParameterWriter, answers: readonly CryptokiAnswer[]): void {
  writer.length(answers.length)
  for (const answer of answers) writeAttribute(writer, answer)
}

function writeAttribute(writer: ParameterWriter, { type, value, isGiven }: CryptokiAnswer): void {
  const kind = CRYPTOKI_ATTRIBUTE_OF.get(type)?.kind ?? 'bytes'
  writer
    .ulong(type)
    .flag(isGiven && value !== undefined && value.length > 0)
    .flag(value !== undefined && value.length > 0)
  if (value === undefined || value.length === 0) return
  if (WIDTHS[kind] === undefined) writer.length(value.length / unitOf(kind))
  if (isGiven) writer.raw(value)
}
