import type { BackupPiece } from '../adapter/backup/create.ts'
import { KmipFault } from '../fault/fault.ts'
import { AdminFailure } from './failure.ts'
import { failureSchema } from './schema.ts'

/**
 * A backup on its way from the server to the command: each piece is its kind in one byte, its length in four, and its
 * bytes. The last piece says that all came, or why not all did.
 */
export async function* encodePieces(
  pieces: AsyncIterable<BackupPiece>,
  describe: (error: unknown) => { readonly code: string; readonly message: string },
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const piece of pieces) {
      if (piece.kind === 'progress') yield frame(PROGRESS, countsOf(piece))
      else yield frame(piece.kind === 'header' ? HEADER : CHUNK, piece.bytes)
    }
    yield frame(END, new Uint8Array(0))
  } catch (error) {
    yield frame(FAILURE, Buffer.from(JSON.stringify(describe(error))))
  }
}

/** Throws `AdminFailure` for what the server could not do, and when the answer ends before its end. */
export async function* decodePieces(
  answer: AsyncIterable<Uint8Array>,
): AsyncGenerator<BackupPiece, void, undefined> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const some of answer) {
    rest = rest.length === 0 ? Buffer.from(some) : Buffer.concat([rest, some])
    for (let whole = frameIn(rest); whole !== undefined; whole = frameIn(rest)) {
      rest = rest.subarray(START + whole.bytes.length)
      if (whole.kind === END) return
      yield pieceOf(whole)
    }
  }
  throw new AdminFailure('UNREACHABLE', 'The running server ended the backup before its end')
}

interface Frame {
  readonly kind: number
  readonly bytes: Buffer
}

function frameIn(bytes: Buffer): Frame | undefined {
  if (bytes.length < START) return undefined
  const length = bytes.readUInt32BE(1)
  if (length > LONGEST) throw notUnderstood()
  if (bytes.length < START + length) return undefined
  return { kind: bytes.readUInt8(0), bytes: bytes.subarray(START, START + length) }
}

function pieceOf({ kind, bytes }: Frame): BackupPiece {
  if (kind === HEADER) return { kind: 'header', bytes }
  if (kind === CHUNK) return { kind: 'chunk', bytes }
  if (kind === PROGRESS && bytes.length === COUNTS) {
    return { kind: 'progress', entries: bytes.readUIntBE(0, 6), of: bytes.readUIntBE(6, 6) }
  }
  const failure = kind === FAILURE ? failureSchema.safeParse(parsed(bytes)) : undefined
  if (failure?.success !== true) throw notUnderstood()
  throw new AdminFailure(failure.data.code, failure.data.message)
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

function frame(kind: number, bytes: Uint8Array): Uint8Array {
  const start = Buffer.alloc(START)
  start.writeUInt8(kind, 0)
  start.writeUInt32BE(bytes.length, 1)
  return Buffer.concat([start, bytes])
}

function countsOf({ entries, of }: { readonly entries: number; readonly of: number }): Uint8Array {
  const bytes = Buffer.alloc(COUNTS)
  bytes.writeUIntBE(entries, 0, 6)
  bytes.writeUIntBE(of, 6, 6)
  return bytes
}

function notUnderstood(): AdminFailure {
  return new AdminFailure('UNREACHABLE', 'The running server is of another version')
}

/** What the caller is told of an error: only faults are written for people. */
export function failureOf(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof KmipFault) {
    const { code, message, detail } = error
    return { code, message: detail === undefined ? message : `${message}: ${detail}` }
  }
  return { code: 'UNAVAILABLE', message: 'The server failed; its log says more' }
}

const HEADER = 1
const CHUNK = 2
const PROGRESS = 3
const FAILURE = 4
const END = 5
const START = 5
/** Two numbers of six bytes. */
const COUNTS = 12
const LONGEST = 2_097_152
