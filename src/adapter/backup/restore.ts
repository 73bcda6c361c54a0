import type { Log } from '../../port/log.ts'
import type { RootOfTrust } from '../../port/root-of-trust.ts'
import type { Entry, Put } from '../../port/store.ts'
import { KEYRING_KEY, openBareKeys, wrapKeyring } from '../keyring.ts'
import type { SealedStore } from '../sealed-store.ts'
import { openLevelStore } from '../store-level/index.ts'
import type { LevelStore } from '../store-level/store.ts'
import type { Archive } from './archive.ts'
import { refused } from './fault.ts'
import type { BackupFile } from './item.ts'
import { readBackup } from './read.ts'
import type { BackupKeys } from './unlock.ts'

/** Where a store is made from a backup, and what its keys hang from then. */
export interface Restoration {
  /** Where the store is to be; nothing is there yet. */
  readonly directory: string
  readonly root: RootOfTrust
  readonly log: Log
  /** Told how many entries are there by now. */
  readonly progress?: (entries: number) => void
}

/** A store that was made from a backup, and the files that lay beside it. */
export interface RestoredStore extends Pick<SealedStore, 'store' | 'sealer' | 'generation'> {
  readonly files: readonly BackupFile[]
}

/**
 * Makes a store of what a backup holds, under another root, and one generation on. It is whole when this resolves; what
 * is there otherwise is to be removed.
 *
 * Throws `UNAVAILABLE` for what is wrong with the backup or the disk.
 */
export async function restoreStore(
  archive: Archive,
  keys: BackupKeys,
  { directory, root, log, progress }: Restoration,
): Promise<RestoredStore> {
  const raised = { ...keys.store, generation: keys.store.generation + 1 }
  const keyring = await wrapKeyring(raised, root)
  const { sealer, seal, generation } = openBareKeys(raised)
  const store = await openLevelStore({ directory, create: true, unlock: () => ({ seal }), log })
  const files: BackupFile[] = []
  try {
    const writer = new EntryWriter(store, keyring, progress)
    await readBackup(
      archive,
      { keys, seal },
      {
        file: async (file) => {
          files.push(file)
          return Promise.resolve()
        },
        entries: async (entries) => writer.write(entries),
      },
    )
    await writer.end()
    return { store, sealer, generation, files }
  } catch (error) {
    sealer.destroy()
    await store.close()
    throw error
  }
}

/** Commits entries, many at a time, with another keyring in the place of theirs. */
class EntryWriter {
  readonly #store: LevelStore
  readonly #keyring: Uint8Array
  readonly #progress: (entries: number) => void
  #puts: Put[] = []
  #bytes = 0
  #written = 0

  constructor(
    store: LevelStore,
    keyring: Uint8Array,
    progress: (entries: number) => void = () => undefined,
  ) {
    this.#store = store
    this.#keyring = keyring
    this.#progress = progress
  }

  async write(entries: readonly Entry[]): Promise<void> {
    for (const { key, value } of entries) {
      const isKeyring = Buffer.compare(key, KEYRING_KEY) === 0
      this.#puts.push({ key, value: isKeyring ? this.#keyring : value, isFresh: true })
      this.#bytes += key.length + value.length
      if (this.#puts.length >= MOST_PUTS || this.#bytes >= MOST_BYTES) await this.end()
    }
  }

  async end(): Promise<void> {
    const puts = this.#puts
    this.#puts = []
    this.#bytes = 0
    if (puts.length === 0) return
    const outcome = await this.#store.commit({ checks: [], puts, dels: [] })
    if (outcome === 'conflict')
      throw refused('The store that is being made is written to by others')
    this.#written += puts.length
    this.#progress(this.#written)
  }
}

/** Entries and bytes of one commit. */
const MOST_PUTS = 5_000
const MOST_BYTES = 2_097_152
