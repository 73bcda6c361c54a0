import { KmipFault } from '../fault/fault.ts'
import type { Random } from '../port/random.ts'
import type { RootOfTrust } from '../port/root-of-trust.ts'
import type { Secret } from '../secret/secret.ts'
import { pathIn, type DataDirectory, type RootSettings } from './data-directory.ts'
import { createRootFile, rootFromFile } from './root-file.ts'
import {
  newPassphraseParameters,
  readPassphraseParameters,
  rootFromPassphrase,
} from './root-passphrase.ts'

/** What a root is opened with, beside what its data directory records. All of it stays the caller's to destroy. */
export interface RootAccess {
  readonly passphrase?: Secret | undefined
  /** Of the token, in place of the one whose place is recorded. */
  readonly pin?: Secret | undefined
  /** Of the process that holds the vendor's library of a token; it also says where credentials are. */
  readonly environment?: Readonly<Record<string, string>>
}

/** The root of trust that is wanted for a data directory. */
export type RootRequest =
  { readonly kind: 'file' } | { readonly kind: 'passphrase'; readonly passphrase: Secret }

/** A root of trust and what a data directory records of it. */
export interface NewRoot {
  readonly root: RootOfTrust
  readonly settings: RootSettings
}

/**
 * Makes the root of trust of a data directory: a passphrase, or a key file in `directory`. Throws `UNAVAILABLE` when that
 * file cannot be written.
 */
export async function createRoot(
  directory: string,
  request: RootRequest,
  random: Random,
): Promise<NewRoot> {
  if (request.kind === 'file') {
    const file = pathIn({ path: directory }, 'rootKey')
    await createRootFile(file, random)
    const root = await rootFromFile(file)
    return { root, settings: { kind: 'file', check: await wrapCheck(root, random) } }
  }
  const parameters = newPassphraseParameters(random)
  const root = rootFromPassphrase(request.passphrase, parameters)
  const check = await wrapCheck(root, random)
  return { root, settings: { kind: 'passphrase', parameters, check } }
}

/**
 * Opens the root of trust of a data directory, as often as it is wanted.
 * Throws `UNAVAILABLE` with a sentence for people when the passphrase is missing, not wanted or wrong, and when the key
 * file cannot be used. The store is not touched.
 */
export async function openRoot(directory: DataDirectory, access: RootAccess): Promise<RootOfTrust> {
  checkAccess(directory, access)
  const root = await rootOf(directory, access)
  try {
    const opened = await root.unwrap(directory.root.check, CONTEXT)
    opened.destroy()
    return root
  } catch (error) {
    root.destroy()
    throw error
  }
}

/** Throws `UNAVAILABLE` for what the root of this directory has no use for. */
export function checkAccess({ path, root }: DataDirectory, { passphrase, pin }: RootAccess): void {
  const opener = { file: 'its root.key', passphrase: 'a passphrase' }[root.kind]
  if (passphrase !== undefined && root.kind !== 'passphrase') {
    throw new KmipFault('UNAVAILABLE', `${path} is opened by ${opener} and has no passphrase`)
  }
  if (pin !== undefined) {
    throw new KmipFault('UNAVAILABLE', `${path} is opened by ${opener} and has no PIN`)
  }
}

async function rootOf(directory: DataDirectory, { passphrase }: RootAccess): Promise<RootOfTrust> {
  const { root } = directory
  switch (root.kind) {
    case 'file':
      return rootFromFile(pathIn(directory, 'rootKey'))
    case 'passphrase':
      if (passphrase !== undefined) {
        return rootFromPassphrase(passphrase, readPassphraseParameters(root.parameters))
      }
      throw new KmipFault(
        'UNAVAILABLE',
        `${directory.path} is opened by a passphrase: give --passphrase-file`,
      )
  }
}

async function wrapCheck(root: RootOfTrust, random: Random): Promise<Uint8Array> {
  const check = random.bytes(32)
  try {
    return await root.wrap(check, CONTEXT)
  } finally {
    check.destroy()
  }
}

const CONTEXT = new TextEncoder().encode('kmipd settings')
