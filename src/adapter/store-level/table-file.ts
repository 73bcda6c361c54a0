import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32c, unmasked } from './crc32c.ts'
import { readFilesInUse } from './manifest-file.ts'
import { NumberReader } from './number-reader.ts'

/**
 * Checks the checksum of every block of every table that a LevelDB directory has in use, which LevelDB writes and does
 * not look at: a damaged index or filter would send searches astray, and reading from end to end does not need them. A
 * table that is not in use may have been written by halves when the process was killed; LevelDB removes it.
 *
 * @returns the name of a file that is damaged; undefined when none is
 */
export async function findDamagedTable(directory: string): Promise<string | undefined> {
  const { tables } = await readFilesInUse(directory)
  for (const name of await readdir(directory)) {
    if (!name.endsWith('.ldb') || !tables.has(Number.parseInt(name, 10))) continue
    const table = await readIfThere(join(directory, name))
    if (table !== undefined && !isSound(table)) return name
  }
  return undefined
}

/** LevelDB removes tables that it has merged. */
async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Blocks, each with a type and a checksum behind it; at the end the places of two blocks that list the others, filters and entries. */
function isSound(table: Buffer): boolean {
  const footer = table.length - FOOTER_BYTES
  if (footer < 0 || table.readBigUInt64LE(table.length - 8) !== MAGIC) return false
  const reader = new NumberReader(table.subarray(footer, table.length - 8))
  const lists = [handleIn(reader), handleIn(reader)].map((handle) => blockAt(table, handle))
  return lists.every(
    (list) =>
      list !== undefined && handlesIn(list).every((handle) => blockAt(table, handle) !== undefined),
  )
}

/** Where a block is. */
interface Handle {
  readonly offset: number
  readonly size: number
}

function handleIn(reader: NumberReader): Handle {
  return { offset: reader.number(), size: reader.number() }
}

/** The content of a block whose checksum is right. */
function blockAt(table: Buffer, { offset, size }: Handle): Buffer | undefined {
  const end = offset + size
  if (end + TRAILER_BYTES > table.length) return undefined
  return crc32c(table.subarray(offset, end + 1)) === unmasked(table.readUInt32LE(end + 1))
    ? table.subarray(offset, end)
    : undefined
}

/** The places of blocks that a block lists; what follows them are places where searching may begin. */
function handlesIn(block: Buffer): readonly Handle[] {
  if (block.length < 4) return []
  const restarts = block.readUInt32LE(block.length - 4)
  const reader = new NumberReader(block.subarray(0, Math.max(0, block.length - 4 - 4 * restarts)))
  const handles: Handle[] = []
  while (!reader.isSpent) {
    reader.number()
    const keyBytes = reader.number()
    reader.number()
    reader.skip(keyBytes)
    handles.push(handleIn(reader))
  }
  return handles
}

const FOOTER_BYTES = 48
const MAGIC = 0xdb47_7524_8b80_fb57n
/** Type of a block and checksum. */
const TRAILER_BYTES = 5
