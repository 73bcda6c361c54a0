import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../../port/log.ts'
import type { Random } from '../../port/random.ts'
import type { RootOfTrust } from '../../port/root-of-trust.ts'
import { codeOf } from '../data-directory.ts'
import { wrappingRoot } from '../root-wrapping.ts'
import type { Archive } from './archive.ts'
import { refused } from './fault.ts'
import { restoreStore, type RestoredStore } from './restore.ts'
import type { BackupKeys } from './unlock.ts'

/** Where a backup is unpacked for as long as somebody looks at it. */
export interface Scratch {
  /** A directory to make another in. */
  readonly parent: string
  readonly random: Random
  readonly log: Log
  readonly progress?: (entries: number) => void
}

/**
 * Unpacks the store in a backup, as sealed as it was, hands it to `use`, and removes it. Throws `UNAVAILABLE` for the
 * first thing that is wrong with the backup.
 */
export async function withUnpacked<T>(
  archive: Archive,
  keys: BackupKeys,
  { parent, random, log, progress }: Scratch,
  use: (restored: RestoredStore) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(parent, 'kmipd-backup-')).catch((cause: unknown) => {
    throw refused(`Nothing can be unpacked into ${parent} (${codeOf(cause)})`, cause)
  })
  const root = passingRoot(random)
  try {
    const place = { directory: join(directory, 'store'), root, log }
    const told = progress === undefined ? place : { ...place, progress }
    const restored = await restoreStore(archive, keys, told)
    try {
      return await use(restored)
    } finally {
      restored.sealer.destroy()
      await restored.store.close()
    }
  } finally {
    root.destroy()
    await rm(directory, { recursive: true, force: true })
  }
}

/** A root that nobody has once it is destroyed: what is left behind by a kill opens to no one. */
function passingRoot(random: Random): RootOfTrust {
  const key = random.bytes(32)
  return wrappingRoot({
    kind: 'passing',
    refusal: 'This store was unpacked to be looked at',
    key: async () => Promise.resolve(key),
    destroy: () => {
      key.destroy()
    },
  })
}
