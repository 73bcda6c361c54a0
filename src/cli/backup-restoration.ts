import { readFile } from 'node:fs/promises'
import { Anchors } from '../adapter/anchor.ts'
import type { BackupFile } from '../adapter/backup/item.ts'
import { readBackup } from '../adapter/backup/read.ts'
import { restoreStore, type RestoredStore } from '../adapter/backup/restore.ts'
import {
  buildDataDirectory,
  checkBuildable,
  writeNewFile,
} from '../adapter/data-directory-build.ts'
import { ENTRY, formatSettings, pathIn } from '../adapter/data-directory.ts'
import { openBareKeys } from '../adapter/keyring.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import { createRoot, type NewRoot, type RootRequest } from '../adapter/root-of-directory.ts'
import { SILENT } from './admin-session.ts'
import type { OpenedBackup } from './backup-opening.ts'
import { progressBar } from './progress.ts'

/** What is to be restored, and where. */
export interface RestoreOrder {
  readonly data: string
  /** Undefined for the root that opened the backup. */
  readonly root: RootRequest | undefined
  /** The key of that root, where it is a file: it comes to lie in the directory again. */
  readonly rootKey: string | undefined
  /** Done with the store before it is in its place. */
  readonly finish: (restored: RestoredStore) => Promise<void>
}

/** Makes a data directory of a backup, wholly or not at all. Throws `UNAVAILABLE` with a sentence for people. */
export async function restoreBackup(backup: OpenedBackup, order: RestoreOrder): Promise<void> {
  const bar = progressBar('restoring')
  const { entries } = backup.archive.header
  let made: Root | undefined
  try {
    await buildDataDirectory(order.data, async (staging) => {
      made = await rootFor(backup, order, staging)
      const restored = await restoreStore(backup.archive, backup.keys, {
        directory: pathIn({ path: staging }, 'store'),
        root: made.root,
        log: SILENT,
        progress: (done) => {
          bar.show(done, entries)
        },
      })
      await finish(restored, staging, order)
      const text = new TextEncoder().encode(formatSettings(made.settings))
      await writeNewFile(pathIn({ path: staging }, 'settings'), text, 0o600)
    })
  } catch (error) {
    // What went wrong first is what counts.
    await made?.discard?.().catch(() => undefined)
    throw error
  } finally {
    if (made?.root !== backup.root) made?.root.destroy()
    bar.end()
  }
}

/** Reads all of a backup, and writes nothing. Throws what {@link restoreBackup} throws. */
export async function tryRestore(
  { archive, keys }: OpenedBackup,
  data: string,
): Promise<{ readonly objects: number; readonly clients: number }> {
  await checkBuildable(data)
  const { sealer, seal } = openBareKeys(keys.store)
  sealer.destroy()
  const bar = progressBar('reading')
  const counts = { objects: 0, clients: 0, entries: 0 }
  try {
    await readBackup(
      archive,
      { keys, seal },
      {
        file: async () => Promise.resolve(),
        entries: async (entries) => {
          for (const { key } of entries) {
            const text = Buffer.from(key).toString('latin1')
            if (text.startsWith('o/')) counts.objects += 1
            if (text.startsWith('c/id/')) counts.clients += 1
          }
          counts.entries += entries.length
          bar.show(counts.entries, archive.header.entries)
          return Promise.resolve()
        },
      },
    )
  } finally {
    bar.end()
  }
  return counts
}

/** One that was there before is not to be discarded. */
interface Root extends Omit<NewRoot, 'discard'>, Partial<Pick<NewRoot, 'discard'>> {}

async function rootFor(
  { root, settings }: OpenedBackup,
  { root: request, rootKey }: RestoreOrder,
  staging: string,
): Promise<Root> {
  if (request !== undefined) return createRoot(staging, request, nodeRandom)
  if (root === undefined) throw new TypeError('Shares bring no root')
  if (rootKey !== undefined) {
    const bytes = await readFile(rootKey)
    try {
      await writeNewFile(pathIn({ path: staging }, 'rootKey'), bytes, 0o600)
    } finally {
      bytes.fill(0)
    }
  }
  return { root, settings }
}

async function finish(
  restored: RestoredStore,
  staging: string,
  order: RestoreOrder,
): Promise<void> {
  const { store, sealer, files } = restored
  try {
    await order.finish(restored)
    const paths = [pathIn({ path: staging }, 'anchor')]
    await new Anchors({ store, paths, log: SILENT }).write()
  } finally {
    sealer.destroy()
    await store.close()
  }
  for (const file of files) await writeBeside(staging, file)
}

/** Certificates are for everyone who is let into the directory. Other files are of a kmipd that knew more. */
async function writeBeside(staging: string, { name, content }: BackupFile): Promise<void> {
  for (const entry of ['authority', 'server'] as const) {
    if (ENTRY[entry] === name) await writeNewFile(pathIn({ path: staging }, entry), content, 0o644)
  }
}
