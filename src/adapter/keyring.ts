import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { KmipFault } from '../fault/fault.ts'
import type { Random } from '../port/random.ts'
import type { RootOfTrust } from '../port/root-of-trust.ts'
import type { Sealer } from '../port/sealer.ts'
import type { Store } from '../port/store.ts'
import type { Secret } from '../secret/secret.ts'
import { KEY_BYTES } from './aes-gcm.ts'
import { decodeKeyring, encodeKeyring, type Keyring } from './keyring-record.ts'
import { eightBytes, lengthPrefixed, utf8 } from './length-prefixed.ts'
import { deriveKey, envelopeSealer } from './sealer-envelope.ts'

/** Makes the keys of a new store and keeps them there, wrapped by the root. Throws `UNAVAILABLE` where a keyring is. */
export async function createKeyring(
  store: Store,
  root: RootOfTrust,
  random: Random,
): Promise<Sealer> {
  const storeId = random.bytes(STORE_ID_BYTES).expose((bytes) => Uint8Array.from(bytes))
  const index = random.bytes(KEY_BYTES)
  const first = random.bytes(KEY_BYTES)
  try {
    const ring = {
      storeId,
      index: await root.wrap(index, wrapContext(storeId, INDEX)),
      epochs: [{ number: 1, wrapped: await root.wrap(first, wrapContext(storeId, 1)) }],
    }
    const value = encodeKeyring({ ...ring, commitment: commitment(ring, first) })
    const checks = [{ key: KEYRING_KEY, revision: 'absent' }] as const
    const outcome = await store.commit({ checks, puts: [{ key: KEYRING_KEY, value }], dels: [] })
    if (outcome === 'conflict') throw refused('This store already has a keyring')
    return envelopeSealer({ storeId, index, epochs: new Map([[1, first]]) })
  } finally {
    index.destroy()
    first.destroy()
  }
}

/**
 * Opens the keys of a store. Throws `UNAVAILABLE` with a plain message when there are none, when the root is not the
 * one that wrapped them, or when they were altered.
 */
export async function openKeyring(store: Store, root: RootOfTrust): Promise<Sealer> {
  const entry = await store.get(KEYRING_KEY)
  if (entry === undefined) throw refused('This store has no keyring')
  const ring = decodeKeyring(entry.value)
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
    return envelopeSealer({ storeId: ring.storeId, index, epochs })
  } finally {
    index.destroy()
    for (const key of epochs.values()) key.destroy()
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
