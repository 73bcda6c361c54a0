import { open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { KmipFault } from '../fault/fault.ts'
import type { Random } from '../port/random.ts'
import type { RootOfTrust } from '../port/root-of-trust.ts'
import { Secret } from '../secret/secret.ts'
import { KEY_BYTES } from './aes-gcm.ts'
import { wrappingRoot } from './root-wrapping.ts'

/** Writes a new root key of 32 bytes, readable by its owner alone. Throws `UNAVAILABLE` when anything is there already. */
export async function createRootFile(path: string, random: Random): Promise<void> {
  const key = random.bytes(KEY_BYTES)
  try {
    const file = await open(path, 'wx', 0o600)
    await writeDurably(file, key)
    const parent = await open(dirname(path), 'r')
    await parent.sync().finally(async () => parent.close())
  } catch (cause) {
    throw new KmipFault('UNAVAILABLE', `The root key file ${path} cannot be made`, { cause })
  } finally {
    key.destroy()
  }
}

/**
 * A root of trust that is a file. Whoever can read it can read the store.
 * Throws `UNAVAILABLE` when it is missing, not 32 bytes long, or may be read by others than its owner.
 */
export async function rootFromFile(path: string): Promise<RootOfTrust> {
  const key = await readKey(path)
  return wrappingRoot({
    kind: 'file',
    refusal: 'The root key file does not open this store',
    key: async () => Promise.resolve(key),
    destroy() {
      key.destroy()
    },
  })
}

async function writeDurably(file: FileHandle, key: Secret): Promise<void> {
  try {
    await key.expose(async (bytes) => file.writeFile(bytes))
    await file.sync()
  } finally {
    await file.close()
  }
}

async function readKey(path: string): Promise<Secret> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new KmipFault('UNAVAILABLE', `The root key file ${path} cannot be read`, { cause })
  })
  try {
    const about = await file.stat()
    if (!about.isFile() || about.size !== KEY_BYTES) throw refused(path, 'is not a root key')
    if ((about.mode & 0o077) !== 0) throw refused(path, 'may be read by others (chmod 600 it)')
    const bytes = new Uint8Array(KEY_BYTES)
    const { bytesRead } = await file.read(bytes, 0, KEY_BYTES, 0)
    if (bytesRead !== KEY_BYTES) throw refused(path, 'is not a root key')
    return Secret.take(bytes)
  } finally {
    await file.close()
  }
}

function refused(path: string, why: string): KmipFault {
  return new KmipFault('UNAVAILABLE', `The root key file ${path} ${why}`)
}
