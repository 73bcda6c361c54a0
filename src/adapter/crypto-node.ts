import { createHash } from 'node:crypto'
import type { Crypto } from '../port/crypto.ts'

/** Cryptography by OpenSSL. */
export const nodeCrypto: Crypto = {
  digest: (algorithm, data) =>
    Uint8Array.from(createHash(HASH_NAMES[algorithm]).update(data).digest()),
}

const HASH_NAMES = { SHA_256: 'sha256' } as const
