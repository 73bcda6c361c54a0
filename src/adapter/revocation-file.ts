import { open, stat } from 'node:fs/promises'
import { KmipFault } from '../fault/fault.ts'
import type { RevocationLists } from '../port/revocation.ts'
import { decodePem } from './certificate/pem.ts'
import { codeOf } from './data-directory.ts'
import { readRevocationList } from './revocation-list.ts'

/** Revocation lists in files: PEM or DER. */
export const revocationFiles: RevocationLists = {
  async stamp(path) {
    try {
      const { ino, size, mtimeMs, ctimeMs } = await stat(path)
      return [ino, size, mtimeMs, ctimeMs].join(':')
    } catch {
      return undefined
    }
  },
  read: async (path, authority) => readRevocationList(derOf(await readBytes(path)), authority),
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    // Not to wait for a writer where the path is a pipe.
    if (!(await stat(path)).isFile()) throw new KmipFault('UNAVAILABLE', `${path} is not a file`)
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      if (size > MOST_BYTES) {
        throw new KmipFault('INVALID_FIELD', `${path} is longer than ${MOST_BYTES} bytes`)
      }
      return await file.readFile()
    } finally {
      await file.close()
    }
  } catch (cause) {
    if (cause instanceof KmipFault) throw cause
    throw new KmipFault('UNAVAILABLE', `${path} cannot be read (${codeOf(cause)})`, { cause })
  }
}

/** DER begins with the identifier octet of a SEQUENCE, which no PEM does. */
function derOf(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0x30) return bytes
  try {
    return decodePem(bytes, ['X509 CRL'])
  } catch (cause) {
    throw new KmipFault('INVALID_FIELD', 'The file is no revocation list', { cause })
  }
}

const MOST_BYTES = 33_554_432
