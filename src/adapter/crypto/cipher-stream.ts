import { createCipheriv, createDecipheriv, type Cipher, type Decipher } from 'node:crypto'
import type { Bytes, CipherResult, CipherStream } from '../../port/crypto.ts'
import type { Random } from '../../port/random.ts'
import { Secret } from '../../secret/secret.ts'
import { EMPTY, plain, reveal, secretOf, takeJoined } from './bytes.ts'
import type { CipherPlan } from './cipher-plan.ts'
import type { Padding } from './padding.ts'
import { failed, guarded, invalid } from './refusal.ts'

/** Takes over `key`, in the form that OpenSSL takes for the plan's cipher, and zeroes it as soon as it can. */
export function openEncryption(plan: CipherPlan, key: Uint8Array, random: Random): CipherStream {
  if (plan.treatment === 'whole') return new GatheringStream(key, (all) => wholeOf(plan, key, all))
  const cipher = wiping(key, () => createCipheriv(plan.name, key, plan.iv))
  return new EncryptStream(cipher.setAutoPadding(false), plan, random)
}

/** Like {@link openEncryption}. */
export function openDecryption(plan: CipherPlan, key: Uint8Array): CipherStream {
  if (plan.treatment === 'whole')
    return new GatheringStream(key, (all) => openWhole(plan, key, all))
  const decipher = wiping(key, () => createDecipheriv(plan.name, key, plan.iv))
  decipher.setAutoPadding(false)
  const { padding, block } = plan
  return padding === undefined
    ? new DecryptStream(decipher, plan)
    : new PaddedDecryptStream(decipher, padding, block)
}

/** Opens a cipher, and zeroes the key that it has taken a copy of. */
export function wiping<R>(key: Uint8Array, open: (key: Uint8Array) => R): R {
  try {
    return guarded(() => open(key))
  } finally {
    key.fill(0)
  }
}

/** ECB and CBC, and all that works byte by byte. */
class EncryptStream implements CipherStream {
  readonly gathers = false
  readonly #cipher: Cipher
  readonly #plan: CipherPlan
  readonly #random: Random
  #filled = 0

  constructor(cipher: Cipher, plan: CipherPlan, random: Random) {
    this.#cipher = cipher
    this.#plan = plan
    this.#random = random
  }

  update(data: Bytes): Secret {
    this.#filled = (this.#filled + data.length) % this.#plan.block
    return reveal(data, (bytes) => secretOf(this.#cipher.update(bytes)))
  }

  finish(): CipherResult {
    const { padding, block, treatment } = this.#plan
    const filling = padding?.fill(this.#filled, block, this.#random) ?? EMPTY
    if (treatment === 'blocks' && padding === undefined && this.#filled !== 0) {
      throw invalid('The data does not come in whole blocks, and no padding is asked for')
    }
    return { data: guarded(() => secretOf(ended(this.#cipher, filling))) }
  }

  destroy(): void {
    this.#cipher.destroy()
  }
}

class DecryptStream implements CipherStream {
  readonly gathers = false
  readonly #decipher: Decipher
  readonly #plan: CipherPlan
  #filled = 0

  constructor(decipher: Decipher, plan: CipherPlan) {
    this.#decipher = decipher
    this.#plan = plan
  }

  update(data: Bytes): Secret {
    this.#filled = (this.#filled + data.length) % this.#plan.block
    return reveal(data, (bytes) => secretOf(this.#decipher.update(bytes)))
  }

  finish(): CipherResult {
    if (this.#plan.treatment === 'blocks' && this.#filled !== 0) throw failed()
    return { data: guarded(() => secretOf(ended(this.#decipher, EMPTY))) }
  }

  destroy(): void {
    this.#decipher.destroy()
  }
}

/** Keeps the last block that was decrypted, for it may be padding. */
class PaddedDecryptStream implements CipherStream {
  readonly gathers = false
  readonly #decipher: Decipher
  readonly #padding: Padding
  readonly #block: number
  #held: Uint8Array = EMPTY

  constructor(decipher: Decipher, padding: Padding, block: number) {
    this.#decipher = decipher
    this.#padding = padding
    this.#block = block
  }

  update(data: Bytes): Secret {
    const fresh = reveal(data, (bytes) => this.#decipher.update(bytes))
    const all = takeJoined(this.#held, fresh)
    const released = Math.max(0, all.length - this.#block)
    this.#held = all.slice(released)
    all.fill(0, released)
    return Secret.take(all.subarray(0, released))
  }

  finish(): CipherResult {
    try {
      const last = guarded(() => takeJoined(this.#held, this.#decipher.final()))
      const length = this.#padding.dataLength(last)
      last.fill(0, length)
      return { data: Secret.take(last.subarray(0, length)) }
    } finally {
      this.destroy()
    }
  }

  destroy(): void {
    this.#held.fill(0)
    this.#held = EMPTY
    this.#decipher.destroy()
  }
}

/** Keeps everything for the end, and the key, which it zeroes then. */
export class GatheringStream implements CipherStream {
  readonly gathers = true
  readonly #key: Uint8Array
  readonly #work: (all: Uint8Array) => CipherResult
  #parts: Uint8Array[] = []

  constructor(key: Uint8Array, work: (all: Uint8Array) => CipherResult) {
    this.#key = key
    this.#work = work
  }

  update(data: Bytes): Secret {
    this.#parts.push(reveal(data, (bytes) => Uint8Array.from(bytes)))
    return Secret.take(new Uint8Array(0))
  }

  finish(): CipherResult {
    const all = takeJoined(...this.#parts)
    this.#parts = []
    try {
      return this.#work(all)
    } finally {
      all.fill(0)
      this.destroy()
    }
  }

  destroy(): void {
    for (const part of this.#parts) part.fill(0)
    this.#parts = []
    this.#key.fill(0)
  }
}

/** The least length that XTS, RFC 3394 and RFC 5649 can encrypt, by OpenSSL's ending. */
function leastOf(name: string): number {
  if (name.endsWith('-wrap-pad')) return 1
  return 16
}

function wholeOf(plan: CipherPlan, key: Uint8Array, all: Uint8Array): CipherResult {
  const inBlocks = !plan.name.endsWith('-wrap') || all.length % plan.block === 0
  if (all.length < leastOf(plan.name) || !inBlocks) {
    throw invalid('The data has a length that the Block Cipher Mode cannot take')
  }
  return {
    data: guarded(() => secretOf(ended(createCipheriv(plan.name, key, plan.iv), all))),
  }
}

/** OpenSSL finds nothing wrong with no ciphertext at all. */
function openWhole(plan: CipherPlan, key: Uint8Array, all: Uint8Array): CipherResult {
  if (all.length === 0) throw failed()
  return {
    data: guarded(() => secretOf(ended(createDecipheriv(plan.name, key, plan.iv), all))),
  }
}

/** The last output; what `update` gave before `final` refused is zeroed. */
function ended(cipher: Cipher | Decipher, last: Uint8Array): Uint8Array {
  const output = cipher.update(last)
  try {
    return takeJoined(output, plain(cipher.final()))
  } catch (error) {
    output.fill(0)
    throw error
  }
}
