import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { KmipFault } from '../fault/fault.ts'
import type { Random } from '../port/random.ts'
import type { RootOfTrust } from '../port/root-of-trust.ts'
import type { Sealer } from '../port/sealer.ts'
import type { Secret } from '../secret/secret.ts'
import { KEY_BYTES } from './aes-gcm.ts'
import { decodeKeyring, encodeKeyring, type Keyring } from './keyring-record.ts'
import { eightBytes, lengthPrefixed, utf8 } from './length-prefixed.ts'
import { deriveKey, envelopeSealer, type StoreKeys } from './sealer-envelope.ts'
import { storeSeal, type StoreSeal } from './store-level/seal.ts'

/** The opened keys of a store. */
export interface OpenedKeyring {
  readonly sealer: Sealer
  /** Proves what the store holds. */
  readonly seal: StoreSeal
  /** What is to lie in the store: of a keyring that was there already, the same but for its format. */
  readonly record: Uint8Array
  /** Whether the store must have authenticated heads. */
  readonly isAuthenticated: boolean
}

/** Makes the keys of a new store, wrapped by the root in a record that is to lie in it under {@link KEYRING_KEY}. */
export async function makeKeyring(root: RootOfTrust, random: Random): Promise<OpenedKeyring> {
  const storeId = random.bytes(STORE_ID_BYTES).expose((bytes) => Uint8Array.from(bytes))
  const index = random.bytes(KEY_BYTES)
  const first = random.bytes(KEY_BYTES)
  try {
    const ring = {
      isAuthenticated: true,
      storeId,
      index: await root.wrap(index, wrapContext(storeId, INDEX)),
      epochs: [{ number: 1, wrapped: await root.wrap(first, wrapContext(storeId, 1)) }],
    }
    return opened(ring, { storeId, index, epochs: new Map([[1, first]]) })
  } finally {
    index.destroy()
    first.destroy()
  }
}

/**
 * Opens the keys of a store. Throws `UNAVAILABLE` with a plain message when there are none, when the root is not the
 * one that wrapped them, or when they were altered.
 *
 * @param record - what lies in the store under {@link KEYRING_KEY}
 */
export async function openKeyring(
  record: Uint8Array | undefined,
  root: RootOfTrust,
): Promise<OpenedKeyring> {
  if (record === undefined) throw refused('This store has no keyring')
  const ring = decodeKeyring(record)
  if (ring === undefined) throw damaged()
  const index = await root.unwrap(ring.index, wrapContext(ring.storeId, INDEX))
  const epochs = new Map<number, Secret>()
  try {
    for (const { number, wrapped } of ring.epochs) {
      epochs.set(number, await unwrapLater(root, wrapped, wrapContext(ring.storeId, number)))
    }
    const newest = epochs.get(Math.max(...epochs.keys()))
    if (newest === undefined || !timingSafeEqual(commitment(ring, newest), ring.commitment)) {
      throw damaged()
    }
    return opened(ring, { storeId: ring.storeId, index, epochs })
  } finally {
    index.destroy()
    for (const key of epochs.values()) key.destroy()
  }
}

function opened(ring: Omit<Keyring, 'commitment'>, keys: StoreKeys): OpenedKeyring {
  const { storeId, index, epochs } = keys
  const newest = epochs.get(Math.max(...epochs.keys()))
  if (newest === undefined) throw damaged()
  const authenticated = { ...ring, isAuthenticated: true }
  const keyFor = (purpose: string) => deriveKey(index, storeId, purpose)
  return {
    sealer: envelopeSealer(keys),
    // Like blinded values, the proof stays the same through all epochs.
    seal: storeSeal({
      head: keyFor('head'),
      blocks: keyFor('set blocks'),
      sums: keyFor('set sums'),
      mask: keyFor('set mask'),
    }),
    record: encodeKeyring({ ...authenticated, commitment: commitment(authenticated, newest) }),
    isAuthenticated: ring.isAuthenticated,
  }
}

/** The root has opened one key already: if it fails on another, that one was altered. */
async function unwrapLater(
  root: RootOfTrust,
  wrapped: Uint8Array,
  context: Uint8Array,
): Promise<Secret> {
  try {
    return await root.unwrap(wrapped, context)
  } catch (cause) {
    throw damaged(cause)
  }
}

/** GCM does not commit to its key: several keys can open one ciphertext. This says which key was meant. */
function commitment(ring: Omit<Keyring, 'commitment'>, newest: Secret): Uint8Array {
  const content = encodeKeyring({ ...ring, commitment: new Uint8Array(COMMITMENT_BYTES) })
  const key = deriveKey(newest, ring.storeId, 'keyring')
  return createHmac('sha256', key).update(createHash('sha256').update(content).digest()).digest()
}

function wrapContext(storeId: Uint8Array, epoch: number): Uint8Array {
  return lengthPrefixed([utf8('kmipd keyring'), storeId, eightBytes(epoch)])
}

function damaged(cause?: unknown): KmipFault {
  return refused('The keyring of this store is damaged', cause)
}

function refused(message: string, cause?: unknown): KmipFault {
  return new KmipFault('UNAVAILABLE', message, cause === undefined ? {} : { cause })
}

/** Where the keyring is in the store. */
export const KEYRING_KEY = utf8('keyring')
const STORE_ID_BYTES = 16
const COMMITMENT_BYTES = 32
/** The place of the index key among the epochs, which count from 1. */
const INDEX = 0
