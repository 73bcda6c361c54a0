import { createHmac, randomBytes } from 'node:crypto'

/** A keyed hash in hex of several byte strings, under a key that is made here and kept nowhere. */
export function fingerprinter(): (parts: readonly Uint8Array[]) => string {
  const key = randomBytes(32)
  return (parts) => {
    const hmac = createHmac('sha256', key)
    const length = Buffer.alloc(4)
    for (const part of parts) {
      length.writeUInt32BE(part.length)
      hmac.update(length).update(part)
    }
    return hmac.digest('hex')
  }
}
