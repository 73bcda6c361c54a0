import type { KeyObject } from 'node:crypto'
import type { Log } from '../port/log.ts'
import type { Random } from '../port/random.ts'
import type { RootOfTrust } from '../port/root-of-trust.ts'
import type { Sealer } from '../port/sealer.ts'
import { KEYRING_KEY, makeKeyring, openKeyring, type OpenedKeyring } from './keyring.ts'
import { openLevelStore } from './store-level/index.ts'
import type { Unlocked } from './store-level/seal.ts'
import type { LevelStore } from './store-level/store.ts'

/** A store on disk with its keys. */
export interface SealedStore {
  readonly store: LevelStore
  readonly sealer: Sealer
  /** Seals the keys of its backups. */
  readonly backup: KeyObject
  /** How often the store was restored from a backup. */
  readonly generation: number
  /** Writes the keyring anew where it is of an older format. To be called once it is known that the store is sound. */
  bringUpToDate(): Promise<void>
}

export interface SealedStoreOptions {
  readonly directory: string
  /** Opens the keys; it may be destroyed afterwards. */
  readonly root: RootOfTrust
  readonly log: Log
  /** A store of more entries is not read whole before it is used. */
  readonly provenEntries?: number
}

/** Makes a store and its keys. Throws `UNAVAILABLE`. */
export async function createSealedStore(
  { directory, root, log }: SealedStoreOptions,
  random: Random,
): Promise<SealedStore> {
  const keyring = await makeKeyring(root, random)
  const unlock = () => ({ seal: keyring.seal })
  const store = await openLevelStore({ directory, create: true, unlock, log })
  const put = { key: KEYRING_KEY, value: keyring.record }
  await store.commit({ checks: [{ key: KEYRING_KEY, revision: 'absent' }], puts: [put], dels: [] })
  return assemble(store, keyring)
}

/** Opens a store with its keys, and brings one up to date that was made before heads were authenticated. Throws `UNAVAILABLE`. */
export async function openSealedStore({
  directory,
  root,
  log,
  provenEntries,
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
  const store = await openLevelStore({ directory, create: false, unlock, log, ...limit })
  const [keyring] = keyrings
  if (keyring === undefined) throw new TypeError('A store was opened without its keys')
  return assemble(store, keyring)
}

function assemble(store: LevelStore, keyring: OpenedKeyring): SealedStore {
  const { sealer, backup, generation, record, isOutdated } = keyring
  return {
    store,
    sealer,
    backup,
    generation,
    async bringUpToDate() {
      if (!isOutdated || store.isRenewed) return
      const before = await store.get(KEYRING_KEY)
      if (before === undefined) return
      const checks = [{ key: KEYRING_KEY, revision: before.revision }]
      await store.commit({ checks, puts: [{ key: KEYRING_KEY, value: record }], dels: [] })
    },
  }
}
