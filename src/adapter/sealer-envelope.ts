import { createHmac, createSecretKey, hkdfSync, randomFillSync, type KeyObject } from 'node:crypto'
import { KmipFault } from '../fault/fault.ts'
import type { EpochSealer, RecordLabel } from '../port/sealer.ts'
import { unmovedBytes } from '../secret/memory.ts'
import { Secret } from '../secret/secret.ts'
import { joined } from './joined.ts'
import { IV_BYTES, KEY_BYTES, TAG_BYTES, decryptGcm, encryptGcm, type GcmInput } from './aes-gcm.ts'
import { eightBytes, lengthPrefixed, utf8 } from './length-prefixed.ts'
import { DEFAULT_LINE } from './keyring-record.ts'

/** The opened keys of a store. */
export interface StoreKeys {
  /** 16 bytes. */
  readonly storeId: Uint8Array
  /** The root of the index keys, which stays the same through all epochs: blinded values must stay equal. */
  readonly index: Secret
  /** Key-encryption keys by epoch; the highest of a line seals, the others open what was sealed before. */
  readonly epochs: ReadonlyMap<number, Secret>
  /** The lines of the epochs; of those that are not in it the default one. */
  readonly lines?: ReadonlyMap<number, string>
}

/** An {@link EpochSealer} as its keyring sees it. */
export interface EnvelopeSealer extends EpochSealer {
  /** From now on this key seals what is of the line. */
  addEpoch(number: number, line: string, key: KeyObject): void
  /** Forgets keys as soon as nobody holds them. */
  retireEpochs(numbers: readonly number[]): void
  /** Nothing is sealed in the line any more; its epochs are retired by themselves. */
  endLine(line: string): void
  /** How often each epoch has sealed since it was opened or added. */
  sealsOf(number: number): number
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
export function envelopeSealer(keys: StoreKeys): EnvelopeSealer {
  return new LineSealer(keys)
}

/** The key that data keys of an epoch are wrapped with. */
export function sealingKey(epoch: Secret, storeId: Uint8Array): KeyObject {
  return deriveKey(epoch, storeId, 'store')
}

/** Bytes that sealing adds. */
export const SEAL_OVERHEAD = 9 + IV_BYTES + KEY_BYTES + TAG_BYTES + IV_BYTES + TAG_BYTES

/** A key-encryption key that is in use. */
interface Epoch {
  readonly number: number
  readonly line: string
  readonly key: KeyObject
  seals: number
}

class LineSealer implements EnvelopeSealer {
  readonly #storeId: Uint8Array
  readonly #epochs = new Map<number, Epoch>()
  /** The newest of each line. */
  readonly #sealing = new Map<string, Epoch>()
  #index: KeyObject | undefined
  #holders = 0
  /** What is to go once nobody holds it any more. */
  readonly #leaving = new Set<number>()

  constructor({ storeId, index, epochs, lines }: StoreKeys) {
    this.#storeId = Uint8Array.from(storeId)
    this.#index = deriveKey(index, storeId, 'index')
    for (const [number, key] of [...epochs].toSorted(([one], [other]) => one - other)) {
      this.addEpoch(number, lines?.get(number) ?? DEFAULT_LINE, sealingKey(key, storeId))
    }
  }

  seal(label: RecordLabel, plaintext: Uint8Array): Uint8Array {
    const epoch = this.#sealing.get(label.line ?? DEFAULT_LINE)
    if (epoch === undefined) throw this.#index === undefined ? destroyed() : ended()
    const fresh = randomFillSync(unmovedBytes(KEY_BYTES + 2 * IV_BYTES))
    const dataKey = fresh.subarray(0, KEY_BYTES)
    const keyIv = fresh.subarray(KEY_BYTES, KEY_BYTES + IV_BYTES)
    const iv = fresh.subarray(KEY_BYTES + IV_BYTES)
    const associated = this.#associated(label, epoch.number)
    const head = headOf(epoch.number, epoch.number)
    const key = wrapDataKey(epoch, { key: dataKey, iv: keyIv, associated })
    const sealed = encryptGcm({ key: dataKey, iv, associated }, plaintext)
    dataKey.fill(0)
    return joined([head, ...key, iv, sealed.ciphertext, sealed.tag])
  }

  open(label: RecordLabel, sealed: Uint8Array): Secret {
    const dataKey = this.#dataKey(label, sealed)
    const payloadEpoch = payloadEpochOf(sealed)
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
    const code = createHmac('sha256', index)
      .update(lengthPrefixed([utf8(purpose), input]))
      .digest()
    return code.subarray(0, BLIND_BYTES)
  }

