import { readPassphraseFile } from '../adapter/passphrase-file.ts'
import type { Secret } from '../secret/secret.ts'
import { warn } from './output.ts'

/** Hands the passphrase of a file to `use` and forgets it afterwards; undefined where no file was named. */
export async function withPassphrase<T>(
  path: string | undefined,
  use: (passphrase: Secret | undefined) => Promise<T>,
): Promise<T> {
  if (path === undefined) return use(undefined)
  const { passphrase, isExposed } = await readPassphraseFile(path)
  if (isExposed) warn(`others may read the passphrase file ${path}: chmod 600 it`)
  try {
    return await use(passphrase)
  } finally {
    passphrase.destroy()
  }
}
