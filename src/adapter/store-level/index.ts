import { realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Log } from '../../port/log.ts'
import type { Store } from '../../port/store.ts'
import { checkDirectory, createStore } from './create.ts'
import { openLevelEngine, type Engine, type OpenEngine } from './engine.ts'
import { cannotOpen } from './fault.ts'
import { openChecked } from './open-checked.ts'
import { takeLease } from './lease.ts'
import { LevelStore } from './store.ts'

export interface LevelStoreOptions {
  /** Its own directory, whose parent must be there. Beside it lie the lease and, for a moment, a store being made. */
  readonly directory: string
  /** Makes a new store, and refuses where anything is already; without it nothing is ever made. */
  readonly create: boolean
  readonly log: Log
  /** Another engine, for tests. */
  readonly openEngine?: OpenEngine
}

/**
 * Opens a store on disk. One process can have it open, once.
 *
 * Throws `UNAVAILABLE`, with a message for the person who started us, when it is not there, is damaged, is in use or
 * exists although it was to be made.
 */
export async function openLevelStore(options: LevelStoreOptions): Promise<Store> {
  const directory = await resolved(options.directory)
  const openEngine = options.openEngine ?? openLevelEngine
  if (!options.create) await checkDirectory(directory)
  const lease = await takeLease(directory)
  try {
    if (options.create) await createStore(directory, openEngine)
    const reopen = async (): Promise<Engine> => openEngine(directory, { create: false })
    const { engine, head } = await openChecked(reopen)
    const release = async (): Promise<void> => lease.release()
    return new LevelStore({ engine, head, reopen, release, log: options.log })
  } catch (error) {
    await lease.release()
    throw error
  }
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
