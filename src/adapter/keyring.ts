import { createHash, createHmac, timingSafeEqual, type KeyObject } from 'node:crypto'
import { KmipFault } from '../fault/fault.ts'
import type { Random } from '../port/random.ts'
import type { RootOfTrust } from '../port/root-of-trust.ts'
import type { Secret } from '../secret/secret.ts'
import { KEY_BYTES } from './aes-gcm.ts'
import {
  COMMITMENT_BYTES,
  DEFAULT_LINE,
  KEYRING_FORMAT,
  decodeKeyring,
  encodeKeyring,
  type Keyring,
  type WrappedEpoch,
} from './keyring-record.ts'
import { eightBytes, lengthPrefixed, utf8 } from './length-prefixed.ts'
import { deriveKey, envelopeSealer, sealingKey, type EnvelopeSealer } from './sealer-envelope.ts'
import { storeSeal, type StoreSeal } from './store-level/seal.ts'

/** What the keys of a store are for. */
export interface OpenedKeys {
  readonly sealer: EnvelopeSealer
  /** Proves what the store holds. */
  readonly seal: StoreSeal
  /** Seals the keys of its backups. */
  readonly backup: KeyObject
  /** How often the store was restored from a backup. */
  readonly generation: number
}

/** The opened keys of a store. */
export interface OpenedKeyring extends OpenedKeys {
  /** What is to lie in the store: of a keyring that was there already, the same but for its format. */
  readonly record: Uint8Array
  readonly ring: Keyring
  /** What each epoch commits to a ring with in which it is the newest. */
  readonly commitments: ReadonlyMap<number, KeyObject>
  /** Whether the store must have authenticated heads. */
  readonly isAuthenticated: boolean
  /** Whether what lies in the store is of an older format than {@link record}. */
  readonly isOutdated: boolean
}

/** A key-encryption key that no root wraps. */
export interface EpochKey extends Omit<WrappedEpoch, 'wrapped'> {
  /** 32 bytes. */
  readonly key: Secret
}

/** The keys of a store without a root that wraps them: whoever has them reads the store. */
export interface BareKeys {
  /** 16 bytes. */
  readonly storeId: Uint8Array
  readonly generation: number
  /** 32 bytes. */
  readonly index: Secret
  readonly epochs: readonly EpochKey[]
}

