import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../data-directory-build.ts'
import { isReplayed, readFilesInUse } from './manifest-file.ts'

/** What LevelDB recovers a store from, as it was before it was opened: contents by name. */
export interface RecoveryFiles {
  readonly contents: ReadonlyMap<string, Buffer>
  /** Those of them that are logs and are replayed. An older one may be left by a process that was about to remove it. */
  readonly logs: ReadonlyMap<string, Buffer>
  readonly tables: ReadonlySet<number>
}

/**
 * Reads what LevelDB recovers a store from, which is a few megabytes. LevelDB goes on without a log that it cannot open
 * at that moment, and removes it: then this is all that there is of the last commits.
 */
export async function readRecoveryFiles(directory: string): Promise<RecoveryFiles> {
  const contents = new Map<string, Buffer>()
  for (const name of await readdir(directory)) {
    if (RECOVERED.test(name)) contents.set(name, await readFile(join(directory, name)))
  }
  const used = await readFilesInUse(directory)
  const logs = new Map(
    [...contents].filter(
      ([name]) => name.endsWith('.log') && isReplayed(Number.parseInt(name, 10), used),
    ),
  )
  return { contents, logs, tables: used.tables }
}

/**
 * Puts back what LevelDB made of the files something else of, so that a store that was refused is what it was before.
 * Does nothing where a table is gone that they need. The engine must be closed.
 *
 * @returns whether they are all there again
 */
export async function putBack(
  directory: string,
  { contents, tables }: RecoveryFiles,
): Promise<boolean> {
  const names = await readdir(directory)
  const present = new Set(names.filter((name) => TABLE.test(name)).map(Number.parseFloat))
  if (![...tables].every((table) => present.has(table))) return false
  for (const [name, content] of inOrder(contents)) {
    const path = join(directory, name)
    const now = names.includes(name) ? await readFile(path) : undefined
    if (now?.equals(content) !== true) await replaceFile(path, content, 0o600)
  }
  return true
}

/** CURRENT says which of the others count: it goes last. */
function inOrder(contents: ReadonlyMap<string, Buffer>): readonly (readonly [string, Buffer])[] {
  const rank = ([name]: readonly [string, Buffer]): number => (name === 'CURRENT' ? 1 : 0)
  return [...contents].toSorted((one, other) => rank(one) - rank(other))
}

const RECOVERED = /^(?:CURRENT|MANIFEST-\d+|\d+\.log)$/
const TABLE = /^\d+\.(?:ldb|sst)$/
