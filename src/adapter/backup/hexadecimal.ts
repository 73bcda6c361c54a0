/**
 * Lower-case hexadecimal digits as ASCII, and back, without a text in between and without a table, branch or index that
 * depends on the bytes: what passes through here is part of a key.
 */
export function encodeHex(bytes: Uint8Array): Uint8Array {
  const digits = new Uint8Array(2 * bytes.length)
  bytes.forEach((byte, index) => {
    digits[2 * index] = digitOf(byte >> 4)
    digits[2 * index + 1] = digitOf(byte & 15)
  })
  return digits
}

/** Undefined when they are not pairs of digits; the case does not matter. */
export function decodeHex(digits: Uint8Array): Uint8Array | undefined {
  const bytes = new Uint8Array(digits.length >> 1)
  let wrong = digits.length & 1
  for (let index = 0; index < bytes.length; index += 1) {
    const high = valueOf(digits[2 * index] ?? 0)
    const low = valueOf(digits[2 * index + 1] ?? 0)
    wrong |= (high | low) >> 8
    bytes[index] = (high << 4) | low
  }
  if (wrong === 0) return bytes
  bytes.fill(0)
  return undefined
}

function digitOf(value: number): number {
  return ZERO + value + (((9 - value) >> 8) & LETTERS)
}

/** 0 to 15; negative for what is no digit. */
function valueOf(code: number): number {
  const number = code - ZERO
  const letter = (code | 0x20) - ZERO - LETTERS
  const isNoNumber = (number | (9 - number)) >> 8
  const isNoLetter = ((letter - 10) | (15 - letter)) >> 8
  return (number & ~isNoNumber) | (letter & ~isNoLetter) | (isNoNumber & isNoLetter)
}

const ZERO = 0x30
/** From behind 9 to a. */
const LETTERS = 39
