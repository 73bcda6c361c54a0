import { open } from 'node:fs/promises'
import { KmipFault } from '../fault/fault.ts'
import { Secret } from '../secret/secret.ts'
import { codeOf } from './data-directory.ts'

/** A passphrase and how well the file it came from is kept. */
export interface FilePassphrase {
  readonly passphrase: Secret
  /** Whether others than the owner may read the file. A pipe or a terminal is nobody else's. */
  readonly isExposed: boolean
}

/**
 * Reads the first line of a file, without its line end, as bytes.
 *
 * @param what - what the file holds, for messages
 * Throws `UNAVAILABLE` when the file cannot be read, and `INVALID_FIELD` when the line is empty or longer than
 * 1,024 bytes.
 */
export async function readPassphraseFile(
  path: string,
  what = 'passphrase',
): Promise<FilePassphrase> {
  const buffer = Buffer.alloc(LONGEST + 2)
  try {
    const { length, isExposed } = await readStart({ path, what }, buffer)
    return {
      passphrase: Secret.copyOf(firstLine({ path, what }, buffer.subarray(0, length))),
      isExposed,
    }
  } finally {
    buffer.fill(0)
  }
}

interface Source {
  readonly path: string
  readonly what: string
}

async function readStart(
  { path, what }: Source,
  buffer: Buffer,
): Promise<{ readonly length: number; readonly isExposed: boolean }> {
  try {
    const file = await open(path, 'r')
    try {
      const about = await file.stat()
      let length = 0
      // A pipe hands out what it has; only an empty read is the end.
      for (;;) {
        const { bytesRead } = await file.read(buffer, length)
        length += bytesRead
        if (bytesRead === 0 || length === buffer.length) break
      }
      return { length, isExposed: about.isFile() && (about.mode & 0o077) !== 0 }
    } finally {
      await file.close()
    }
  } catch (cause) {
    const message = `The ${what} file ${path} cannot be read (${codeOf(cause)})`
    throw new KmipFault('UNAVAILABLE', message, { cause })
  }
}

function firstLine({ path, what }: Source, bytes: Buffer): Buffer {
  const newline = bytes.indexOf('\n')
  const line = newline === -1 ? bytes : bytes.subarray(0, newline)
  const trimmed = line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line
  if (trimmed.length === 0) {
    throw new KmipFault('INVALID_FIELD', `The ${what} file ${path} has an empty first line`)
  }
  if (trimmed.length > LONGEST) {
    throw new KmipFault('INVALID_FIELD', `The ${what} in ${path} is longer than ${LONGEST} bytes`)
  }
  return trimmed
}

const LONGEST = 1024
const CARRIAGE_RETURN = 0x0d
