import { openDataDirectory } from '../../../src/adapter/data-directory.ts'
import { openCore, type Core } from '../../../src/cli/core.ts'
import type { Log } from '../../../src/port/log.ts'
import { silentLog } from '../../adapter/fixtures/recording-log.ts'

/** Opens a data directory whose keys a file opens. Apart from making one: fewer modules for those who are killed. */
export async function openDirectory(path: string, log: Log = silentLog): Promise<Core> {
  return openCore(await openDataDirectory(path), { log })
}
