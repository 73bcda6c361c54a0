import { tmpdir } from 'node:os'
import { withUnpacked } from '../adapter/backup/scratch.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import type { StoreReport } from '../admin/schema.ts'
import { inspectRecords } from '../repository/inspection.ts'
import { SILENT } from './admin-session.ts'
import { withBackup, type BackupOpening, type OpenedBackup } from './backup-opening.ts'
import { progressBar } from './progress.ts'

/** A backup that is whole, and what is in it. */
export interface BackupReport extends StoreReport {
  readonly id: string
  readonly store: string
  /** The moment it is of, in seconds since 1970-01-01T00:00:00Z. */
  readonly time: number
  readonly generation: number
}

/**
 * Reads all of a backup, and opens every record in it. Throws `UNAVAILABLE` for the first thing that is wrong with the
 * backup itself; what was wrong in the store already is in the report.
 *
 * @param scratch - a directory with room for the store; the one for temporary files without it
 */
export async function verifyBackup(
  file: string,
  given: BackupOpening,
  scratch: string = tmpdir(),
): Promise<BackupReport> {
  return withBackup(file, given, async (backup) => {
    const { archive, keys } = backup
    const bar = progressBar('reading')
    const progress = (entries: number): void => {
      bar.show(entries, archive.header.entries)
    }
    const place = { parent: scratch, random: nodeRandom, log: SILENT, progress }
    try {
      return await withUnpacked(archive, keys, place, async ({ store, sealer }) => {
        bar.end()
        const { objects, clients, entries, findings } = await inspectRecords(store, sealer)
        return { ...aboutBackup(backup), objects, clients, entries, findings: [...findings] }
      })
    } finally {
      bar.end()
    }
  })
}

/** What a backup is, for people and programs. */
export function aboutBackup({
  archive: { header },
  keys,
}: OpenedBackup): Pick<BackupReport, 'id' | 'store' | 'time' | 'generation'> {
  return {
    id: Buffer.from(header.backupId).toString('hex'),
    store: Buffer.from(keys.store.storeId).toString('hex'),
    time: header.time,
    generation: header.generation,
  }
}
