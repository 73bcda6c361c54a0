import { createVerifier } from '../adapter/password-scrypt.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import { readSecret } from '../adapter/secret-source.ts'
import type { PasswordVerifier } from '../port/passwords.ts'
import { warn } from './output.ts'

/** Reads a password, and makes what it is compared with: the password itself goes no further. */
export async function readVerifier(path: string): Promise<PasswordVerifier> {
  const { secret, isExposed } = await readSecret({ kind: 'file', path }, { what: 'password' })
  try {
    if (isExposed) warn(`others may read the password file ${path}: chmod 600 it`)
    return await createVerifier(secret, nodeRandom)
  } finally {
    secret.destroy()
  }
}
