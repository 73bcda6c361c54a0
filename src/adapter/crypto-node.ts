import type { Crypto } from '../port/crypto.ts'
import type { Random } from '../port/random.ts'
import { HashingAlgorithm } from '../spec/enum/hashing-algorithm.ts'
import { nodeKeys } from './crypto/asymmetric-keys.ts'
import { createCiphers } from './crypto/cipher.ts'
import { createDerivation } from './crypto/derivation.ts'
import { hashBytes, nodeHashes } from './crypto/hash.ts'
import { nodeMacs } from './crypto/mac.ts'
import { createKeyEncryption } from './crypto/rsa.ts'
import { createSignatures } from './crypto/signature.ts'
import { nodeRandom } from './random-node.ts'

/** Cryptography by OpenSSL, and by code of its own where OpenSSL has none. */
export const nodeCrypto: Crypto = createNodeCrypto(nodeRandom)

/** @param random - makes padding, seeds and salts; nonces of signatures and new keys are OpenSSL's own. */
export function createNodeCrypto(random: Random): Crypto {
  const ciphers = createCiphers(random)
  return {
    digest: (algorithm, data) => hashBytes(HashingAlgorithm[algorithm], data),
    hashes: nodeHashes,
    ciphers,
    macs: nodeMacs,
    derivation: createDerivation(ciphers),
    keys: nodeKeys,
    keyEncryption: createKeyEncryption(random),
    signatures: createSignatures(random),
  }
}
