import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { syncPath } from '../data-directory-build.ts'
import { AUDIT_ENTRY } from './directory.ts'

/**
 * Moves the files of a log that is not believed any more into a directory of their own beneath it: they are evidence.
 *
 * @param time - in RFC 3339; the directory is named by it
 * @returns its name, or undefined where there were no files
 * Throws what the system does.
 */
export async function setLogAside(directory: string, time: string): Promise<string | undefined> {
  if (!existsSync(directory)) return undefined
  const names = readdirSync(directory).filter((name) => OWN.has(name) || PART.test(name))
  if (names.length === 0) return undefined
  const aside = `left-${time.replaceAll(/[-:]|\.\d+/g, '')}`
  mkdirSync(join(directory, aside), { recursive: true, mode: 0o700 })
  for (const name of names) renameSync(join(directory, name), join(directory, aside, name))
  await syncPath(join(directory, aside))
  await syncPath(directory)
  return aside
}

const OWN: ReadonlySet<string> = new Set<string>(Object.values(AUDIT_ENTRY))
const PART = /^\d{20}\.(?:jsonl|hashes)$/