/** Makes the keys of a new store, wrapped by the root in a record that is to lie in it under {@link KEYRING_KEY}. */
export async function makeKeyring(root: RootOfTrust, random: Random): Promise<OpenedKeyring> {
  const storeId = random.bytes(STORE_ID_BYTES).expose((bytes) => Uint8Array.from(bytes))
  const index = random.bytes(KEY_BYTES)
  const first = { number: 1, line: DEFAULT_LINE, seals: 0, key: random.bytes(KEY_BYTES) }
  const keys: BareKeys = { storeId, generation: 0, index, epochs: [first] }
  try {
    return openRing(keys, await wrapKeys(keys, root), KEYRING_FORMAT)
  } finally {
    destroyKeys(keys)
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
  const ring = readKeyring(record)
  const keys = await unwrapKeys(ring, root)
  try {
    const commitment = commitmentKey(newestOf(keys.epochs).key, keys.storeId)
    return openRing(keys, committedRing(ring, commitment), ring.format)
  } finally {
    destroyKeys(keys)
  }
}

/** The same with keys that no root wraps, as they come out of a backup. They stay the caller's. */
export function openBareKeys({ storeId, generation, index, epochs }: BareKeys): OpenedKeys {
  const keyFor = (purpose: string) => deriveKey(index, storeId, purpose)
  const byNumber = new Map(epochs.map(({ number, key }) => [number, key]))
  const lines = new Map(epochs.map(({ number, line }) => [number, line]))
  return {
    sealer: envelopeSealer({ storeId, index, epochs: byNumber, lines }),
    // Like blinded values, the proof stays the same through all epochs.
    seal: storeSeal({
      head: keyFor('head'),
      blocks: keyFor('set blocks'),
      sums: keyFor('set sums'),
      mask: keyFor('set mask'),
    }),
    backup: keyFor(BACKUP_PURPOSE),
    generation,
  }
}

/**
 * Takes the keys of a store out of its keyring; {@link destroyKeys} is to be called for them. Throws what
 * {@link openKeyring} throws.
 */
export async function unwrapKeyring(
  record: Uint8Array | undefined,
  root: RootOfTrust,
): Promise<BareKeys> {
  return unwrapKeys(readKeyring(record), root)
}

/** The keyring of a store under another root, in the newest format. The keys stay the caller's. */
export async function wrapKeyring(keys: BareKeys, root: RootOfTrust): Promise<Uint8Array> {
  return encodeKeyring(await wrapKeys(keys, root))
}

/**
 * Wraps a whole keyring anew. Throws what {@link openKeyring} throws where `from` did not wrap it.
 *
 * @param generation - of the ring that is made; that of the old one without it
 */
export async function rewrapKeyring(
  record: Uint8Array | undefined,
  { from, to, generation }: { from: RootOfTrust; to: RootOfTrust; generation?: number },
): Promise<Uint8Array> {
  const keys = await unwrapKeyring(record, from)
  try {
    return await wrapKeyring({ ...keys, generation: generation ?? keys.generation }, to)
  } finally {
    destroyKeys(keys)
  }
}

/** Reads what a keyring says without a root; nothing proves it. Throws `UNAVAILABLE` when there is none or it is damaged. */
export function readKeyring(record: Uint8Array | undefined): Keyring {
  if (record === undefined) throw refused('This store has no keyring')
  const ring = decodeKeyring(record)
  if (ring === undefined) throw damaged()
  return ring
}

/** A key-encryption key that was made in advance: no root is needed to take it up. */
export interface SpareEpoch {
  readonly number: number
  readonly wrapped: Uint8Array
  /** What it seals with. */
  readonly key: KeyObject
  /** What it commits to its ring with. */
  readonly commitment: KeyObject
}

/** Makes keys for the next epochs of a ring. Throws what the root does. */
export async function makeSpares(
  { storeId, epochs }: Keyring,
  { root, random, count }: { root: RootOfTrust; random: Random; count: number },
): Promise<readonly SpareEpoch[]> {
  const spares: SpareEpoch[] = []
  const newest = newestOf(epochs).number
  for (let number = newest + 1; number <= newest + count; number += 1) {
    const key = random.bytes(KEY_BYTES)
    try {
      const wrapped = await root.wrap(key, wrapContext(storeId, number))
      const commitment = commitmentKey(key, storeId)
      spares.push({ number, wrapped, key: sealingKey(key, storeId), commitment })
    } finally {
      key.destroy()
    }
  }
  return spares
}

/**
 * The same ring in the newest format, committed to anew.
 *
 * @param key - of the newest of its epochs
 */
export function committedRing(
  ring: Omit<Keyring, 'format' | 'commitment'>,
  key: KeyObject,
): Keyring {
  const { storeId, generation, index, epochs } = ring
  const commitment = new Uint8Array(COMMITMENT_BYTES)
  const bare = { format: KEYRING_FORMAT, storeId, generation, index, epochs, commitment } as const
  return { ...bare, commitment: commitmentOf(bare, key) }
}

export function destroyKeys({ index, epochs }: Pick<BareKeys, 'index' | 'epochs'>): void {
  index.destroy()
  for (const { key } of epochs) key.destroy()
}

function openRing(keys: BareKeys, ring: Keyring, format: Keyring['format']): OpenedKeyring {
  return {
    ...openBareKeys(keys),
    record: encodeKeyring(ring),
    ring,
    commitments: new Map(
      keys.epochs.map(({ number, key }) => [number, commitmentKey(key, keys.storeId)]),
    ),
    isAuthenticated: format !== 1,
    isOutdated: format !== KEYRING_FORMAT,
  }
}

async function unwrapKeys(ring: Keyring, root: RootOfTrust): Promise<BareKeys> {
  const { storeId, generation } = ring
  const index = await root.unwrap(ring.index, wrapContext(storeId, INDEX))
  const epochs: EpochKey[] = []
  try {
    for (const { number, line, seals, wrapped } of ring.epochs) {
      const key = await unwrapLater(root, wrapped, wrapContext(storeId, number))
      epochs.push({ number, line, seals, key })
    }
    const made = commitmentOf(ring, commitmentKey(newestOf(epochs).key, storeId))
    if (!timingSafeEqual(made, ring.commitment)) throw damaged()
    return { storeId, generation, index, epochs }
  } catch (error) {
    destroyKeys({ index, epochs })
    throw error
  }
}

async function wrapKeys(keys: BareKeys, root: RootOfTrust): Promise<Keyring> {
  const { storeId, generation } = keys
  const epochs: WrappedEpoch[] = []
  for (const { number, line, seals, key } of keys.epochs) {
    epochs.push({ number, line, seals, wrapped: await wrapEpoch(root, storeId, number, key) })
  }
  const index = await wrapEpoch(root, storeId, INDEX, keys.index)
  const key = commitmentKey(newestOf(keys.epochs).key, storeId)
  return committedRing({ storeId, generation, index, epochs }, key)
}

async function wrapEpoch(
  root: RootOfTrust,
  storeId: Uint8Array,
  number: number,
  key: Secret,
): Promise<Uint8Array> {
  return root.wrap(key, wrapContext(storeId, number))
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

/** The epoch of the highest number: it commits to the ring. */
export function newestOf<T extends { readonly number: number }>(epochs: readonly T[]): T {
  const [first, ...others] = epochs
  if (first === undefined) throw damaged()
  return others.reduce((newest, each) => (each.number > newest.number ? each : newest), first)
}

/** GCM does not commit to its key: several keys can open one ciphertext. This says which key was meant. */
function commitmentOf(ring: Keyring, key: KeyObject): Uint8Array {
  const content = encodeKeyring({ ...ring, commitment: new Uint8Array(COMMITMENT_BYTES) })
  return createHmac('sha256', key).update(createHash('sha256').update(content).digest()).digest()
}

function commitmentKey(epoch: Secret, storeId: Uint8Array): KeyObject {
  return deriveKey(epoch, storeId, 'keyring')
}

function wrapContext(storeId: Uint8Array, epoch: number): Uint8Array {
  return lengthPrefixed([utf8('kmipd keyring'), storeId, eightBytes(epoch)])
}

const damaged = (cause?: unknown) => refused('The keyring of this store is damaged', cause)

function refused(message: string, cause?: unknown): KmipFault {
  return new KmipFault('UNAVAILABLE', message, cause === undefined ? {} : { cause })
}

/** Purpose of the key that seals those of backups; it hangs from the index key, as the backup outlives epochs. */
export const BACKUP_PURPOSE = 'backup'
/** Where the keyring is in the store. */
export const KEYRING_KEY = utf8('keyring')
const STORE_ID_BYTES = 16
/** The place of the index key among the epochs, which count from 1. */
const INDEX = 0
