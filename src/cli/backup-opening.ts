import { resolve } from 'node:path'
import { Archive } from '../adapter/backup/archive.ts'
import { readShare } from '../adapter/backup/share-file.ts'
import type { Share } from '../adapter/backup/share.ts'
import { unlockBackup, type BackupKeys, type BackupOpener } from '../adapter/backup/unlock.ts'
import { parseSettings, type RootSettings } from '../adapter/data-directory.ts'
import { rootFromFile } from '../adapter/root-file.ts'
import { openRoot, type RootAccess } from '../adapter/root-of-directory.ts'
import { readTokenParameters } from '../adapter/root-pkcs11/parameters.ts'
import type { RootOfTrust } from '../port/root-of-trust.ts'
import { CommandFailure, wrongUsage } from './failure.ts'
import { openingOptions, withAccess, type Opening } from './opening.ts'
import { textOption } from './option.ts'

/** The options of every command that opens a backup. */
export const backupOpeningOptions = {
  'root-file': textOption('root-file', 'root.key of the store that was backed up'),
  'root-module': textOption(
    'root-module',
    'PKCS#11 library of the token that has the root key of that store',
  ),
  share: {
    type: 'string',
    requiresArg: true,
    describe: 'file with the share of one person; may be given again',
    coerce: (value: unknown): readonly string[] => [value].flat().map(String),
  },
  ...openingOptions,
} as const

/** What those options were given as. */
export interface BackupOpening extends Opening {
  readonly 'root-file'?: string | undefined
  readonly 'root-module'?: string | undefined
  readonly share?: readonly string[] | undefined
  /** An old data directory, which a passphrase or PIN beside shares is for. */
  readonly since?: string | undefined
}

/** A backup that was opened. */
export interface OpenedBackup {
  readonly archive: Archive
  readonly keys: BackupKeys
  /** The root of trust that its store hung from, as it was recorded. */
  readonly settings: RootSettings
  /** That root, if it opened the backup. */
  readonly root: RootOfTrust | undefined
  /** Passphrase and PIN that were given. */
  readonly access: RootAccess
}

/**
 * Opens a backup by its root of trust or by shares, hands it to `use` and closes it afterwards. Throws wrong usage, and
 * `UNAVAILABLE` with a sentence for what is wrong with the backup or with what was to open it.
 */
export async function withBackup<T>(
  file: string,
  given: BackupOpening,
  use: (backup: OpenedBackup) => Promise<T>,
): Promise<T> {
  return withAccess(given, async (access) => openBackup(file, { given, access }, use))
}

/** The same with passphrase and PIN read already. */
export async function openBackup<T>(
  file: string,
  given: Given,
  use: (backup: OpenedBackup) => Promise<T>,
): Promise<T> {
  const archive = await Archive.open(file)
  try {
    return await withKeys(archive, given, use)
  } finally {
    await archive.close()
  }
}

interface Given {
  readonly given: BackupOpening
  readonly access: RootAccess
}

async function withKeys<T>(
  archive: Archive,
  { given, access }: Given,
  use: (backup: OpenedBackup) => Promise<T>,
): Promise<T> {
  const settings = parseSettings(archive.path, new TextDecoder().decode(archive.header.settings))
  const opener = await openerOf(archive, settings, { given, access })
  try {
    const keys = await unlockBackup(archive, opener)
    try {
      return await use({
        archive,
        keys,
        settings,
        root: opener.kind === 'root' ? opener.root : undefined,
        access,
      })
    } finally {
      keys.destroy()
    }
  } finally {
    if (opener.kind === 'root') opener.root.destroy()
    else for (const { material } of opener.shares) material.destroy()
  }
}

async function openerOf(
  { path }: Archive,
  settings: RootSettings,
  { given, access }: Given,
): Promise<BackupOpener> {
  const { share: files, 'root-file': rootKey, 'root-module': module } = given
  if (files !== undefined) {
    const isAccessGiven = access.passphrase !== undefined || access.pin !== undefined
    const isRootGiven = rootKey !== undefined || module !== undefined
    if (isRootGiven || (isAccessGiven && given.since === undefined))
      throw wrongUsage('give shares or what opens the root, not both')
    return { kind: 'shares', shares: await readShares(files) }
  }
  checkModule(path, settings, module)
  if (settings.kind !== 'file') {
    if (rootKey === undefined) {
      return { kind: 'root', root: await openRoot({ path, root: settings }, access) }
    }
    throw new CommandFailure(`${path} is not opened by a root.key: its root is ${settings.kind}`)
  }
  if (access.passphrase !== undefined || access.pin !== undefined) {
    throw new CommandFailure(`${path} is opened by a root.key, not by a passphrase or PIN`)
  }
  if (rootKey !== undefined) return { kind: 'root', root: await rootFromFile(rootKey) }
  throw new CommandFailure(`${path} is opened by the root.key of its store`, {
    hint: "give it with '--root-file FILE', or shares with '--share FILE'",
  })
}

/**
 * A library runs as soon as it is loaded, and who wrote the header of a backup is not known before the token has opened
 * it: which library that is must be said by whoever asks.
 */
function checkModule(path: string, settings: RootSettings, given: string | undefined): void {
  if (settings.kind !== 'pkcs11') {
    if (given === undefined) return
    throw new CommandFailure(`${path} is not opened by a token: its root is ${settings.kind}`)
  }
  const { module, moduleParameters } = readTokenParameters(settings.parameters)
  if (given !== undefined && resolve(given) === module) return
  const told =
    moduleParameters === undefined ? '' : ` and tell it ${JSON.stringify(moduleParameters)}`
  throw new CommandFailure(`${path} wants to load ${module}${told}`, {
    hint: `if that is the library of your token, give it with '--root-module ${module}'`,
  })
}

async function readShares(files: readonly string[]): Promise<readonly Share[]> {
  const shares: Share[] = []
  try {
    for (const file of files) shares.push(await readShare(file))
    return shares
  } catch (error) {
    for (const { material } of shares) material.destroy()
    throw error
  }
}
