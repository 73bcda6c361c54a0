import { close, fstat, read, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { KmipFault } from '../fault/fault.ts'
import { Secret } from '../secret/secret.ts'
import { codeOf } from './data-directory.ts'

/** Where a passphrase or a PIN is read from. */
export type SecretSource =
  | { readonly kind: 'file'; readonly path: string }
  /** The name of a credential that systemd hands to its service. */
  | { readonly kind: 'credential'; readonly name: string }
  /** The number of a descriptor that this process was started with; it is closed behind the reading. */
  | { readonly kind: 'descriptor'; readonly number: number }

/** What is read, and where. */
export interface SourceContext {
  /** As in `passphrase`, for messages. */
  readonly what: string
  /** The directory that systemd put the credentials in; undefined where there is none. */
  readonly credentials?: string | undefined
}

/** A secret and how well what it came from is kept. */
export interface ReadSecret {
  readonly secret: Secret
  /** Whether others than the owner may read it there. A pipe or a terminal is nobody else's. */
  readonly isExposed: boolean
}

/**
 * Reads the first line, without its line end, as bytes. The secret is the caller's to destroy.
 *
 * Throws `UNAVAILABLE` when there is nothing to read from, and `INVALID_FIELD` when the line is empty or longer than
 * 1,024 bytes.
 */
export async function readSecret(
  source: SecretSource,
  { what, credentials }: SourceContext,
): Promise<ReadSecret> {
  const place = { what, from: nameOf(source) }
  switch (source.kind) {
    case 'file':
      return readPath(source.path, { ...place, exposing: 0o077 })
    case 'credential':
      if (credentials === undefined) {
        const why = 'is not there: CREDENTIALS_DIRECTORY is not set'
        throw new KmipFault('UNAVAILABLE', `The ${what} ${place.from} ${why}`)
      }
      // What looks like a right of the group is the mask of the list that lets the service in.
      return readPath(join(credentials, source.name), { ...place, exposing: 0o007 })
    case 'descriptor':
      return readDescriptor(source.number, { ...place, exposing: 0o077 })
  }
}

/**
 * Reads the PIN of a token, which is the caller's to destroy. Throws as {@link readSecret} does, and `UNAVAILABLE` where
 * others may read it.
 */
export async function readPin(source: SecretSource, credentials?: string): Promise<Secret> {
  const { secret, isExposed } = await readSecret(source, { what: 'PIN', credentials })
  if (!isExposed) return secret
  secret.destroy()
  const advice = source.kind === 'file' ? ': chmod 600 it' : ''
  throw new KmipFault('UNAVAILABLE', `Others may read the PIN ${nameOf(source)}${advice}`)
}

/** What messages call a source. */
export function nameOf(source: SecretSource): string {
  switch (source.kind) {
    case 'file':
      return `file ${source.path}`
    case 'credential':
      return `credential ${source.name}`
    case 'descriptor':
      return `descriptor ${source.number}`
  }
}

/** Whether systemd would call a credential so: a file name without a path. */
export function isCredentialName(name: string): boolean {
  return /^[A-Za-z0-9._-]{1,255}$/.test(name) && !name.startsWith('.')
}

/** Where a line is read from, in words, and the bits of a mode that show it to others. */
interface Place {
  readonly what: string
  readonly from: string
  readonly exposing: number
}

async function readPath(path: string, place: Place): Promise<ReadSecret> {
  try {
    const file = await open(path, 'r')
    try {
      return await readLine(file.fd, place)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw unreadable(place, error)
  }
}

async function readDescriptor(number: number, place: Place): Promise<ReadSecret> {
  try {
    const about = await statOf(number)
    // The runtime has descriptors of its own, which are none of these and must stay open.
    if (!(about.isFile() || about.isFIFO() || about.isSocket() || about.isCharacterDevice())) {
      throw new KmipFault('UNAVAILABLE', `The ${place.what} ${place.from} is nothing to read from`)
    }
    try {
      return await readLine(number, place)
    } finally {
      await promisify(close)(number)
    }
  } catch (error) {
    throw unreadable(place, error)
  }
}

const statOf = promisify<number, Stats>(fstat)
const readInto = promisify(read)

async function readLine(descriptor: number, place: Place): Promise<ReadSecret> {
  const buffer = Buffer.alloc(LONGEST + 2)
  try {
    const about = await statOf(descriptor)
    let length = 0
    // A pipe hands out what it has; only an empty read is the end.
    for (;;) {
      const rest = buffer.length - length
      const { bytesRead } = await readInto(descriptor, buffer, length, rest, null)
      length += bytesRead
      if (bytesRead === 0 || length === buffer.length) break
    }
    return {
      secret: Secret.copyOf(firstLine(buffer.subarray(0, length), place)),
      isExposed: about.isFile() && (about.mode & place.exposing) !== 0,
    }
  } finally {
    buffer.fill(0)
  }
}

function firstLine(bytes: Buffer, { what, from }: Place): Buffer {
  const newline = bytes.indexOf('\n')
  const line = newline === -1 ? bytes : bytes.subarray(0, newline)
  const trimmed = line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line
  if (trimmed.length === 0) {
    throw new KmipFault('INVALID_FIELD', `The ${what} ${from} has an empty first line`)
  }
  if (trimmed.length > LONGEST) {
    throw new KmipFault('INVALID_FIELD', `The ${what} of ${from} is longer than ${LONGEST} bytes`)
  }
  return trimmed
}

function unreadable({ what, from }: Place, cause: unknown): KmipFault {
  if (cause instanceof KmipFault) return cause
  const message = `The ${what} ${from} cannot be read (${codeOf(cause)})`
  return new KmipFault('UNAVAILABLE', message, { cause })
}

const LONGEST = 1024
const CARRIAGE_RETURN = 0x0d
