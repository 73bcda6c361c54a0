import { randomFillSync, randomUUID } from 'node:crypto'
import type { Random } from '../port/random.ts'
import { Secret } from '../secret/secret.ts'
import { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import { DRBGAlgorithm } from '../spec/enum/drbg-algorithm.ts'
import { RNGAlgorithm } from '../spec/enum/rng-algorithm.ts'
import { unmovedBytes } from '../secret/memory.ts'

/** Randomness of OpenSSL's generator, CTR-DRBG with AES-256, in memory outside the shared buffer pool. */
export const nodeRandom: Random = {
  bytes: (length) => Secret.take(randomFillSync(unmovedBytes(length))),
  identifier: () => randomUUID(),
  parameters: {
    rngAlgorithm: RNGAlgorithm.DRBG,
    cryptographicAlgorithm: CryptographicAlgorithm.AES,
    cryptographicLength: 256,
    drbgAlgorithm: DRBGAlgorithm.CTR,
  },
}
