import { refused } from '../adapter/backup/fault.ts'
import { withUnpacked } from '../adapter/backup/scratch.ts'
import { openDataDirectory, pathIn } from '../adapter/data-directory.ts'
import { KEYRING_KEY, readKeyring } from '../adapter/keyring.ts'
import { connectAdmin } from '../admin/client.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import { openRoot } from '../adapter/root-of-directory.ts'
import { openSealedStore } from '../adapter/sealed-store.ts'
import { decodePlace } from '../adapter/store-level/head.ts'
import { ObjectRepository } from '../repository/object-repository.ts'
import { SILENT } from './admin-session.ts'
import { CommandFailure } from './failure.ts'
import { openBackup, type BackupOpening, type OpenedBackup } from './backup-opening.ts'

/** Where a later state of the same store is found. */
export interface LaterGiven extends BackupOpening {
  readonly since?: string | undefined
  readonly 'since-backup'?: string | undefined
  readonly scratch: string
}

/** Hands the objects of a later state of the store in `backup` to `use`; undefined where none was named. */
export async function withLater<T>(
  backup: OpenedBackup,
  given: LaterGiven,
  use: (later: ObjectRepository | undefined) => Promise<T>,
): Promise<T> {
  const { since, 'since-backup': file } = given
  if (since !== undefined) return withDirectory(backup, since, use)
  if (file !== undefined) return withFile(backup, file, given, use)
  return use(undefined)
}

async function withDirectory<T>(
  backup: OpenedBackup,
  path: string,
  use: (later: ObjectRepository) => Promise<T>,
): Promise<T> {
  const directory = await openDataDirectory(path)
  if ((await connectAdmin(pathIn(directory, 'socket'))) !== undefined) {
    const hint = "make a backup of it with 'kmipd backup create', and name that with --since-backup"
    throw new CommandFailure(`a server runs on ${path}`, { hint })
  }
  const root = await openRoot(directory, backup.access)
  const place = pathIn(directory, 'store')
  try {
    const { store, sealer } = await openSealedStore({
      directory: place,
      root,
      log: SILENT,
      provenEntries: 0,
    })
    try {
      const keyring = (await store.get(KEYRING_KEY))?.value
      checkLater(backup, path, { keyring, sequence: store.head.sequence })
      return await use(await ObjectRepository.open(store, sealer, NOTHING_KEPT))
    } finally {
      sealer.destroy()
      await store.close()
    }
  } finally {
    root.destroy()
  }
}

async function withFile<T>(
  backup: OpenedBackup,
  file: string,
  given: LaterGiven,
  use: (later: ObjectRepository) => Promise<T>,
): Promise<T> {
  // Shares open one backup and no other.
  const opening = { given: { 'root-file': given['root-file'] }, access: backup.access }
  return openBackup(file, opening, async ({ archive, keys }) => {
    const { keyring, head } = archive.header
    checkLater(backup, file, { keyring, sequence: decodePlace(head)?.sequence ?? 0n })
    const scratch = { parent: given.scratch, random: nodeRandom, log: SILENT }
    return withUnpacked(archive, keys, scratch, async ({ store, sealer }) =>
      use(await ObjectRepository.open(store, sealer, NOTHING_KEPT)),
    )
  })
}

/** Throws `UNAVAILABLE` for another store, and for an earlier state of the same. */
function checkLater(
  { archive, keys }: OpenedBackup,
  path: string,
  later: { readonly keyring: Uint8Array | undefined; readonly sequence: bigint },
): void {
  const { storeId, generation } = readKeyring(later.keyring)
  if (Buffer.compare(storeId, keys.store.storeId) !== 0) {
    throw refused(`${path} is not of the store that is in ${archive.path}`)
  }
  const own = keys.store.generation
  const place = decodePlace(archive.header.head)?.sequence ?? 0n
  if (generation > own || (generation === own && later.sequence >= place)) return
  throw refused(
    `${path} is older than ${archive.path}: it knows nothing of what was destroyed since`,
  )
}

const NOTHING_KEPT = { cachedObjects: 0 }
