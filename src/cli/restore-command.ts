import { resolve } from 'node:path'
import type { RootRequest } from '../adapter/root-of-directory.ts'
import { withBackup, type BackupOpening, type OpenedBackup } from './backup-opening.ts'
import { restoreBackup, tryRestore } from './backup-restoration.ts'
import { aboutBackup } from './backup-verification.ts'
import { withNewRoot, type NewPassphrase } from './new-root.ts'
import { formatDate, print, printFields, printJson } from './output.ts'

/** The options of `kmipd backup restore`. */
export interface RestoreOptions extends BackupOpening, NewPassphrase {
  readonly data: string
  readonly 'dry-run': boolean
  readonly json: boolean
}

/** Restores a backup, or says what would be restored, and prints what came of it. */
export async function runRestore(
  file: string,
  options: RestoreOptions,
  root: string,
): Promise<void> {
  await withBackup(file, options, async (backup) => {
    if (options['dry-run']) {
      const counts = await tryRestore(backup, options.data)
      report(backup, options, { restored: false, ...counts })
      return
    }
    await withWantedRoot(root, options, async (request) => {
      await restoreBackup(backup, {
        data: options.data,
        root: request,
        rootKey: options['root-key'],
        finish: async () => Promise.resolve(),
      })
    })
    report(backup, options, { restored: true })
  })
}

async function withWantedRoot(
  root: string,
  options: RestoreOptions,
  use: (request: RootRequest | undefined) => Promise<void>,
): Promise<void> {
  await (root === 'same' ? use(undefined) : withNewRoot(root, options, use))
}

interface Outcome {
  readonly restored: boolean
  readonly objects?: number
  readonly clients?: number
}

function report(backup: OpenedBackup, { data, json }: RestoreOptions, outcome: Outcome): void {
  const about = aboutBackup(backup)
  const generation = about.generation + 1
  const path = resolve(data)
  const { entries } = backup.archive.header
  if (json) {
    printJson({ ...outcome, data: path, backup: about.id, ...about, generation, entries })
    return
  }
  print(outcome.restored ? `restored ${path}` : `would restore ${path}; nothing was written`)
  const { objects, clients } = outcome
  printFields([
    ['backup', about.id],
    ['as of', formatDate(about.time)],
    ['generation', String(generation)],
    ['entries', String(entries)],
    ...(objects === undefined ? [] : [['objects', String(objects)] as const]),
    ...(clients === undefined ? [] : [['clients', String(clients)] as const]),
  ])
}
