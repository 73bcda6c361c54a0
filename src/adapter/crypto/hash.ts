import { createHash, type Hash } from 'node:crypto'
import type { Bytes, Hashes, HashStream } from '../../port/crypto.ts'
import { HashingAlgorithm } from '../../spec/enum/hashing-algorithm.ts'
import { plain, reveal } from './bytes.ts'
import { unsupported } from './refusal.ts'

/** What is known of a hash: OpenSSL's name, and the lengths of digest and block in bytes. */
export interface HashKind {
  readonly name: string
  readonly size: number
  readonly block: number
}

const H = HashingAlgorithm

/** MD2, MD4, Tiger and Whirlpool are absent: OpenSSL has them in its legacy provider or not at all. */
const KINDS: ReadonlyMap<number, HashKind> = new Map([
  [H.MD5, { name: 'md5', size: 16, block: 64 }],
  [H.SHA_1, { name: 'sha1', size: 20, block: 64 }],
  [H.SHA_224, { name: 'sha224', size: 28, block: 64 }],
  [H.SHA_256, { name: 'sha256', size: 32, block: 64 }],
  [H.SHA_384, { name: 'sha384', size: 48, block: 128 }],
  [H.SHA_512, { name: 'sha512', size: 64, block: 128 }],
  [H.RIPEMD_160, { name: 'ripemd160', size: 20, block: 64 }],
  [H.SHA_512_224, { name: 'sha512-224', size: 28, block: 128 }],
  [H.SHA_512_256, { name: 'sha512-256', size: 32, block: 128 }],
  [H.SHA3_224, { name: 'sha3-224', size: 28, block: 144 }],
  [H.SHA3_256, { name: 'sha3-256', size: 32, block: 136 }],
  [H.SHA3_384, { name: 'sha3-384', size: 48, block: 104 }],
  [H.SHA3_512, { name: 'sha3-512', size: 64, block: 72 }],
])

/** Digests by OpenSSL. */
export const nodeHashes: Hashes = {
  supports: (algorithm) => KINDS.has(algorithm),
  size: (algorithm) => hashKind(algorithm).size,
  begin: (algorithm) => new NodeHashStream(createHash(hashKind(algorithm).name)),
  hash: (algorithm, data) => hashBytes(algorithm, data),
}

/** Throws `UNSUPPORTED_CRYPTOGRAPHY`. */
export function hashKind(algorithm: HashingAlgorithm): HashKind {
  const kind = KINDS.get(algorithm)
  if (kind === undefined) throw unsupported('The Hashing Algorithm')
  return kind
}

export function hashBytes(algorithm: HashingAlgorithm, ...parts: readonly Bytes[]): Uint8Array {
  const hash = createHash(hashKind(algorithm).name)
  for (const part of parts) reveal(part, (bytes) => hash.update(bytes))
  return plain(hash.digest())
}

class NodeHashStream implements HashStream {
  readonly #hash: Hash

  constructor(hash: Hash) {
    this.#hash = hash
  }

  update(data: Bytes): this {
    reveal(data, (bytes) => this.#hash.update(bytes))
    return this
  }

  finish(): Uint8Array {
    return plain(this.#hash.digest())
  }

  clone(): HashStream {
    return new NodeHashStream(this.#hash.copy())
  }
}
