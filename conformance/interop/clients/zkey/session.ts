import { generateKeyPairSync, constants, privateDecrypt, type KeyObject } from 'node:crypto'
import { expect } from 'vitest'
import type { Asker } from '../card.ts'
import type { Answer } from '../wire/answer.ts'
import { boolean, enumeration, integer } from '../wire/bytes.ts'
import { batchItem, message, timeStamp, version, type KmipVersion } from '../wire/message.ts'
import { Continuation } from '../wire/numbers.ts'
import { v1, v2, type Dialect } from './dialect.ts'

/** One item of a request. */
export type Asked = readonly [operation: number, payload: readonly Uint8Array[]]

/** What zkey does over any of its transports: one or two items, and no Unique Batch Item ID. */
export class ZkeySession {
  readonly version: KmipVersion
  readonly dialect: Dialect
  readonly #asker: Asker

  constructor(asker: Asker, stated: KmipVersion) {
    this.#asker = asker
    this.version = stated
    this.dialect = stated.startsWith('1.') ? v1 : v2
  }

  async ask(...items: readonly Asked[]): Promise<Answer> {
    const header = [
      version(this.version),
      ...(items.length > 1
        ? [enumeration('BatchErrorContinuationOption', Continuation.continue)]
        : []),
      boolean('BatchOrderOption', true),
      timeStamp(),
      integer('BatchCount', items.length),
    ]
    const answer = await this.#asker.ask(
      message(header, ...items.map(([operation, payload]) => batchItem(operation, payload))),
    )
    expect(answer.items).toHaveLength(items.length)
    return answer
  }
}

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })

/** The transport key of the host, which keys are wrapped with. */
export const transportKey: { readonly publicKey: KeyObject; readonly privateKey: KeyObject } = {
  publicKey,
  privateKey,
}

/** Undoes PKCS#1 v1.5 by hand, because Node's own decryption hides whether the padding was right. */
export function unwrapPkcs1(wrapped: Buffer): Buffer {
  const padding = constants.RSA_NO_PADDING
  const block = privateDecrypt({ key: privateKey, padding }, wrapped)
  expect([...block.subarray(0, 2)]).toEqual([0, 2])
  const end = block.indexOf(0, 2)
  expect(end).toBeGreaterThanOrEqual(10)
  return block.subarray(end + 1)
}

export function unwrapOaep(wrapped: Buffer, oaepHash: string): Buffer {
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  return privateDecrypt({ key: privateKey, padding, oaepHash }, wrapped)
}
