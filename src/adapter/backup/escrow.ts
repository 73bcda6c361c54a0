import { createHash } from 'node:crypto'
import { Secret } from '../../secret/secret.ts'
import { IV_BYTES, TAG_BYTES, decryptGcm, encryptGcm, type GcmInput } from '../aes-gcm.ts'
import type { BareKeys, EpochKey } from '../keyring.ts'
import { eightBytes, lengthPrefixed, utf8 } from '../length-prefixed.ts'
import { deriveKey } from '../sealer-envelope.ts'
import { ByteReader } from './byte-reader.ts'
import { ID } from './header.ts'

/** What the keys of a store are sealed in for those who hold shares. */
export interface EscrowContext {
  /** Of the backup, 32 bytes. */
  readonly key: Secret
  readonly backupId: Uint8Array
  /** All bytes of the header. */
  readonly header: Uint8Array
}

/** Seals the keys of a store under the key of a backup, so that those who have its shares need no root of trust. */
export function sealEscrow(keys: BareKeys, context: EscrowContext): Uint8Array {
  const plain = encodeKeys(keys)
  try {
    const { ciphertext, tag } = encryptGcm(inputOf(context), plain)
    return Buffer.concat([ciphertext, tag])
  } finally {
    plain.fill(0)
  }
}

/** Undefined when the key is not that of the backup, or when it was altered. The caller destroys the keys. */
export function openEscrow(sealed: Uint8Array, context: EscrowContext): BareKeys | undefined {
  const end = sealed.length - TAG_BYTES
  if (end < 0) return undefined
  const output = { ciphertext: sealed.subarray(0, end), tag: sealed.subarray(end) }
  const plain = decryptGcm(inputOf(context), output)
  if (plain === undefined) return undefined
  try {
    return decodeKeys(plain)
  } finally {
    plain.fill(0)
  }
}

/** The key seals this and nothing else: the IV is none. */
function inputOf({ key, backupId, header }: EscrowContext): GcmInput {
  return {
    key: deriveKey(key, backupId, 'backup escrow'),
    iv: new Uint8Array(IV_BYTES),
    associated: createHash('sha256').update(header).digest(),
  }
}

/** Store identifier, generation, index key, then of each epoch its number, line, seals and key. */
function encodeKeys({ storeId, generation, index, epochs }: BareKeys): Uint8Array {
  const parts: Uint8Array[] = [storeId, eightBytes(generation)]
  const secrets = [index, ...epochs.map(({ key }) => key)].map((secret) =>
    secret.expose((bytes) => Uint8Array.from(bytes)),
  )
  const [first = new Uint8Array(0), ...keys] = secrets
  parts.push(first)
  for (const [place, { number, line, seals }] of epochs.entries()) {
    const key = keys[place] ?? new Uint8Array(0)
    parts.push(eightBytes(number), utf8(line), eightBytes(seals), key)
  }
  const encoded = lengthPrefixed(parts)
  for (const secret of secrets) secret.fill(0)
  return encoded
}

function decodeKeys(bytes: Uint8Array): BareKeys | undefined {
  const reader = new ByteReader(bytes)
  const next = (): Uint8Array | undefined => reader.take(reader.number() ?? Infinity)
  const storeId = next()
  const generation = numberIn(next())
  const index = secretIn(next())
  const epochs: EpochKey[] = []
  while (reader.left > 0) {
    const number = numberIn(next())
    const line = next()
    const seals = numberIn(next())
    const key = secretIn(next())
    if (number === undefined || line === undefined || seals === undefined || key === undefined) {
      withhold(index, epochs)
      return undefined
    }
    epochs.push({ number, line: new TextDecoder().decode(line), seals, key })
  }
  if (storeId?.length === ID && generation !== undefined && index !== undefined) {
    if (epochs.length > 0) return { storeId, generation, index, epochs }
  }
  withhold(index, epochs)
  return undefined
}

/** What does not fit is not given out. */
function withhold(index: Secret | undefined, epochs: readonly EpochKey[]): void {
  index?.destroy()
  for (const { key } of epochs) key.destroy()
}

function numberIn(bytes: Uint8Array | undefined): number | undefined {
  if (bytes?.length !== 8) return undefined
  return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0))
}

function secretIn(bytes: Uint8Array | undefined): Secret | undefined {
  return bytes?.length === 32 ? Secret.take(bytes) : undefined
}
