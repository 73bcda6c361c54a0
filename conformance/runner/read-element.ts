import { vocabulary } from '../../src/spec/vocabulary.ts'
import { ItemType, type Item, type ItemOf } from '../../src/ttlv/item.ts'
import type { XmlElement } from '../../src/ttlv/xml-parser.ts'
import { UnreadableAnswer } from './read-xml.ts'

/**
 * The item of an element as section 6.1 of the message encodings has it, and nothing that only a lenient reader takes.
 * It shares the tables of names with the product, and none of its code.
 */
export function itemOfElement(element: XmlElement, before: readonly Item[] = []): Item {
  const { name, attributes, children } = element
  const allowed = name === 'TTLV' ? ['tag', 'name', 'type', 'value'] : ['type', 'value']
  const strange = [...attributes.keys()].find((key) => !allowed.includes(key))
  if (strange !== undefined) throw new UnreadableAnswer(`${name} has an attribute ${strange}`)
  const tag = tagOf(element)
  const type = attributes.get('type') ?? 'Structure'
  const text = attributes.get('value')
  if (type === 'Structure' && text === undefined) return structureOf(tag, children)
  if (text === undefined || children.length > 0) throw new UnreadableAnswer(`${name} as ${type}`)
  const item = READERS[type]?.(tag, text, vocabulary.meaningOf(tag, before))
  if (item === undefined) throw new UnreadableAnswer(`${name} of type ${type} is ${text}`)
  return item
}

function structureOf(tag: number, children: readonly XmlElement[]): Item {
  const value: Item[] = []
  for (const child of children) value.push(itemOfElement(child, [...value]))
  return { tag, type: ItemType.Structure, value }
}

function tagOf({ name, attributes }: XmlElement): number {
  const written = name === 'TTLV' ? (attributes.get('tag') ?? '') : name.replace(/^x(?=\d)/u, '0x')
  const tag = /^0x[0-9a-fA-F]{6}$/u.test(written) ? Number(written) : vocabulary.tagNumber(written)
  if (tag === undefined) throw new UnreadableAnswer(`no tag is called ${written}`)
  return tag
}

type Reader = (tag: number, text: string, meaning: number) => Item | undefined

/** By the names of the types in section 6.1.4. */
const READERS: Readonly<Record<string, Reader>> = {
  Integer: (tag, text, meaning) => {
    const value = isDecimal(text) ? Number(text) : maskOf(text, meaning)
    return value === undefined ? undefined : { tag, type: ItemType.Integer, value: value | 0 }
  },
  LongInteger: (tag, text) =>
    isDecimal(text) ? { tag, type: ItemType.LongInteger, value: BigInt(text) } : undefined,
  BigInteger: (tag, text) => {
    const value = bytesOf(text)
    if (value === undefined || value.length === 0 || value.length % 8 !== 0) return undefined
    return { tag, type: ItemType.BigInteger, value }
  },
  Enumeration: (tag, text, meaning) => {
    const value = /^0x[0-9a-fA-F]{8}$/u.test(text)
      ? Number(text)
      : vocabulary.enumerationValue(meaning, text)
    return value === undefined ? undefined : { tag, type: ItemType.Enumeration, value }
  },
  Boolean: (tag, text) => {
    const value = /^(?:true|1)$/u.test(text)
    const isBoolean = value || /^(?:false|0)$/u.test(text)
    return isBoolean ? { tag, type: ItemType.Boolean, value } : undefined
  },
  TextString: (tag, text) => ({ tag, type: ItemType.TextString, value: Buffer.from(text, 'utf8') }),
  ByteString: (tag, text) => {
    const value = bytesOf(text)
    return value === undefined ? undefined : { tag, type: ItemType.ByteString, value }
  },
  DateTime: (tag, text) => {
    const value = DATE.test(text) ? Date.parse(text) / 1000 : Number.NaN
    if (!Number.isInteger(value)) return undefined
    return { tag, type: ItemType.DateTime, value: BigInt(value) }
  },
  Interval: (tag, text) =>
    /^\d{1,10}$/u.test(text) ? { tag, type: ItemType.Interval, value: Number(text) } : undefined,
  DateTimeExtended: readExtendedDate,
}

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/u
const EXTENDED_DATE =
  /^(?<date>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(?<fraction>\d{1,6}))?(?<zone>Z|[+-]\d\d:\d\d)$/u

function readExtendedDate(
  tag: number,
  text: string,
): ItemOf<typeof ItemType.DateTimeExtended> | undefined {
  const { date, fraction = '', zone } = EXTENDED_DATE.exec(text)?.groups ?? {}
  const milliseconds = Date.parse(`${date ?? ''}${zone ?? ''}`)
  if (!Number.isInteger(milliseconds)) return undefined
  const value = BigInt(milliseconds) * 1000n + BigInt(fraction.padEnd(6, '0'))
  return { tag, type: ItemType.DateTimeExtended, value }
}

function isDecimal(text: string): boolean {
  return /^[+-]?\d+$/u.test(text)
}

/** Bits by name or in hexadecimal, with spaces between them (section 6.1.6.4). */
function maskOf(text: string, meaning: number): number | undefined {
  if (!vocabulary.isMask(meaning)) return undefined
  const bits = text
    .split(' ')
    .map((part) =>
      /^0x[0-9a-fA-F]{8}$/u.test(part) ? Number(part) : vocabulary.bitValue(meaning, part),
    )
  return bits.reduce<number | undefined>(
    (mask, bit) => (mask === undefined || bit === undefined ? undefined : mask | bit),
    0,
  )
}

function bytesOf(text: string): Buffer | undefined {
  return /^(?:[0-9a-fA-F]{2})*$/u.test(text) ? Buffer.from(text, 'hex') : undefined
}
