import { realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { KmipFault } from '../../fault/fault.ts'
import type { Log } from '../../port/log.ts'
import type { Commit } from '../../port/store.ts'
import { Ballast, type BallastOptions } from './ballast.ts'
import { checkDirectory, createStore } from './create.ts'
import { openLevelEngine, type OpenEngine } from './engine.ts'
import { cannotOpen } from './fault.ts'
import type { Head } from './head.ts'
import { openChecked, refusalOf, type Opened } from './open-checked.ts'
import { proveContents } from './contents.ts'
import { takeLease } from './lease.ts'
import { findForeignLog } from './log-file.ts'
import type { Unlock } from './seal.ts'
import { findDamagedTable } from './table-file.ts'
import { LevelStore } from './store.ts'

export interface LevelStoreOptions {
  /** Its own directory, whose parent must be there. Beside it lie the lease and, for a moment, a store being made. */
  readonly directory: string
  /** Makes a new store, and refuses where anything is already; without it nothing is ever made. */
  readonly create: boolean
  /** Opens the keys that prove what the store holds; of a new store, which holds nothing, before it is made. */
  readonly unlock: Unlock
  readonly log: Log
  /** A store of more entries than this is not read whole before it is used; every one is without it. */
  readonly provenEntries?: number
  /** Room that is kept for when the disk is full. */
  readonly ballast?: BallastOptions
  /** Another engine, for tests. */
  readonly openEngine?: OpenEngine
}

/**
 * Opens a store on disk. One process can have it open, once.
 *
 * Throws `UNAVAILABLE`, with a message for the person who started us, when it is not there, is damaged, is in use or
 * exists although it was to be made.
 */
export async function openLevelStore(options: LevelStoreOptions): Promise<LevelStore> {
  const directory = await resolved(options.directory)
  const openEngine = options.openEngine ?? openLevelEngine
  if (!options.create) await checkDirectory(directory)
  const lease = await takeLease(directory)
  try {
    if (options.create) {
      const { seal } = await options.unlock(() => undefined)
      await createStore(directory, openEngine, seal)
    }
    const open = async () => openEngine(directory, { create: false })
    await checkFiles(directory)
    const ballast = new Ballast(options.ballast ?? NO_BALLAST)
    await ballast.prepare()
    const check = async (opened: Opened) => prove(opened, options)
    const opened = await openChecked({ directory, open, unlock: options.unlock, check })
    const { engine, head, unlocked, isOld } = opened
    const { seal, upgrade } = unlocked
    const reopen = async (isExpected: (head: Head) => boolean) => {
      await checkFiles(directory)
      return openChecked({
        directory,
        open,
        unlock: () => ({ seal }),
        check: async (again) => {
          if (!isExpected(again.head)) throw cannotOpen(MISSING)
          return Promise.resolve()
        },
      })
    }
    const release = async (): Promise<void> => lease.release()
    const { log } = options
    const parts = { directory, engine, head, seal, isRenewed: isOld, reopen, ballast, release, log }
    const store = new LevelStore(parts)
    if (isOld && upgrade !== undefined) await bringUpToDate(store, upgrade, log)
    return store
  } catch (error) {
    await lease.release()
    throw error instanceof KmipFault ? error : cannotOpen(refusalOf(error), error)
  }
}

const MISSING = 'acknowledged commits are missing after reopening'
const NO_BALLAST: BallastOptions = { path: '', bytes: 0 }

/** LevelDB ends the process over some damage that it reads: it is looked for before. */
async function checkFiles(directory: string): Promise<void> {
  const damaged = (await findDamagedTable(directory)) ?? (await findForeignLog(directory))
  if (damaged !== undefined) throw cannotOpen(`The file ${damaged} of the store is damaged`)
}

async function prove(
  { engine, head, unlocked, isOld }: Opened,
  { provenEntries = Infinity }: LevelStoreOptions,
): Promise<void> {
  if (isOld || head.contents.entries > provenEntries) return
  await proveContents(engine, unlocked.seal, head.contents)
}

/** From this commit on the store has authenticated heads. */
async function bringUpToDate(store: LevelStore, commit: Commit, log: Log): Promise<void> {
  try {
    await store.commit(commit)
  } catch (error) {
    await store.close()
    throw error
  }
  log.warn('store brought up to date', { entries: store.head.contents.entries })
}

/** The same store has the same lease, by whatever path it is reached. */
async function resolved(directory: string): Promise<string> {
  const path = resolve(directory)
  const parent = await realpath(dirname(path)).catch((error: unknown) => {
    throw cannotOpen(`There is no directory ${dirname(path)}`, error)
  })
  const whole = join(parent, basename(path))
  return realpath(whole).catch(() => whole)
}
