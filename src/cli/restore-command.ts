import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { withUnpacked } from '../adapter/backup/scratch.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import type { RootRequest } from '../adapter/root-of-directory.ts'
import type { ObjectRepository } from '../repository/object-repository.ts'
import { SILENT } from './admin-session.ts'
import { withBackup, type BackupOpening, type OpenedBackup } from './backup-opening.ts'
import { restoreBackup, tryRestore } from './backup-restoration.ts'
import { aboutBackup } from './backup-verification.ts'
import { findDestroyed, type DestroyedObject } from './destroyed-objects.ts'
import { withLater } from './later-state.ts'
import { withNewRoot, type NewRootGiven } from './new-root.ts'
import { formatDate, print, printFields, printJson, printTable } from './output.ts'

/** What opens the store from then on: what opened it before, or something new. */
export type WantedRoot = 'same' | RootRequest['kind']

/** The options of `kmipd backup restore`. */
export interface RestoreOptions extends BackupOpening, NewRootGiven {
  readonly data: string
  readonly since?: string | undefined
  readonly 'since-backup'?: string | undefined
  readonly 'destroy-again': boolean
  readonly scratch?: string | undefined
  readonly 'dry-run': boolean
  readonly json: boolean
}

/** Restores a backup, or says what would be restored, and prints what came of it. */
export async function runRestore(
  file: string,
  options: RestoreOptions,
  root: WantedRoot,
): Promise<void> {
  const { scratch = tmpdir() } = options
  await withBackup(file, options, async (backup) =>
    withLater(backup, { ...options, scratch }, async (later) => {
      const outcome = options['dry-run']
        ? await tryIt(backup, options, later)
        : await doIt(backup, options, { root, later })
      report(backup, options, outcome)
    }),
  )
}

async function doIt(
  backup: OpenedBackup,
  options: RestoreOptions,
  { root, later }: { readonly root: WantedRoot; readonly later: ObjectRepository | undefined },
): Promise<Outcome> {
  let destroyed: readonly DestroyedObject[] | undefined
  const restore = async (request: RootRequest | undefined): Promise<void> =>
    restoreBackup(backup, {
      data: options.data,
      root: request,
      rootKey: options['root-file'],
      finish: async (restored) => {
        if (later === undefined) return
        destroyed = await findDestroyed(restored, later, options['destroy-again'])
      },
    })
  await (root === 'same'
    ? restore(undefined)
    : withNewRoot({ kind: root, option: '--root' }, options, restore))
  return { restored: true, ...(destroyed && { destroyed }) }
}

/** What was destroyed since can be told only of a store: it is unpacked for as long as that takes. */
async function tryIt(
  backup: OpenedBackup,
  { data, scratch = tmpdir() }: RestoreOptions,
  later: ObjectRepository | undefined,
): Promise<Outcome> {
  const counts = await tryRestore(backup, data)
  if (later === undefined) return { restored: false, ...counts }
  const place = { parent: scratch, random: nodeRandom, log: SILENT }
  const destroyed = await withUnpacked(backup.archive, backup.keys, place, async (restored) =>
    findDestroyed(restored, later, false),
  )
  return { restored: false, ...counts, destroyed }
}

interface Outcome {
  readonly restored: boolean
  readonly objects?: number
  readonly clients?: number
  readonly destroyed?: readonly DestroyedObject[]
}

function report(backup: OpenedBackup, options: RestoreOptions, outcome: Outcome): void {
  const { id, store, time, generation: before } = aboutBackup(backup)
  const { entries } = backup.archive.header
  const path = resolve(options.data)
  const generation = before + 1
  const { restored, objects, clients, destroyed } = outcome
  const destroyedAgain = restored && options['destroy-again']
  if (options.json) {
    const about = { data: path, backup: id, store, time, generation, entries }
    printJson({ ...outcome, ...about, ...(destroyed && { destroyedAgain }) })
    return
  }
  print(restored ? `restored ${path}` : `would restore ${path}; nothing was written`)
  printFields([
    ['backup', id],
    ['as of', formatDate(time)],
    ['generation', String(generation)],
    ['entries', String(entries)],
    ...(objects === undefined ? [] : [['objects', String(objects)] as const]),
    ...(clients === undefined ? [] : [['clients', String(clients)] as const]),
  ])
  if (destroyed === undefined) return
  const what = destroyedAgain ? ', and again now' : ', and back now'
  const counted = destroyed.length === 1 ? '1 object was' : `${destroyed.length} objects were`
  print(`${counted} destroyed since the backup${destroyed.length === 0 ? '' : what}`)
  if (destroyed.length > 0) printTable(['id', 'type', 'owner', 'destroyed'], destroyed.map(rowOf))
}

function rowOf({ id, type, owner, destroyed }: DestroyedObject): readonly string[] {
  return [id, type, owner, destroyed === undefined ? '' : formatDate(destroyed)]
}
