import { createHash } from 'node:crypto'
import type { DrawBytes } from '../../../src/model/split-key/share-field.ts'
import { Secret } from '../../../src/secret/secret.ts'

/** Bytes that look random and come again for the same seed: hashes of a counter. */
export function drawFrom(seed: number): DrawBytes {
  let count = 0
  return (length) => {
    const blocks: Buffer[] = []
    while (blocks.length * 32 < length) {
      blocks.push(createHash('sha256').update(`${seed} ${count}`).digest())
      count += 1
    }
    return Secret.copyOf(Buffer.concat(blocks).subarray(0, length))
  }
}

export const secretOf = (hex: string): Secret => Secret.copyOf(Buffer.from(hex, 'hex'))

export const hexOf = (secret: Secret): string =>
  secret.expose((bytes) => Buffer.from(bytes).toString('hex'))
