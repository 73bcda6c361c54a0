import { createHmac, createSecretKey, hkdfSync, randomFillSync, type KeyObject } from 'node:crypto'
import { KmipFault } from '../fault/fault.ts'
import type { RecordLabel, Sealer } from '../port/sealer.ts'
import { Secret } from '../secret/secret.ts'
import { IV_BYTES, KEY_BYTES, TAG_BYTES, decryptGcm, encryptGcm } from './aes-gcm.ts'
import { eightBytes, lengthPrefixed, utf8 } from './length-prefixed.ts'
import { BlindCache } from './blind-cache.ts'

/** The opened keys of a store. */
export interface StoreKeys {
  /** 16 bytes. */
  readonly storeId: Uint8Array
  /** The root of the index keys, which stays the same through all epochs: blinded values must stay equal. */
  readonly index: Secret
  /** Key-encryption keys by epoch; the highest seals, the others open what was sealed before. */
  readonly epochs: ReadonlyMap<number, Secret>
}

/**
 * Seals every record under a data key of its own, and that key under the key-encryption key of the newest epoch.
 *
 * Sealed: format, payload epoch, key epoch, IV and ciphertext and tag of the data key, IV and ciphertext and tag of
 * the record. The two epochs are the same at first; moving a record to a newer epoch re-wraps its data key alone and
 * changes the second.
 *
 * @param keys - copied as far as needed: the caller destroys its own
 */
export function envelopeSealer(keys: StoreKeys): Sealer {
  return new EnvelopeSealer(keys)
}

/** Bytes that sealing adds. */
export const SEAL_OVERHEAD = 9 + IV_BYTES + KEY_BYTES + TAG_BYTES + IV_BYTES + TAG_BYTES

class EnvelopeSealer implements Sealer {
  readonly #storeId: Uint8Array
  readonly #epoch: number
  readonly #wrapping = new Map<number, KeyObject>()
  readonly #cache = new BlindCache(BLIND_CACHE)
  #index: KeyObject | undefined

  constructor({ storeId, index, epochs }: StoreKeys) {
    this.#storeId = Uint8Array.from(storeId)
    this.#epoch = Math.max(...epochs.keys())
    this.#index = deriveKey(index, storeId, 'index')
    for (const [epoch, key] of epochs) this.#wrapping.set(epoch, deriveKey(key, storeId, 'store'))
  }

  seal(label: RecordLabel, plaintext: Uint8Array): Uint8Array {
    const wrapping = this.#wrappingKey(this.#epoch)
    const fresh = randomFillSync(new Uint8Array(KEY_BYTES + 2 * IV_BYTES))
    const dataKey = fresh.subarray(0, KEY_BYTES)
    const keyIv = fresh.subarray(KEY_BYTES, KEY_BYTES + IV_BYTES)
    const iv = fresh.subarray(KEY_BYTES + IV_BYTES)
    const associated = this.#associated(label, this.#epoch)
    const wrapped = encryptGcm({ key: wrapping, iv: keyIv, associated }, dataKey)
    const sealed = encryptGcm({ key: dataKey, iv, associated }, plaintext)
    dataKey.fill(0)
    const epochs = new Uint8Array(8)
    const view = new DataView(epochs.buffer)
    view.setUint32(0, this.#epoch)
    view.setUint32(4, this.#epoch)
    const key = [keyIv, wrapped.ciphertext, wrapped.tag]
    return joined([Uint8Array.of(FORMAT), epochs, ...key, iv, sealed.ciphertext, sealed.tag])
  }

  open(label: RecordLabel, sealed: Uint8Array): Secret {
    if (sealed.length < SEAL_OVERHEAD || sealed[0] !== FORMAT) throw broken(label, 'shape')
    const view = new DataView(sealed.buffer, sealed.byteOffset, sealed.length)
    const payloadEpoch = view.getUint32(1)
    const keyEpoch = view.getUint32(5)
    const dataKey = decryptGcm(
      {
        key: this.#wrappingKey(keyEpoch, label),
        iv: sealed.subarray(9, WRAPPED_KEY),
        associated: this.#associated(label, keyEpoch),
      },
      {
        ciphertext: sealed.subarray(WRAPPED_KEY, WRAPPED_KEY + KEY_BYTES),
        tag: sealed.subarray(WRAPPED_KEY + KEY_BYTES, PAYLOAD_IV),
      },
    )
    if (dataKey === undefined) throw broken(label, 'key')
    const input = {
      key: dataKey,
      iv: sealed.subarray(PAYLOAD_IV, PAYLOAD),
      associated: this.#associated(label, payloadEpoch),
    }
    const tagAt = sealed.length - TAG_BYTES
    const output = { ciphertext: sealed.subarray(PAYLOAD, tagAt), tag: sealed.subarray(tagAt) }
    const plaintext = decryptGcm(input, output)
    dataKey.fill(0)
    if (plaintext === undefined) throw broken(label, 'payload')
    return Secret.take(plaintext)
  }

  blind(purpose: string, input: Uint8Array): Uint8Array {
    const index = this.#index
    if (index === undefined) throw destroyed()
    return this.#cache.remember(purpose, input, () =>
      createHmac('sha256', index)
        .update(lengthPrefixed([utf8(purpose), input]))
        .digest()
        .subarray(0, BLIND_BYTES),
    )
  }

  destroy(): void {
    this.#wrapping.clear()
    this.#cache.clear()
    this.#index = undefined
  }

  #wrappingKey(epoch: number, label?: RecordLabel): KeyObject {
    const key = this.#wrapping.get(epoch)
    if (key !== undefined) return key
    throw label === undefined || this.#index === undefined ? destroyed() : broken(label, 'epoch')
  }

  #associated({ keyspace, id, version, type }: RecordLabel, epoch: number): Uint8Array {
    return lengthPrefixed([
      MAGIC,
      this.#storeId,
      utf8(keyspace),
      id,
      eightBytes(version),
      eightBytes(type),
      eightBytes(epoch),
    ])
  }
}

/**
 * A key for one purpose: HKDF-SHA-256 with the store's identifier as salt.
 *
 * @param purpose - as in `store`
 */
export function deriveKey(key: Secret, storeId: Uint8Array, purpose: string): KeyObject {
  const info = utf8(`kmipd/1/${purpose}`)
  const bytes = key.expose((secret) => hkdfSync('sha256', secret, storeId, info, KEY_BYTES))
  const derived = new Uint8Array(bytes)
  const object = createSecretKey(derived)
  derived.fill(0)
  return object
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** The keyspace and which check failed go to the log; nothing of the record does. */
function broken({ keyspace, id, version }: RecordLabel, what: string): KmipFault {
  const record = `${keyspace} ${Buffer.from(id).toString('hex')} version ${version}`
  return new KmipFault('UNAVAILABLE', 'A stored record failed its integrity check', {
    detail: `${what} of ${record}`,
  })
}

function destroyed(): KmipFault {
  return new KmipFault('UNAVAILABLE', 'The keys of the store are gone')
}

const FORMAT = 1
/** Name and format of what is sealed, first in the associated data. */
const MAGIC = Uint8Array.of(...utf8('kmipd record'), FORMAT)
const BLIND_BYTES = 16
/** Blinded values kept, at some 150 bytes each. */
const BLIND_CACHE = 16_384
const WRAPPED_KEY = 9 + IV_BYTES
const PAYLOAD_IV = WRAPPED_KEY + KEY_BYTES + TAG_BYTES
const PAYLOAD = PAYLOAD_IV + IV_BYTES
