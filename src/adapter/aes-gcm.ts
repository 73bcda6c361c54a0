import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto'

export const KEY_BYTES = 32
export const IV_BYTES = 12
export const TAG_BYTES = 16

const CIPHER = 'aes-256-gcm'
const OPTIONS = { authTagLength: TAG_BYTES } as const

/** AES-256-GCM under a key and IV that never meet again. The answer is as long as the input. */
export interface GcmOutput {
  readonly ciphertext: Uint8Array
  readonly tag: Uint8Array
}

/** What a ciphertext is made under: the key, the IV of 12 bytes and the associated data. */
export interface GcmInput {
  readonly key: KeyObject | Uint8Array
  readonly iv: Uint8Array
  readonly associated: Uint8Array
}

export function encryptGcm({ key, iv, associated }: GcmInput, plaintext: Uint8Array): GcmOutput {
  const cipher = createCipheriv(CIPHER, key, iv, OPTIONS)
  cipher.setAAD(associated)
  const ciphertext = cipher.update(plaintext)
  cipher.final()
  return { ciphertext, tag: cipher.getAuthTag() }
}

/** The plaintext in memory of its own; undefined when the tag does not fit, with nothing of it left behind. */
export function decryptGcm(
  { key, iv, associated }: GcmInput,
  { ciphertext, tag }: GcmOutput,
): Uint8Array | undefined {
  const decipher = createDecipheriv(CIPHER, key, iv, OPTIONS)
  decipher.setAAD(associated)
  decipher.setAuthTag(tag)
  const plaintext = decipher.update(ciphertext)
  try {
    decipher.final()
  } catch {
    plaintext.fill(0)
    return undefined
  }
  return new Uint8Array(plaintext.buffer, plaintext.byteOffset, plaintext.length)
}
