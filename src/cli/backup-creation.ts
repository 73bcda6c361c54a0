import { resolve } from 'node:path'
import { OutputFile } from '../adapter/backup/output-file.ts'
import type { ShareCount } from '../adapter/backup/share-set.ts'
import { writeBackup, type WrittenBackup } from '../adapter/backup/write.ts'
import { openDataDirectory, type DataDirectory } from '../adapter/data-directory.ts'
import { openRoot, type RootAccess } from '../adapter/root-of-directory.ts'
import type { AdminService } from '../admin/service.ts'
import { withAdmin, type SessionOptions } from './admin-session.ts'
import { wrongUsage } from './failure.ts'
import { placeOf } from './place-options.ts'
import { progressBar } from './progress.ts'
import { ShareCeremony } from './share-ceremony.ts'

/** What is to be made. */
export interface BackupOrder {
  readonly file: string
  readonly shares: ShareCount | undefined
  readonly sharesDirectory: string | undefined
}

/** What was made. */
export interface MadeBackup {
  /** Absolute. */
  readonly file: string
  readonly id: string
  /** The moment it is of, in seconds since 1970-01-01T00:00:00Z. */
  readonly time: number
  readonly entries: number
  readonly bytes: number
  readonly generation: number
  /** What kind of root opens it. */
  readonly root: string
  /** Files of shares. */
  readonly shares: readonly string[]
}

/** Makes a backup and its shares, or leaves nothing. Throws what is for people. */
export async function createBackupFile(
  session: SessionOptions,
  order: BackupOrder,
): Promise<MadeBackup> {
  const path = resolve(order.file)
  const place = placeOf(session)
  if (typeof place !== 'string' && order.shares !== undefined) {
    throw wrongUsage('--shares needs --data: shares are made where the root of trust is')
  }
  const directory = typeof place === 'string' ? await openDataDirectory(place) : undefined
  // What cannot be written is told before anything is opened.
  const file = await OutputFile.begin(path)
  try {
    return await withAdmin(session, async (admin, access) => {
      const ceremony = await ceremonyOf(directory, access, order)
      try {
        const { header, bytes } = await write(admin, file, ceremony)
        return {
          file: path,
          id: Buffer.from(header.backupId).toString('hex'),
          time: header.time,
          entries: header.entries,
          bytes,
          generation: header.generation,
          root: directory?.root.kind ?? 'the root of the server',
          shares: ceremony?.files ?? [],
        }
      } finally {
        ceremony?.destroy()
      }
    })
  } catch (error) {
    await file.remove()
    throw error
  }
}

async function ceremonyOf(
  data: DataDirectory | undefined,
  access: RootAccess | undefined,
  { shares: count, sharesDirectory }: BackupOrder,
): Promise<ShareCeremony | undefined> {
  if (count === undefined || data === undefined || access === undefined) return undefined
  const root = await openRoot(data, access)
  const directory = sharesDirectory === undefined ? undefined : resolve(sharesDirectory)
  return new ShareCeremony({ count, directory, root })
}

async function write(
  admin: AdminService,
  file: OutputFile,
  ceremony: ShareCeremony | undefined,
): Promise<WrittenBackup> {
  const bar = progressBar('backing up')
  const show = {
    progress: (done: number, of: number) => {
      bar.show(done, of)
    },
  }
  try {
    if (ceremony === undefined) return await writeBackup(admin.backup({}), file, show)
    const { threshold, parts, setId } = ceremony.set
    const shares = { threshold, parts, setId: Buffer.from(setId).toString('base64') }
    return await writeBackup(admin.backup({ shares }), file, {
      ...show,
      escrow: async (header) => ceremony.split(header),
      beforeFinish: async () => {
        bar.end()
        await ceremony.handOut()
      },
    })
  } catch (error) {
    await ceremony?.takeBack()
    throw error
  } finally {
    bar.end()
  }
}
