import {
  constants,
  createHash,
  createHmac,
  privateDecrypt,
  publicEncrypt,
  type KeyObject,
} from 'node:crypto'
import type { Bytes, KeyEncryption, PrivateKey, PublicKey } from '../../port/crypto.ts'
import type { Random } from '../../port/random.ts'
import { Secret } from '../../secret/secret.ts'
import { HashingAlgorithm } from '../../spec/enum/hashing-algorithm.ts'
import { PaddingMethod } from '../../spec/enum/padding-method.ts'
import type { CryptographicParameters } from '../../spec/structure/cryptographic-parameters.ts'
import { EMPTY, bigEndian, joined, maskBelow, maskEqual, plain, reveal, secretOf } from './bytes.ts'
import { hashKind } from './hash.ts'
import { objectOf } from './key.ts'
import { failed, guarded, missing, unsupported } from './refusal.ts'
import { oaepBlock, oaepMessage, type BlockHashes } from './rsa-block.ts'

const P = PaddingMethod
const NO_PADDING = constants.RSA_NO_PADDING

/** Encryption with RSA keys (RFC 8017 section 7). */
export function createKeyEncryption(random: Random): KeyEncryption {
  return {
    encrypt: (key, parameters, plaintext) => {
      const padding = paddingOf(key, parameters)
      const object = objectOf(key)
      return reveal(plaintext, (bytes) =>
        padding === P.OAEP
          ? encryptOaep(key, parameters, { bytes, random })
          : encryptPkcs1(object, key.bits, bytes),
      )
    },
    decrypt: (key, parameters, ciphertext) => {
      const padding = paddingOf(key, parameters)
      const block = decryptRaw(key, ciphertext)
      try {
        return padding === P.OAEP
          ? secretOf(oaepMessage(oaepHashes(parameters), block, parameters.pSource ?? EMPTY))
          : reveal(ciphertext, (bytes) => pkcs1Message(objectOf(key), block, bytes))
      } finally {
        block.fill(0)
      }
    },
  }
}

function paddingOf(
  key: PrivateKey | PublicKey,
  { paddingMethod }: CryptographicParameters,
): PaddingMethod {
  if (key.kind !== 'RSA') throw unsupported('Encryption with the Cryptographic Algorithm')
  if (paddingMethod === undefined) throw missing('A Padding Method is needed')
  if (paddingMethod !== P.OAEP && paddingMethod !== P.PKCS1V1_5) {
    throw unsupported('The Padding Method with the Cryptographic Algorithm')
  }
  return paddingMethod
}

/** Both hashes are SHA-1 where they are not named (KMIP 1.4 section 3.6, RFC 8017 appendix A.2.1). */
function oaepHashes(parameters: CryptographicParameters): BlockHashes {
  const { hashingAlgorithm: hash = HashingAlgorithm.SHA_1 } = parameters
  const { maskGeneratorHashingAlgorithm: mask = HashingAlgorithm.SHA_1 } = parameters
  hashKind(hash)
  hashKind(mask)
  return { hash, mask }
}

function encryptOaep(
  key: PublicKey,
  parameters: CryptographicParameters,
  { bytes, random }: { bytes: Uint8Array; random: Random },
): Uint8Array {
  const hashes = oaepHashes(parameters)
  const size = Math.ceil(key.bits / 8)
  const label = parameters.pSource ?? EMPTY
  const block = random
    .bytes(hashKind(hashes.hash).size)
    .expose((seed) => oaepBlock(hashes, bytes, { label, seed, size }))
  try {
    return guarded(() => plain(publicEncrypt({ key: objectOf(key), padding: NO_PADDING }, block)))
  } finally {
    // Who has the block has the message.
    block.fill(0)
  }
}

function encryptPkcs1(key: KeyObject, bits: number, bytes: Uint8Array): Uint8Array {
  if (bytes.length > Math.ceil(bits / 8) - 11) throw failed()
  return guarded(() => plain(publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, bytes)))
}

function decryptRaw(key: PrivateKey, ciphertext: Bytes): Uint8Array {
  if (ciphertext.length !== Math.ceil(key.bits / 8)) throw failed()
  return guarded(() =>
    reveal(ciphertext, (bytes) =>
      privateDecrypt({ key: objectOf(key), padding: NO_PADDING }, bytes),
    ),
  )
}

/**
 * The message of an EME-PKCS1-v1_5 block, or another that key and ciphertext determine when the block is none. Both
 * are made whatever the block is, and chosen between without a branch until the copy at the end.
 */
function pkcs1Message(key: KeyObject, block: Uint8Array, ciphertext: Uint8Array): Secret {
  const size = block.length
  const seed = rejectionSeed(key, ciphertext)
  const other = stretched(seed, 'message', size)
  const otherStart = size - otherLength(stretched(seed, 'length', 256), size)
  let good = maskEqual(block[0] ?? 1, 0) & maskEqual(block[1] ?? 0, 2)
  let end = 0
  block.forEach((byte, index) => {
    const first = maskEqual(end, 0) & maskEqual(byte, 0) & ~maskBelow(index, 2)
    end |= index & first
  })
  good &= ~maskBelow(end, 10)
  const start = ((end + 1) & good) | (otherStart & ~good)
  const chosen = block.map((byte, index) => (byte & good) | ((other[index] ?? 0) & ~good))
  const message = Secret.copyOf(chosen.subarray(start))
  chosen.fill(0)
  return message
}

/** Depends on the private key, so that nobody else can tell the other message from a real one. */
function rejectionSeed(key: KeyObject, ciphertext: Uint8Array): Uint8Array {
  const der = key.export({ format: 'der', type: 'pkcs1' })
  const secret = createHash('sha256').update(der).digest()
  der.fill(0)
  const seed = createHmac('sha256', secret).update(ciphertext).digest()
  secret.fill(0)
  return seed
}

function stretched(seed: Uint8Array, label: string, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, index) =>
    createHmac('sha256', seed).update(bigEndian(index, 2)).update(label).digest(),
  )
  return joined(...blocks).subarray(0, length)
}

/** A length that a message of the key can have: the last of many candidates that fits. */
function otherLength(candidates: Uint8Array, size: number): number {
  const most = size - 11
  const mask = 2 ** Math.ceil(Math.log2(most + 1)) - 1
  let length = 0
  for (let index = 0; index + 1 < candidates.length; index += 2) {
    const drawn = (((candidates[index] ?? 0) << 8) | (candidates[index + 1] ?? 0)) & mask
    const fits = maskBelow(drawn, most + 1)
    length = (drawn & fits) | (length & ~fits)
  }
  return length
}