  isCurrent(sealed: Uint8Array): boolean {
    const epoch = isSealed(sealed) ? this.#epochs.get(keyEpochOf(sealed)) : undefined
    return epoch !== undefined && this.#sealing.get(epoch.line) === epoch
  }

  rewrap(label: RecordLabel, sealed: Uint8Array): Uint8Array {
    const dataKey = this.#dataKey(label, sealed)
    try {
      const line = this.#epochs.get(keyEpochOf(sealed))?.line ?? DEFAULT_LINE
      const epoch = this.#sealing.get(line)
      if (epoch === undefined) throw destroyed()
      const head = headOf(payloadEpochOf(sealed), epoch.number)
      const iv = randomFillSync(new Uint8Array(IV_BYTES))
      const associated = this.#associated(label, epoch.number)
      const key = wrapDataKey(epoch, { key: dataKey, iv, associated })
      return joined([head, ...key, sealed.subarray(PAYLOAD_IV)])
    } finally {
      dataKey.fill(0)
    }
  }

  hold(): () => void {
    this.#holders += 1
    let isHeld = true
    return () => {
      if (isHeld) this.#holders -= 1
      isHeld = false
      this.#letGo()
    }
  }

  addEpoch(number: number, line: string, key: KeyObject): void {
    const epoch = { number, line, key, seals: 0 }
    this.#epochs.set(number, epoch)
    this.#sealing.set(line, epoch)
  }

  retireEpochs(numbers: readonly number[]): void {
    for (const number of numbers) this.#leaving.add(number)
    this.#letGo()
  }

  endLine(line: string): void {
    this.#sealing.delete(line)
  }

  sealsOf(number: number): number {
    return this.#epochs.get(number)?.seals ?? 0
  }

  destroy(): void {
    this.#epochs.clear()
    this.#sealing.clear()
    this.#index = undefined
  }

  #letGo(): void {
    if (this.#holders > 0) return
    for (const number of this.#leaving) this.#epochs.delete(number)
    this.#leaving.clear()
  }

  /** The data key of a record; the caller zeroes it. */
  #dataKey(label: RecordLabel, sealed: Uint8Array): Uint8Array {
    if (!isSealed(sealed)) throw broken(label, 'shape')
    const number = keyEpochOf(sealed)
    const epoch = this.#epochs.get(number)
    if (epoch === undefined) {
      throw this.#index === undefined ? destroyed() : broken(label, 'epoch')
    }
    const dataKey = decryptGcm(
      {
        key: epoch.key,
        iv: sealed.subarray(HEAD, WRAPPED_KEY),
        associated: this.#associated(label, number),
      },
      {
        ciphertext: sealed.subarray(WRAPPED_KEY, WRAPPED_KEY + KEY_BYTES),
        tag: sealed.subarray(WRAPPED_KEY + KEY_BYTES, PAYLOAD_IV),
      },
    )
    if (dataKey === undefined) throw broken(label, 'key')
    return dataKey
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

/** IV, ciphertext and tag of a data key, which is the `key` of the input. */
function wrapDataKey(
  epoch: Epoch,
  { key, iv, associated }: GcmInput & { readonly key: Uint8Array },
): readonly Uint8Array[] {
  epoch.seals += 1
  const { ciphertext, tag } = encryptGcm({ key: epoch.key, iv, associated }, key)
  return [iv, ciphertext, tag]
}

function headOf(payloadEpoch: number, keyEpoch: number): Uint8Array {
  const head = new Uint8Array(HEAD)
  const view = new DataView(head.buffer)
  head[0] = FORMAT
  view.setUint32(1, payloadEpoch)
  view.setUint32(5, keyEpoch)
  return head
}

function isSealed(sealed: Uint8Array): boolean {
  return sealed.length >= SEAL_OVERHEAD && sealed[0] === FORMAT
}

function payloadEpochOf(sealed: Uint8Array): number {
  return new DataView(sealed.buffer, sealed.byteOffset, HEAD).getUint32(1)
}

function keyEpochOf(sealed: Uint8Array): number {
  return new DataView(sealed.buffer, sealed.byteOffset, HEAD).getUint32(5)
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

function ended(): KmipFault {
  return new KmipFault('UNAVAILABLE', 'The keys of the namespace are gone')
}

const FORMAT = 1
/** Name and format of what is sealed, first in the associated data. */
const MAGIC = Uint8Array.of(...utf8('kmipd record'), FORMAT)
const BLIND_BYTES = 16
/** Bytes of format and epochs. */
const HEAD = 9
const WRAPPED_KEY = HEAD + IV_BYTES
const PAYLOAD_IV = WRAPPED_KEY + KEY_BYTES + TAG_BYTES
const PAYLOAD = PAYLOAD_IV + IV_BYTES
