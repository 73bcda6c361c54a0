import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { KmipFault } from '../../fault/fault.ts'
import type { Secret } from '../../secret/secret.ts'
import { codeOf } from '../data-directory.ts'
import { ChunkCipher, SEALED_CHUNK } from './chunk.ts'
import { refused } from './fault.ts'
import { HEADER_START, decodeHeader, readHeaderStart, type BackupHeader } from './header.ts'

/** A backup that is open for reading, and what it says of itself: nothing of that is proved before its chunks are. */
export class Archive {
  readonly path: string
  readonly header: BackupHeader
  /** All bytes of the header. */
  readonly headerBytes: Uint8Array
  /** The sealed keys of the store, where people hold shares. */
  readonly escrow: Uint8Array | undefined
  readonly #file: FileHandle
  readonly #chunks: { readonly from: number; readonly to: number }

  private constructor(path: string, file: FileHandle, parts: ArchiveParts) {
    this.path = path
    this.#file = file
    this.header = parts.header
    this.headerBytes = parts.headerBytes
    this.escrow = parts.escrow
    this.#chunks = { from: parts.chunksAt, to: parts.size }
  }

  /** Throws `UNAVAILABLE`, with a sentence that names the file, for anything that is not a backup. */
  static async open(path: string): Promise<Archive> {
    const file = await openFile(path)
    try {
      return new Archive(path, file, await readParts(path, file))
    } catch (error) {
      await file.close()
      throw error instanceof KmipFault ? error : unreadable(path, error)
    }
  }

  /** The stream in the chunks, piece by piece. Throws `UNAVAILABLE` for the first that is not as it was written. */
  async *stream(key: Secret): AsyncGenerator<Uint8Array, void, undefined> {
    const cipher = new ChunkCipher(key, this.header, this.headerBytes)
    const { from, to } = this.#chunks
    if (from >= to) throw cutOff(this.path)
    for (let at = from, number = 0; at < to; at += SEALED_CHUNK, number += 1) {
      const sealed = await readAt(this.path, this.#file, at, Math.min(SEALED_CHUNK, to - at))
      const isLast = at + SEALED_CHUNK >= to
      const chunk = cipher.open(number, isLast, sealed)
      if (chunk === undefined) {
        const isOther = cipher.open(number, !isLast, sealed) !== undefined
        if (isOther)
          throw isLast ? cutOff(this.path) : refused(`${this.path} goes on behind its end`)
        throw refused(`${this.path} is damaged: chunk ${number} was altered, moved or cut`)
      }
      yield chunk
    }
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

interface ArchiveParts {
  readonly header: BackupHeader
  readonly headerBytes: Uint8Array
  readonly escrow: Uint8Array | undefined
  readonly chunksAt: number
  readonly size: number
}

async function openFile(path: string): Promise<FileHandle> {
  let file: FileHandle
  try {
    // A pipe would be waited for.
    file = await open(path, NONBLOCKING)
  } catch (error) {
    throw unreadable(path, error)
  }
  const about = await file.stat()
  if (about.isFile()) return file
  await file.close()
  throw refused(`${path} is not a file: a backup is read from one`)
}

async function readParts(path: string, file: FileHandle): Promise<ArchiveParts> {
  const { size } = await file.stat()
  const start = readHeaderStart(await readAt(path, file, 0, Math.min(HEADER_START, size)))
  if (start.kind === 'other') throw refused(`${path} is not a kmipd backup`)
  if (start.kind === 'newer') {
    throw refused(
      `${path} is a backup of the format ${start.format}, which this kmipd does not know`,
    )
  }
  if (start.length > size) throw cutOff(path)
  const headerBytes = await readAt(path, file, 0, start.length)
  const header = decodeHeader(headerBytes)
  if (header === undefined) throw refused(`${path} is damaged: its header was altered`)
  if (header.shares === undefined) {
    return { header, headerBytes, escrow: undefined, chunksAt: start.length, size }
  }
  const escrowAt = start.length + ESCROW_LENGTH
  if (escrowAt > size) throw cutOff(path)
  const length = numberIn(await readAt(path, file, start.length, ESCROW_LENGTH))
  if (length > LONGEST_ESCROW) throw refused(`${path} is damaged: its header was altered`)
  if (escrowAt + length > size) throw cutOff(path)
  const escrow = await readAt(path, file, escrowAt, length)
  return { header, headerBytes, escrow, chunksAt: escrowAt + length, size }
}

async function readAt(
  path: string,
  file: FileHandle,
  position: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = Buffer.alloc(length)
  for (let done = 0; done < length;) {
    const { bytesRead } = await readSome(path, file, bytes.subarray(done), position + done)
    if (bytesRead === 0) throw cutOff(path)
    done += bytesRead
  }
  return bytes
}

async function readSome(path: string, file: FileHandle, target: Buffer, position: number) {
  try {
    return await file.read(target, 0, target.length, position)
  } catch (error) {
    throw unreadable(path, error)
  }
}

function numberIn(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0)
}

function cutOff(path: string): KmipFault {
  return refused(`${path} was cut off: its end is missing`)
}

function unreadable(path: string, cause: unknown): KmipFault {
  return refused(`The backup ${path} cannot be read (${codeOf(cause)})`, cause)
}

/** Bytes of the length before the sealed keys of the store. */
export const ESCROW_LENGTH = 4
/** Keys of some thousand epochs. */
const LONGEST_ESCROW = 1_048_576
/** No end of a pipe is waited for. */
const NONBLOCKING = constants.O_RDONLY | constants.O_NONBLOCK
