import { hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { KmipFault } from '../fault/fault.ts'
import type { RootOfTrust } from '../port/root-of-trust.ts'
import { Secret } from '../secret/secret.ts'
import { IV_BYTES, KEY_BYTES, TAG_BYTES, decryptGcm, encryptGcm, type GcmInput } from './aes-gcm.ts'
import { lengthPrefixed, utf8 } from './length-prefixed.ts'

/** How a root comes to its key, and what it says when the key is not the right one. */
export interface RootKey {
  readonly kind: string
  /** The 32 bytes; made when they are needed first. */
  readonly key: () => Promise<Secret>
  /** As in 'The passphrase does not open this store'. */
  readonly refusal: string
  /** Whether the key comes from something that people made up. */
  readonly isGuessable?: boolean
  readonly destroy: () => void
}

/**
 * A root that wraps by AES-256-GCM in this process. Wrapped: format, IV, ciphertext, tag; with a commitment behind the
 * format where the key comes from something that can be guessed.
 */
export function wrappingRoot({
  kind,
  key,
  refusal,
  destroy,
  isGuessable = false,
}: RootKey): RootOfTrust {
  return {
    kind,
    async wrap(wrapped, context) {
      const iv = randomBytes(IV_BYTES)
      const format = isGuessable ? COMMITTED : PLAIN
      return withKey(key, (bytes) => {
        const keys = isGuessable ? committedKeys(bytes, iv) : { seal: bytes, commitment: NOTHING }
        const input = { key: keys.seal, iv, associated: rootContext(kind, format, context) }
        const output = wrapped.expose((plain) => encryptGcm(input, plain))
        const head = [Uint8Array.of(format), keys.commitment, iv]
        return Buffer.concat([...head, output.ciphertext, output.tag])
      })
    },
    async unwrap(wrapped, context) {
      const plain = await withKey(key, (bytes) => {
        const format = wrapped[0]
        if (format !== PLAIN && format !== COMMITTED) return undefined
        const associated = rootContext(kind, format, context)
        if (format === COMMITTED) return openCommitted(wrapped.subarray(1), bytes, associated)
        // Of so few blocks no wrapping opens under more than a few keys that somebody chose.
        if (isGuessable && wrapped.length !== 1 + IV_BYTES + KEY_BYTES + TAG_BYTES) return undefined
        return open(wrapped.subarray(1), bytes, associated)
      })
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

function openCommitted(
  wrapped: Uint8Array,
  key: Uint8Array,
  associated: Uint8Array,
): Uint8Array | undefined {
  if (wrapped.length < COMMITMENT_BYTES + IV_BYTES + TAG_BYTES) return undefined
  const rest = wrapped.subarray(COMMITMENT_BYTES)
  const keys = committedKeys(key, rest.subarray(0, IV_BYTES))
  if (!timingSafeEqual(keys.commitment, wrapped.subarray(0, COMMITMENT_BYTES))) return undefined
  return open(rest, keys.seal, associated)
}

/** @param wrapped - IV, ciphertext, tag */
function open(
  wrapped: Uint8Array,
  key: Uint8Array,
  associated: Uint8Array,
): Uint8Array | undefined {
  if (wrapped.length < IV_BYTES + TAG_BYTES) return undefined
  const input: GcmInput = { key, iv: wrapped.subarray(0, IV_BYTES), associated }
  const ciphertext = wrapped.subarray(IV_BYTES, wrapped.length - TAG_BYTES)
  return decryptGcm(input, { ciphertext, tag: wrapped.subarray(wrapped.length - TAG_BYTES) })
}

/**
 * GCM does not commit to its key: one ciphertext can be made that opens under each of many guessed keys, so that one try
 * would rule out all of them. Nobody finds two keys with one commitment.
 */
function committedKeys(
  key: Uint8Array,
  iv: Uint8Array,
): { readonly seal: Uint8Array; readonly commitment: Uint8Array } {
  const derive = (purpose: string): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', key, iv, `kmipd root ${purpose}`, KEY_BYTES))
  return { seal: derive('seal'), commitment: derive('commitment') }
}

/** Of wrappings without a commitment, and with one. */
const PLAIN = 1
const COMMITTED = 2
const COMMITMENT_BYTES = KEY_BYTES
const NOTHING = new Uint8Array(0)
