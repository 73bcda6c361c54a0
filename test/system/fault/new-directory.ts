import { initialize } from '../../../src/cli/initialize.ts'
import { silentLog } from '../../adapter/fixtures/recording-log.ts'

/** Makes a data directory whose keys a file opens. */
export async function makeDirectory(path: string): Promise<void> {
  await initialize(path, { root: { kind: 'file' }, hosts: [], log: silentLog })
}
