import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { openDataDirectory } from '../src/adapter/data-directory.ts'
import { tryRestore } from '../src/cli/backup-restoration.ts'
import { withBackup } from '../src/cli/backup-opening.ts'
import { openCore } from '../src/cli/core.ts'
import { initialize } from '../src/cli/initialize.ts'
import { silentLog } from '../test/adapter/fixtures/recording-log.ts'
import { backUp, restore } from '../test/system/backup-sample.ts'
import { table } from './figures.ts'
import { fillStore } from './objects.ts'

/** What one kind of work takes over all objects of a store. */
export interface BackupFigure {
  readonly work: string
  readonly objects: number
  readonly seconds: number
  /** The longest that a timer was late meanwhile, in milliseconds. */
  readonly delay: number
}

/** Backs up a store of so many objects, reads the backup, and restores it. */
export async function measureBackup(objects: number): Promise<readonly BackupFigure[]> {
  const parent = await mkdtemp(join(tmpdir(), 'kmipd-bench-'))
  const [data, file] = [join(parent, 'data'), join(parent, 'backup')]
  const opening = { 'root-file': join(data, 'root.key') }
  const measure = async (work: string, task: () => Promise<unknown>): Promise<BackupFigure> => {
    const delays = monitorEventLoopDelay({ resolution: 1 })
    delays.enable()
    const start = performance.now()
    await task()
    const seconds = (performance.now() - start) / 1_000
    delays.disable()
    return { work, objects, seconds, delay: delays.max / 1e6 }
  }
  try {
    await initialize(data, { root: { kind: 'file' }, hosts: [], log: silentLog })
    const core = await openCore(await openDataDirectory(data), { log: silentLog })
    await fillStore(core, objects)
    const made = await measure('backup', async () => backUp(core, file))
    await core.close()
    const read = await measure('reading a backup', async () =>
      withBackup(file, opening, async (backup) => tryRestore(backup, join(parent, 'restored'))),
    )
    const restored = await measure('restore', async () =>
      restore(file, opening, join(parent, 'restored')),
    )
    return [made, read, restored]
  } finally {
    await rm(parent, { recursive: true })
  }
}

/** The figures as a table. */
export function backupTable(figures: readonly BackupFigure[]): string {
  return table(
    ['work', 'objects', 'seconds', 'longest delay ms'],
    figures.map(({ work, objects, seconds, delay }) => [
      work,
      objects.toLocaleString('en'),
      seconds.toFixed(1),
      delay.toFixed(0),
    ]),
  )
}
