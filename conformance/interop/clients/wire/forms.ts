import { vocabulary } from '../../../../src/spec/vocabulary.ts'
import { ItemType, type Item } from '../../../../src/ttlv/item.ts'
import { JSON_ENCODING, TTLV, XML } from '../../../runner/encoding.ts'
import {
  bigInteger,
  boolean,
  bytes,
  dateTime,
  enumeration,
  integer,
  interval,
  longInteger,
  structure,
  text,
  TYPE,
} from './bytes.ts'
import { messageOf, ReaderError, type Field } from './field.ts'

/** How a client puts its messages into the body of a POST. */
export interface Form {
  readonly contentType: string
  /** A request that was written in TTLV, as this client writes it. */
  write(request: Uint8Array): Uint8Array
  /** Throws whatever the answer is not. */
  read(answer: Uint8Array): Item
}

export const octets: Form = {
  contentType: TTLV.contentType,
  write: (request) => request,
  read: (answer) => TTLV.read(answer),
}

/** libkmipclient: masks with blanks between their names, integers in decimal. */
export const xml: Form = {
  contentType: XML.contentType,
  write: (request) => Buffer.from(`<?xml version="1.0"?>\n${xmlOf(whole(request))}`, 'utf8'),
  read: (answer) => XML.read(answer),
}

/** libkmipclient: masks with bars between their names, integers in hexadecimal. */
export const json: Form = {
  contentType: JSON_ENCODING.contentType,
  write: (request) => Buffer.from(JSON.stringify(jsonOf(whole(request)), null, 1), 'utf8'),
  read: (answer) => JSON_ENCODING.read(answer),
}

/** An answer in whatever form, as TTLV by the scripts' own writer. */
export function bytesOf(item: Item): Buffer {
  const { tag } = item
  switch (item.type) {
    case ItemType.Structure:
      return structure(tag, ...item.value.map(bytesOf))
    case ItemType.Integer:
      return integer(tag, item.value)
    case ItemType.LongInteger:
      return longInteger(tag, item.value)
    case ItemType.BigInteger:
      return bigInteger(tag, item.value)
    case ItemType.Enumeration:
      return enumeration(tag, item.value)
    case ItemType.Boolean:
      return boolean(tag, item.value)
    case ItemType.TextString:
      return text(tag, Buffer.from(item.value).toString('utf8'))
    case ItemType.ByteString:
      return bytes(tag, item.value)
    case ItemType.DateTime:
      return dateTime(tag, Number(item.value))
    case ItemType.Interval:
      return interval(tag, item.value)
    case ItemType.DateTimeExtended:
      throw new ReaderError('times in microseconds are not known')
  }
}

function whole(request: Uint8Array): Field {
  return messageOf(Buffer.from(request))
}

function xmlOf(field: Field, mask = isMask(field)): string {
  const { name } = field
  if (field.type === TYPE.structure) {
    return `<${name}>\n${partsOf(field, xmlOf).join('')}</${name}>\n`
  }
  const { type, value } = scalarOf(field)
  const shown = mask ? maskOf(field.number(), ' ') : String(value)
  return `<${name} type="${type}" value="${escaped(shown)}"/>\n`
}

function jsonOf(field: Field, mask = isMask(field)): unknown {
  const { name } = field
  if (field.type === TYPE.structure) return { tag: name, value: partsOf(field, jsonOf) }
  const { type, value } = scalarOf(field)
  if (mask) return { tag: name, type, value: maskOf(field.number(), '|') }
  const shown = field.type === TYPE.integer ? hexOf(field.number()) : value
  return { tag: name, type, value: shown }
}

/** The parts of a structure; in 1.x an Attribute Value is a mask when the name before it says so. */
function partsOf<T>(field: Field, write: (part: Field, mask?: boolean) => T): readonly T[] {
  const named = field.maybe('AttributeName')?.text() === 'Cryptographic Usage Mask'
  return field.children.map((part) =>
    named && part.name === 'AttributeValue' ? write(part, true) : write(part),
  )
}

function isMask(field: Field): boolean {
  return field.name === 'CryptographicUsageMask'
}

const MASK_BITS = ['Sign', 'Verify', 'Encrypt', 'Decrypt', 'WrapKey', 'UnwrapKey']

function maskOf(value: number, between: string): string {
  return MASK_BITS.filter((_, bit) => (value & (1 << bit)) !== 0).join(between)
}

interface Scalar {
  readonly type: string
  readonly value: string | number | boolean
}

function scalarOf(field: Field): Scalar {
  switch (field.type) {
    case TYPE.integer:
      return { type: 'Integer', value: field.number() }
    case TYPE.interval:
      return { type: 'Interval', value: field.number() }
    case TYPE.enumeration: {
      const value = field.number()
      const member = vocabulary.enumerationName(field.tag, value)
      return { type: 'Enumeration', value: member ?? hexOf(value) }
    }
    case TYPE.boolean:
      return { type: 'Boolean', value: field.boolean() }
    case TYPE.text:
      return { type: 'TextString', value: field.text() }
    case TYPE.bytes:
      return { type: 'ByteString', value: field.bytes().toString('hex') }
    case TYPE.dateTime:
      return { type: 'DateTime', value: isoOf(field.seconds()) }
    default:
      throw new ReaderError(`no type ${field.type} is sent`)
  }
}

function hexOf(value: number): string {
  return `0x${(value >>> 0).toString(16).padStart(8, '0')}`
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', '+00:00')
}

function escaped(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
