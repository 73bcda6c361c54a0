import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../data-directory.ts'
import { syncPath, writeNewFile } from '../data-directory-build.ts'
import { refused } from './fault.ts'
import { formatShare, parseShare, type Share } from './share.ts'

/**
 * Writes each share into a file of its own (mode 0600), all of them or none.
 *
 * @param directory - made when it is missing (mode 0700)
 * @returns the files
 * Throws `UNAVAILABLE`, also when one of the files is there already.
 */
export async function writeShares(
  directory: string,
  shares: readonly Share[],
): Promise<readonly string[]> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw refused(`${directory} cannot be made (${codeOf(cause)})`, cause)
  }
  const written: string[] = []
  try {
    for (const share of shares) {
      const path = join(directory, `share-${share.index}-of-${share.set.parts}`)
      await writeShare(path, share)
      written.push(path)
    }
    await syncPath(directory)
    return written
  } catch (error) {
    await removeShares(written)
    throw error
  }
}

/** Takes the files of shares away that open nothing. */
export async function removeShares(files: readonly string[]): Promise<void> {
  for (const path of files) await rm(path, { force: true })
}

/** Reads the share of one person; the caller destroys it. Throws `UNAVAILABLE` when there is none, or it was altered. */
export async function readShare(path: string): Promise<Share> {
  const bytes = await readSmallFile(path)
  try {
    const share = parseShare(bytes)
    if (share !== undefined) return share
    throw refused(`${path} holds no share of a backup, or one with a character that is wrong`)
  } finally {
    bytes.fill(0)
  }
}

async function writeShare(path: string, share: Share): Promise<void> {
  const text = formatShare(share)
  try {
    await text.expose(async (bytes) => writeNewFile(path, bytes, 0o600))
  } finally {
    text.destroy()
  }
}

async function readSmallFile(path: string): Promise<Uint8Array> {
  try {
    const about = await stat(path)
    if (about.isFile() && about.size <= LARGEST) return await readFile(path)
  } catch (cause) {
    throw refused(`The share ${path} cannot be read (${codeOf(cause)})`, cause)
  }
  throw refused(`${path} holds no share of a backup`)
}

const LARGEST = 4_096
