import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readCase, type Case } from './case.ts'
import { matches } from './settings.ts'

/**
 * The cases of files and folders, sorted by name; folders inside folders are looked through too.
 *
 * @param only - patterns of the cases that are wanted; all when there are none
 */
export function findCases(paths: readonly string[], only: readonly string[] = []): readonly Case[] {
  return paths
    .flatMap(filesOf)
    .map(readCase)
    .filter(({ id }) => only.length === 0 || only.some((pattern) => matches(pattern, id)))
}

function filesOf(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.name.endsWith('.xml'))
    .sort((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }))
    .flatMap((entry) => filesOf(join(path, entry.name)))
}
