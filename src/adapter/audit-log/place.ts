import { mkdirSync, readlinkSync, statSync, symlinkSync } from 'node:fs'
import { resolve } from 'node:path'
import { codeOf } from '../data-directory.ts'
import { refused } from './refusal.ts'

/**
 * Makes the directory of a log: itself, or a link to one that lies elsewhere. Whoever has the data directory alone so
 * finds the log, and does not begin another.
 *
 * Throws `UNAVAILABLE` where the log lies in another place already, and where others may write in the directory.
 */
export function placeAudit(directory: string, elsewhere: string | undefined): void {
  if (elsewhere === undefined) {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    checkOwners(directory)
    return
  }
  const target = resolve(elsewhere)
  mkdirSync(target, { recursive: true, mode: 0o700 })
  checkOwners(target)
  const before = targetOf(directory)
  if (before === undefined) symlinkSync(target, directory)
  else if (before !== target) {
    const text = `The audit log lies in ${before} already: move it to ${target}`
    throw refused(`${text}, and remove ${directory}, before the server looks for it there`)
  }
}

/** Who may write in a directory may exchange the files in it. */
function checkOwners(directory: string): void {
  if ((statSync(directory).mode & 0o022) === 0) return
  throw refused(`${directory} may be written to by others (chmod 700 it)`)
}

/** Where a link leads; the directory itself where it is none, and undefined where there is nothing. */
function targetOf(directory: string): string | undefined {
  try {
    return readlinkSync(directory)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    if (codeOf(error) === 'EINVAL') return directory
    throw error
  }
}
