import { join } from 'node:path'
import { OutputFile } from '../../src/adapter/backup/output-file.ts'
import { writeBackup } from '../../src/adapter/backup/write.ts'
import { openDataDirectory } from '../../src/adapter/data-directory.ts'
import { rootFromFile } from '../../src/adapter/root-file.ts'
import { withBackup, type BackupOpening } from '../../src/cli/backup-opening.ts'
import { restoreBackup } from '../../src/cli/backup-restoration.ts'
import { backupOf } from '../../src/cli/backup-source.ts'
import { openCore, type Core } from '../../src/cli/core.ts'
import { ShareCeremony } from '../../src/cli/share-ceremony.ts'
import { silentLog } from '../adapter/fixtures/recording-log.ts'
import { aesKey, inUnit, sha256 } from '../repository/sample.ts'

export async function open(directory: string): Promise<Core> {
  return openCore(await openDataDirectory(directory), { log: silentLog })
}

/** Stores keys named by their numbers, `from` included. */
export async function addKeys(core: Core, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number += 1) {
    const object = aesKey({
      id: `key-${number}`,
      names: [`name ${number}`],
      material: sha256(`material ${number}`),
    })
    await inUnit(core.objects, async (unit) => unit.add(object))
  }
}

/** Backs up what is open; with shares, two of three, into a directory. */
export async function backUp(core: Core, path: string, sharesIn?: string): Promise<void> {
  const progress = (): void => undefined
  const file = await OutputFile.begin(path)
  if (sharesIn === undefined) {
    await writeBackup(backupOf(core), file, { progress })
    return
  }
  const root = await rootFromFile(join(core.directory.path, 'root.key'))
  const count = { threshold: 2, parts: 3 }
  const ceremony = new ShareCeremony({ count, directory: sharesIn, root })
  await writeBackup(backupOf(core, ceremony.set), file, {
    progress,
    escrow: async (header) => ceremony.split(header),
    beforeFinish: async () => ceremony.handOut(),
  })
  ceremony.destroy()
}

/** Restores under a new root in a file, or under the one that opened the backup. */
export async function restore(file: string, given: BackupOpening, data: string): Promise<void> {
  await withBackup(file, given, async (backup) =>
    restoreBackup(backup, {
      data,
      root: given.share === undefined ? undefined : { kind: 'file' },
      rootKey: given['root-file'],
      finish: async () => Promise.resolve(),
    }),
  )
}
