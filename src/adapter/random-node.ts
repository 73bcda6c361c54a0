import { randomFillSync, randomUUID } from 'node:crypto'
import type { Random } from '../port/random.ts'
import { Secret } from '../secret/secret.ts'

/** Randomness of OpenSSL's generator, in memory outside the shared buffer pool. */
export const nodeRandom: Random = {
  bytes: (length) => Secret.take(randomFillSync(new Uint8Array(length))),
  identifier: () => randomUUID(),
}
