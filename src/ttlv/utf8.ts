import { isUtf8 } from 'node:buffer'

/** Up to this many bytes a loop costs less than the call into native code. */
const SHORT = 48

/** Whether bytes are well-formed UTF-8 (KMIP 1.4 section 9.1.1.4). No string is made of them. */
export function isWellFormed(bytes: Uint8Array): boolean {
  return (bytes.length <= SHORT && isAscii(bytes)) || isUtf8(bytes)
}

function isAscii(bytes: Uint8Array): boolean {
  let union = 0
  for (const byte of bytes) union |= byte
  return union < 0x80
}
