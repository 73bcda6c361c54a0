import { unmovedBytes } from '../secret/memory.ts'

/** Bytes of an even number of hexadecimal digits in either case, or undefined for any other text. */
export function bytesOfHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || /[^0-9a-fA-F]/.test(text)) return undefined
  const bytes = unmovedBytes(text.length / 2)
  for (let index = 0; index < bytes.length; index += 1) {
    bytes[index] = digit(text.charCodeAt(index * 2)) * 16 + digit(text.charCodeAt(index * 2 + 1))
  }
  return bytes
}

function digit(code: number): number {
  return code <= 0x39 ? code - 0x30 : (code & 0xdf) - 0x37
}

/** The signed number of 8 or 16 hexadecimal digits behind `0x`, two's complement (encodings 4.1.1, 6.1.1). */
export function signedOfHex(text: string, digits: 8 | 16): bigint | undefined {
  const value = unsignedOfHex(text, digits)
  return value === undefined ? undefined : BigInt.asIntN(digits * 4, value)
}

/** The unsigned number of 8 or 16 hexadecimal digits behind `0x`. */
export function unsignedOfHex(text: string, digits: 8 | 16): bigint | undefined {
  return text.length === digits + 2 && /^0x[0-9a-fA-F]+$/.test(text) ? BigInt(text) : undefined
}

/** A number as `0x` and 8 or 16 digits, two's complement. */
export function hexOfNumber(value: number | bigint, digits: 8 | 16): string {
  const bits = BigInt.asUintN(digits * 4, BigInt(value))
  return `0x${bits.toString(16).padStart(digits, '0')}`
}
