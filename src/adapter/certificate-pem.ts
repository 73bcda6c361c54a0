/**
 * Writes DER as PEM (RFC 7468), from bytes to bytes: a private key never becomes a string on the way.
 *
 * @returns a buffer of its own, which the caller zeroes when it held a key
 */
export function encodePem(label: 'CERTIFICATE' | 'PRIVATE KEY', der: Uint8Array): Uint8Array {
  const lines = Math.ceil(der.length / BYTES_PER_LINE)
  const head = toAscii.encode(`-----BEGIN ${label}-----\n`)
  const tail = toAscii.encode(`-----END ${label}-----\n`)
  const bodyLength = Math.ceil(der.length / 3) * 4 + lines
  const pem = new Uint8Array(head.length + bodyLength + tail.length)
  pem.set(head, 0)
  let at = head.length
  for (let start = 0; start < der.length; start += BYTES_PER_LINE) {
    at = writeLine(pem, at, der.subarray(start, start + BYTES_PER_LINE))
  }
  pem.set(tail, at)
  return pem
}

/** @returns where the next line starts */
function writeLine(target: Uint8Array, start: number, bytes: Uint8Array): number {
  let at = start
  for (let index = 0; index < bytes.length; index += 3) {
    const [first = 0, second, third] = bytes.subarray(index, index + 3)
    target[at] = digit(first >> 2)
    target[at + 1] = digit(((first & 0x03) << 4) | ((second ?? 0) >> 4))
    target[at + 2] =
      second === undefined ? PADDING : digit(((second & 0x0f) << 2) | ((third ?? 0) >> 6))
    target[at + 3] = third === undefined ? PADDING : digit(third & 0x3f)
    at += 4
  }
  target[at] = NEWLINE
  return at + 1
}

function digit(value: number): number {
  return DIGITS[value] ?? PADDING
}

/** 64 digits, the width every reader takes. */
const BYTES_PER_LINE = 48
const PADDING = 0x3d
const NEWLINE = 0x0a
const toAscii = new TextEncoder()
const DIGITS = toAscii.encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
