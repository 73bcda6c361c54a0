import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncPath, syncTree } from '../data-directory-build.ts'
import { isOfFullDisk } from './ballast.ts'
import { NOTHING } from './contents.ts'
import type { Engine, OpenEngine } from './engine.ts'
import { cannotOpen } from './fault.ts'
import { encodeHead } from './head.ts'
import { HEAD_KEY, ringKey } from './layout.ts'
import type { StoreSeal } from './seal.ts'

/**
 * Makes an empty store in a temporary sibling and renames it when all of it is on stable storage, so that the
 * directory either is a whole store or is not there. The caller holds the lease.
 */
export async function createStore(
  directory: string,
  openEngine: OpenEngine,
  seal: StoreSeal,
): Promise<void> {
  if (await exists(directory)) throw cannotOpen(`There already is something at ${directory}`)
  const building = `${directory}.new`
  await rm(building, { recursive: true, force: true })
  try {
    await mkdir(building, { mode: 0o700 })
    await writeOrigin(await openEngine(building, { create: true }), seal)
    await syncTree(building)
    await rename(building, directory)
    await syncPath(dirname(directory))
  } catch (error) {
    await rm(building, { recursive: true, force: true })
    const why = isOfFullDisk(error) ? ': the disk is full' : ''
    throw cannotOpen(`No store could be made at ${directory}${why}`, error)
  }
}

/** Refuses what is not a store before LevelDB leaves its own files there. */
export async function checkDirectory(directory: string): Promise<void> {
  if (!(await exists(directory))) throw cannotOpen(`There is no store at ${directory}`)
  if (!(await exists(join(directory, 'CURRENT')))) {
    throw cannotOpen(
      `${basename(directory)} at ${dirname(directory)} is not a store, or is damaged`,
    )
  }
}

/** The chain starts from a random value: no two stores have the same heads. */
async function writeOrigin(engine: Engine, seal: StoreSeal): Promise<void> {
  const origin = { sequence: 0n, batch: 0n, chain: randomBytes(32), contents: NOTHING }
  const value = encodeHead(origin, seal)
  await engine.batch([
    { type: 'put', key: ringKey(0n), value },
    { type: 'put', key: HEAD_KEY, value },
  ])
  await engine.close()
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw cannotOpen(`${path} cannot be read`, error)
  }
}
