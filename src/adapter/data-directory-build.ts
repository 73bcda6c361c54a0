import { chmod, mkdir, mkdtemp, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { KmipFault } from '../fault/fault.ts'
import { codeOf, ENTRY } from './data-directory.ts'

/**
 * Makes a data directory, wholly or not at all: `fill` writes everything into a staging directory that is then moved
 * to `path`, `kmipd.json` last. What is there already is never touched.
 *
 * @param fill - is given the staging directory (mode 0700)
 * Throws `UNAVAILABLE` when there is something at `path` other than an empty directory, or on an error of the disk.
 */
export async function buildDataDirectory(
  path: string,
  fill: (staging: string) => Promise<void>,
): Promise<void> {
  const target = resolve(path)
  if (await isEmptyDirectory(path)) await buildInside(target, fill)
  else await buildBeside(target, fill)
}

/** Throws `UNAVAILABLE` where {@link buildDataDirectory} would, for what is there already. */
export async function checkBuildable(path: string): Promise<void> {
  await isEmptyDirectory(path)
}

/** Writes a new file, through to the disk. Throws `UNAVAILABLE` when there is one already. */
export async function writeNewFile(path: string, content: Uint8Array, mode: number): Promise<void> {
  try {
    const file = await open(path, 'wx', mode)
    try {
      await file.chmod(mode)
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw new KmipFault('UNAVAILABLE', `${path} cannot be written (${codeOf(cause)})`, { cause })
  }
}

/** Writes a file that may be there already, wholly or not at all. Throws `UNAVAILABLE`. */
export async function replaceFile(path: string, content: Uint8Array, mode: number): Promise<void> {
  const beside = `${path}.new`
  await guard(path, async () => rm(beside, { force: true }))
  await writeNewFile(beside, content, mode)
  await guard(path, async () => rename(beside, path))
  await guard(path, async () => syncPath(dirname(path)))
}

/** True for an empty directory, false when there is nothing at all. */
async function isEmptyDirectory(path: string): Promise<boolean> {
  const entries = await listDirectory(path)
  if (entries !== undefined && entries.length > 0) {
    const what = entries.includes(ENTRY.settings) ? 'holds a kmipd data directory' : 'is not empty'
    throw new KmipFault('UNAVAILABLE', `${path} ${what} already: nothing was changed`)
  }
  return entries !== undefined
}

async function listDirectory(path: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(path)
  } catch (cause) {
    const code = codeOf(cause)
    if (code === 'ENOENT') return undefined
    const what = code === 'ENOTDIR' ? 'is not a directory' : `cannot be read (${code})`
    throw new KmipFault('UNAVAILABLE', `${path} ${what}`, { cause })
  }
}

async function buildBeside(
  target: string,
  fill: (staging: string) => Promise<void>,
): Promise<void> {
  const parent = dirname(target)
  const firstMade = await guard(target, async () => mkdir(parent, { recursive: true }))
  let staging: string | undefined
  try {
    const made = await guard(target, async () => mkdtemp(`${target}.init-`))
    staging = made
    await fill(made)
    await syncTree(made)
    await guard(target, async () => rename(made, target))
    await syncPath(parent)
  } catch (error) {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true })
    if (firstMade !== undefined) await removeEmpty(parent, firstMade)
    throw error
  }
}

/** A directory that exists may be a mount point, which cannot be renamed over: its entries are moved one by one. */
async function buildInside(
  target: string,
  fill: (staging: string) => Promise<void>,
): Promise<void> {
  const { mode } = await stat(target)
  const staging = await guard(target, async () => mkdtemp(join(target, '.init-')))
  const moved: string[] = []
  try {
    await chmod(target, 0o700)
    await fill(staging)
    await syncTree(staging)
    for (const entry of inMovingOrder(await readdir(staging))) {
      await guard(target, async () => rename(join(staging, entry), join(target, entry)))
      moved.push(entry)
    }
    await rmdir(staging)
    await syncPath(target)
  } catch (error) {
    for (const entry of [...moved, staging]) {
      await rm(resolve(target, entry), { recursive: true, force: true })
    }
    await chmod(target, mode & 0o7777)
    throw error
  }
}

/** The store goes first, because moving it fails where another process was faster; what makes it count goes last. */
function inMovingOrder(entries: readonly string[]): readonly string[] {
  const rank = (entry: string): number =>
    entry === ENTRY.store ? 0 : entry === ENTRY.settings ? 2 : 1
  return entries.toSorted((left, right) => rank(left) - rank(right))
}

async function guard<T>(target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new KmipFault('UNAVAILABLE', `${target} cannot be made (${codeOf(cause)})`, { cause })
  }
}

/** Removes the directories from `last` up to `first` as far as they are empty. */
async function removeEmpty(last: string, first: string): Promise<void> {
  for (let path = last; path.length >= first.length; path = dirname(path)) {
    try {
      await rmdir(path)
    } catch {
      // Someone else uses it by now.
      return
    }
  }
}

/** Brings a directory and everything in it to stable storage. */
export async function syncTree(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) await syncTree(path)
    else if (entry.isFile()) await syncPath(path)
  }
  await syncPath(directory)
}

/** Brings a file, or the names in a directory, to stable storage. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
