import type { CipherRequest } from '../../port/crypto.ts'
import { BlockCipherMode } from '../../spec/enum/block-cipher-mode.ts'
import { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import { EMPTY, plain } from './bytes.ts'
import type { CipherPlan } from './cipher-plan.ts'
import { chachaBlock } from './counter-block.ts'
import { paddingOf } from './padding.ts'
import { invalid, invalidTagLength, mismatched, missing, unsupported } from './refusal.ts'

const A = CryptographicAlgorithm
const KEY_BYTES = 32
const NONCE_BYTES = 12

export function isStreamCipher(algorithm: CryptographicAlgorithm): boolean {
  return algorithm === A.ChaCha20 || algorithm === A.ChaCha20Poly1305
}

/** Least, greatest and usual length of a nonce in bytes. */
export function streamCipherIvLengths(
  algorithm: CryptographicAlgorithm,
): readonly [number, number, number] {
  return algorithm === A.ChaCha20 ? [8, 16, NONCE_BYTES] : [NONCE_BYTES, NONCE_BYTES, NONCE_BYTES]
}

/** ChaCha20 and ChaCha20-Poly1305 (RFC 8439), as the official cases of KMIP 2.0 use them. */
export function streamCipherPlan(request: CipherRequest): CipherPlan {
  const { algorithm, parameters, iv, associated = EMPTY } = request
  const isAead = algorithm === A.ChaCha20Poly1305
  checkParameters(request, isAead)
  if (iv === undefined) throw missing('A nonce is needed')
  if (!isAead && associated.length > 0) {
    throw invalid('Only an authenticated cipher takes additional data')
  }
  const common = { block: 1, padding: undefined, associated }
  return isAead
    ? {
        ...common,
        name: 'chacha20-poly1305',
        treatment: 'tag',
        iv: nonceOf(iv),
        tagLength: tagLengthOf(request),
      }
    : {
        ...common,
        name: 'chacha20',
        treatment: 'bytes',
        iv: chachaBlock(iv, parameters),
        tagLength: 0,
      }
}

function checkParameters({ algorithm, parameters, key }: CipherRequest, isAead: boolean): void {
  const { cryptographicAlgorithm, blockCipherMode, paddingMethod } = parameters
  if (cryptographicAlgorithm !== undefined && cryptographicAlgorithm !== algorithm) {
    throw mismatched('The Cryptographic Algorithm is not that of the key')
  }
  if (blockCipherMode !== undefined && !(isAead && blockCipherMode === BlockCipherMode.AEAD)) {
    throw unsupported('The Block Cipher Mode with the Cryptographic Algorithm')
  }
  if (paddingOf(paddingMethod) !== undefined) throw invalid('The cipher takes no padding')
  if (key.length !== KEY_BYTES) throw invalid('The key has not a length of the algorithm')
}

function nonceOf(iv: Uint8Array): Uint8Array {
  if (iv.length !== NONCE_BYTES) throw invalid('The nonce has a wrong length')
  return plain(iv)
}

function tagLengthOf({ parameters, shortTags }: CipherRequest): number {
  const length = parameters.tagLength ?? 16
  const least = shortTags === true ? 4 : 12
  if (length < least || length > 16) throw invalidTagLength()
  return length
}
