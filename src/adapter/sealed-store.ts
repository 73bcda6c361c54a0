import type { KeyObject } from 'node:crypto'
import type { Log } from '../port/log.ts'
import type { Random } from '../port/random.ts'
import type { RootOfTrust } from '../port/root-of-trust.ts'
import type { EpochSealer } from '../port/sealer.ts'
import { KEYRING_KEY, makeKeyring, makeSpares, openKeyring, type OpenedKeyring } from './keyring.ts'
import { KeyringLines } from './keyring-lines.ts'
import { nodeRandom } from './random-node.ts'
import type { BallastOptions } from './store-level/ballast.ts'
import { openLevelStore } from './store-level/index.ts'
import type { Unlocked } from './store-level/seal.ts'
import type { LevelStore } from './store-level/store.ts'

/** A store on disk with its keys. */
export interface SealedStore {
  /** 16 bytes. */
  readonly storeId: Uint8Array
  readonly store: LevelStore
  readonly sealer: EpochSealer
  /** Seals the keys of its backups. */
  readonly backup: KeyObject
  /** How often the store was restored from a backup. */
  readonly generation: number
  readonly keys: KeyringLines
}

export interface SealedStoreOptions {
  readonly directory: string
  /** Opens the keys; it may be destroyed afterwards. */
  readonly root: RootOfTrust
  readonly log: Log
  /** A store of more entries is not read whole before it is used. */
  readonly provenEntries?: number
  /** Key-encryption keys that are made in advance, as they cannot be without the root: none without it. */
  readonly spareKeys?: number
  /** Room that is kept for when the disk is full. */
  readonly ballast?: BallastOptions | undefined
}

/** Makes a store and its keys. Throws `UNAVAILABLE`. */
export async function createSealedStore(
  { directory, root, log, spareKeys = 0 }: SealedStoreOptions,
  random: Random,
): Promise<SealedStore> {
  const keyring = await makeKeyring(root, random)
  const spares = await makeSpares(keyring.ring, { root, random, count: spareKeys })
  const unlock = () => ({ seal: keyring.seal })
  const store = await openLevelStore({ directory, create: true, unlock, log })
  const put = { key: KEYRING_KEY, value: keyring.record }
  await store.commit({ checks: [{ key: KEYRING_KEY, revision: 'absent' }], puts: [put], dels: [] })
  const { sealer, backup, generation } = keyring
  const { storeId } = keyring.ring
  const keys = new KeyringLines(store, keyring, spares)
  return { storeId, store, sealer, backup, generation, keys }
}

/** Opens a store with its keys, and brings one up to date that was made before heads were authenticated. Throws `UNAVAILABLE`. */
export async function openSealedStore({
  directory,
  root,
  log,
  provenEntries,
  spareKeys = 0,
  ballast,
}: SealedStoreOptions): Promise<SealedStore> {
  const keyrings: OpenedKeyring[] = []
  const unlock = async (read: (key: Uint8Array) => Uint8Array | undefined): Promise<Unlocked> => {
    const keyring = await openKeyring(read(KEYRING_KEY), root)
    keyrings.push(keyring)
    const { seal, record, isAuthenticated } = keyring
    if (isAuthenticated) return { seal }
    return { seal, upgrade: { checks: [], puts: [{ key: KEYRING_KEY, value: record }], dels: [] } }
  }
  const limit = provenEntries === undefined ? {} : { provenEntries }
  const reserve = ballast === undefined ? {} : { ballast }
  const store = await openLevelStore({
    directory,
    create: false,
    unlock,
    log,
    ...limit,
    ...reserve,
  })
  try {
    const [keyring] = keyrings
    if (keyring === undefined) throw new TypeError('A store was opened without its keys')
    const count = spareKeys
    const spares = await makeSpares(keyring.ring, { root, random: nodeRandom, count })
    const isOutdated = keyring.isOutdated && !store.isRenewed
    const keys = new KeyringLines(store, { ...keyring, isOutdated }, spares)
    const { sealer, backup, generation } = keyring
    return { storeId: keyring.ring.storeId, store, sealer, backup, generation, keys }
  } catch (error) {
    await store.close()
    throw error
  }
}
