import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32c, unmasked } from './crc32c.ts'
import { NumberReader } from './number-reader.ts'

/**
 * The numbers of the tables that a LevelDB directory has in use, by the file that CURRENT names. What is torn at its end
 * was never in force. None where either file cannot be read: LevelDB does not open such a directory.
 */
export async function readTablesInUse(directory: string): Promise<ReadonlySet<number>> {
  const used = new Set<number>()
  for (const edit of editsIn(await readManifest(directory))) apply(edit, used)
  return used
}

async function readManifest(directory: string): Promise<Buffer> {
  try {
    const name = (await readFile(join(directory, 'CURRENT'), 'utf8')).trim()
    return await readFile(join(directory, name.replace(/[^A-Z0-9-]/gu, '')))
  } catch {
    return Buffer.alloc(0)
  }
}

const BLOCK_BYTES = 32_768
/** Checksum, length and type. */
const HEADER_BYTES = 7
/** Types of records: whole ones, and the parts of those that go over the end of a block. */
const FULL = 1
const FIRST = 2
const LAST = 4

/** The records of a log of LevelDB, as far as they are sound. */
function* editsIn(log: Buffer): Iterable<Buffer> {
  let parts: Buffer[] = []
  for (let at = 0; at + HEADER_BYTES <= log.length;) {
    const left = BLOCK_BYTES - (at % BLOCK_BYTES)
    if (left < HEADER_BYTES) {
      at += left
      continue
    }
    const end = at + HEADER_BYTES + log.readUInt16LE(at + 4)
    const type = log[at + 6] ?? 0
    const isSound =
      end <= log.length && crc32c(log.subarray(at + 6, end)) === unmasked(log.readUInt32LE(at))
    if (!isSound) return
    if (type === FULL || type === FIRST) parts = []
    parts.push(log.subarray(at + HEADER_BYTES, end))
    if (type === FULL || type === LAST) yield Buffer.concat(parts)
    at = end
  }
}

/** Fields of an edit that say nothing of tables: a number, or bytes behind their length, or both. */
const COMPARATOR = 1
const COMPACT_POINTER = 5
const DELETED_TABLE = 6
const NEW_TABLE = 7

/** Applies what one edit says of tables. */
function apply(edit: Buffer, used: Set<number>): void {
  const reader = new NumberReader(edit)
  const skipBytes = (): void => {
    reader.skip(reader.number())
  }
  while (!reader.isSpent) {
    const field = reader.number()
    if (field === COMPARATOR) skipBytes()
    else if (field === COMPACT_POINTER) {
      reader.number()
      skipBytes()
    } else if (field === DELETED_TABLE) {
      reader.number()
      used.delete(reader.number())
    } else if (field === NEW_TABLE) {
      reader.number()
      used.add(reader.number())
      reader.number()
      skipBytes()
      skipBytes()
    } else reader.number()
  }
}
