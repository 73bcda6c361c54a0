/** One element of DER; text is Latin-1, numbers are bytes. */
export function der(tag: number, ...parts: readonly (Uint8Array | string | number)[]): Buffer {
  const content = Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'number') return Buffer.of(part)
      return typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part)
    }),
  )
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content])
  const size = length < 0x100 ? [0x81, length] : [0x82, length >>> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts)
export const set = (...parts: readonly Uint8Array[]): Buffer => der(0x31, ...parts)
export const octets = (...parts: readonly Uint8Array[]): Buffer => der(0x04, ...parts)
export const bits = (value: Uint8Array, unused = 0): Buffer => der(0x03, unused, value)
export const isTrue = der(0x01, 0xff)

/** A non-negative INTEGER of these bytes. */
export function integer(value: bigint | Uint8Array): Buffer {
  const hex = typeof value === 'bigint' ? value.toString(16) : Buffer.from(value).toString('hex')
  const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  const first = digits.findIndex((byte) => byte !== 0)
  const short = first < 0 ? Buffer.of(0) : digits.subarray(first)
  return (short[0] ?? 0) < 0x80 ? der(0x02, short) : der(0x02, 0, short)
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
    return digits
  })
  return der(0x06, ...bytes)
}

/** UTCTime for the years that it can say, GeneralizedTime for the others; so many days from now. */
export function time(days: number): Buffer {
  const at = new Date(Date.now() + days * 86_400_000)
  const text = `${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`
  const year = at.getUTCFullYear()
  return year >= 1950 && year < 2050 ? der(0x17, text.slice(2)) : der(0x18, text)
}

export function pem(label: string, bytes: Uint8Array): string {
  const lines = Buffer.from(bytes)
    .toString('base64')
    .replace(/(.{64})/g, '$1\n')
  return `-----BEGIN ${label}-----\n${lines.trimEnd()}\n-----END ${label}-----\n`
}

/** How text may be written down in a name (X.520, DirectoryString; and IA5String, which some use). */
export const TEXT_FORMS = {
  UTF8String: (text: string) => der(0x0c, Buffer.from(text, 'utf8')),
  PrintableString: (text: string) => der(0x13, text),
  TeletexString: (text: string) => der(0x14, text),
  IA5String: (text: string) => der(0x16, text),
  UniversalString: (text: string) =>
    der(0x1c, ...Array.from(text, (sign) => wide(sign.codePointAt(0) ?? 0, 4))),
  BMPString: (text: string) =>
    der(0x1e, ...Array.from(text, (sign) => wide(sign.codePointAt(0) ?? 0, 2))),
} as const

export type TextForm = keyof typeof TEXT_FORMS

function wide(value: number, bytes: number): Buffer {
  const made = Buffer.alloc(bytes)
  made.writeUIntBE(value, 0, bytes)
  return made
}
