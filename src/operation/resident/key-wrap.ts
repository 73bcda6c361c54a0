import { cryptographicFailure } from '../../fault/cryptographic-failure.ts'
import { KmipFault } from '../../fault/fault.ts'
import { Secret } from '../../secret/secret.ts'

/** Encrypts or decrypts one block of 16 bytes, which is its own to zero. */
export type Block = (block: Uint8Array) => Promise<Uint8Array>

const ROUNDS = 6
const HALF = 8
const INITIAL = 0xa6
/** Bytes that are wrapped at most: every eight of them take six calls of the token, one after the other. */
const MOST = 1_024

/**
 * The key wrap of RFC 3394 by single blocks. Tokens do it themselves only for keys that are objects of theirs, and a
 * key that may both wrap and decrypt there would give away whatever it wraps. Throws `INVALID_FIELD`, `SERVER_LIMIT`.
 */
export async function wrapByBlocks(plain: Secret, encrypt: Block): Promise<Secret> {
  if (plain.length < 2 * HALF || plain.length % HALF !== 0) {
    throw new KmipFault('INVALID_FIELD', 'Key wrap takes whole blocks of 8 bytes, two at least')
  }
  checkLength(plain.length)
  const all = new Uint8Array(HALF + plain.length).fill(INITIAL, 0, HALF)
  plain.expose((bytes) => {
    all.set(bytes, HALF)
  })
  const count = plain.length / HALF
  await zeroedIfFailed(all, async () => {
    for (let step = 1; step <= ROUNDS * count; step += 1) {
      const at = HALF * (((step - 1) % count) + 1)
      const out = await encrypt(block(all.subarray(0, HALF), all.subarray(at, at + HALF)))
      all.set(out.subarray(HALF), at)
      mark(out, step)
      all.set(out.subarray(0, HALF))
      out.fill(0)
    }
  })
  return Secret.take(all)
}

/** The reverse of {@link wrapByBlocks}. Throws `CRYPTO_FAILED`, `SERVER_LIMIT`. */
export async function unwrapByBlocks(wrapped: Secret, decrypt: Block): Promise<Secret> {
  if (wrapped.length < 3 * HALF || wrapped.length % HALF !== 0) throw cryptographicFailure()
  checkLength(wrapped.length - HALF)
  const all = wrapped.expose((bytes) => Uint8Array.from(bytes))
  const count = all.length / HALF - 1
  await zeroedIfFailed(all, async () => {
    for (let step = ROUNDS * count; step >= 1; step -= 1) {
      const at = HALF * (((step - 1) % count) + 1)
      mark(all, step)
      const out = await decrypt(block(all.subarray(0, HALF), all.subarray(at, at + HALF)))
      all.set(out.subarray(0, HALF))
      all.set(out.subarray(HALF), at)
      out.fill(0)
    }
  })
  const difference = all.subarray(0, HALF).reduce((sum, byte) => sum | (byte ^ INITIAL), 0)
  const plain = all.slice(HALF)
  all.fill(0)
  if (difference === 0) return Secret.take(plain)
  plain.fill(0)
  throw cryptographicFailure()
}

/** The token may go away in the middle, and what is half wrapped is a key all the same. */
async function zeroedIfFailed(bytes: Uint8Array, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    bytes.fill(0)
    throw error
  }
}

function checkLength(length: number): void {
  if (length <= MOST) return
  throw new KmipFault('SERVER_LIMIT', 'The token does not wrap so much')
}

function block(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 * HALF)
  bytes.set(first)
  bytes.set(second, HALF)
  return bytes
}

/** Mixes the number of the step in, which is far below 2^32. */
function mark(bytes: Uint8Array, step: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  view.setUint32(4, (view.getUint32(4) ^ step) >>> 0)
}
