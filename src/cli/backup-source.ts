import { readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { createBackup, type BackupPiece } from '../adapter/backup/create.ts'
import type { ShareSet } from '../adapter/backup/header.ts'
import { systemClock } from '../adapter/clock-system.ts'
import { ENTRY, pathIn } from '../adapter/data-directory.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import { KmipFault } from '../fault/fault.ts'
import type { Core } from './core.ts'

/**
 * Makes a backup of an open data directory, while it is in use.
 *
 * @param shares - set where the key of the backup is to be split by whoever asked for it
 */
export async function* backupOf(
  core: Core,
  shares?: ShareSet,
): AsyncGenerator<BackupPiece, void, undefined> {
  const read = async (entry: keyof typeof ENTRY): Promise<Uint8Array> =>
    readBeside(pathIn(core.directory, entry))
  const source = {
    store: core.store,
    sealing: core.backup,
    settings: await read('settings'),
    files: [
      { name: ENTRY.authority, content: await read('authority') },
      { name: ENTRY.server, content: await read('server') },
    ],
    time: systemClock.now(),
    random: nodeRandom,
    pause: async () => setImmediate(),
  }
  yield* createBackup(source, shares)
}

async function readBeside(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new KmipFault('UNAVAILABLE', `${path} cannot be read`, { cause })
  }
}
