import { createCipheriv, createDecipheriv, type CipherGCM, type CipherGCMTypes } from 'node:crypto'
import type { Bytes, CipherResult, CipherStream, DecryptRequest } from '../../port/crypto.ts'
import type { Secret } from '../../secret/secret.ts'
import { plain, reveal, secretOf, takeJoined } from './bytes.ts'
import type { CipherPlan } from './cipher-plan.ts'
import { GatheringStream, wiping } from './cipher-stream.ts'
import { failed, guarded, invalid } from './refusal.ts'

/** Encryption with a tag. CCM has to know the length first, so it keeps everything for the end. */
export function openSealing(plan: CipherPlan, key: Uint8Array): CipherStream {
  return plan.name.endsWith('-ccm')
    ? new GatheringStream(key, (all) => sealed(plan, key, all))
    : new SealStream(wiping(key, () => cipherOf(plan, key, 0)))
}

/** Decryption with a tag: nothing is released before the tag is found right. */
export function openUnsealing(
  plan: CipherPlan,
  key: Uint8Array,
  tag: DecryptRequest['tag'],
): CipherStream {
  if (tag !== undefined && tag.length !== plan.tagLength) {
    throw invalid('The tag has not the Tag Length')
  }
  const given = tag === undefined ? undefined : plain(tag)
  return new GatheringStream(key, (all) => ({ data: unsealed(plan, key, all, given) }))
}

class SealStream implements CipherStream {
  readonly gathers = false
  readonly #cipher: CipherGCM

  constructor(cipher: CipherGCM) {
    this.#cipher = cipher
  }

  update(data: Bytes): Secret {
    return guarded(() => reveal(data, (bytes) => secretOf(this.#cipher.update(bytes))))
  }

  finish(): CipherResult {
    return guarded(() => ({
      data: secretOf(this.#cipher.final()),
      tag: plain(this.#cipher.getAuthTag()),
    }))
  }

  destroy(): void {
    this.#cipher.destroy()
  }
}

function sealed(plan: CipherPlan, key: Uint8Array, all: Uint8Array): CipherResult {
  return guarded(() => {
    const cipher = cipherOf(plan, key, all.length)
    const data = secretOf(takeJoined(cipher.update(all), cipher.final()))
    return { data, tag: plain(cipher.getAuthTag()) }
  })
}

/** Without a tag of its own the message ends in it, as it did up to KMIP 1.3. */
function unsealed(
  plan: CipherPlan,
  key: Uint8Array,
  all: Uint8Array,
  given: Uint8Array | undefined,
): Secret {
  const length = given === undefined ? all.length - plan.tagLength : all.length
  if (length < 0) throw failed()
  const { name, iv, associated, tagLength } = plan
  return guarded(() => {
    if (!isAead(name)) throw failed()
    const decipher = createDecipheriv(name, key, iv ?? '', { authTagLength: tagLength })
    decipher.setAuthTag(given ?? all.subarray(length))
    decipher.setAAD(associated, { plaintextLength: length })
    const data = decipher.update(all.subarray(0, length))
    try {
      decipher.final()
    } catch (error) {
      data.fill(0)
      throw error
    }
    return secretOf(data)
  })
}

function cipherOf(
  { name, iv, tagLength, associated }: CipherPlan,
  key: Uint8Array,
  length: number,
): CipherGCM {
  return guarded(() => {
    if (!isAead(name)) throw failed()
    const cipher = createCipheriv(name, key, iv ?? '', { authTagLength: tagLength })
    return cipher.setAAD(associated, { plaintextLength: length })
  })
}

/** The declared types know AES alone; the others and CCM are used alike. */
function isAead(name: string): name is CipherGCMTypes {
  return name.endsWith('-gcm') || name.endsWith('-ccm') || name === 'chacha20-poly1305'
}
