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

/** A root of trust and what a data directory records of it. */
export interface NewRoot {
  readonly root: RootOfTrust
  readonly settings: RootSettings
}

/**
 * Makes the root of trust of a new data directory: the passphrase, or without one a key file in `directory`.
 * Throws `UNAVAILABLE` when that file cannot be written.
 */
export async function createRoot(
  directory: string,
  passphrase: Secret | undefined,
  random: Random,
): Promise<NewRoot> {
  if (passphrase === undefined) {
    const file = pathIn({ path: directory }, 'rootKey')
    await createRootFile(file, random)
    const root = await rootFromFile(file)
    return { root, settings: { kind: 'file', check: await wrapCheck(root, random) } }
  }
  const parameters = newPassphraseParameters(random)
  const root = rootFromPassphrase(passphrase, parameters)
  const check = await wrapCheck(root, random)
  return { root, settings: { kind: 'passphrase', parameters, check } }
}

/**
 * Opens the root of trust of a data directory.
 * Throws `UNAVAILABLE` with a sentence for people when the passphrase is missing, not wanted or wrong, and when the key
 * file cannot be used. The store is not touched.
 */
export async function openRoot(
  directory: DataDirectory,
  passphrase: Secret | undefined,
): Promise<RootOfTrust> {
  const root = await rootOf(directory, passphrase)
  try {
    const opened = await root.unwrap(directory.root.check, CONTEXT)
    opened.destroy()
    return root
  } catch (error) {
    root.destroy()
    throw error
  }
}

async function rootOf(
  directory: DataDirectory,
  passphrase: Secret | undefined,
): Promise<RootOfTrust> {
  const { root } = directory
  switch (root.kind) {
    case 'file':
      if (passphrase === undefined) return rootFromFile(pathIn(directory, 'rootKey'))
      throw new KmipFault(
        'UNAVAILABLE',
        `${directory.path} is opened by its root.key and has no passphrase`,
      )
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
