import { z } from 'zod'
import type { XmlElement } from '../../src/ttlv/xml-parser.ts'
import { UnreadableAnswer } from './read-xml.ts'

/**
 * The JSON of a question, made of the file's own names and values by section 4.1 of the message encodings: what XML
 * and JSON write alike stays as the file has it.
 */
export function jsonOfElement({ name, attributes, children }: XmlElement): unknown {
  const tag = name === 'TTLV' ? attributes.get('tag') : name.replace(/^x(?=\d)/u, '0x')
  const type = attributes.get('type')
  const text = attributes.get('value')
  const value = text === undefined ? children.map(jsonOfElement) : jsonValue(type ?? '', text)
  return { tag, ...(type === undefined ? {} : { type }), value }
}

/** Numbers of this size and above are written in hexadecimal (section 4.1.6.5). */
const LARGE = 2n ** 52n

function jsonValue(type: string, text: string): unknown {
  switch (type) {
    case 'Boolean':
      return text === 'true' || text === '1'
    case 'BigInteger':
      return `0x${text}`
    case 'Integer':
    case 'Enumeration':
    case 'Interval':
      return /^[+-]?\d+$/u.test(text) ? Number(text) : text.replace(/\s+/gu, '|')
    case 'LongInteger':
      return jsonLong(BigInt(text))
    default:
      return text
  }
}

function jsonLong(value: bigint): unknown {
  if (value > -LARGE && value < LARGE) return Number(value)
  return `0x${BigInt.asUintN(64, value).toString(16).padStart(16, '0')}`
}

const Part = z.strictObject({
  tag: z.string(),
  name: z.string().optional(),
  type: z.string().default('Structure'),
  value: z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.unknown())]),
})
type Part = z.infer<typeof Part>

/** The element that XML would have for what an answer has in JSON (section 4.1). */
export function elementOfJson(json: unknown): XmlElement {
  const part = Part.parse(json)
  const { tag, type, value } = part
  const name = tag.startsWith('0x') ? 'TTLV' : tag
  const attributes = new Map(name === 'TTLV' ? [['tag', tag]] : [])
  attributes.set('type', type)
  if (type === 'Structure') {
    if (value !== null && !Array.isArray(value)) throw unreadable(part)
    return { name, attributes, children: (value ?? []).map(elementOfJson) }
  }
  const read = VALUES[type]?.(value)
  if (read === undefined) throw unreadable(part)
  return { name, attributes: attributes.set('value', read), children: [] }
}

function unreadable({ tag, type, value }: Part): UnreadableAnswer {
  return new UnreadableAnswer(`${tag} of type ${type} is ${JSON.stringify(value)}`)
}

type Value = Part['value']

/** The text that XML has for a value in JSON; undefined where JSON may not write the type so. */
const VALUES: Readonly<Record<string, (value: Value) => string | undefined>> = {
  Integer: (value) => numberOf(value, 32) ?? bitsOf(value),
  LongInteger: (value) => numberOf(value, 64),
  BigInteger: (value) => {
    if (typeof value === 'number') return bigIntegerOf(value)
    return /^0x(?<digits>(?:[0-9a-fA-F]{16})+)$/u.exec(textOf(value) ?? '')?.groups?.['digits']
  },
  Enumeration: (value) =>
    typeof value === 'number' ? `0x${value.toString(16).padStart(8, '0')}` : textOf(value),
  Boolean: (value) => {
    if (typeof value === 'boolean') return String(value)
    return /^0x0{15}(?<bit>[01])$/u.exec(textOf(value) ?? '')?.groups?.['bit']
  },
  TextString: textOf,
  ByteString: textOf,
  DateTime: (value) => dateOf(value) ?? textOf(value),
  Interval: (value) => numberOf(value, 32, false),
  DateTimeExtended: textOf,
}

function textOf(value: Value): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function bitsOf(value: Value): string | undefined {
  return typeof value === 'string' && /^(?:0x|[A-Za-z])[\w|]*$/u.test(value)
    ? value.replaceAll('|', ' ')
    : undefined
}

/** A number that JSON holds exactly, or as many hexadecimal digits as its type has. */
function numberOf(value: Value, bits: 32 | 64, isSigned = true): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]+$/u.test(value)) return undefined
  if (value.length !== 2 + bits / 4) return undefined
  return String(isSigned ? BigInt.asIntN(bits, BigInt(value)) : BigInt(value))
}

function bigIntegerOf(value: number): string | undefined {
  if (!Number.isSafeInteger(value)) return undefined
  return BigInt.asUintN(64, BigInt(value)).toString(16).padStart(16, '0')
}

function dateOf(value: Value): string | undefined {
  const seconds = numberOf(typeof value === 'string' ? value : null, 64)
  if (seconds === undefined) return undefined
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z')
}
