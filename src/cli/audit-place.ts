import { createPublicKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AUDIT_ENTRY } from '../adapter/audit-log/directory.ts'
import { codeOf, ENTRY } from '../adapter/data-directory.ts'
import { CommandFailure, wrongUsage } from './failure.ts'
import { textOption } from './option.ts'

/** Options of the commands that read an audit log: none of them needs the store. */
export const auditPlaceOptions = {
  data: textOption('data', 'data directory whose audit log it is'),
  directory: textOption('directory', 'directory of an audit log, a copy of one for example'),
} as const

/** The directory that those options mean. Throws wrong usage for none or both. */
export function auditPlace({
  data,
  directory,
}: {
  readonly data?: string | undefined
  readonly directory?: string | undefined
}): string {
  if (data !== undefined && directory === undefined) return join(resolve(data), ENTRY.audit)
  if (directory !== undefined && data === undefined) return resolve(directory)
  throw wrongUsage('give one of --data and --directory')
}

/** The public key of a log: of a file, or the one that lies beside the log. Throws a `CommandFailure`. */
export function readAuditKey(path: string | undefined, directory: string): KeyObject {
  const file = path ?? join(directory, AUDIT_ENTRY.key)
  const key = publicKeyIn(readText(file))
  if (key?.asymmetricKeyType === 'ed25519') return key
  throw new CommandFailure(`${file} holds no Ed25519 public key`)
}

/** Throws a `CommandFailure`. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new CommandFailure(`${path} cannot be read (${codeOf(error)})`)
  }
}

function publicKeyIn(pem: string): KeyObject | undefined {
  if (pem.includes('PRIVATE')) return undefined
  try {
    return createPublicKey(pem)
  } catch {
    return undefined
  }
}
