import type { Bytes } from '../../../src/port/crypto.ts'
import { Secret } from '../../../src/secret/secret.ts'

/** Bytes of a text in hexadecimal digits; blanks do not count. */
export function hex(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits.replaceAll(/\s/g, ''), 'hex'))
}

export function secret(digits: string): Secret {
  return Secret.take(hex(digits))
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** What bytes are, for comparison. */
export function shown(bytes: Bytes): string {
  return bytes instanceof Secret ? bytes.expose(shown) : Buffer.from(bytes).toString('hex')
}
