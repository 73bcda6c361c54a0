import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { KmipFault } from '../fault/fault.ts'
import type { Random } from '../port/random.ts'
import type { RootOfTrust } from '../port/root-of-trust.ts'
import type { Secret } from '../secret/secret.ts'
import { ENTRY, pathIn, type DataDirectory, type RootSettings } from './data-directory.ts'
import { PendingRoot, type Candidate } from './root-pending.ts'
import { createRootFile, rootFromFile } from './root-file.ts'
import {
  createTokenRoot,
  openTokenRoot,
  type TokenAccess,
  type TokenRootRequest,
} from './root-pkcs11/index.ts'
import {
  newPassphraseParameters,
  readPassphraseParameters,
  rootFromPassphrase,
} from './root-passphrase.ts'

/** What a root is opened with, beside what its data directory records. All of it stays the caller's to destroy. */
export interface RootAccess extends TokenAccess {
  readonly passphrase?: Secret | undefined
}

/** The root of trust that is wanted for a data directory. */
export type RootRequest =
  | { readonly kind: 'file' }
  | { readonly kind: 'passphrase'; readonly passphrase: Secret }
  | { readonly kind: 'pkcs11'; readonly request: TokenRootRequest; readonly access: TokenAccess }

/** A root of trust and what a data directory records of it. */
export interface NewRoot {
  readonly root: RootOfTrust
  readonly settings: RootSettings
  /** Takes away what was made outside the directory, for one that comes to nothing; the root is destroyed behind it. */
  readonly discard: () => Promise<void>
}

/**
 * Makes the root of trust of a data directory: a passphrase, a key file in `directory`, or a key in a token. Throws
 * `UNAVAILABLE` when the file cannot be written, and as {@link createTokenRoot} does.
 */
export async function createRoot(
  directory: string,
  request: RootRequest,
  random: Random,
): Promise<NewRoot> {
  switch (request.kind) {
    case 'file': {
      const file = pathIn({ path: directory }, 'rootKey')
      await createRootFile(file, random)
      const root = await rootFromFile(file)
      return { root, settings: { kind: 'file', check: await wrapCheck(root, random) }, discard }
    }
    case 'passphrase': {
      const parameters = newPassphraseParameters(random)
      const root = rootFromPassphrase(request.passphrase, parameters)
      const check = await wrapCheck(root, random)
      return { root, settings: { kind: 'passphrase', parameters, check }, discard }
    }
    case 'pkcs11':
      return inToken(request, random)
  }
}

async function inToken(
  { request, access }: Extract<RootRequest, { kind: 'pkcs11' }>,
  random: Random,
): Promise<NewRoot> {
  const made = await createTokenRoot(request, access, random)
  const { root, parameters } = made
  try {
    const check = await wrapCheck(root, random)
    const settings = { kind: 'pkcs11', parameters, check } as const
    return { root, settings, discard: made.discard }
  } catch (error) {
    await made.discard()
    root.destroy()
    throw error
  }
}

/** What lies in the directory goes with it. */
async function discard(): Promise<void> {
  return Promise.resolve()
}

/**
 * Opens the root of trust of a data directory, as often as it is wanted.
 * Throws `UNAVAILABLE` with a sentence for people when the passphrase is missing, not wanted or wrong, when the key file
 * or the key in the token cannot be used, and `AUTHENTICATION_FAILED` for a wrong PIN. The store is not touched.
 */
export async function openRoot(directory: DataDirectory, access: RootAccess): Promise<RootOfTrust> {
  checkAccess(directory, access)
  return directory.next === undefined
    ? openOne(directory, access)
    : openPending({ ...directory, next: directory.next }, access)
}

/** While a root is being rotated either may be the one: the first that opens a keyring is. */
async function openPending(
  { path, root, next }: DataDirectory & { readonly next: RootSettings },
  access: RootAccess,
): Promise<RootOfTrust> {
  const staged = { path: join(path, ENTRY.nextRoot), root: next }
  const isStaged = await stat(pathIn(staged, 'rootKey')).then(
    () => true,
    () => false,
  )
  const places = [
    ['old', { path, root }],
    ['next', isStaged ? staged : { path, root: next }],
  ] as const
  const candidates: Candidate[] = []
  let refusal: unknown
  for (const [which, place] of places) {
    try {
      candidates.push({ which, root: await openOne(place, access) })
    } catch (error) {
      refusal ??= error
    }
  }
  if (candidates.length === 0) throw refusal
  const other = OPENERS[candidates[0]?.which === 'old' ? next.kind : root.kind]
  return new PendingRoot(candidates, `${path} is opened by ${other}`)
}

async function openOne(
  directory: Pick<DataDirectory, 'path' | 'root'>,
  access: RootAccess,
): Promise<RootOfTrust> {
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
export function checkAccess(
  { path, root, next = root }: DataDirectory,
  { passphrase, pin }: RootAccess,
): void {
  const opener = OPENERS[root.kind]
  const kinds = [root.kind, next.kind]
  if (passphrase !== undefined && !kinds.includes('passphrase')) {
    throw new KmipFault('UNAVAILABLE', `${path} is opened by ${opener} and has no passphrase`)
  }
  if (pin !== undefined && !kinds.includes('pkcs11')) {
    throw new KmipFault('UNAVAILABLE', `${path} is opened by ${opener} and has no PIN`)
  }
}

async function rootOf(
  directory: Pick<DataDirectory, 'path' | 'root'>,
  access: RootAccess,
): Promise<RootOfTrust> {
  const { passphrase } = access
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
    case 'pkcs11':
      return openTokenRoot(root.parameters, access)
  }
}

const OPENERS: Readonly<Record<RootSettings['kind'], string>> = {
  file: 'its root.key',
  passphrase: 'a passphrase',
  pkcs11: 'a key in a token',
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
