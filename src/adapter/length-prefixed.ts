/**
 * One string of bytes from several, each after its length in four bytes, so that no two lists of parts ever give the
 * same bytes.
 */
export function lengthPrefixed(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0))
  const view = new DataView(whole.buffer)
  let offset = 0
  for (const part of parts) {
    view.setUint32(offset, part.length)
    whole.set(part, offset + 4)
    offset += 4 + part.length
  }
  return whole
}

/** A number up to 2^53 in eight bytes, most significant first. */
export function eightBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value))
  return bytes
}

const encoder = new TextEncoder()

/** The text in UTF-8. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}
