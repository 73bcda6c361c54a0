import type {
  Bytes,
  CipherRequest,
  CipherResult,
  Ciphers,
  CipherStream,
  DecryptRequest,
} from '../../port/crypto.ts'
import type { Random } from '../../port/random.ts'
import { Secret } from '../../secret/secret.ts'
import type { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import { openSealing, openUnsealing } from './aead.ts'
import { takeJoined } from './bytes.ts'
import { isStreamCipher, streamCipherIvLengths, streamCipherPlan } from './chacha.ts'
import { blockCipherPlan, ivRange, keyBytes, modeOf, type CipherPlan } from './cipher-plan.ts'
import { openDecryption, openEncryption } from './cipher-stream.ts'
import { invalid } from './refusal.ts'
import { KmipFault } from '../../fault/fault.ts'

/** Symmetric ciphers by OpenSSL. */
export function createCiphers(random: Random): Ciphers {
  const beginEncrypt = (request: CipherRequest): CipherStream => {
    const plan = planOf(request)
    return withKey(request, (key) =>
      plan.treatment === 'tag' ? openSealing(plan, key) : openEncryption(plan, key, random),
    )
  }
  const beginDecrypt = (request: DecryptRequest): CipherStream => {
    const plan = planOf(request)
    if (request.tag !== undefined && plan.treatment !== 'tag') {
      throw invalid('Only an authenticated mode takes a tag')
    }
    return withKey(request, (key) =>
      plan.treatment === 'tag' ? openUnsealing(plan, key, request.tag) : openDecryption(plan, key),
    )
  }
  return {
    supports,
    ivLength,
    beginEncrypt,
    beginDecrypt,
    encrypt: (request, plaintext) => through(beginEncrypt(request), plaintext),
    decrypt: (request, ciphertext) => through(beginDecrypt(request), ciphertext).data,
  }
}

function planOf(request: CipherRequest): CipherPlan {
  return isStreamCipher(request.algorithm) ? streamCipherPlan(request) : blockCipherPlan(request)
}

function withKey<R>({ algorithm, key }: CipherRequest, use: (key: Uint8Array) => R): R {
  return key.expose((bytes) => use(keyBytes(algorithm, bytes)))
}

/** All at once; nothing is released when the end fails. */
function through(stream: CipherStream, data: Bytes): CipherResult {
  const first = stream.update(data)
  try {
    const last = stream.finish()
    const whole = first.expose((head) =>
      last.data.expose((tail) => Secret.take(takeJoined(head, tail))),
    )
    return { ...last, data: whole }
  } finally {
    first.destroy()
    stream.destroy()
  }
}

function supports(algorithm: CryptographicAlgorithm, parameters: CryptographicParameters): boolean {
  try {
    if (!isStreamCipher(algorithm)) modeOf(algorithm, parameters)
    return true
  } catch (error) {
    if (error instanceof KmipFault) return false
    throw error
  }
}

function ivLength(algorithm: CryptographicAlgorithm, parameters: CryptographicParameters): number {
  const range = isStreamCipher(algorithm)
    ? streamCipherIvLengths(algorithm)
    : rangeOf(algorithm, parameters)
  if (range === undefined) return 0
  const [least, greatest, usual] = range
  const bits = parameters.ivLength
  if (bits === undefined) return usual
  if (bits % 8 !== 0 || bits < least * 8 || bits > greatest * 8) {
    throw invalid('The IV Length does not fit the Block Cipher Mode')
  }
  return bits / 8
}

function rangeOf(
  algorithm: CryptographicAlgorithm,
  parameters: CryptographicParameters,
): readonly [number, number, number] | undefined {
  const { family, mode } = modeOf(algorithm, parameters)
  return ivRange(family, mode)
}
