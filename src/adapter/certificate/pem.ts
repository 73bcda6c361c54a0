import { malformed } from '../der/read.ts'

/**
 * The bytes in the one PEM block of a text (RFC 7468), which must have one of the labels. What stands before and behind
 * it is explanatory text. Throws `INVALID_FIELD`.
 */
export function decodePem(text: Uint8Array, labels: readonly string[]): Uint8Array {
  const [, label = '', body = '', end] = BLOCK.exec(new TextDecoder('latin1').decode(text)) ?? []
  const digits = body.replaceAll(/[ \t\r\n]/gu, '')
  const isBase64 = digits.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/u.test(digits)
  if (!labels.includes(label) || end !== label || !isBase64) throw malformed()
  return Uint8Array.from(Buffer.from(digits, 'base64'))
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,64})-----([^-]*)-----END ([A-Z0-9 ]{1,64})-----/u
