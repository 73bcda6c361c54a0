import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { createKeyPair } from '../adapter/certificate-authority.ts'
import { encodePem } from '../adapter/certificate-pem.ts'
import { codeOf } from '../adapter/data-directory.ts'
import { writeNewFile } from '../adapter/data-directory-build.ts'
import type { Secret } from '../secret/secret.ts'
import { CommandFailure } from './failure.ts'

/** The file of a client's key, before it is known whether there will be a certificate for it. */
export interface KeyFile {
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array
  /** Takes it away again, where it was made for nothing. */
  forget(): Promise<void>
}

/** Makes a key and writes it. Throws a `CommandFailure` where that cannot be done. */
export async function makeKeyFile(path: string): Promise<KeyFile> {
  const { key, publicKey } = createKeyPair()
  try {
    await writeSecretPem(path, key)
  } finally {
    key.destroy()
  }
  return { publicKey, forget: async () => rm(path, { force: true }) }
}

/**
 * The key that officers have approved a client with, left there when they were asked; it stays whatever comes of it.
 * Throws a `CommandFailure` for a file that is no private key.
 */
export async function readKeyFile(path: string): Promise<KeyFile> {
  const pem = await readFile(path).catch((cause: unknown) => {
    throw new CommandFailure(`${path} cannot be read (${codeOf(cause)})`)
  })
  try {
    const publicKey = createPublicKey(createPrivateKey(pem))
    const spki = publicKey.export({ format: 'der', type: 'spki' })
    return { publicKey: Uint8Array.from(spki), forget: async () => Promise.resolve() }
  } catch {
    throw new CommandFailure(`${path} is not a private key`)
  } finally {
    pem.fill(0)
  }
}

async function writeSecretPem(path: string, key: Secret): Promise<void> {
  const pem = key.expose((der) => encodePem('PRIVATE KEY', der))
  try {
    await writeNewFile(path, pem, 0o600)
  } finally {
    pem.fill(0)
  }
}
