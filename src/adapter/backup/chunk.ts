import { createHash, type KeyObject } from 'node:crypto'
import type { Secret } from '../../secret/secret.ts'
import { IV_BYTES, TAG_BYTES, decryptGcm, encryptGcm, type GcmInput } from '../aes-gcm.ts'
import { deriveKey } from '../sealer-envelope.ts'
import type { BackupHeader } from './header.ts'

/** Bytes of the stream in each chunk; the last one has fewer, or as many. */
export const CHUNK = 65_536
/** Bytes of a chunk in the file. */
export const SEALED_CHUNK = CHUNK + TAG_BYTES

/** Seals or opens the chunks of one backup. */
export class ChunkCipher {
  readonly #key: KeyObject
  readonly #header: Uint8Array

  /**
   * @param key - of the backup, 32 bytes; the caller destroys its own
   * @param header - all bytes of the header
   */
  constructor(key: Secret, { backupId }: Pick<BackupHeader, 'backupId'>, header: Uint8Array) {
    this.#key = deriveKey(key, backupId, 'backup stream')
    this.#header = createHash('sha256').update(header).digest()
  }

  /** @param number - counts the chunks, first 0: no two of them may have the same */
  seal(number: number, isLast: boolean, chunk: Uint8Array): Uint8Array {
    const { ciphertext, tag } = encryptGcm(this.#input(number, isLast), chunk)
    return Buffer.concat([ciphertext, tag])
  }

  /** Undefined when it is not that chunk of that backup. */
  open(number: number, isLast: boolean, sealed: Uint8Array): Uint8Array | undefined {
    const end = sealed.length - TAG_BYTES
    if (end < 0) return undefined
    const output = { ciphertext: sealed.subarray(0, end), tag: sealed.subarray(end) }
    return decryptGcm(this.#input(number, isLast), output)
  }

  /** A chunk that is the last cannot be taken for one that is not: the stream can be neither cut nor prolonged. */
  #input(number: number, isLast: boolean): GcmInput {
    const iv = new Uint8Array(IV_BYTES)
    const view = new DataView(iv.buffer)
    view.setUint32(IV_BYTES - 5, number)
    view.setUint8(IV_BYTES - 1, isLast ? 1 : 0)
    return { key: this.#key, iv, associated: this.#header }
  }
}

/** Cuts a stream of bytes into sealed chunks. */
export class ChunkWriter {
  readonly #cipher: ChunkCipher
  readonly #chunk = Buffer.alloc(CHUNK)
  #length = 0
  #number = 0

  constructor(cipher: ChunkCipher) {
    this.#cipher = cipher
  }

  /** Takes in bytes; gives the chunks that are full by then and not the last. */
  *write(bytes: Uint8Array): Generator<Uint8Array> {
    for (let from = 0; from < bytes.length;) {
      if (this.#length === CHUNK) yield this.#seal(false)
      const end = Math.min(bytes.length, from + CHUNK - this.#length)
      this.#chunk.set(bytes.subarray(from, end), this.#length)
      this.#length += end - from
      from = end
    }
  }

  /** The last chunk. */
  end(): Uint8Array {
    return this.#seal(true)
  }

  #seal(isLast: boolean): Uint8Array {
    const sealed = this.#cipher.seal(this.#number, isLast, this.#chunk.subarray(0, this.#length))
    this.#number += 1
    this.#length = 0
    return sealed
  }
}
