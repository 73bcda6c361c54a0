import { randomBytes } from 'node:crypto'
import { KmipFault } from '../fault/fault.ts'
import type { RootOfTrust } from '../port/root-of-trust.ts'
import { Secret } from '../secret/secret.ts'
import { IV_BYTES, TAG_BYTES, decryptGcm, encryptGcm, type GcmInput } from './aes-gcm.ts'
import { lengthPrefixed, utf8 } from './length-prefixed.ts'

/** How a root comes to its key, and what it says when the key is not the right one. */
export interface RootKey {
  readonly kind: string
  /** The 32 bytes; made when they are needed first. */
  readonly key: () => Promise<Secret>
  /** As in 'The passphrase does not open this store'. */
  readonly refusal: string
  readonly destroy: () => void
}

/** A root that wraps by AES-256-GCM in this process. Wrapped: format, IV, ciphertext, tag. */
export function wrappingRoot({ kind, key, refusal, destroy }: RootKey): RootOfTrust {
  const boundTo = (context: Uint8Array): Uint8Array => rootContext(kind, FORMAT, context)
  return {
    kind,
    async wrap(wrapped, context) {
      const iv = randomBytes(IV_BYTES)
      const output = await withKey(key, (bytes) =>
        wrapped.expose((plain) =>
          encryptGcm({ key: bytes, iv, associated: boundTo(context) }, plain),
        ),
      )
      return Buffer.concat([Uint8Array.of(FORMAT), iv, output.ciphertext, output.tag])
    },
    async unwrap(wrapped, context) {
      const plain = await withKey(key, (bytes) => open(wrapped, bytes, boundTo(context)))
      if (plain === undefined) throw new KmipFault('UNAVAILABLE', refusal)
      return Secret.take(plain)
    },
    destroy,
  }
}

/** What a wrapping is bound to, for AES-GCM to authenticate. */
export function rootContext(kind: string, format: number, context: Uint8Array): Uint8Array {
  return lengthPrefixed([utf8('kmipd root'), Uint8Array.of(format), utf8(kind), context])
}

/** The fault for whatever is asked of a root that is gone. */
export function destroyedRoot(): KmipFault {
  return new KmipFault('UNAVAILABLE', 'The root of trust was destroyed')
}

async function withKey<T>(key: () => Promise<Secret>, use: (bytes: Uint8Array) => T): Promise<T> {
  const secret = await key()
  if (secret.length === 0) throw destroyedRoot()
  return secret.expose(use)
}

function open(
  wrapped: Uint8Array,
  key: Uint8Array,
  associated: Uint8Array,
): Uint8Array | undefined {
  if (wrapped[0] !== FORMAT || wrapped.length < 1 + IV_BYTES + TAG_BYTES) return undefined
  const input: GcmInput = { key, iv: wrapped.subarray(1, 1 + IV_BYTES), associated }
  const ciphertext = wrapped.subarray(1 + IV_BYTES, wrapped.length - TAG_BYTES)
  return decryptGcm(input, { ciphertext, tag: wrapped.subarray(wrapped.length - TAG_BYTES) })
}

const FORMAT = 1
